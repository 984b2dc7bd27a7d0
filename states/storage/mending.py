"""Bringing the two copies in step: which of them is the longer one that verifies, and making the other from it.

Nothing is merged. Where each copy holds something that the other has not, or the second one is not this store's, it is
left alone and a person is told. Whatever is replaced is set aside under another name and never deleted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from states.fault import Fault
from states.flow.events import Event, moment
from states.storage import statements
from states.storage.blackbox import Blackbox, Mark, Reading
from states.storage.records import START, Listing, Row, Stored, canonical, chain, entry, verified
from states.storage.schema import make_file
from states.storage.worklist import sought
from states.system import here

if TYPE_CHECKING:
    from states.storage.embedded import Embedded
    from states.storage.engine import Engine


class Ahead(Exception):
    """The second copy holds more than the database: that is the one to be made again."""


class Unsound(Exception):
    """The two differ where the database does not verify by itself: that is damage, and no other way taken.

    Args:
        fault: what is to be said where the copy cannot mend it.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def reconcile(store: Embedded, copy: Blackbox) -> Fault | None:
    """Bring the second copy in step with the database; what a person is to be told of it, if anything.

    Called inside `writing`, so that neither grows meanwhile.

    Raises:
        Ahead, Unsound: nothing was touched.
        Fault: `store.copy_forked`, `.copy_other`, `.copy_newer`: nothing was touched. `store.chain`: the database is
            no good to make a copy from.
    """
    meta = store.meta()
    mark = Mark.decode(meta["copy"])
    if copy.in_step(mark):
        return None  # another start was quicker
    if not copy.path.exists():
        renew(store, copy, meta["installation"])
        return Fault("store.copy_made", path=copy.path) if mark.place else None
    if copy.lacks_last(mark):  # a cut between the two: what was acknowledged is in both, and one step besides
        copy.put(mark)
        return None
    reading = Reading()
    holds_all = False
    try:
        holds_all = _compare(store, copy, reading, meta["installation"])
    except Fault as fault:
        if fault.code != "store.copy_damaged":
            raise
    try:
        renew(store, copy, meta["installation"])
    except Fault as fault:
        if fault.code == "store.chain" and holds_all:
            raise Ahead from None  # of the same length, but the database does not verify
        if fault.code == "store.chain":
            raise Unsound(fault) from None
        raise
    return Fault("store.copy_mended", path=copy.path)


def renew(store: Embedded, copy: Blackbox, installation: str) -> None:
    """Make the second copy from the database, every session verified; called inside `writing`."""
    mark = Mark.first(installation)
    lines = [mark.line]
    for row in every(store):
        mark = mark.next(entry(row, _whole(store, row)))
        lines.append(mark.line)
    set_aside(copy.path)
    copy.replace("".join(lines).encode())
    store.run(statements.SET_META, name="copy", value=mark.encode())


def _whole(store: Engine, row: Row) -> list[Stored]:
    """The session's events, from the first to the one that its row names.

    Raises:
        Fault: `store.chain`.
    """
    events = verified(row.id, store.run(statements.EVENTS, id=row.id, first=0))
    if not events or len(events) != row.version or events[-1].hash != row.head:
        raise Fault("store.chain", id=row.id, seq=len(events) + 1)
    return events


def _verifies(store: Engine, id: str) -> bool:
    try:
        _whole(store, Row.of(store.run(statements.ROW, id=id)[0]))
    except (Fault, IndexError, apsw.Error, UnicodeError):
        return False
    return True


def every(store: Engine) -> Iterator[Row]:
    """All rows by their keys, so that a store with many sessions does not have to fit anywhere."""
    after = ""
    while found := store.run(statements.EVERY_ROW, after=after):
        for columns in found:
            row = Row.of(columns)
            after = row.id
            yield row


def restore(path: Path, copy: Blackbox, *, compared: bool = False) -> Fault:
    """Make the database from the second copy; what was there is set aside. Returns what a person is to be told.

    Args:
        compared: it is known that the copy holds all that the database holds.

    Raises:
        Fault: `store.damaged`, when the copy cannot vouch for all that was acknowledged; nothing was touched.
    """
    known, drafts = _salvaged(path)
    reading = Reading()
    last = 0

    def fill(connection: apsw.Connection) -> tuple[str, Mark]:
        nonlocal last
        last = _fill(connection, copy.lines(reading))
        mark = reading.mark
        knows_all = known is None or mark.end >= known.end
        if not reading.whole or not (compared or knows_all):
            raise Fault("store.damaged", path=path)
        for session, fact, text in drafts:
            connection.execute(statements.KEEP_DRAFT, {"id": session, "fact": fact, "text": text})
        return reading.installation, mark

    growing = path.with_name(f"{path.name}.mended")
    growing.unlink(missing_ok=True)
    try:
        make_file(growing, fill)
    except (LookupError, TypeError, ValueError, AttributeError):  # lines that fit, and yet were not written by us
        raise Fault("store.damaged", path=path) from None
    for place in (Path(f"{path}-wal"), Path(f"{path}-shm"), path):
        set_aside(place)
    here.replace(growing, path)
    here.sync_folder(path.parent)
    if copy.size() > reading.mark.end:
        copy.cut_behind(reading.mark)
    when = f"{moment(last):%Y-%m-%d %H:%M}" if last else "-"
    if compared or known is not None:
        return Fault("store.mended", when=when, path=copy.path)
    return Fault("store.mended_alone", when=when, path=copy.path)


