"""The fleet: 200 technicians at one PostgreSQL server that has 100,000 sessions stored.

An open loop: each acts every two seconds by a plan made beforehand, and what is measured begins at the planned moment,
so that a server which falls behind is not asked less. What is measured is a visit: the flow is thought through, too.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime

import psycopg

from states.desk import Desk
from states.flow.events import JAPAN
from states.storage.journal import Journal
from states.visit import Visit, Who, mover
from tests.bench.steps import FLOOR_BYTES
from tests.storage.postgres import OWNER, Server, serving
from tests.storage.samples import fill, some_listing

BARS = {"step": 50.0, "resume": 100.0, "list": 50.0, "search": 50.0, "floor": 50.0}  # floor: what the machine is worth
TECHNICIANS, PROCESSES = 200, 4
SESSIONS = 100_000
THINK = 2.0  # seconds
SECONDS = 60.0
EDITION = "2023-05-26"


def run(seconds: float = SECONDS) -> dict[str, float]:
    """The 99th percentile of each act, in milliseconds."""
    with serving(rules=f"host all {OWNER} 127.0.0.1/32 trust") as server:
        address = _filled(server)
        command = [sys.executable, "-m", "tests.bench.fleet", address, str(seconds)]
        working = [
            subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, text=True) for number in range(PROCESSES)
        ]
        taken: dict[str, list[float]] = {act: [] for act in BARS}
        for one in working:
            for line in one.communicate()[0].splitlines():
                act, took = json.loads(line)
                taken[act].append(took)
        assert all(one.returncode == 0 for one in working)
    print({act: len(every) for act, every in taken.items()}, flush=True)
    return {act: sorted(every)[len(every) * 99 // 100] * 1000 for act, every in taken.items()}


def _filled(server: Server) -> str:
    """A store with so many sessions, a hundredth of them made by the journal, the rest from those in the server."""
    database = server.database()
    journal, chance = Journal.join(server.address(database, tcp=True)), random.Random(7)
    fill(journal.store, (some_listing(chance) for _ in range(SESSIONS // 100)), chance)
    journal.close()
    with psycopg.connect(server.address(database), autocommit=True) as connection:
        columns = [
            name
            for [name] in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'session'::regclass AND attnum > 0 ORDER BY attnum"
            )
        ]
        changed = {name: f"{name} || '-' || n" for name in ("id", "office_name", "sought")} | {"updated": "updated + n"}
        copied = ", ".join(changed.get(name, name) for name in columns)
        connection.execute(f"INSERT INTO session SELECT {copied} FROM session, generate_series(1, 99) n".encode())
        connection.execute(
            "INSERT INTO event SELECT id, 1, 'opened', created, '', '{}', head FROM session WHERE id LIKE '%-%'"
        )
        connection.execute("VACUUM ANALYZE")  # as the server does by itself within a minute
    return server.address(database, tcp=True)


def work(address: str, seconds: float, number: int) -> None:
    """A share of the technicians, each in a thread; prints what each act took, in seconds."""
    mover(EDITION)
    barrier = threading.Barrier(TECHNICIANS // PROCESSES)
    taken: list[tuple[str, float]] = []
    threads = [
        threading.Thread(target=_technician, args=(address, seconds, f"{number}-{one}", barrier, taken))
        for one in range(TECHNICIANS // PROCESSES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(json.dumps(one) for one in taken))


def _technician(
    address: str, seconds: float, name: str, barrier: threading.Barrier, taken: list[tuple[str, float]]
) -> None:
    chance = random.Random(name)
    desk = Desk(Journal.join(address), lambda: datetime.now(JAPAN))
    who = Who(name, "pc", "tty")
    visit = desk.begin("1372005678", f"事業所 {name}", EDITION, who)
    floor = tempfile.TemporaryFile(dir="/var/tmp", buffering=0)  # noqa: SIM115
    for turn in range(20):  # a session that is under way
        _step(visit, turn)
    barrier.wait()
    planned = time.perf_counter() + chance.random() * THINK
    end = planned + seconds
    turn = 0
    while planned < end:
        time.sleep(max(0.0, planned - time.perf_counter()))
        act = chance.choices(tuple(BARS), (70, 10, 10, 10, 5))[0]
        if act == "step":
            _step(visit, turn)
        elif act == "resume":
            visit = desk.resume(visit.row.id, who)
        elif act == "list":
            desk.counts()
            desk.page()
        elif act == "floor":
            floor.write(b"x" * FLOOR_BYTES)
            os.fdatasync(floor.fileno())
        else:
            desk.page(chance.choice((f"13000{chance.randrange(1000):05}", f"事業所{chance.randrange(1000)}")))
        if turn > 1:  # the first ones wait for everybody's imports
            taken.append((act, time.perf_counter() - planned))
        turn += 1
        planned += THINK
    desk.close()


def _step(visit: Visit, turn: int) -> None:
    assert not visit.answer("office_kind", ("home_care_support", "service")[turn % 2])


if __name__ == "__main__":
    work(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
