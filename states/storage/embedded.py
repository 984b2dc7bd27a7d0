"""The embedded engine: one SQLite file in a folder that is ours, opened so that a commit survives a power cut.

It makes and opens the file, runs statements in transactions, and turns whatever goes wrong into a `Fault`; what the
statements mean is the journal's.

Decision: docs/decisions/storage.md (WAL with `synchronous=FULL`; other settings lost acknowledged steps).
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import apsw

from states.fault import Fault
from states.storage import statements
from states.storage.folders import make_folder, sync_folder

NAME: Final = "sessions.db"
APPLICATION: Final = 0x43504C53  # "CPLS": marks the file as ours, at bytes 68 to 71 of a SQLite file
VERSION: Final = 1  # of the schema
BUSY: Final = 5_000  # milliseconds to wait for another writer

_MAGIC: Final = b"SQLite format 3\0"
_NO_ROOM: Final = 64 * 1024  # bytes free below which a failed write is called a full disk


class Embedded:
    """An open store. One connection, one thread at a time; used by the journal only."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._path = path
        self._connection = connection
        self._turn = threading.RLock()

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> Embedded:
        """Open the store in `folder`; with `create`, make folder and file first where there are none.

        Raises:
            Fault: `store.missing`, `.foreign`, `.newer`, `.damaged`, `.read_only`, `.forbidden`, `.full`, `.busy`,
                `.not_durable`, `.io`.
        """
        path = folder / NAME
        with told(path):
            if create:
                make_folder(folder)
                if not path.exists():
                    _make_file(path)
            _check_header(path)
            _close_to_others(path)
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                _settle(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    def run(self, statement: str, **values: str | int | bytes) -> list[tuple[Any, ...]]:
        """Run one statement inside `reading` or `writing`; all its rows."""
        if any(isinstance(value, str) and "\0" in value for value in values.values()):
            raise Fault("store.text", path=self._path)  # another engine could not hold it
        return self._connection.execute(statement, values).fetchall()

    def reading(self) -> contextlib.AbstractContextManager[None]:
        """Everything read inside is of one moment."""
        return self._transaction("BEGIN")

    def writing(self) -> contextlib.AbstractContextManager[None]:
        """All or nothing of what is written inside; durable when the block has been left."""
        return self._transaction("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Give the file back; harmless the second time."""
        with self._turn, told(self._path):
            self._connection.close()

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._turn, told(self._path):
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # some failures have rolled back already
                    with contextlib.suppress(apsw.Error):
                        self._connection.execute("ROLLBACK")
                raise


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the engine or the file system raises into the `Fault` a person can act on."""
    try:
        yield
    except apsw.Error as error:
        raise _from_engine(error, path) from None
    except UnicodeEncodeError:  # half a character, from a broken terminal or a broken file
        raise Fault("store.text", path=path) from None
    except UnicodeDecodeError:
        raise Fault("store.damaged", path=path) from None
    except OSError as error:
        raise _from_system(error, path) from None


def _from_engine(error: apsw.Error, path: Path) -> Fault:
    match error:
        case apsw.BusyError() | apsw.LockedError():
            return Fault("store.busy", path=path)
        case apsw.FullError():
            return Fault("store.full", path=path)
        case apsw.CorruptError() | apsw.NotADBError() | apsw.ConstraintError():
            return Fault("store.damaged", path=path)
        case apsw.ReadOnlyError():
            return Fault("store.read_only", path=path)
        case apsw.CantOpenError() | apsw.PermissionsError() | apsw.AuthError():
            return _not_allowed(path) or Fault("store.io", path=path, detail=_detail(error))
        case apsw.IOError() if _no_room(path):  # a full disk met outside a plain write
            return Fault("store.full", path=path)
        case _:
            return Fault("store.io", path=path, detail=_detail(error))


def _from_system(error: OSError, path: Path) -> Fault:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return Fault("store.full", path=path)
        case errno.EROFS:
            return Fault("store.read_only", path=path)
        case errno.EACCES | errno.EPERM:
            return _not_allowed(path) or Fault("store.forbidden", path=path)
        case errno.ENOENT:
            return Fault("store.missing", path=path)
        case errno.EEXIST | errno.EISDIR | errno.ENOTDIR:
            return Fault("store.foreign", path=path)
        case _:
            return Fault("store.io", path=path, detail=errno.errorcode.get(error.errno or 0, type(error).__name__))


def _detail(error: apsw.Error) -> str:
    """SQLite's own name for what happened, for support: such as SQLITE_IOERR_WRITE."""
    names = apsw.mapping_result_codes | apsw.mapping_extended_result_codes
    return str(names.get(getattr(error, "extendedresult", -1), type(error).__name__))


def _not_allowed(path: Path) -> Fault | None:
    """Told apart, for the remedies differ: what may be read but not written, and what may not be read at all."""
    folder = path.parent
    for place, needed in ((folder, os.R_OK | os.X_OK), (path, os.R_OK)):
        if os.access(place, os.F_OK) and not os.access(place, needed):
            return Fault("store.forbidden", path=place)
    for place in (path, folder):
        if os.access(place, os.F_OK) and not os.access(place, os.W_OK):
            return Fault("store.read_only", path=place)
    return None


def _no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _NO_ROOM
    except OSError:
        return False


def _make_file(path: Path) -> None:
    """Make the file whole beside its place, then put it there: an empty or half-made store is never seen.

    So a file found empty is a damaged one, and not a store without sessions.
    """
    growing = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    os.close(os.open(growing, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        growing.chmod(0o600)  # the umask may have taken from it; -wal and -shm follow the file
        connection = apsw.Connection(str(growing), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.execute("PRAGMA synchronous=FULL; BEGIN IMMEDIATE")
            for statement in statements.SCHEMA:
                connection.execute(statement.format(int="INTEGER", bytes="BLOB", tail="STRICT, WITHOUT ROWID"))
            connection.execute(f"PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION}; COMMIT")
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()
        _put(growing, path)
    finally:
        growing.unlink(missing_ok=True)
    sync_folder(path.parent)


def _put(growing: Path, path: Path) -> None:
    """Move `growing` to `path` unless somebody else was first; then theirs stands."""
    with contextlib.suppress(FileExistsError):
        try:
            os.link(growing, path)
        except FileExistsError:
            raise
        except OSError:  # no hard links on this file system
            if not path.exists():
                growing.rename(path)


def _check_header(path: Path) -> None:
    """Ours, somebody else's, or broken: told from the first bytes, before an engine may write to the file."""
    with path.open("rb") as file:
        header = file.read(100)
    ours = header[68:72] == APPLICATION.to_bytes(4, "big")
    if header.startswith(_MAGIC) and ours:
        return
    if not header or ours or (header.startswith(_MAGIC) and len(header) < 100):
        raise Fault("store.damaged", path=path)
    raise Fault("store.foreign", path=path)


def _close_to_others(path: Path) -> None:
    """Office data: a file that others could read (copied in, restored from a backup) is closed to them."""
    if os.name == "nt":
        return
    for place in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with contextlib.suppress(OSError):  # not there, or not ours to change
            if place.stat().st_mode & 0o077:
                place.chmod(0o600)


def _settle(connection: apsw.Connection, path: Path) -> None:
    """Set what durability hangs on, and read each of it back: SQLite does not say when it could not."""
    connection.set_busy_timeout(BUSY)
    if connection.readonly("main"):
        raise _not_allowed(path) or Fault("store.read_only", path=path)
    wanted = {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "cell_size_check": 1}
    for pragma, value in wanted.items():
        connection.pragma(pragma, value)
        if connection.pragma(pragma) != value:
            raise Fault("store.not_durable", path=path, setting=pragma)
    version = connection.pragma("user_version")
    if version > VERSION:
        raise Fault("store.newer", path=path, found=version, known=VERSION)
    if version != VERSION:
        raise Fault("store.damaged", path=path)
