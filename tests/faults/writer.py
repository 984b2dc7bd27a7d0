"""The process that faults happen to: opens a store, begins a session, takes steps, says which are acknowledged.

`python -m tests.faults.writer FOLDER STEPS [PLANT…]`. A line `ACK n` says that n events are safe, `NO code` that a step
was refused by name, `REFUSED code` that the store was, `SAID code` what it had to tell. Plants: `normal` and `delete`
take away durability, `early` acknowledges before the commit, `alone` does without the second copy, `busy` folds the log
in often.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from states.fault import Fault
from states.storage import embedded
from states.storage.embedded import Embedded
from states.storage.journal import Journal
from tests.storage.samples import begin, go_on

ID = "s-0001"


def write(folder: Path, steps: int, plants: Sequence[str]) -> None:
    if "normal" in plants:
        embedded.SETTINGS["synchronous"] = 1
    if "delete" in plants:
        embedded.SETTINGS["journal_mode"] = "delete"
    if "busy" in plants:
        embedded.CHECKPOINT = 8  # type: ignore[misc]
    if "alone" in plants:
        setattr(Embedded, "_settle_copies", lambda _: None)  # noqa: B010
    try:
        journal = Journal.open(folder, any_ground=True)
        row = begin(journal, ID)
        say("ACK 1")
        for _ in range(steps):
            if "early" in plants:
                say(f"ACK {row.version + 1}")
            try:
                row = go_on(journal, row)
            except Fault as fault:
                say(f"NO {fault.code}")
                row = journal.row(ID)
                continue
            say(f"ACK {row.version}")
        for notice in journal.notices:
            say(f"SAID {notice.code}")
        journal.close()
    except Fault as fault:
        say(f"REFUSED {fault.code}")


def say(what: str) -> None:
    os.write(1, f"{what}\n".encode())


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
