"""The journal: every session as an append-only chain of events, and the list that is made from them.

An append is one transaction; when it returns, the step is on the disk. What a session is stands in its events; the
row that the list shows can be made again from them. Who may append is decided by the epoch and nothing else.

Decision: docs/decisions/storage.md (truth, lease).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import update_wrapper
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from states.fault import Fault
from states.flow.events import Event
from states.storage import statements, worklist
from states.storage.embedded import Embedded
from states.storage.lease import Holder, held_elsewhere
from states.storage.records import ENDS, START, Counts, Listing, Row, Status, Stored, canonical, chain, entry, verified

NEW_OFFICE = "new"  # where the half-typed fields of a session that is not there yet are kept

__all__ = ["Counts", "Event", "Holder", "Journal", "Listing", "Row", "Status", "Stored", "held_elsewhere"]

PREFIX: Final = 4  # characters of an id that are enough to ask for it

P = ParamSpec("P")
T = TypeVar("T")


def _mending(method: Callable[Concatenate[Journal, P], T]) -> Callable[Concatenate[Journal, P], T]:
    """Do it once more after the store has put right what stood in the way: a failed method has written nothing."""

    def done(self: Journal, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except Fault as fault:
            if not self._store.put_right(fault):
                raise
        return method(self, *args, **kwargs)

    update_wrapper(done, method)
    return done


class Journal:
    """All sessions of one store.

    Every method may raise `Fault`: `store.busy`, `.full`, `.damaged`, `.io`, `.read_only`, `.forbidden`, `.text`
    (half a character, or a NUL, in some text), besides what its own lines say. A failed method has written nothing.
    """

    def __init__(self, store: Embedded) -> None:
        self._store = store

    @classmethod
    def open(
        cls, folder: Path, *, create: bool = True, second_copy: Path | None = None, any_ground: bool = False
    ) -> Journal:
        """Open the journal that lives in `folder`; see `Embedded.open` for the arguments, and what may be wrong."""
        return cls(Embedded.open(folder, create=create, second_copy=second_copy, any_ground=any_ground))

    @property
    def notices(self) -> list[Fault]:
        """What a person has to be told of the store besides; the engine's own list."""
        return self._store.notices

    @property
    def store(self) -> Embedded:
        """The engine, for what looks after its health."""
        return self._store

    def close(self) -> None:
        """Give the store back; nothing is waiting to be written."""
        self._store.close()

    @_mending
    def create(
        self,
        id: str,
        office_number: str,
        office_name: str,
        edition: str,
        events: Sequence[Event],
        listing: Listing,
        holder: Holder | None,
    ) -> Row:
        """Begin a session with its first events (at least one), held by `holder` in epoch 1.

        A second session of the same office is not refused here: ask `by_office` first.

        Raises:
            Fault: `store.exists`, when the id is taken.
        """
        added = chain(id, 0, START, events)
        with self._store.writing():
            made = self._store.run(
                statements.CREATE_SESSION,
                id=id,
                office_number=office_number,
                office_name=office_name,
                sought=worklist.folded(office_name),
                edition=edition,
                version=len(added),
                head=added[-1].hash,
                epoch=1,
                holder=holder.encode() if holder else "",
                created=events[0].at,
                updated=events[-1].at,
                **listing.columns(),
            )
            if not made:
                raise Fault("store.exists", id=id)
            self._add(id, added)
            row = Row.of(made[0])
            self._store.keep(entry(row, added))
        return row

    @_mending
    def append(
        self,
        id: str,
        *,
        version: int,
        epoch: int,
        events: Sequence[Event],
        listing: Listing,
        drop_drafts: Sequence[str] = (),
        edition: str = "",
    ) -> Row:
        """Append `events` and put `listing` in the list, in one transaction that is durable on return.

        Args:
            version, epoch: of the row the events were thought out on.
            events: none at all only rewrites the listing.
            drop_drafts: names of facts whose half-typed text has now become an answer.
            edition: the one that the session follows from here on; "" for the one it follows.

        Raises:
            Fault: `lease.lost` (name, host, since), when somebody took the session over; `store.moved`, when this
                holder has already gone on from `version`; `session.unknown`.
        """
        with self._store.writing():
            before = self._row(id)
            added = chain(id, version, before.head, events)
            moved = self._store.run(
                statements.ADVANCE,
                id=id,
                version=version,
                epoch=epoch,
                new_version=version + len(added),
                head=added[-1].hash if added else before.head,
                updated=events[-1].at if added else before.updated,
                **listing.columns(),
            )
            if not moved:
                raise self._overtaken(id, epoch)
            self._add(id, added)
            self._drop(id, drop_drafts)
            if edition:
                moved = self._store.run(statements.SET_EDITION, id=id, edition=edition)
            row = Row.of(moved[0])
            self._store.keep(entry(row, added))
        return row

    @_mending
    def events(self, id: str, after: int = 0) -> list[Stored]:
        """The events behind number `after`, each tied to the one before it and the last one to the head.

        Raises:
            Fault: `store.chain` (id, seq: the first event that is missing, altered or too many); `session.unknown`.
        """
        with self._store.reading():
            row = self._row(id)
            found = self._store.run(statements.EVENTS, id=id, first=after)
        seq, before = 0, START
        if after > 0:
            if not found or found[0][0] != after:
                raise Fault("store.chain", id=id, seq=after)
            seq, before = after, found.pop(0)[5]
        stored = verified(id, found, seq, before)
        if stored:
            seq, before = stored[-1].seq, stored[-1].hash
        if seq > row.version:
            raise Fault("store.chain", id=id, seq=row.version + 1)
        if (seq, before) != (row.version, row.head):
            raise Fault("store.chain", id=id, seq=seq + 1 if seq < row.version else seq)
        return stored

    def size(self) -> int:
        """Bytes of the store."""
        return self._store.path.stat().st_size

    @_mending
    def check(self) -> None:
        """See that nothing is wrong with the whole file; what is, is mended. Takes as long as reading it.

        Raises:
            Fault: `store.damaged`.
        """
        self._store.check()

    def verify(self, id: str) -> int:
        """Check chain, version and head from the first event on; how many events there are.

        Raises:
            Fault: as `events`.
        """
        return len(self.events(id))

    @_mending
    def row(self, id: str) -> Row:
        """The session's row as it is now.

        Raises:
            Fault: `session.unknown` (id).
        """
        with self._store.reading():
            return self._row(id)

    @_mending
    def by_office(self, office_number: str) -> list[Row]:
        """Every session of an office, the oldest first: an unfinished one among them is to be resumed."""
        with self._store.reading():
            return [Row.of(found) for found in self._store.run(statements.BY_OFFICE, office_number=office_number)]

    @_mending
    def find(self, text: str) -> Row:
        """The session a person means by an id, the first four or more characters of one, or an office number.

        Of several sessions of one office the only unfinished one is meant.

        Raises:
            Fault: `session.unknown`, `session.ambiguous` (both with the text, as `id`).
        """
        text = text.strip()
        with self._store.reading():
            exact = self._store.run(statements.ROW, id=text)
            if exact:
                return Row.of(exact[0])
            found = self._store.run(statements.BY_OFFICE, office_number=text)
            if len(text) >= PREFIX:
                found += self._store.run(statements.BY_PREFIX, low=text, high=text + "\U0010ffff")
        meant = list({row.id: row for row in map(Row.of, found)}.values())
        if not meant:
            raise Fault("session.unknown", id=text)
        if len(meant) > 1:
            meant = [row for row in meant if row.listing.status not in ENDS]
        if len(meant) != 1:
            raise Fault("session.ambiguous", id=text)
        return meant[0]

    @_mending
    def take(self, id: str, holder: Holder, *, epoch: int) -> Row:
        """Take the lease that stands at `epoch`: from here on only the new epoch may append.

        Whether one may is the visit's to decide (`held_elsewhere`, a person's word); here nobody is asked.

        Raises:
            Fault: `lease.lost` (name, host, since), when it changed hands meanwhile; `session.unknown`.
        """
        with self._store.writing():
            taken = self._store.run(statements.TAKE, id=id, epoch=epoch, holder=holder.encode())
            if not taken:
                raise self._overtaken(id, epoch)
        return Row.of(taken[0])

    @_mending
    def release(self, id: str, epoch: int) -> None:
        """Clear the holder, if the lease is still the one of `epoch`; who lost it has nothing to give back."""
        with self._store.writing():
            self._store.run(statements.RELEASE, id=id, epoch=epoch)

    @_mending
    def page(self, *, today: str, search: str = "", limit: int = 50, after: Row | None = None) -> list[Row]:
        """The list, most urgent first; the next page begins `after` the last row of the one before.

        What has fallen due (oldest day first), then work without a day that has come (by day, then the latest
        touched), then what waits for a day, then what waits without one, then what has ended (latest first).

        Args:
            today: ISO date.
            search: the beginning of an office number, or any part of an office's name.
        """
        with self._store.reading():
            return worklist.page(self._store, today, search, limit, after)

    @_mending
    def counts(self, today: str) -> Counts:
        """How many sessions of each kind there are on `today` (ISO date)."""
        with self._store.reading():
            return worklist.counts(self._store, today)

    @_mending
    def keep_draft(self, id: str, fact: str, text: str) -> None:
        """Keep what has been typed so far for a fact; it is no answer and no part of the chain. Never a secret.

        Args:
            id: a session's, or `NEW_OFFICE` for the form that begins one.
        """
        with self._store.writing():
            self._store.run(statements.KEEP_DRAFT, id=id, fact=fact, text=text)

    @_mending
    def drafts(self, id: str) -> dict[str, str]:
        """What was typed and not yet answered, by fact."""
        with self._store.reading():
            return dict(self._store.run(statements.DRAFTS, id=id))

    @_mending
    def drop_drafts(self, id: str, facts: Iterable[str]) -> None:
        """Forget the drafts of these facts; those without one are passed over."""
        with self._store.writing():
            self._drop(id, facts)

    def rebuild(self, id: str, listing: Callable[[Row, list[Event]], Listing]) -> bool:
        """Make the session's row from its events, where it says something else; whether it did.

        Args:
            listing: what the list is to show of a session with these events; the row is trusted for whose it is.

        Raises:
            Fault: `store.chain`, when events are missing that the row knows of: then nothing is changed.
        """
        with self._store.writing():
            row = self._row(id)
            found = verified(id, self._store.run(statements.EVENTS, id=id, first=0))
            if not found or len(found) < row.version:
                raise Fault("store.chain", id=id, seq=len(found) + 1)
            shown = listing(row, [one.event for one in found])
            if (row.version, row.head, row.listing) == (found[-1].seq, found[-1].hash, shown):
                return False
            made = self._store.run(
                statements.ADVANCE,
                id=id,
                version=row.version,
                epoch=row.epoch,
                new_version=found[-1].seq,
                head=found[-1].hash,
                updated=found[-1].event.at,
                **shown.columns(),
            )
            self._store.keep(entry(Row.of(made[0]), found[row.version :]))
        return True

    def every(self) -> list[Row]:
        """Every session's row, in no useful order."""
        from states.storage.mending import every

        with self._store.reading():
            return list(every(self._store))

    def _row(self, id: str) -> Row:
        found = self._store.run(statements.ROW, id=id)
        if not found:
            raise Fault("session.unknown", id=id)
        return Row.of(found[0])

    def _overtaken(self, id: str, epoch: int) -> Fault:
        now = self._row(id)
        if now.epoch == epoch:
            return Fault("store.moved", id=id, version=now.version)
        by = now.holder
        return Fault("lease.lost", name=by.name if by else "", host=by.host if by else "", since=by.since if by else "")

    def _add(self, id: str, added: Iterable[Stored]) -> None:
        for one in added:
            event = one.event
            self._store.run(
                statements.ADD_EVENT,
                id=id,
                seq=one.seq,
                kind=event.kind,
                at=event.at,
                actor=event.actor,
                body=canonical(event.body),
                hash=one.hash,
            )

    def _drop(self, id: str, facts: Iterable[str]) -> None:
        for fact in facts:
            self._store.run(statements.DROP_DRAFT, id=id, fact=fact)
