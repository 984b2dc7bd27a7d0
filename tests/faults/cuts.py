"""Real cuts: a visit on a terminal of its own ends at a random moment, by kill -9, SIGTERM, or the line going away."""

from __future__ import annotations

import itertools
import mmap
import os
import pty
import random
import signal
import time
from datetime import datetime
from pathlib import Path

from states.fault import Fault
from states.flow.events import JAPAN
from states.storage.journal import Journal
from states.visit import Visit, Who, mover
from tests.faults.result import KEPT, Result

EDITION = "2023-05-26"
ENDS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)


def run(full: bool, place: Path) -> Result:
    result = Result("visit cuts")
    chance = random.Random()
    mover(EDITION)  # built once: each cut is a process split off from this one
    for number in range(5_000 if full else 200):
        result.verdicts[_cut(place / f"store-{number % 8}", chance, early=False)] += 1
    result.controls["acknowledged early"] = any(_cut(place / "early", chance, early=True) != KEPT for _ in range(1000))
    return result


def _cut(folder: Path, chance: random.Random, *, early: bool) -> str:
    begun = mmap.mmap(-1, 8)  # events asked for, in memory that outlives the visit: what a dead line no longer tells
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            _visit(folder, early, begun)
        finally:
            os._exit(0)
    said = b""
    wanted = chance.randrange(12)
    while said.count(b"\n") <= wanted:
        said += os.read(terminal, 1 << 16)
    time.sleep(chance.random() * 0.004)
    how = chance.choice(ENDS)
    if how is signal.SIGHUP:
        said += _rest(terminal, False)
        os.close(terminal)
    else:
        os.kill(pid, how)
        said += _rest(terminal, True)
        os.close(terminal)
    os.waitpid(pid, 0)
    return _judged(folder, [line.split() for line in said.decode().split("\r\n")[:-1]], int.from_bytes(begun))


def _rest(terminal: int, wait: bool) -> bytes:
    """What was still said: all until nobody is at the other side, or what has come by now."""
    said = b""
    os.set_blocking(terminal, wait)
    try:
        while data := os.read(terminal, 1 << 16):
            said += data
    except OSError:
        pass
    return said


def _visit(folder: Path, early: bool, begun: mmap.mmap) -> None:
    """Answer and move without end; note how many events are asked for, say how many are acknowledged."""
    journal = Journal.open(folder, any_ground=True)
    visit = Visit.create(
        journal,
        office_number="1372005678",
        office_name="あおば訪問介護",
        edition=EDITION,
        who=Who("佐藤", "pc", "tty"),
        clock=lambda: datetime.now(JAPAN),
    )
    _say(visit, 0)
    for number in itertools.count():
        begun[:] = (len(visit.session.log) + 1).to_bytes(8)
        if early:
            _say(visit, 1)
        if number % 3:
            visit.answer("office_kind", ("home_care_support", "service")[number % 2])
        else:
            visit.move("next" if visit.leads_to("next") else "back")
        if not early:
            _say(visit, 0)


def _say(visit: Visit, more: int) -> None:
    os.write(1, f"{visit.session.id} {len(visit.session.log) + more}\n".encode())


def _judged(folder: Path, said: list[list[str]], begun: int) -> str:
    if not said:
        return KEPT
    id, acknowledged = said[-1][0], int(said[-1][1])
    try:
        journal = Journal.open(folder, any_ground=True)
        found = journal.verify(id)
        told = [notice.code for notice in journal.notices]
        journal.close()
    except Fault as fault:
        return fault.code
    if told:
        return f"said {told}"  # a cut alone is nothing that a person has to hear of
    return "lost" if found < acknowledged else KEPT if found <= max(begun, acknowledged) else "invented"
