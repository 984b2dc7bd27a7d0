"""Technicians who race for one session: each takes it over and goes on, over and over, in a process of its own.

Whoever was overtaken is told so at its next step; whoever holds the session never finds that another went on; every
acknowledged step is there once.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from states.fault import Fault
from states.storage import statements
from states.storage.journal import Event, Journal, Row
from states.storage.lease import Holder
from tests.faults.result import KEPT, Result
from tests.storage.samples import AT, begin

ID = "s-0001"
FENCE = " AND epoch = :epoch"


def run(full: bool, place: Path) -> Result:
    return races("races", full, (str(place / f"store-{number}") for number in count()))


def races(name: str, full: bool, stores: Iterator[str]) -> Result:
    """Race in one new store after the other: folders, or addresses of team stores."""
    result = Result(name)
    for _ in range(20 if full else 2):
        result.verdicts.update(_raced(next(stores), 400 if full else 150, []))
    result.controls["fence off"] = any(
        verdict != KEPT for _ in range(5) for verdict in _raced(next(stores), 150, ["unfenced"])
    )
    return result


def _opened(store: str) -> Journal:
    return Journal.join(store) if "://" in store else Journal.open(Path(store), any_ground=True)


def _raced(store: str, steps: int, plants: list[str]) -> Iterator[str]:
    """A verdict for each acknowledged step, and one for each technician who was treated wrongly."""
    journal = _opened(store)
    begin(journal, ID)
    command = [sys.executable, "-m", "tests.faults.race", store, str(steps)]
    racers = [
        subprocess.Popen([*command, name, *plants], stdout=subprocess.PIPE, text=True) for name in ("佐藤", "鈴木")
    ]
    said = []
    for racer in racers:
        said += racer.communicate()[0].splitlines()
    try:
        found = [stored.event.body.get("mark") for stored in journal.events(ID)]
    except Fault as fault:
        yield fault.code
        return
    finally:
        journal.close()
    acknowledged = [line[4:] for line in said if line.startswith("ACK ")]
    for mark in acknowledged:
        yield KEPT if found.count(mark) == 1 else "lost"
    yield from (line for line in said if not line.startswith("ACK "))
    if len(found) != len(acknowledged) + 1:
        yield "invented"


def compete(store: str, steps: int, name: str) -> None:
    """Take steps until so many are acknowledged; take the session over whenever it is lost."""
    journal = _opened(store)
    me = Holder.here(name, name, 0)
    taken = 0
    row = _taken_over(journal, me)
    while taken < steps:
        try:
            mark = f"{name} {taken}"
            time.sleep(random.random() * 0.001)  # a person is no quicker; it lets the other in between
            row = journal.append(
                ID,
                version=row.version,
                epoch=row.epoch,
                head=row.head,
                events=[Event("answered", AT, name, {"mark": mark})],
                listing=row.listing,
            )
            os.write(1, f"ACK {mark}\n".encode())
            taken += 1
        except Fault as fault:
            if fault.code == "store.moved":
                os.write(1, b"another went on in my time\n")
            row = _taken_over(journal, me)
    journal.close()


def _taken_over(journal: Journal, me: Holder) -> Row:
    while True:
        try:
            time.sleep(random.random() * 0.001)
            return journal.take(ID, me, epoch=journal.row(ID).epoch)
        except Fault as fault:
            if fault.code != "lease.lost":
                raise


if __name__ == "__main__":
    if "unfenced" in sys.argv:
        statements.ADVANCE = statements.ADVANCE.replace(FENCE, "")  # type: ignore[misc]
    compete(sys.argv[1], int(sys.argv[2]), sys.argv[3])
