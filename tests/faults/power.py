"""Power cuts: what the writer did is recorded once, and every state a disk could be left in by a cut is judged.

A write counts as on the disk once a sync of its file has returned, a name once a sync of its folder has. Of the rest
a cut keeps: all, nothing, a beginning whose last write is torn, or any of it in any order, sector by sector. Each state
is judged with both copies, with the database alone, and with the second copy alone.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

from states.storage import room
from states.storage.blackbox import NAME as COPY
from states.storage.embedded import NAME
from tests.faults.result import KEPT, Result, judged
from tests.faults.tracing import MISSING, STRACE, Step, record
from tests.faults.writer import ID

SECTOR = 512
Files = dict[str, bytes]
CONTROLS = {"WAL/NORMAL": ["normal"], "DELETE/FULL": ["delete"], "acknowledged early": ["early"]}


def run(full: bool, place: Path) -> Result:
    result = Result("power cuts")
    if STRACE is None:
        return Result(result.name, skipped=MISSING)
    room.PLENTY = 1 << 60  # type: ignore[misc]  # no ballast: nothing is full here, and every state would make one
    done = record(place / "recorded", 12, ["busy"])
    wanted = 100_000 if full else 15_000
    known: dict[tuple[object, ...], str] = {}
    for (files, acknowledged), kept in zip(cuts(done, wanted, random.Random(7)), cycle(("both", NAME, COPY))):
        left = {name: data for name, data in files.items() if kept == "both" or name.startswith(kept)}
        key = (acknowledged, *sorted(left.items()))
        if key not in known:
            known[key] = judge(left, acknowledged, place / "cut")
        result.verdicts[known[key]] += 1
    for name, plants in CONTROLS.items():
        done = record(place / plants[0], 12, ["busy", "alone", *plants])
        states = cuts(done, 4_000, random.Random(7))
        result.controls[name] = any(
            judge({n: d for n, d in files.items() if n.startswith(NAME)}, acknowledged, place / "cut") != KEPT
            for files, acknowledged in states
        )
    return result


def judge(files: Files, acknowledged: int, folder: Path) -> str:
    """Put the files where a store would be and go on with it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return judged(folder, ID, acknowledged)


def cuts(done: Sequence[Step], wanted: int, chance: random.Random) -> Iterator[tuple[Files, int]]:
    """So many states that a cut at some point of what was done may leave, and how much was acknowledged by then."""
    each = max(2, wanted // len(done) + 1)
    made = 0
    for length in range(1, len(done) + 1):
        disk = Disk(done[:length])
        for number in range(each):
            if made == wanted:
                return
            made += 1
            how = ("all", "nothing")[number] if number < 2 else chance.choice(("torn", "any"))
            yield disk.after_cut(how, chance), disk.acknowledged


class Disk:
    """What has been written, and which of it is known to be there."""

    def __init__(self, done: Sequence[Step]) -> None:
        self.acknowledged = 0
        self.names: list[Step] = []
        self.sure_names = 0  # how many of them
        self.contents: dict[int, list[Step]] = {}
        self.sure: dict[int, int] = {}
        self.number: list[int] = []  # of the file that each of `names` speaks of
        now: dict[str, int] = {}
        for step in done:
            if step.what == "ack":
                self.acknowledged = step.place
            elif step.what in ("make", "rename", "link", "remove"):
                self._name(step, now)
            elif step.what == "sync_names":
                self.sure_names = len(self.names)
            elif step.file in now and step.what == "sync":
                self.sure[now[step.file]] = len(self.contents[now[step.file]])
            elif step.file in now:
                self.contents[now[step.file]].append(step)

    def _name(self, step: Step, now: dict[str, int]) -> None:
        if step.what == "make":
            if step.file in now:
                return
            now[step.file] = len(self.contents)
            self.contents[now[step.file]] = []
        elif step.file not in now:
            return
        self.names.append(step)
        self.number.append(now[step.file])
        if step.what in ("rename", "link"):
            now[step.other] = now[step.file]
        if step.what in ("rename", "remove"):
            del now[step.file]

    def after_cut(self, how: str, chance: random.Random) -> Files:
        """The files, by name. Names are kept in order, as file systems do that keep a journal of them."""
        loose = len(self.names) - self.sure_names
        extra = {"all": loose, "nothing": 0}.get(how, chance.randint(0, loose))
        files: dict[str, int] = {}
        for step, number in list(zip(self.names, self.number, strict=True))[: self.sure_names + extra]:
            if step.what in ("rename", "remove"):
                files.pop(step.file, None)
            if step.what != "remove":
                files[step.other or step.file] = number
        return {name: self._content(number, how, chance) for name, number in files.items()}

    def _content(self, number: int, how: str, chance: random.Random) -> bytes:
        steps, sure = self.contents[number], self.sure.get(number, 0)
        last = chance.randint(sure, len(steps))
        data = bytearray()
        for at, step in enumerate(steps):
            whole = at < sure or how == "all" or (how == "torn" and at < last)
            torn = not whole and (how == "any" or (how == "torn" and at == last))
            if step.what == "cut" and (whole or (torn and chance.random() < 0.5)):
                data[step.place :] = bytes(max(0, step.place - len(data)))
            elif step.what == "write" and (whole or torn):
                _put(data, step, None if whole else chance)
        return bytes(data)


def _put(data: bytearray, step: Step, chance: random.Random | None) -> None:
    """Write it; with a `chance`, each sector of it or not."""
    place, end = step.place, step.place + len(step.data)
    while place < end:
        stop = min(end, place - place % SECTOR + SECTOR)
        if chance is None or chance.random() < 0.5:
            data.extend(bytes(max(0, stop - len(data))))
            data[place:stop] = step.data[place - step.place : stop - step.place]
        place = stop
