"""The line to a PostgreSQL server is cut in the middle of a commit: whether it went in is found out, not guessed.

Between the journal and the server stands a forwarder, which drops both sides when it sees a COMMIT: before it was
passed on, after it was answered (and the answer is kept back), or somewhere between the two.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from unittest import mock

from states.fault import Fault
from states.storage import team
from states.storage.journal import Journal
from states.storage.team import Team
from tests.faults.result import KEPT, Result
from tests.storage.postgres import MISSING, PASSWORD, TECHNICIAN, programs, serving
from tests.storage.samples import COLLEAGUE, begin, go_on

Cut = Literal["before", "after", "between"]
CUTS: tuple[Cut, ...] = ("before", "after", "between")


class Forwarder:
    """Passes on what comes for the server, until it is told to cut."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self.cut: Cut | None = None
        self.away = self.for_long = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Forwarder:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near = self._listening.accept()[0]
                if self.away:
                    near.close()
                else:
                    threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self.behind))
        with contextlib.suppress(OSError), near, far:
            while True:
                for one, other in ((near, far), (far, near)):
                    if one not in select.select([near, far], [], [])[0]:
                        continue
                    data = one.recv(1 << 16)
                    if not data:
                        return
                    cut = self.cut if one is near and b"COMMIT" in data else None
                    if cut is None:
                        other.sendall(data)
                        continue
                    self.cut, self.away = None, self.for_long
                    if cut != "before":
                        far.sendall(data)
                    if cut == "after":
                        far.recv(1 << 16)  # the server's answer, which is kept back
                    return


def run(full: bool, _place: Path) -> Result:
    result = Result("network cuts")
    if programs() is None:
        return Result(result.name, skipped=MISSING)
    with serving() as server:
        database = server.database()
        server.technician(database)
        with Forwarder(server.port) as line, mock.patch.dict(os.environ, {"PGPASSWORD": PASSWORD}):
            address = f"postgresql://{TECHNICIAN}@127.0.0.1:{line.port}/{database}"
            for number in range(200 if full else 20):
                for cut in CUTS:
                    result.verdicts[_cut(line, address, f"{cut}-{number}", cut)] += 1
            for cut in CUTS:
                result.verdicts[_gone_for_long(line, address, f"{cut}-long", cut)] += 1
            with mock.patch.object(Team, "writing", _blindly):
                result.controls["done again blindly"] = _cut(line, address, "blind", "after") != KEPT
            with mock.patch.object(Team, "put_right", return_value=False):
                result.controls["taken as failed"] = _cut(line, address, "failed", "after") != KEPT
    return result


def _cut(line: Forwarder, address: str, id: str, cut: Cut) -> str:
    """Cut each kind of writing, and see that it is done, and done once."""
    journal = Journal.join(address)
    try:
        line.cut = cut
        row = begin(journal, id)
        for _ in range(2):
            line.cut = cut
            row = go_on(journal, row)
            line.cut = cut
            row = journal.take(id, COLLEAGUE, epoch=row.epoch)
        if line.cut is not None:
            return "not cut"
        return KEPT if row == journal.row(id) and (journal.verify(id), row.epoch) == (3, 3) else "wrong"
    except Fault as fault:
        return fault.code
    finally:
        line.cut = None
        journal.close()


def _gone_for_long(line: Forwarder, address: str, id: str, cut: Cut) -> str:
    """The server stays away: it is said that nobody knows, and the next opening finds one of the two."""
    journal = Journal.join(address)
    row = begin(journal, id)
    line.cut, line.for_long = cut, True
    try:
        with mock.patch.object(team, "PATIENCE", 0.3):
            go_on(journal, row)
        return "acknowledged"
    except Fault as fault:
        if fault.code != "team.in_doubt":
            return fault.code
    finally:
        line.away = line.for_long = False
        journal.close()
    journal = Journal.join(address)
    found = journal.verify(id)
    went_on = go_on(journal, journal.row(id)).version
    journal.close()
    as_it_was = {"before": {1}, "after": {2}, "between": {1, 2}}[cut]
    return KEPT if found in as_it_was and went_on == found + 1 else "wrong"


@contextlib.contextmanager
def _blindly(store: Team) -> Iterator[bool]:
    """Planted: what may have gone in is written again without being looked for."""
    with store._transaction("BEGIN"):
        yield False
