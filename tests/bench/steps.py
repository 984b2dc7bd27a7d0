"""What it costs to acknowledge a step, against the least any store could do: append 200 bytes, and `fdatasync`."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from states.flow.events import Event
from states.storage.journal import Holder, Journal, Listing

FLOOR_BYTES = 200
SESSION = "bench"


def step_ratio(times: int = 200, folder: Path | None = None) -> float:
    """The median step over the median floor; the two take turns.

    Args:
        times: of each.
        folder: where to write, on a disk (the store refuses a RAM disk); the current directory by default.
    """
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=folder or Path.cwd()) as made:
        descriptor = os.open(Path(made) / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        journal = Journal.open(Path(made) / "store")
        try:
            step, floor = _stepper(journal), _floor(descriptor)
            taken: tuple[list[float], list[float]] = ([], [])
            for _ in range(times):
                for work, seconds in zip((step, floor), taken, strict=True):
                    began = time.perf_counter()
                    work()
                    seconds.append(time.perf_counter() - began)
            return statistics.median(taken[0]) / statistics.median(taken[1])
        finally:
            journal.close()
            os.close(descriptor)


def _floor(descriptor: int) -> Callable[[], None]:
    def append() -> None:
        os.write(descriptor, b"x" * FLOOR_BYTES)
        os.fdatasync(descriptor)

    return append


def _stepper(journal: Journal) -> Callable[[], None]:
    """One step: an answer and the listing it leads to, appended to a session. The journal's part of it."""
    listing = Listing(state="certificate", status="open", work=True, due=None, awaiting="")
    answered = Event("answered", 1_700_000_000_000, "bench", {"fact": "certificate.issued", "value": "not yet"})
    row = journal.create(
        SESSION, "1372005678", "office", "2023-05-26", [answered], listing, Holder.here("bench", "", 0)
    )

    def step() -> None:
        nonlocal row
        row = journal.append(SESSION, version=row.version, epoch=row.epoch, events=[answered], listing=listing)

    return step
