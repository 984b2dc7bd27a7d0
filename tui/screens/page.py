"""The three zones every screen has: who and when, the work, the keys. And the line in which something is said."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from states.fault import Fault
from tui import words
from tui.content import fault_lines
from tui.widgets.fields import Field

if TYPE_CHECKING:
    from locales import Texts
    from states.flow.guards import Reason
    from states.visit import Visit
    from states.wording import Wording
    from tui.app import SetupApp

T = TypeVar("T")

SAID = 8  # lines that may be said at once; a long path takes two


def text(*parts: str | tuple[str, str]) -> Content:
    """Text with styles, shown as it is: no markup, no control characters."""
    return Content.assemble(*parts)


class Page(Screen[T], Generic[T]):
    """A screen in three zones.

    A page says what it shows in `head`, `keys` and `repaint`; it is painted anew after every answer, and when the
    language changes.
    """

    BINDINGS = [
        Binding("f1,question_mark", "app.help"),
        Binding("f9,l", "app.language"),
        Binding("f11,minus", "app.line"),
        Binding("escape,f3", "leave_page"),
    ]
    KEYS: tuple[tuple[str, str], ...] = ()
    HELP = "help.general"
    _painted_at: Size | None = None
    _said: Callable[[], Iterable[str]] = tuple
    _away = False
    said_rows = 0

    @property
    def kiosk(self) -> SetupApp:
        from tui.app import SetupApp

        assert isinstance(self.app, SetupApp)
        return self.app

    @property
    def texts(self) -> Texts:
        return self.kiosk.texts

    @property
    def visit(self) -> Visit:
        visit = self.kiosk.visit
        assert visit is not None, "this page belongs to a visit"
        return visit

    @property
    def wording(self) -> Wording:
        return self.kiosk.wording

    @property
    def columns(self) -> int:
        return max(self.app.size.width, 40)

    @property
    def painted(self) -> bool:
        """Whether it stands: not yet shown, or being taken down, it has nothing that could be painted anew."""
        return self._painted_at is not None and bool(self.query("#head"))

    # -- the three zones

    def compose(self) -> ComposeResult:
        yield Static("", id="head", markup=False)
        yield from self.body()
        said = Static("", id="said", markup=False)
        said.display = False
        yield said
        yield Static("", id="keys", markup=False)

    def body(self) -> Iterator[Widget]:
        raise NotImplementedError

    def head(self) -> tuple[str, str]:
        """What stands at the left and at the right of the first line."""
        return ("", "")

    def keys(self) -> list[tuple[str, str]]:
        """(keys as shown, text id of what they do), the most used first."""
        return list(self.KEYS)

    def repaint(self) -> None:
        """Show what stands now. Called when shown, after every answer, on a resize, and in a new language."""
        self._painted_at = self.app.size
        left, right = self.head()
        first = words.ends(" " + left, right + " ", self.columns)
        self.put("#head", text((first, "bold"), "\n", self.rule))
        self.put("#keys", text(self.rule, "\n", "\n".join(self._key_lines())))
        self._show_said()

    @property
    def rule(self) -> tuple[str, str]:
        """A line across the screen."""
        return ("-" * self.columns, "dim")

    def put(self, selector: str, content: Content) -> None:
        """Replace a Static's text, and send nothing where it is the same."""
        static = self.query_one(selector, Static)
        if static.content != content:
            static.update(content)

    def _key_lines(self) -> list[str]:
        """As many as there is room for: those in the middle give way, help and the way out do not."""
        shown = list(self.keys())
        while len(lines := self._packed(shown)) > max(self.app.size.height // 4 - 1, 2):
            middle = [at for at, (_, name) in enumerate(shown[1:-2], 1) if name != "key.help"]
            if not middle:
                break
            del shown[middle[-1]]
        return lines

    def _packed(self, shown: list[tuple[str, str]]) -> list[str]:
        lines = [""]
        for keys, name in shown:
            part = f" {keys} {self.texts(name)} "
            if words.cell_len(lines[-1] + part) > self.columns:
                lines.append("")
            lines[-1] += part
        return lines

    # Textual calls a message's handler of every class of the family; what a page adds goes into `opened`.
    def on_mount(self) -> None:
        self.repaint()
        self.opened()

    def opened(self) -> None:
        """Called once, when the page is first shown: the place to set the focus."""

    def on_unmount(self) -> None:
        if not self.app._exit:
            StylesCache.get_inner_outer.cache_clear()  # would hold on to the painted lines of the last 1,024 widgets
            gc.collect()  # a page is a heap of circles; left to itself, 480 of them take 6 MiB more

    def on_screen_suspend(self) -> None:
        self._away = True

    def on_screen_resume(self) -> None:
        """Shown again: what stands may have changed under another page. One that is only passed by is left alone."""
        if self._away and self.is_current:
            self._away = False
            self.repaint()

    def on_resize(self) -> None:
        if self._painted_at not in (None, self.app.size):
            self.repaint()

    async def _dispatch_message(self, message: Message) -> None:
        """A fault met while handling anything is said; without this it would end the app."""
        try:
            await super()._dispatch_message(message)
        except Fault as fault:
            self.say_fault(fault)

    # -- saying something

    def say(self, lines: Callable[[], Iterable[str]] = tuple) -> None:
        """A few lines above the keys, said again in a new language; without any, the place is given back."""
        self._said = lines
        if self.painted:
            self._show_said()

    def say_text(self, name: str) -> None:
        """Say the text of that id."""
        self.say(lambda: [self.texts(name)])

    def say_fault(self, fault: Fault) -> None:
        self.say(lambda: fault_lines(self.texts, fault))

    def say_reasons(self, reasons: Sequence[Reason]) -> None:
        """Say why something was not done; where there are many, the first of them."""

        def lines() -> Iterator[str]:
            visit = self.visit
            for reason in reasons[:3]:
                told = self.wording.reason(reason, visit.session, visit.now)
                yield f"! {told.sentence} {told.remedy} ({told.code})"

        self.say(lines)

    def label(self, field: str) -> str:
        """What a field is called on this page."""
        return self.texts.find(f"ui.field.{field}") or self.head()[0].strip()

    def on_field_too_long(self, event: Field.TooLong) -> None:
        name, limit = event.field.id or "", event.field.max_length
        self.say(lambda: fault_lines(self.texts, Fault("answer.too_long", fact=self.label(name), limit=limit)))

    def _show_said(self) -> None:
        broken = [row for line in self._said() if line for row in words.wrap(line, self.columns - 2)][:SAID]
        self.query_one("#said").display = bool(broken)
        self.put("#said", Content("\n".join(f" {line}" for line in broken)))
        if self.said_rows != len(broken):
            self.said_rows = len(broken)
            self.make_room()

    def make_room(self) -> None:
        """What is said takes up another number of rows than before."""

    def action_leave_page(self) -> None:
        self.dismiss()


class Reading(Page[None]):
    """A page to be read: lines that scroll."""

    BINDINGS = [Binding("enter", "leave_page")]
    KEYS: tuple[tuple[str, str], ...] = (("Esc/F3/Enter", "key.back"), ("F9/l", "key.language"))

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(id="lines") as scroll:
            scroll.can_focus = True
            yield Static("", id="text", markup=False)

    def lines(self) -> list[str | tuple[str, str]]:
        """Lines, each with a style where it has one; they are broken to fit."""
        raise NotImplementedError

    def repaint(self) -> None:
        super().repaint()
        parts: list[str | tuple[str, str]] = []
        for line in self.lines():
            words_of, style = line if isinstance(line, tuple) else (line, "")
            for broken in words.wrap(words_of, self.columns - 3):
                parts.append((f" {broken}\n", style))
        self.put("#text", text(*parts))
