"""Who may go on with a visit that was left alone: the PIN that was chosen when it began, and for how long nothing was
typed. No screen here, and the clock is handed in."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from typing import Final

from states.fault import Fault
from tui.kiosk.settings import Settings, hashed, matches

SHORTEST: Final = 4  # characters of a PIN
TRIES: Final = 3


class Guard:
    """The lock of one kiosk.

    Args:
        settings: what the administrator has set.
        clock: seconds that only go on.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings, self._clock = settings, clock
        self._kept = ""
        self._last = clock()
        self.tries = TRIES
        self.locked = False
        self.maintenance = False
        """Whether the kiosk is to end for maintenance."""

    @property
    def has_pin(self) -> bool:
        return bool(self._kept)

    def choose(self, pin: str, again: str) -> None:
        """Take the PIN of a visit; only a slow hash of it is kept, and only in memory.

        Raises:
            Fault: `kiosk.pin_short`, `kiosk.pin_differs`.
        """
        pin = _folded(pin)
        if len(pin) < SHORTEST:
            raise Fault("kiosk.pin_short", n=SHORTEST)
        if pin != _folded(again):
            raise Fault("kiosk.pin_differs")
        self._kept, self.tries, self.locked = hashed(pin), TRIES, False

    def forget(self) -> None:
        """The visit is over."""
        self._kept, self.tries, self.locked = "", TRIES, False

    def opens(self, typed: str) -> bool:
        """Whether this is the PIN. Takes a tenth of a second, for whoever guesses."""
        return matches(_folded(typed), self._kept)

    def unlocked(self) -> None:
        self.tries, self.locked = TRIES, False
        self.touched()

    def failed(self) -> Fault:
        """A try was wrong; what is to be said of it. At none left the visit is to be parked."""
        self.tries -= 1
        return Fault("kiosk.pin_wrong", left=self.tries)

    def maintains(self, typed: str) -> bool:
        """Whether this is the administrator's word; remembered when it is."""
        self.maintenance = bool(self.settings.word) and matches(typed, self.settings.word)
        return self.maintenance

    # -- idleness

    def touched(self) -> None:
        """Something was typed."""
        self._last = self._clock()

    def left(self) -> float:
        """Seconds until it locks; 0 when it is time."""
        return max(self._last + self.settings.idle - self._clock(), 0.0)


def _folded(typed: str) -> str:
    """The same whatever way an input method was on."""
    return unicodedata.normalize("NFKC", typed).strip()
