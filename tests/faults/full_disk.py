"""A full disk: the ballast is let go, a thousand steps are still taken, then it is said by name and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from states.fault import Fault
from states.storage import room
from states.storage.journal import Event, Journal
from tests.faults.result import KEPT, Result, judged
from tests.storage.samples import AT, begin

ENOUGH = 1_000
ID = "s-0001"


def run(full: bool, place: Path) -> Result:
    result = Result("full disk")
    del full
    room.PLENTY = 4 << 20  # type: ignore[misc]  # the disk of this test is small
    disk = place / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=12m", "careplan-setup-test", str(disk)]
    allowed = sys.platform == "linux" and os.geteuid() == 0
    if not allowed or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        return Result(result.name, skipped="a small disk cannot be mounted here")
    try:
        result.verdicts[_filled(disk)] += 1
        result.controls["no ballast"] = _taken(disk / "other", ballast=False)[0] < ENOUGH
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return result


def _filled(disk: Path) -> str:
    taken, said = _taken(disk / "store", ballast=True)
    if taken < ENOUGH:
        return f"only {taken} steps"
    if said.count("store.ballast") != 1 or said[-1] != "store.full":
        return f"said {said}"
    (disk / "filler").unlink()
    verdict = judged(disk / "store", ID, taken + 1)
    return verdict if (disk / "store" / room.NAME).exists() or verdict != KEPT else "not refilled"


def _taken(folder: Path, *, ballast: bool) -> tuple[int, list[str]]:
    """How many steps are taken on a disk that is full, and what is said meanwhile."""
    journal = Journal.open(folder, any_ground=True)
    row = begin(journal, ID)
    if not ballast:
        room.release(folder)
    with contextlib.suppress(OSError), (folder.parent / "filler").open("ab", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    taken = 0
    try:
        while taken < 100 * ENOUGH:
            answer = {"fact": "kj_id", "value": "kj", "detail": f"KJ13{taken:010}", "how": "attested", "host": "受付"}
            row = journal.append(
                ID,
                version=row.version,
                epoch=row.epoch,
                events=[Event("answered", AT + taken, "佐藤", answer)],
                listing=row.listing,
            )
            taken += 1
    except Fault as fault:
        said = [*(notice.code for notice in journal.notices), fault.code]
    else:
        said = []
    with contextlib.suppress(Fault):
        journal.close()
    return taken, said
