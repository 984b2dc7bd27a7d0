"""The embedded engine: one SQLite file in a folder that is ours, opened so that a commit survives a power cut.

It makes and opens the file, runs statements in transactions, keeps the second copy in step, and turns whatever goes
wrong into a `Fault`; what the statements mean is the journal's.

Decision: docs/decisions/storage.md (WAL with `synchronous=FULL`; other settings lost acknowledged steps).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import apsw

from states.fault import Fault
from states.storage import blackbox, ground, room, statements
from states.storage.blackbox import Blackbox, Mark
from states.storage.folders import make_folder
from states.storage.schema import APPLICATION, carry_forward, make_file
from states.storage.trouble import not_allowed, told
from states.system import here

NAME: Final = "sessions.db"
BUSY: Final = 5_000  # milliseconds to wait for another writer
SETTINGS: Final = {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "cell_size_check": 1}
# Pages of the write-ahead log before it is folded in: so many that few steps pay for it, and so few that the ballast
# holds them besides a thousand steps.
CHECKPOINT: Final = 200

_MAGIC: Final = b"SQLite format 3\0"


class Embedded:
    """An open store. One connection, one thread at a time; used by the journal only."""

    new_office = "new"

    def __init__(self, path: Path, second_copy: Path | None) -> None:
        self.path = path
        self.notices: list[Fault] = []
        """What a person has to be told besides: something was mended, or is not as safe as it should be."""
        self._given = second_copy
        self._copy: Blackbox | None = None
        self._unwritten: list[Mark] = []
        self._turn = threading.RLock()
        self._connection: apsw.Connection
        self._identity = 0
        self._away = False

    @classmethod
    def open(cls, folder: Path, *, create: bool, second_copy: Path | None = None, any_ground: bool = False) -> Embedded:
        """Open the store in `folder`; with `create`, make folder and file first where there are none.

        Args:
            second_copy: the folder for the second copy from now on; it is remembered. At first it is beside the file.
            any_ground: also on a RAM disk or a network share. For tests, which cut the power often.

        Raises:
            Fault: `store.missing`, `.foreign`, `.newer`, `.damaged`, `.read_only`, `.forbidden`, `.full`, `.busy`,
                `.not_durable`, `.network`, `.memory`, `.synced`, `.io`.
        """
        store = cls(folder / NAME, second_copy)
        with told(store.path):
            if not any_ground:
                ground.check(folder)
            if create:
                make_folder(folder)
            store._begin(create)
            try:
                store._settle_copies()
            except BaseException:
                store.close()
                raise
            room.keep(folder)
        return store

    def run(self, statement: str, **values: str | int | bytes) -> list[tuple[Any, ...]]:
        """Run one statement inside `reading` or `writing`; all its rows."""
        if any(isinstance(value, str) and "\0" in value for value in values.values()):
            raise Fault("store.text", path=self.path)  # another engine could not hold it
        try:
            found: list[tuple[Any, ...]] = self._connection.execute(statement, values).fetchall()
        except apsw.SQLError:  # no statement of ours is wrong by itself: the tables are
            raise Fault("store.damaged", path=self.path) from None
        if any(None in row for row in found):  # no column of ours may be empty
            raise Fault("store.damaged", path=self.path)
        return found

    def reading(self) -> contextlib.AbstractContextManager[bool]:
        """Everything read inside is of one moment."""
        return self._transaction("BEGIN")

    def writing(self) -> contextlib.AbstractContextManager[bool]:
        """All or nothing of what is written inside; durable, and in both copies, when the block has been left."""
        return self._transaction("BEGIN IMMEDIATE")

    def meta(self) -> dict[str, str]:
        """What the store knows of itself, by name; called inside `reading` or `writing`."""
        return dict(self.run(statements.META))

    def pragma(self, name: str) -> Any:
        """A setting of the engine as it is now."""
        with self._turn, told(self.path):
            return self._connection.pragma(name)

    def check(self) -> None:
        """Read the whole file, past other users of this object, and see that the engine finds nothing wrong with it.

        A page in the wrong place is seen by nothing less: a list may only look shorter.

        Raises:
            Fault: `store.damaged`.
        """
        with told(self.path):
            connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
                    raise Fault("store.damaged", path=self.path)
            finally:
                connection.close()

    def keep(self, body: Mapping[str, Any]) -> None:
        """Have an entry written to the second copy too, when the block of `writing` has been left."""
        before = Mark.decode(self.meta()["copy"])
        mark = before.next(body)
        self.run(statements.SET_META, name="copy", value=mark.encode())
        if not self._unwritten and self._copy is not None and not self._copy.reaches(before.end):
            self._unwritten.append(before)  # who committed it has not come to write it yet: the same bytes, twice
        self._unwritten.append(mark)

    def size(self) -> int:
        return self.path.stat().st_size

    def put_right(self, fault: Fault, attempt: int) -> bool:
        """Clear away what a failed method met; whether it is worth doing it again."""
        if attempt:
            return False
        with self._turn:
            if fault.code == "store.full":
                if not room.release(self.path.parent):
                    return False
                self.notices.append(Fault("store.ballast", path=self.path))
                return True
            if fault.code in ("store.damaged", "store.chain") and self._copy is not None:
                return self._restored(self._copy)
            return False

    @property
    def copy(self) -> Blackbox | None:
        """The second copy; None while there is none to be written to."""
        return self._copy

    def close(self) -> None:
        """Give the files back; harmless the second time."""
        with self._turn, told(self.path):
            self._connection.close()
            if self._copy is not None:
                self._copy.close()

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[bool]:
        with self._turn, told(self.path), self._noticing_its_absence():
            self._connection.execute(begin)
            pending = len(self._unwritten)
            try:
                if begin != "BEGIN" and here.identity(self.path.stat()) != self._identity:
                    raise Fault("store.replaced", path=self.path)  # mended by another window, or put back by hand
                yield False  # here a commit is always answered
                self._connection.execute("COMMIT")
            except BaseException:
                del self._unwritten[pending:]
                if self._connection.in_transaction:  # some failures have rolled back already
                    with contextlib.suppress(apsw.Error):
                        self._connection.execute("ROLLBACK")
                raise
            if self._unwritten:
                self._write_copy()

    @contextlib.contextmanager
    def _noticing_its_absence(self) -> Iterator[None]:
        """A stick that was pulled is told by name; when it is back, its files are opened again and work goes on."""
        if self._away:
            if not _is_there(self.path):
                raise Fault("store.away", path=self.path)
            with contextlib.suppress(apsw.Error):  # its files are not those any more
                self._connection.close()
            self._connect()
            self._away = False
        try:
            yield
        except (apsw.Error, OSError):
            if _is_there(self.path):
                raise
            self._away = True
            raise Fault("store.away", path=self.path) from None

    # -- the second copy

    def _write_copy(self) -> None:
        """Write what the second copy lacks. When that fails the step stands all the same, in one copy; it is said."""
        if self._copy is None:
            self._unwritten.clear()  # the next opening compares the two
            return
        try:
            while self._unwritten:
                self._copy.put(self._unwritten[0])
                del self._unwritten[0]
        except OSError:
            if room.release(self.path.parent):
                self.notices.append(Fault("store.ballast", path=self.path))
                self._write_copy()
            elif all(notice.code != "store.copy_behind" for notice in self.notices):
                self.notices.append(Fault("store.copy_behind", path=self._copy.path))

    def _settle_copies(self) -> None:
        with self.reading():
            meta = self.meta()
        mark = _mark(meta, self.path)
        folder = self._given or Path(meta.get("second_copy") or self.path.parent)
        copy = Blackbox(folder / blackbox.NAME)
        if copy.in_step(mark):
            self._copy = copy
        elif not folder.is_dir():
            self.notices.append(Fault("store.copy_away", path=folder))
        else:
            self._bring_in_step(copy)
        if self._given is not None and self._copy is not None and str(folder) != meta.get("second_copy"):
            with self.writing():
                self.run(statements.SET_META, name="second_copy", value=str(folder.absolute()))
            before = Path(meta.get("second_copy") or self.path.parent) / blackbox.NAME
            if before != copy.path:
                with contextlib.suppress(OSError):  # one that is kept no more would look like an old state later
                    before.unlink()

    def _bring_in_step(self, copy: Blackbox) -> None:
        from states.storage import mending

        try:
            with self.writing():
                said = mending.reconcile(self, copy)
        except mending.Ahead:
            self._restore(copy, compared=True)
            said = None
        except (mending.Unsound, Fault) as met:
            fault = met.fault if isinstance(met, mending.Unsound) else met
            damage = fault is not met or fault.code == "store.damaged"
            if not damage or not self._restored(copy):
                self.notices.append(fault)  # the copy is left alone; work goes on in the database
                return
            said = None
        self._copy = copy
        if said is not None:
            self.notices.append(said)

    # -- opening

    def _begin(self, create: bool) -> None:
        copy = Blackbox((self._given or self.path.parent) / blackbox.NAME)
        try:
            if create and not self.path.exists() and not copy.path.exists():
                make_file(self.path)
            self._connect()
        except (Fault, apsw.Error, OSError) as error:
            if _beyond_repair(error) or not copy.path.exists():
                raise
            try:
                self._restore(copy)
            except Fault:
                raise error from None

    def _restored(self, copy: Blackbox) -> bool:
        """Whether a damaged database could be made again from the second copy."""
        with contextlib.suppress(Fault):
            self._restore(copy)
            return True
        return False

    def _restore(self, copy: Blackbox, *, compared: bool = False) -> None:
        """Go on with a database made from the second copy."""
        from states.storage import mending

        with told(self.path):
            with contextlib.suppress(AttributeError, apsw.Error):  # not opened yet, or too broken to be locked
                if not here.RENAMES_OPEN_FILES:
                    self._connection.close()
                self._connection.execute("BEGIN IMMEDIATE")  # who is about to write waits, and then sees another file
            try:
                notice = mending.restore(self.path, copy, compared=compared)
            except BaseException:
                with contextlib.suppress(AttributeError, apsw.Error):
                    self._connection.execute("ROLLBACK")
                raise
            with contextlib.suppress(AttributeError, apsw.Error):
                self._connection.close()
            self._connect()
            self.notices.append(notice)

    def _connect(self) -> None:
        _check_header(self.path)
        _close_to_others(self.path)
        connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            _settle(connection, self.path)
            with told(self.path):
                known: list[Any] = connection.execute(statements.META).fetchall()
            _mark(dict(known), self.path)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._identity = here.identity(self.path.stat())


def _mark(meta: Mapping[str, str], path: Path) -> Mark:
    """The last line that the second copy should have, out of what the store knows of itself."""
    try:
        if meta["installation"]:
            return Mark.decode(meta["copy"])
    except (KeyError, ValueError):
        pass
    raise Fault("store.damaged", path=path)


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except OSError:  # of a pulled stick Windows says that it is not ready, or not connected, or no device
        return False
    return True


def _beyond_repair(error: Exception) -> bool:
    """Whether another file in its place would not help."""
    if isinstance(error, Fault):
        return error.code not in ("store.damaged", "store.foreign")
    return not isinstance(error, FileNotFoundError | apsw.CorruptError | apsw.NotADBError)


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
    for place in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with contextlib.suppress(OSError):  # not there, or not ours to change
            if here.open_to_others(place):
                here.close_to_others(place)


def _settle(connection: apsw.Connection, path: Path) -> None:
    """Set what durability hangs on, and read each of it back: SQLite does not say when it could not."""
    connection.set_busy_timeout(BUSY)
    if connection.readonly("main"):
        raise not_allowed(path) or Fault("store.read_only", path=path)
    for pragma, value in SETTINGS.items():
        connection.pragma(pragma, value)
        if connection.pragma(pragma) != value:
            raise Fault("store.not_durable", path=path, setting=pragma)
    connection.pragma("wal_autocheckpoint", CHECKPOINT)
    carry_forward(connection, path)
