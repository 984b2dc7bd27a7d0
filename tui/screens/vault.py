"""The vault's passphrase: chosen, given, changed; typed by the office's person, and stored nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeVar

from textual.binding import Binding

from states.fault import Fault
from tui.screens.hidden import HiddenForm

if TYPE_CHECKING:
    from tui.app import SetupApp

T = TypeVar("T")
Deed = Literal["create", "open", "change"]
FIELDS: dict[Deed, tuple[str, ...]] = {"create": ("new", "again"), "open": ("now",), "change": ("now", "new", "again")}


class PassphrasePage(HiddenForm):
    """One, two or three hidden fields; closes with True when the vault is open.

    Args:
        deed: what the passphrase is for.
    """

    BINDINGS = [Binding("f4", "glimpse")]
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

    def names(self) -> tuple[str, ...]:
        return FIELDS[self.deed]

    def head(self) -> tuple[str, str]:
        return self.texts(f"ui.vault.{self.deed}"), ""

    def about(self) -> str:
        return self.texts(f"ui.vault.{self.deed}.about")

    def label(self, field: str) -> str:
        return self.texts(f"ui.vault.field.{field}")

    def action_decide(self) -> None:
        if self._working:
            return
        from states.storage.secrets import Secret

        custody = self.visit.custody
        typed = dict(zip(self.names(), map(Secret, self.take()), strict=True))
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
