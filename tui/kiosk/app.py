"""The full screen as a kiosk: a PIN for each visit, the lock, and a way out that says what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.binding import Binding
from textual.widgets import Input

from states.fault import Fault
from tui.app import SetupApp
from tui.kiosk.guard import Guard
from tui.kiosk.leaving import leave_lines, park
from tui.screens.ask import AskPage
from tui.screens.hidden import HiddenForm
from tui.widgets.fields import SecretField

if TYPE_CHECKING:
    from states.visit import Visit


class GuardedApp(SetupApp):
    """careplan-setup where nobody sits whom one knows.

    Args:
        guard: the lock; the same one in line mode.
    """

    def __init__(self, *args: Any, guard: Guard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guard = guard

    def on_mount(self) -> None:
        self._watch()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, (events.Key, events.Paste)) and not self.guard.locked:
            self.guard.touched()
        await super().on_event(event)

    # -- a visit and its PIN

    def begin_visit(self, visit: Visit) -> None:
        if self.guard.has_pin:  # it goes on from line mode
            super().begin_visit(visit)
            return
        self.visit = visit  # for the page, and for whatever ends the app now
        self.push_screen(PinPage(self.guard), lambda chosen: self._begun(visit) if chosen else self.end_visit())

    def _begun(self, visit: Visit) -> None:
        super().begin_visit(visit)

    def end_visit(self) -> None:
        self.guard.forget()
        super().end_visit()

    # -- the lock

    def _watch(self) -> None:
        """Look again when it may be time; while something is being measured or stored it is not."""
        left = self.guard.left()
        busy = any(not worker.is_finished for worker in self.workers)
        if left <= 0 and not busy and not self.guard.locked:
            self._lock()
        self.set_timer(max(left, 1.0), self._watch)

    def _lock(self) -> None:
        if not self.guard.has_pin:  # nobody is in the middle of anything that only they may go on with
            if self.visit is not None:
                self.end_visit()
            self.exit(0, message=self.texts("ui.kiosk.idle_end"))
            return
        self.guard.locked = True
        for screen in self.screen_stack:
            for field in screen.query(SecretField):
                field.take()
        self.push_screen(LockPage(self.guard))

    def give_up(self) -> None:
        """Three tries were wrong: the visit is parked, and the session ends."""
        assert self.visit is not None
        visit, self.visit = self.visit, None
        park(visit)
        self.exit(0, message=self.texts("ui.kiosk.parked"))

    def action_line(self) -> None:
        if not self.guard.locked and not isinstance(self.screen, (WordPage, AskPage)):
            super().action_line()

    def action_help(self) -> None:
        if not self.guard.locked:  # it would tell of the step
            super().action_help()

    # -- the way out

    def quit(self) -> None:
        if self.guard.settings.word:
            self.push_screen(LeavePage(self), self._leave)
        else:
            self.push_screen(AskPage("ui.kiosk.leaving", self.leaving, "key.stay", "key.leave"), self._leave)

    def leaving(self) -> list[str]:
        return leave_lines(self.desk, self.texts)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.exit(0, message=self.texts("ui.kiosk.left"))


class LeavePage(AskPage):
    """Stay, leave; or, for the administrator, maintenance."""

    BINDINGS = [Binding("f8,3", "maintain")]

    def __init__(self, app: GuardedApp) -> None:
        super().__init__("ui.kiosk.leaving", app.leaving, "key.stay", "key.leave")
        self.guarded = app

    def keys(self) -> list[tuple[str, str]]:
        return [*super().keys(), ("F8/3", "key.maintain")]

    def action_maintain(self) -> None:
        self.app.push_screen(MaintenancePage(self.guarded.guard))


class WordPage(HiddenForm):
    """Hidden words are typed."""

    FIELDS: tuple[str, ...] = ("pin",)
    TITLE_TEXT = ABOUT = ""
    HELP = "help.kiosk"

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self.guard = guard

    def names(self) -> tuple[str, ...]:
        return self.FIELDS

    def entry(self, name: str) -> Input:
        return SecretField(id=name, max_length=200)

    def head(self) -> tuple[str, str]:
        return self.texts(self.TITLE_TEXT), ""

    def about(self) -> str:
        return self.texts(self.ABOUT)

    def label(self, field: str) -> str:
        return self.texts(f"ui.kiosk.field.{field}")


class PinPage(WordPage):
    """The PIN of this visit is chosen."""

    FIELDS = ("pin", "again")
    TITLE_TEXT, ABOUT = "ui.kiosk.pin", "ui.kiosk.pin.about"

    def action_decide(self) -> None:
        pin, again = self.take()
        try:
            self.guard.choose(pin, again)
        except Fault as fault:
            self.say_fault(fault)
        else:
            self.dismiss(True)


class LockPage(WordPage):
    """Nothing is seen of the visit, and nothing is left by Esc."""

    KEYS = (("Enter/F10", "key.decide"), ("F9", "key.language"))
    TITLE_TEXT, ABOUT = "ui.kiosk.locked", "ui.kiosk.locked.about"
    _looking = False

    def action_decide(self) -> None:
        if self._looking:
            return
        (typed,) = self.take()
        self._looking = True
        self._unlock(self.guard.opens(typed), typed)

    def _unlock(self, opened: bool, typed: str) -> None:
        custody = self.visit.custody
        if opened:
            self.guard.unlocked()
            self.dismiss(True)
        elif custody.vault is not None and custody.vault.path.exists():
            from states.storage.secrets import Secret

            phrase = Secret(typed)
            self.kiosk.aside(lambda: custody.open_vault(phrase), lambda _: self._unlock(True, ""), self._wrong)
        else:
            self._wrong(None)

    def _wrong(self, _: Fault | None) -> None:
        self._looking = False
        fault = self.guard.failed()
        if self.guard.tries > 0:
            self.say_fault(fault)
            return
        assert isinstance(self.app, GuardedApp)
        self.app.give_up()

    def action_leave_page(self) -> None:
        self.take()


class MaintenancePage(WordPage):
    """The administrator's word."""

    FIELDS = ("word",)
    TITLE_TEXT, ABOUT = "ui.kiosk.maintenance", "ui.kiosk.maintenance.about"

    def action_decide(self) -> None:
        (typed,) = self.take()
        if self.guard.maintains(typed):
            self.app.exit(0)
            return
        fault = self.guard.failed()
        if self.guard.tries > 0:
            self.say_fault(fault)
        else:
            self.app.exit(0)
