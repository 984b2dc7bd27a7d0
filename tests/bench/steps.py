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


def step_ratio(times: int = 200, folder: Path | None = None, address: str = "") -> float:
    """The median step over the median floor; the two take turns.

    Args:
        times: of each.
        folder: where to write, on a disk (on a RAM disk the floor is not one); the current directory by default.
        address: of a team store whose server writes to the same disk, to measure that one.
    """
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=folder or Path.cwd()) as made:
        descriptor = os.open(Path(made) / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        journal = Journal.join(address) if address else Journal.open(Path(made) / "store")
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
        row = journal.append(
            SESSION, version=row.version, epoch=row.epoch, head=row.head, events=[answered], listing=listing
        )

    return step


def fill(folder: Path, sessions: int) -> None:
    """A store with that many sessions, spread over work, waits with days, and ends; rows only, copied in the engine."""
    import apsw

    journal = Journal.open(folder)
    listings = (
        Listing(state="terminal", status="open", work=True, due=None, awaiting="", item="2"),
        Listing("waiting", "waiting", False, "2027-01-05", "id_request.sent"),
        Listing(state="complete", status="complete", work=False, due=None, awaiting=""),
    )
    event = Event("created", 1_700_000_000_000, "bench", {})
    for at in range(10):
        journal.create(f"seed-{at}", f"13720000{at:02}", f"Office {at}", "2023-05-26", [event], listings[at % 3], None)
    journal.close()
    connection = apsw.Connection(str(folder / "sessions.db"))
    columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(session)")]
    copied = ", ".join("id || '-' || n" if name == "id" else name for name in columns)
    connection.execute(
        "INSERT INTO session WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < ?) "
        f"SELECT {copied} FROM session, k WHERE id LIKE 'seed-%'",
        (sessions // 10 - 1,),
    )
    connection.close()
