"""Line mode as a kiosk: the same PIN, lock and way out. A plain line cannot be hidden: it is moved out of sight."""

from __future__ import annotations

import contextlib
from typing import Any

from locales import Texts
from states.fault import Fault
from tui.kiosk.guard import Guard
from tui.kiosk.leaving import leave_lines, park
from tui.line.mode import LineMode
from tui.line.talk import Ended, Talk

SCROLLED = 200  # empty lines: more than any screen has rows


class GuardedTalk(Talk):
    """Knows when nothing was typed for too long."""

    mode: GuardedLine

    def patience(self) -> float | None:
        guard = self.mode.guard
        return None if guard.locked else guard.left()

    def heard(self) -> None:
        if not self.mode.guard.locked:
            self.mode.guard.touched()

    def nothing_heard(self) -> None:
        self.mode.lock()


class GuardedLine(LineMode):
    """Line mode where nobody sits whom one knows.

    Args:
        guard: the lock; the same one on the full screen.
    """

    def __init__(self, *args: Any, guard: Guard, **kwargs: Any) -> None:
        self.guard = guard
        super().__init__(*args, **kwargs)

    def make_talk(self, texts: Texts) -> Talk:
        talk = GuardedTalk(texts)
        talk.mode = self
        return talk

    def begun(self) -> None:
        while not self.guard.has_pin:
            self.talk.say_text("ui.kiosk.pin.about")
            try:
                self.guard.choose(self._word("pin"), self._word("again"))
            except Fault as fault:
                self.talk.say_fault(fault)

    def leave(self) -> None:
        self.guard.forget()
        super().leave()

    def may_quit(self) -> bool | None:
        self.talk.say(*leave_lines(self.desk, self.texts))
        names = ["key.stay", "key.leave"] + (["key.maintain"] if self.guard.settings.word else [])
        at = self.talk.pick([self.texts(name) for name in names], "")
        if at == 2 and not self._maintained():
            return None
        if at in (1, 2):
            self.talk.say_text("ui.kiosk.left")
        return None if at in (None, 0) else False

    def _maintained(self) -> bool:
        while not self.guard.maintains(self._word("word")):
            self.talk.say_fault(self.guard.failed())
            if self.guard.tries <= 0:
                raise Ended(0)
        return True

    def _word(self, name: str) -> str:
        return self.talk.ask_hidden(self.texts(f"ui.kiosk.field.{name}"))

    # -- the lock

    def lock(self) -> None:
        """Out of sight until the PIN, or the vault's passphrase, is typed; three tries, then the visit is parked."""
        if self.visit is None or not self.guard.has_pin:
            self.talk.say_text("ui.kiosk.idle_end")
            raise Ended(0)
        self.guard.locked = True
        self.talk.echo(on=False)
        self.talk.say("\n" * SCROLLED, self.texts("ui.kiosk.locked"), self.texts("ui.kiosk.locked.about"))
        while True:
            with contextlib.suppress(Fault):
                typed = self._word("pin")
                if self.guard.opens(typed) or self._vault_opens(typed):
                    self.guard.unlocked()
                    return
            self.talk.say_fault(self.guard.failed())
            if self.guard.tries <= 0:
                visit, self.visit = self.visit, None
                park(visit)
                self.talk.say_text("ui.kiosk.parked")
                raise Ended(0)

    def _vault_opens(self, typed: str) -> bool:
        from states.storage.secrets import Secret

        custody = self.the_visit.custody
        if custody.vault is None or not custody.vault.path.exists():
            return False
        custody.open_vault(Secret(typed))
        return True
