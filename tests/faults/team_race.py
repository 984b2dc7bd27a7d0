"""Technicians who race for one session of a team store, at both levels of isolation that a server may be set to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from tests.faults.race import races
from tests.faults.result import Result
from tests.storage.postgres import MISSING, Server, programs, serving


def run(full: bool, _place: Path) -> Result:
    if programs() is None:
        return Result("team races", skipped=MISSING)
    with serving() as server:
        return races("team races", full, _stores(server))


def _stores(server: Server) -> Iterator[str]:
    for isolation in cycle(("read committed", "serializable")):
        database = server.database()
        server.execute("postgres", f"ALTER DATABASE {database} SET default_transaction_isolation = '{isolation}'")
        yield server.address(database)
