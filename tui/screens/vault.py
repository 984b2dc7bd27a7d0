"""The vault's passphrase: chosen, given, changed; typed by the office's person, and stored nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, TypeVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from states.fault import Fault
from tui import words
from tui.screens.page import Page
from tui.widgets.fields import SecretField

if TYPE_CHECKING:
    from tui.app import SetupApp

T = TypeVar("T")
Deed = Literal["create", "open", "change"]
FIELDS: dict[Deed, tuple[str, ...]] = {"create": ("new", "again"), "open": ("now",), "change": ("now", "new", "again")}


class PassphrasePage(Page[bool]):
    """One, two or three hidden fields; closes with True when the vault is open.

    Args:
        deed: what the passphrase is for.
    """

    BINDINGS = [Binding("f10", "decide"), Binding("f4", "glimpse")]
    KEYS = (
        ("Enter/F10", "key.decide"),
        ("F4", "key.glimpse"),
        ("Esc/F3", "key.back"),
        ("F9", "key.language"),
    )
    HELP = "help.vault"

    def __init__(self, deed: Deed) -> None:
        super().__init__()
        self.deed = deed
        self._working = False

    def body(self) -> Iterator[Widget]:
        with Vertical(classes="form"):
            yield Static("", id="told", markup=False)
            for name in FIELDS[self.deed]:
                yield Static("", id=f"label_{name}", classes="line", markup=False)
                with Horizontal(classes="line"):
                    yield Static("> ", classes="label", markup=False)
                    yield SecretField(id=name, max_length=1024)

    def opened(self) -> None:
        self._first().focus()

    def head(self) -> tuple[str, str]:
        return self.texts(f"ui.vault.{self.deed}"), ""

    def repaint(self) -> None:
        super().repaint()
        told = words.wrap(self.texts(f"ui.vault.{self.deed}.about"), self.columns - 6)
        self.put("#told", Content("\n".join([*told, ""])))
        for name in FIELDS[self.deed]:
            self.put(f"#label_{name}", Content(self.texts(f"ui.vault.field.{name}")))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        names = FIELDS[self.deed]
        at = names.index(event.input.id or names[0])
        if at + 1 < len(names):
            self.query_one(f"#{names[at + 1]}").focus()
        else:
            self.action_decide()

    def action_glimpse(self) -> None:
        if isinstance(self.focused, SecretField):
            self.focused.glimpse()

    def action_decide(self) -> None:
        if self._working:
            return
        from states.storage.secrets import Secret

        custody = self.visit.custody
        typed = {name: Secret(self.query_one(f"#{name}", SecretField).take()) for name in FIELDS[self.deed]}
        self._first().focus()
        if "again" in typed and typed["new"] != typed["again"]:
            self.say_fault(Fault("vault.passphrase_differs"))
            return
        self.say_text("ui.vault.working")
        self._working = True

        def work() -> None:
            if self.deed == "change":
                custody.change_passphrase(typed["now"], typed["new"])
            else:
                custody.open_vault(typed["now" if self.deed == "open" else "new"])

        self.kiosk.aside(work, self._done, self._failed)

    def _done(self, _: None) -> None:
        self.dismiss(True)

    def _failed(self, fault: Fault) -> None:
        self._working = False
        self.say_fault(fault)

    def action_leave_page(self) -> None:
        for name in FIELDS[self.deed]:
            self.query_one(f"#{name}", SecretField).take()
        self.dismiss(False)

    def _first(self) -> SecretField:
        return self.query_one(f"#{FIELDS[self.deed][0]}", SecretField)


def with_vault(
    app: SetupApp, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Fault], None]
) -> None:
    """Do something off the screen's thread; where it needs the vault and that is locked, after its passphrase."""

    def refused(fault: Fault) -> None:
        if fault.code != "vault.locked":
            failed(fault)
            return
        app.push_screen(
            PassphrasePage("open"), lambda opened: with_vault(app, work, then, failed) if opened else failed(fault)
        )

    app.aside(work, then, refused)
