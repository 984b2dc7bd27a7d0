"""The team's engine: one PostgreSQL database that technicians share, through `psycopg`.

A transaction that the server gave up in favour of another one is done again as a whole. Where the line was lost in the
middle of a commit nobody knows whether it went in: then it is done again too, and whoever does it looks first whether
it is there already (`writing`).

Decision: docs/decisions/team-store.md.
"""

from __future__ import annotations

import contextlib
import getpass
import platform
import random
import re
import threading
import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql

from states.fault import Fault
from states.storage import address, statements
from states.storage.schema import VERSION
from states.storage.team_trouble import AGAIN, told, unmade

PATIENCE: Final = 5.0  # seconds in which a server that went away may come back
RETRIES: Final = 10  # of a transaction that another one was in the way of
CONNECT: Final = 5  # seconds to wait for a connection
# A line that went dead is noticed within about 11 s, unless the address says otherwise.
_LINE: Final = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}

# What durability hangs on is read back; what a role or a database may have switched off for us is switched on again.
_SETTLE: Final = """
    SELECT set_config('lock_timeout', '5s', false), set_config('idle_in_transaction_session_timeout', '10s', false),
        set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
            ELSE current_setting('synchronous_commit') END, false),
        current_setting('server_encoding', true), current_setting('fsync', true),
        current_setting('full_page_writes', true)
"""
_LOCKED: Final = "55P03"  # waited in vain for a row, perhaps for our own commit that the server never got
SETTINGS: Final = ("fsync", "full_page_writes")


class Team:
    """An open team store. One connection, which is made again when it is lost."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given, self.shown = given, address.shown(given)
        self.notices: list[Fault] = []
        self.new_office = f"new {platform.node()} {_user()}"  # the drafts of each of them are apart
        self._turn = threading.RLock()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._closed = self._lost = False
        self._in_doubt: set[int] = set()  # threads

    @classmethod
    def open(cls, text: str) -> Team:
        """Join the team store at an address.

        Raises:
            Fault: `store.address`, `team.password`, `team.unreachable`, `.refused`, `.tls`, `.no_schema`, `.older`,
                `.newer`, `.no_right`, `.not_durable`, `.encoding`.
        """
        store = cls.connect(text)
        try:
            store._know()
        except BaseException:
            store.close()
            raise
        if not address.is_here(store.given) and not store._connected().pgconn.ssl_in_use:
            store.notices.append(Fault("team.plain", server=store.shown))
        return store

    @classmethod
    def connect(cls, text: str) -> Team:
        """The same, whatever tables are there or not."""
        store = cls(address.parameters(text))
        with told(store.shown):
            store._connect()
        return store

    def run(self, statement: str, **values: str | int | bytes) -> list[tuple[Any, ...]]:
        if any(isinstance(value, str) and "\0" in value for value in values.values()):
            raise Fault("store.text", path=self.shown)
        assert self._connection is not None
        cursor = self._connection.execute(_translated(statement), values)
        return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"):
            yield

    @contextlib.contextmanager
    def writing(self) -> Iterator[bool]:
        unsure = threading.get_ident() in self._in_doubt
        try:
            with self._transaction("BEGIN"):
                yield unsure
        except Fault as fault:
            if unsure and (fault.code == "team.unreachable" or fault.values.get("detail") == _LOCKED):
                raise Fault("team.in_doubt", server=self.shown) from None  # still not known
            raise
        self._in_doubt.discard(threading.get_ident())

    def keep(self, body: Mapping[str, Any]) -> None:
        """The second copy of a server is the server's own: its backups, its replicas."""

    def put_right(self, fault: Fault, attempt: int) -> bool:
        with self._turn:
            again = False
            if fault.code == "team.busy" and fault.values["detail"] in AGAIN and attempt < RETRIES:
                time.sleep(random.random() * 0.002 * 2 ** min(attempt, 7))
                again = True
            elif self._lost and attempt < RETRIES:
                self._lost = False
                again = self._comes_back()
            if not again:
                self._in_doubt.discard(threading.get_ident())
            return again

    def check(self) -> None:
        """A server looks after its own pages (checksums); chains are verified whenever they are read."""

    def size(self) -> int:
        return 0

    def close(self) -> None:
        with self._turn:
            self._closed = True
            self._drop()

    def ask(self, question: str) -> tuple[Any, ...]:
        """The one row that answers a question about the server."""
        with self._turn, told(self.shown):
            row = self._connected().execute(sql.SQL(question)).fetchone()
            assert row is not None
            return row

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._turn, told(self.shown, self._forget):
            connection = self._connected()
            connection.execute(sql.SQL(begin))
            try:
                yield
            except BaseException:
                with contextlib.suppress(psycopg.Error):
                    connection.execute("ROLLBACK")
                raise
            try:
                done = connection.execute("COMMIT").statusmessage
            except psycopg.Error as error:
                if error.sqlstate == "40003" or connection.closed:
                    self._in_doubt.add(threading.get_ident())
                    self._forget()
                    raise Fault("team.in_doubt", server=self.shown) from None
                raise
            if done != "COMMIT":  # a server says ROLLBACK where a statement before had failed
                raise Fault("team.io", server=self.shown, detail=str(done))

    def _forget(self) -> None:
        """The connection is gone; the next transaction makes another one."""
        self._lost = True
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _comes_back(self) -> bool:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with told(self.shown):
                    self._connect()
                return True
            except Fault as fault:
                # A server that is starting says no, and may have started by the time it is asked why.
                if fault.code not in ("team.unreachable", "team.refused") or time.monotonic() > until:
                    return False
            time.sleep(0.1)

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._closed:
            raise Fault("team.io", server=self.shown, detail="closed")
        if self._connection is None or self._connection.closed:
            self._connect()
        assert self._connection is not None
        return self._connection

    def _connect(self) -> None:
        given: dict[str, Any] = {
            "connect_timeout": CONNECT,
            "application_name": "careplan-setup",
            **_LINE,
            **self.given,
        }
        try:
            connection = psycopg.connect(autocommit=True, **given)
        except psycopg.Error as error:
            raise unmade(error, self.shown, given) from None
        try:
            settled = connection.execute(_SETTLE).fetchone()
            assert settled is not None
            *_, encoding, fsync, full_page_writes = settled
            if encoding not in (None, "UTF8"):
                raise Fault("team.encoding", server=self.shown, found=encoding)
            for setting, value in zip(SETTINGS, (fsync, full_page_writes), strict=True):
                if value not in (None, "on"):  # an engine that only speaks the same language may not have it
                    raise Fault("team.not_durable", server=self.shown, setting=setting)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _know(self) -> None:
        """See that the tables are there, and of the form that this program writes."""
        with self.reading():
            meta = dict(self.run(statements.META))
        found = int(meta.get("schema", 0))
        if found > VERSION:
            raise Fault("team.newer", server=self.shown, found=found, known=VERSION)
        if found < VERSION:
            raise Fault("team.older", server=self.shown, found=found, known=VERSION)


@cache
def _translated(statement: str) -> sql.SQL:
    """The statement with its values named as psycopg names them."""
    return sql.SQL(re.sub(r":([a-z]\w*)", r"%(\1)s", statement))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "-"
