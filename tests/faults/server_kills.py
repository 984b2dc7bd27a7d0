"""A PostgreSQL server killed under load, at any moment: nothing acknowledged is lost, nothing is there twice.

Some of the technicians live on and have to find out whether their last step went in; the others are killed with it.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from states.fault import Fault
from states.storage.journal import Event, Journal
from states.storage.team import Team
from tests.faults.result import KEPT, Result
from tests.storage.postgres import MISSING, Server, programs, serving
from tests.storage.samples import AT, begin

TECHNICIANS = 4
Said = dict[str, list[str]]


def run(full: bool, _place: Path) -> Result:
    result = Result("server kills")
    if programs() is None:
        return Result(result.name, skipped=MISSING)
    kills = 200 if full else 25
    with serving() as server:
        result.verdicts.update(_killed(server, kills, random.Random(), []))
        for plant in ("early", "async"):
            found: set[str] = set()
            for _ in range(10):
                found |= set(_killed(server, 3, random.Random(), [plant]))
                if found != {KEPT}:
                    break
            result.controls[NAMES[plant]] = "lost" in found
    return result


NAMES = {"early": "acknowledged early", "async": "synchronous_commit off"}


def _killed(server: Server, kills: int, chance: random.Random, plants: list[str]) -> Iterator[str]:
    """A verdict for each acknowledged step, and one for each session that holds what nobody asked for."""
    address = server.address(server.database())
    said: Said = {}
    for number in range(kills):
        _one_kill(server, address, number, chance, plants, said)
    journal = Journal.join(address)
    for id, lines in said.items():
        yield from _judged(journal, id, lines)
    journal.close()


def _one_kill(server: Server, address: str, number: int, chance: random.Random, plants: list[str], said: Said) -> None:
    die_with_it = bool(plants) or number % 2 == 0
    ids = [f"k{number}-{one}" for one in range(TECHNICIANS)]
    with ExitStack() as stack:
        command = [sys.executable, "-m", "tests.faults.server_kills", address]
        working = [
            stack.enter_context(
                subprocess.Popen([*command, id, *plants], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for id in ids
        ]
        for one, id in zip(working, ids, strict=True):
            assert one.stdout is not None
            said[id] = [one.stdout.readline().strip()]  # all of them are at work
        time.sleep(chance.random() * 0.2)
        server.kill()
        if die_with_it:
            for one in working:
                one.kill()
        server.start()
        for one, id in zip(working, ids, strict=True):
            assert one.stdin is not None
            assert one.stdout is not None
            one.stdin.close()  # two more steps, and enough
            said[id] += one.stdout.read().split("\n")


def _judged(journal: Journal, id: str, lines: list[str]) -> Iterator[str]:
    acknowledged = [int(line[4:]) for line in lines if line.startswith("ACK ")]
    try:
        found = Counter(int(stored.event.body.get("mark", 0)) for stored in journal.events(id))
    except Fault as fault:
        found = Counter()
        if fault.code != "session.unknown":
            yield fault.code
    for mark in acknowledged:
        yield "lost" if not found[mark] else KEPT if found[mark] == 1 else "doubled"
    yield from (line for line in lines if line.startswith("NO "))
    if len(found) > len(acknowledged) + 1:
        yield "invented"


def work(address: str, id: str, plants: list[str]) -> None:
    """Take steps, each with a number of its own, and say which are acknowledged; two more when the input has ended."""
    journal = Journal.join(address)
    if "async" in plants:
        assert isinstance(journal.store, Team)
        journal.store.ask("SELECT set_config('synchronous_commit', 'off', false)")
    row = begin(journal, id)
    mark, last = 0, 0
    os.set_blocking(0, False)
    while not last or mark < last:
        mark += 1
        if "early" in plants or mark == 1:
            _say(f"ACK {mark - 1 if mark == 1 else mark}")
        try:
            row = journal.append(
                id,
                version=row.version,
                epoch=row.epoch,
                head=row.head,
                events=[Event("answered", AT + mark, "佐藤", {"mark": mark})],
                listing=row.listing,
            )
        except Fault as fault:
            _say(f"NO {fault.code}")
            return
        if "early" not in plants:
            _say(f"ACK {mark}")
        if not last and _ended():
            last = mark + 2
    journal.close()


def _ended() -> bool:
    try:
        return os.read(0, 1) == b""
    except BlockingIOError:
        return False


def _say(what: str) -> None:
    os.write(1, f"{what}\n".encode())


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], sys.argv[3:])