def set_aside(path: Path) -> None:
    """Give a file that is to be replaced a name under which it is out of the way."""
    if not path.exists():
        return
    number = 1
    while (place := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    here.replace(path, place)


def _compare(store: Embedded, copy: Blackbox, reading: Reading, installation: str) -> bool:
    """Whether the second copy holds all of the database; refuses one that is another's or went another way.

    Raises:
        Ahead: it holds more.
        Unsound: what differs does not verify in the database.
    """
    copied: dict[str, int] = {}
    odd: dict[str, dict[int, bool]] = {}  # lines that the database has not, by session and version: has it another?
    for one in copy.lines(reading):
        if reading.installation != installation:
            break
        id, version = one["id"], one["version"]
        if "after" in one:  # another way from there on: what stood behind it is held by what came in
            odd[id] = {seq: other for seq, other in odd.get(id, {}).items() if seq <= one["after"]}
        found = store.run(statements.HASH, id=id, seq=version)
        if not found or found[0][0].hex() != one["head"]:
            odd.setdefault(id, {})[version] = bool(found)
        copied[id] = version
    if reading.installation != installation:
        raise Fault("store.copy_other", path=copy.path)
    ahead, forked = any(odd.values()), Fault("store.copy_forked", path=copy.path)
    differ = [id for id, lines in odd.items() if any(lines.values())]
    more = [row.id for row in every(store) if row.version > copied.get(row.id, 0)]
    holds_all = reading.whole and not more
    if differ or (ahead and not holds_all):
        if any(_verifies(store, id) for id in (*differ, *more)) or not reading.whole:
            raise forked
        raise Unsound(forked)
    if ahead:
        raise Ahead
    return holds_all


def _fill(connection: apsw.Connection, entries: Iterable[dict[str, Any]]) -> int:
    """Put the sessions of a second copy into an empty store; the instant of the last event."""
    rows: dict[str, dict[str, Any]] = {}
    last = 0
    for one in entries:
        id = one["id"]
        if "office" in one:
            number, name, edition = one["office"]
            rows[id] = {"id": id, "office_number": number, "office_name": name, "sought": sought(name)}
            rows[id] |= {"edition": edition, "version": 0, "head": START, "created": one["events"][0][1], "holder": ""}
        row = rows[id]
        if "after" in one:
            connection.execute(statements.DROP_TAIL, {"id": id, "last": one["after"]})
            found: list[Any] = connection.execute(statements.HASH, {"id": id, "seq": one["after"]}).fetchall()
            row |= {"version": one["after"], "head": found[0][0] if found else START}
        for stored in chain(id, row["version"], row["head"], [Event(*parts) for parts in one["events"]]):
            event = stored.event
            values = {"id": id, "seq": stored.seq, "kind": event.kind, "at": event.at, "actor": event.actor}
            connection.execute(statements.ADD_EVENT, values | {"body": canonical(event.body), "hash": stored.hash})
            row |= {"version": stored.seq, "head": stored.hash, "updated": event.at}
            last = max(last, event.at)
        if (row["version"], row["head"].hex()) != (one["version"], one["head"]):
            raise ValueError(id)
        row |= {"edition": one["edition"]} if "edition" in one else {}
        row |= Listing(*one["listing"]).columns() | {"epoch": one["epoch"]}
    for row in rows.values():
        connection.execute(statements.CREATE_SESSION, row).fetchall()
    return last


def _salvaged(path: Path) -> tuple[Mark | None, list[tuple[str, str, str]]]:
    """From a database that is to be replaced, what can still be read: its last line, and half-typed answers."""
    mark: Mark | None = None
    drafts: list[Any] = []
    with contextlib.suppress(apsw.Error, OSError, ValueError, KeyError, TypeError):
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            meta: list[Any] = connection.execute(statements.META).fetchall()
            mark = Mark.decode(dict(meta)["copy"])
            drafts = connection.execute(statements.EVERY_DRAFT).fetchall()
        finally:
            connection.close()
    return mark, drafts
