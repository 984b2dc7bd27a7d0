"""A session in a file: taken along from its card, brought in from the list; where both went on, a person chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from states.fault import Fault
from states.handover.folder import stem
from tui import words
from tui.carrying import preview_lines, side_by_side
from tui.screens.hidden import HiddenForm
from tui.screens.pick import PickPage
from tui.widgets.choices import Choices
from tui.widgets.fields import Field

if TYPE_CHECKING:
    from states.carry import Incoming
    from states.storage.records import Row
    from states.storage.transcript import Transcript
    from tui.app import SetupApp


class SealedPage(HiddenForm):
    """Where a sealed file is, and what opens it."""

    BINDINGS = [Binding("f4", "glimpse")]
    KEYS = (
        ("Enter", "key.next_field"),
        ("F10", "key.decide"),
        ("F4", "key.glimpse"),
        ("Esc/F3", "key.back"),
        ("F9", "key.language"),
    )
    HELP = "help.carry"
    FIELDS: tuple[str, ...] = ()
    SECRET: Final = ("passphrase", "again")
    TITLE_TEXT = ""

    def __init__(self) -> None:
        super().__init__()
        self._working = False

    def names(self) -> tuple[str, ...]:
        return self.FIELDS

    def entry(self, name: str) -> Input:
        return super().entry(name) if name in self.SECRET else Field(self.first_value(name), id=name, max_length=400)

    def first_value(self, name: str) -> str:
        del name
        return ""

    def head(self) -> tuple[str, str]:
        return self.texts(self.TITLE_TEXT), ""

    def about(self) -> str:
        return self.texts(f"{self.TITLE_TEXT}.about")

    def label(self, field: str) -> str:
        return self.texts(f"ui.carry.field.{field}")

    def action_decide(self) -> None:
        if not self._working:
            self.decided(Path(self.query_one("#file", Field).value.strip().strip('"')).expanduser())

    def decided(self, path: Path) -> None:
        """All was typed, and this is the file."""
        raise NotImplementedError

    def begin_work(self) -> None:
        self._working = True
        self.say_text("ui.carry.working")

    def failed(self, fault: Fault) -> None:
        self._working = False
        self.say_fault(fault)

    def action_leave_page(self) -> None:
        if not self._working:  # or the file is being written; a moment
            super().action_leave_page()


class TakePage(SealedPage):
    """Take this session along: a copy, or checked out."""

    FIELDS = ("file", "passphrase", "again", "recipient")
    TITLE_TEXT = "ui.carry.take"

    def first_value(self, name: str) -> str:
        if name != "file":
            return ""
        folder = self.kiosk.papers or Path.home()
        return str(folder / f"{stem(self.visit.session.office_number, self.visit.now)}.age")

    def decided(self, path: Path) -> None:
        self.app.push_screen(HowPage(), lambda how: self._take(path, out=how == "out") if how else None)

    def _take(self, path: Path, *, out: bool) -> None:
        from states.carry import Seal
        from states.storage.secrets import Secret

        typed, again = map(Secret, self.take())
        recipient = self.query_one("#recipient", Field).value.strip()
        if not recipient and typed != again:
            self.say_fault(Fault("bundle.passphrase_differs"))
            return
        seal = Seal(recipients=(recipient,)) if recipient else Seal(typed)
        desk, visit = self.kiosk.desk, self.visit

        def work() -> Transcript:
            if path.parent == self.kiosk.papers:
                path.parent.mkdir(0o700, parents=True, exist_ok=True)
            if out:
                return desk.check_out_from(visit, path, seal)
            return desk.take_along(visit.session.id, path, seal, visit.who)

        self.begin_work()
        self.kiosk.aside(work, lambda _: self._taken(path, out=out), self.failed)

    def _taken(self, path: Path, *, out: bool) -> None:
        app = self.kiosk
        self.dismiss(True)
        if out:
            app.visit_left(lambda: [app.texts("ui.carry.out", path=path)])
        else:
            app.call_later(lambda: app.say_on_page(lambda: [app.texts("ui.carry.copied", path=path)]))


class HowPage(PickPage):
    """A copy, or checked out."""

    TITLE_TEXT = "ui.carry.take"

    def entries(self) -> Sequence[tuple[str, str]]:
        return [(how, self.texts(f"ui.carry.how.{how}")) for how in ("out", "copy")]


class BringPage(SealedPage):
    """Bring a session in from a file."""

    FIELDS = ("file", "passphrase")
    TITLE_TEXT = "ui.carry.bring"

    def decided(self, path: Path) -> None:
        from states.storage.secrets import Secret

        (typed,) = self.take()
        desk = self.kiosk.desk
        self.begin_work()
        self.kiosk.aside(lambda: desk.look_into(path, Secret(typed) if typed else None), self._seen, self.failed)

    def _seen(self, incoming: Incoming) -> None:
        self._working = False
        self.say()
        self.app.push_screen(IncomingPage(incoming), lambda way: self._bring(incoming, way) if way else None)

    def _bring(self, incoming: Incoming, way: str, *, take_over: bool = False) -> None:
        app = self.kiosk
        assert app.who is not None
        try:
            chosen = way if way in ("base", "tail") else None
            row = app.desk.bring_in(incoming, app.who, way=chosen, take_over=take_over)  # type: ignore[arg-type]
        except Fault as fault:
            if fault.code == "lease.held":
                from tui.screens.new import ask_take_over

                ask_take_over(app, fault, lambda: self._bring(incoming, way, take_over=True))
            else:
                self.say_fault(fault)
            return
        self.dismiss(True)
        app.call_later(self._told, app, row)

    def _told(self, app: SetupApp, row: Row) -> None:
        from tui.carrying import head_of

        app.say_on_page(lambda: [app.texts("ui.carry.brought", n=row.version, head=head_of(row.head))])


class IncomingPage(PickPage):
    """What a file would bring, and what is to be done with it.

    Args:
        incoming: what was read.
    """

    TITLE_TEXT = "ui.carry.bring"
    HELP = "help.carry"
    # Before the list below, whose own keys these are as well.
    BINDINGS = [Binding("pagedown,space", "down", priority=True), Binding("pageup,minus", "up", priority=True)]
    KEYS = (("Enter", "key.decide"), ("1-9", "key.pick"), ("Space/-", "key.scroll"), ("Esc/F3", "key.back"))
    CSS = "IncomingPage #came { height: 1fr; }"

    def __init__(self, incoming: Incoming) -> None:
        super().__init__()
        self.incoming = incoming

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(id="came") as scroll:
            scroll.can_focus = False
            yield Static("", id="text", markup=False)
        yield Choices(id="list")
        yield Static("", id="empty", markup=False)

    def repaint(self) -> None:
        super().repaint()
        self.query_one("#list").styles.height = "auto"  # what came has the rest
        lines = [row for line in self._lines() for row in words.wrap(line, self.columns - 3)]
        self.put("#text", Content("\n".join(f" {line}" for line in lines)))

    def _lines(self) -> Iterator[str]:
        yield from preview_lines(self.texts, self.incoming, compared=False)
        if self._forked:
            room = (self.columns - 22) // 2
            for fact, *ways in side_by_side(self.texts, self.incoming):
                yield " ".join((words.fit(fact, 16), *(_cell(way, room - 1) for way in ways)))

    @property
    def _forked(self) -> bool:
        return self.incoming.relation == "forked" and self.incoming.obvious is None

    def entries(self) -> Sequence[tuple[str, str]]:
        if self._forked:
            ways = ("", "ui.carry.choose.none"), ("tail", "ui.carry.choose.tail"), ("base", "ui.carry.choose.base")
            return [(way, self.texts(name)) for way, name in ways]  # the safe one first: a key too many chooses nothing
        if self.incoming.relation == "behind":
            return []
        return [("bring", self.texts("ui.carry.choose.bring"))]

    def action_down(self) -> None:
        self.query_one("#came").scroll_page_down(animate=False)

    def action_up(self) -> None:
        self.query_one("#came").scroll_page_up(animate=False)


def _cell(way: tuple[str, str], room: int) -> str:
    """An answer with who and when behind it; where both do not fit, the answer is cut."""
    said, who = way
    left = room - words.cell_len(who) - 1 if who else room
    return words.fit(f"{words.fit(said, left).rstrip()} {who}", room)


def bring_in(app: SetupApp) -> None:
    """Ask who sits here, where nobody has said so yet; then for the file."""
    from tui.screens.new import NamePage

    if app.who is None:
        app.push_screen(NamePage(), lambda named: bring_in(app) if named else None)
        return
    app.push_screen(BringPage())
