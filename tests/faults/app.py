"""The app itself on a real terminal, ended while a technician answers: what was shown as answered is stored."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from tests.faults.result import KEPT, Result
from tests.tui.offices import READY, prepare, stored
from tests.tui.technician import Technician

NOW = "2026-11-22T09:00"
FACT, VALUES = "windows_update", ("current", "behind")


def run(full: bool, place: Path) -> Result:
    result = Result("app cuts")
    chance = random.Random()
    for number in range(200 if full else 6):
        result.verdicts[_cut(place / f"store-{number}", chance)] += 1
    return result


def _cut(store: Path, chance: random.Random) -> str:
    id = prepare(store, **READY, stand="terminal")
    with Technician(store, NOW) as technician:
        technician.open_first()
        technician.step("terminal")
        before = len(stored(store, id).log)
        _stop_at_its_end(technician)
        how = chance.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGHUP))
        timer = threading.Timer(0.1 + chance.random(), lambda: technician.terminal.kill(how))
        timer.start()
        seen = 0
        try:
            while True:
                technician.answer(FACT, VALUES[seen % 2])
                seen += 1
        except (AssertionError, OSError):  # the screen is gone
            pass
        timer.join()
        technician.terminal.wait_exit()
    answers = [event.body["value"] for event in stored(store, id).log[before:] if event.kind == "answered"]
    if answers[:seen] != [VALUES[number % 2] for number in range(seen)]:
        return "lost"
    return KEPT if len(answers) <= seen + 1 else "invented"


def _stop_at_its_end(technician: Technician) -> None:
    """From here on, waiting for something on the screen ends when the program does."""
    terminal = technician.terminal
    patient = terminal.wait

    def wait(what: str | Callable[[], object], seconds: float = 30.0) -> None:
        def there() -> object:
            return what in terminal.text if isinstance(what, str) else what()

        patient(lambda: terminal.exit_code is not None or there(), seconds)
        assert terminal.exit_code is None or there(), "the program has ended"

    terminal.wait = wait  # type: ignore[method-assign]
