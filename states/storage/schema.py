"""The file itself: made whole, marked as ours, and carried forward to the form this program writes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import apsw

from states.fault import Fault
from states.storage import statements
from states.storage.blackbox import Mark
from states.system import here

APPLICATION: Final = 0x43504C53  # "CPLS": marks the file as ours, at bytes 68 to 71 of a SQLite file
VERSION: Final = 1  # of the schema

_LEAP: Final = 30  # versions; a number further ahead is a damaged one
# By version: what makes a store of that version one of the next. Forward only; an older program refuses a newer store.
MIGRATIONS: Final[dict[int, tuple[str, ...]]] = {}

_TYPES: Final = {"text": "TEXT", "int": "INTEGER", "bytes": "BLOB", "tail": "STRICT, WITHOUT ROWID"}


def make_file(path: Path, fill: Callable[[apsw.Connection], tuple[str, Mark]] | None = None) -> None:
    """Make the file whole beside its place, then put it there: an empty or half-made store is never seen.

    So a file found empty is a damaged one, and not a store without sessions.

    Args:
        fill: puts in what is to be there from the start; returns the installation and the last line of its second
            copy. Without it the store is empty, and of a new installation.
    """
    growing = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    os.close(os.open(growing, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        growing.chmod(0o600)  # the umask may have taken from it; -wal and -shm follow the file
        connection = apsw.Connection(str(growing), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.execute("PRAGMA synchronous=FULL; BEGIN IMMEDIATE")
            for statement in statements.SCHEMA:
                connection.execute(statement.format(**_TYPES))
            installation, mark = fill(connection) if fill else _new_installation()
            connection.execute(statements.SET_META, {"name": "installation", "value": installation})
            connection.execute(statements.SET_META, {"name": "copy", "value": mark.encode()})
            connection.execute(f"PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION}; COMMIT")
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
        _put(growing, path)
    finally:
        growing.unlink(missing_ok=True)
    here.sync_folder(path.parent)


def carry_forward(connection: apsw.Connection, path: Path) -> None:
    """Bring an older store to this program's schema, a step at a time, each after a copy that was read back.

    Raises:
        Fault: `store.newer`, `store.damaged`, `store.not_copied`; the store is then as it was.
    """
    version = connection.pragma("user_version")
    if version > VERSION:
        if version > VERSION + _LEAP:
            raise Fault("store.damaged", path=path)
        raise Fault("store.newer", path=path, found=version, known=VERSION)
    while version < VERSION:
        if version not in MIGRATIONS:
            raise Fault("store.damaged", path=path)
        _copy_before(connection, path, version)
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.pragma("user_version") == version:  # else another start was quicker
                for statement in MIGRATIONS[version]:
                    connection.execute(statement.format(**_TYPES))
                connection.pragma("user_version", version + 1)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        version = connection.pragma("user_version")


def _copy_before(connection: apsw.Connection, path: Path, version: int) -> None:
    place = path.with_name(f"{path.name}.v{version}")
    place.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(place),))
    place.chmod(0o600)
    copy = apsw.Connection(str(place), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        count = "SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM event), (SELECT count(*) FROM draft)"
        whole = copy.pragma("integrity_check") == "ok"
        if not whole or list(copy.execute(count)) != list(connection.execute(count)):
            raise Fault("store.not_copied", path=place)
    finally:
        copy.close()
    with place.open("r+b") as file:
        os.fsync(file.fileno())
    here.sync_folder(path.parent)


def _new_installation() -> tuple[str, Mark]:
    installation = os.urandom(8).hex()
    return installation, Mark.first(installation)


def _put(growing: Path, path: Path) -> None:
    """Move `growing` to `path` unless somebody else was first; then theirs stands."""
    with contextlib.suppress(FileExistsError):
        try:
            os.link(growing, path)
        except FileExistsError:
            raise
        except OSError:  # no hard links on this file system
            if not path.exists():
                growing.rename(path)  # on Windows not over another one
