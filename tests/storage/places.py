"""Where a journal can be, for the tests that every engine has to pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import apsw
import psycopg

from states.storage.blackbox import NAME as COPY
from states.storage.embedded import NAME
from states.storage.journal import Journal
from tests.storage.postgres import Server


class Place(Protocol):
    """An empty store, which can be opened more than once."""

    def open(self) -> Journal: ...

    def tamper(self, statement: str, **values: str | bytes) -> None:
        """Change what is stored behind the journal's back, as only an owner could."""
        ...


@dataclass(frozen=True)
class Folder:
    path: Path

    def open(self) -> Journal:
        return Journal.open(self.path)

    def tamper(self, statement: str, **values: str | bytes) -> None:
        (self.path / COPY).unlink(missing_ok=True)  # what mends it is tested beside
        connection = apsw.Connection(str(self.path / NAME))
        connection.execute(statement, values)
        connection.close()


@dataclass(frozen=True)
class Shared:
    server: Server
    database: str

    def open(self) -> Journal:
        return Journal.join(self.server.address(self.database))

    def tamper(self, statement: str, **values: str | bytes) -> None:
        with psycopg.connect(self.server.address(self.database)) as connection:
            connection.execute(re.sub(r":([a-z]\w*)", r"%(\1)s", statement).encode(), values)

    def clear(self) -> None:
        self.server.execute(self.database, "DELETE FROM session", "DELETE FROM event", "DELETE FROM draft")
