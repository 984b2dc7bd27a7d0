"""The journal: every session as an append-only chain of events, and the list that is made from them.

An append is one transaction; when it returns, the step is on the disk. What a session is stands in its events; the
row that the list shows can be made again from them. Who may append is decided by the epoch and nothing else.

Decision: docs/decisions/storage.md (truth, lease).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import update_wrapper
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeVar

from states.fault import Fault
from states.flow.events import Event
from states.storage import statements, worklist
from states.storage.embedded import Embedded
from states.storage.lease import Holder, held_elsewhere
from states.storage.records import ENDS, START, Counts, Listing, Row, Status, Stored, canonical, chain, entry, verified

if TYPE_CHECKING:
    from states.storage.engine import Engine

__all__ = ["Counts", "Event", "Holder", "Journal", "Listing", "Row", "Status", "Stored", "held_elsewhere"]

PREFIX: Final = 4  # characters of an id that are enough to ask for it

P = ParamSpec("P")
T = TypeVar("T")


def insisting(method: Callable[Concatenate[Journal, P], T]) -> Callable[Concatenate[Journal, P], T]:
    """Do it again after the store has put right what stood in the way: a failed method has written nothing.

    But for one whose commit was not answered; what writes looks for that itself.
    """

    def done(self: Journal, /, *args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in count():
            try:
                return method(self, *args, **kwargs)
            except Fault as fault:
                if not self._store.put_right(fault, attempt):
                    raise
        raise AssertionError

    update_wrapper(done, method)
    return done


class Journal:
    """All sessions of one store.

    Every method may raise `Fault`: `store.busy`, `.full`, `.damaged`, `.io`, `.read_only`, `.forbidden`, `.text`
    (half a character, or a NUL, in some text), and a team store `team.unreachable`, `.busy`, `.full`, `.no_right`,
    `.io`, besides what its own lines say. A failed method has written nothing, but for `team.in_doubt`: the server
    went away in the middle of a commit, and did not come back to say whether it went in.
    """

    def __init__(self, store: Engine) -> None:
        self._store = store

    @classmethod
    def open(
        cls, folder: Path, *, create: bool = True, second_copy: Path | None = None, any_ground: bool = False
    ) -> Journal:
        """Open the journal that lives in `folder`; see `Embedded.open` for the arguments, and what may be wrong."""
        return cls(Embedded.open(folder, create=create, second_copy=second_copy, any_ground=any_ground))

    @classmethod
    def join(cls, address: str) -> Journal:
        """Open the journal that a team shares on a server; see `Team.open`."""
        from states.storage.team import Team

        return cls(Team.open(address))

    @property
    def notices(self) -> list[Fault]:
        """What a person has to be told of the store besides; the engine's own list."""
        return self._store.notices

    @property
    def new_office(self) -> str:
        """Under which id the half-typed fields of a session that is not there yet are kept."""
        return self._store.new_office

    @property
    def store(self) -> Engine:
        """The engine, for what looks after its health."""
        return self._store

    @insisting
    def installation(self) -> str:
        """The name this store gave itself when it was made."""
        with self._store.reading():
            return str(dict(self._store.run(statements.META))["installation"])

    def close(self) -> None:
        """Give the store back; nothing is waiting to be written."""
        self._store.close()

    @insisting
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
        with self._store.writing() as unsure:
            made = self._store.run(
                statements.CREATE_SESSION,
                id=id,
                office_number=office_number,
                office_name=office_name,
                sought=worklist.sought(office_name),
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
                if unsure and self._holds(id, added):
                    return self._row(id)
                raise Fault("store.exists", id=id)
            self.add(id, added)
            row = Row.of(made[0])
            self._store.keep(entry(row, added))
        return row

    @insisting
    def append(
        self,
        id: str,
        *,
        version: int,
        epoch: int,
        events: Sequence[Event],
        listing: Listing,
        head: bytes | None = None,
        drop_drafts: Sequence[str] = (),
        edition: str = "",
    ) -> Row:
        """Append `events` and put `listing` in the list, in one transaction that is durable on return.

        Args:
            version, epoch: of the row the events were thought out on.
            events: none at all only rewrites the listing.
            head: of that row too; without it the row is asked for first.
            drop_drafts: names of facts whose half-typed text has now become an answer.
            edition: the one that the session follows from here on; "" for the one it follows.

        Raises:
            Fault: `lease.lost` (name, host, since), when somebody took the session over; `store.moved`, when this
                holder has already gone on from `version`; `session.unknown`.
        """
        with self._store.writing() as unsure:
            before = self._row(id) if unsure or head is None or not events else None
            if before is not None:
                head = before.head
                if unsure and before.version > version:
                    [[head]] = self._store.run(statements.HASH, id=id, seq=version)
            assert head is not None
            added = chain(id, version, head, events)
            moved = self._store.run(
                statements.ADVANCE,
                id=id,
                version=version,
                epoch=epoch,
                new_version=version + len(added),
                head=added[-1].hash if added else head,
                updated=events[-1].at if before is None or added else before.updated,
                **listing.columns(),
            )
            if not moved:
                # Done already, of which no answer came; another may have gone on since: the next step is told so.
                if before is not None and unsure and self._holds(id, added):
                    last = added[-1]
                    return replace(
                        before, version=last.seq, head=last.hash, listing=listing, epoch=epoch, updated=last.event.at
                    )
                raise self._overtaken(id, epoch)
            self.add(id, added)
            self._drop(id, drop_drafts)
            if edition:
                moved = self._store.run(statements.SET_EDITION, id=id, edition=edition)
            row = Row.of(moved[0])
            self._store.keep(entry(row, added))
        return row

    @insisting
    def take_in(
        self, before: Row, common: int, chain: Sequence[Stored], listing: Listing, holder: Holder | None = None
    ) -> Row:
        """Let a chain from elsewhere, which holds all that is here (`branches.compare`), be the session's from now on.

        Whoever has the session open is overtaken: the epoch rises.

        Args:
            before: the row as it was compared; one that is not here yet has version 0.
            common: how many events both begin with.
            chain: all of it, verified.
            holder: who is shown as holding it afterwards.

        Raises:
            Fault: `lease.lost`, `store.moved`, when something was done here since it was compared; `store.exists`.
        """
        if not before.version:
            return self.create(
                before.id,
                before.office_number,
                before.office_name,
                before.edition,
                [one.event for one in chain],
                listing,
                holder,
            )
        id, added = before.id, chain[common:]
        with self._store.writing():
            if not self._store.run(
                statements.TAKE, id=id, epoch=before.epoch, holder=holder.encode() if holder else ""
            ):
                raise self._overtaken(id, before.epoch)
            if common < before.version:  # what is only here is held by the chain that came, within a joining
                self._store.run(statements.DROP_TAIL, id=id, last=common)
            moved = self._store.run(
                statements.ADVANCE,
                id=id,
                version=before.version,
                epoch=before.epoch + 1,
                new_version=len(chain),
                head=chain[-1].hash,
                updated=chain[-1].event.at,
                **listing.columns(),
            )
            if not moved:
                raise self._overtaken(id, before.epoch + 1)
            self.add(id, added)
            row = Row.of(moved[0])
            self._store.keep(entry(row, added) | ({"after": common} if common < before.version else {}))
        return row

    @insisting
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
        """Bytes of the store that `check` reads."""
        return self._store.size()

    @insisting
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

    @insisting
    def row(self, id: str) -> Row:
        """The session's row as it is now.

        Raises:
            Fault: `session.unknown` (id).
        """
        with self._store.reading():
            return self._row(id)

    @insisting
    def knows(self, id: str) -> bool:
        """Is there such a session?"""
        with self._store.reading():
            return bool(self._store.run(statements.ROW, id=id))

    @insisting
    def by_office(self, office_number: str) -> list[Row]:
        """Every session of an office, the oldest first: an unfinished one among them is to be resumed."""
        with self._store.reading():
            return [Row.of(found) for found in self._store.run(statements.BY_OFFICE, office_number=office_number)]

    @insisting
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

    @insisting
    def take(self, id: str, holder: Holder, *, epoch: int) -> Row:
        """Take the lease that stands at `epoch`: from here on only the new epoch may append.

        Whether one may is the visit's to decide (`held_elsewhere`, a person's word); here nobody is asked.

        Raises:
            Fault: `lease.lost` (name, host, since), when it changed hands meanwhile; `session.unknown`.
        """
        with self._store.writing() as unsure:
            taken = self._store.run(statements.TAKE, id=id, epoch=epoch, holder=holder.encode())
            if not taken:
                now = self._row(id)
                if unsure and (now.epoch, now.holder) == (epoch + 1, holder):
                    return now
                raise self._overtaken(id, epoch)
        return Row.of(taken[0])

    @insisting
    def release(self, id: str, epoch: int) -> None:
        """Clear the holder, if the lease is still the one of `epoch`; who lost it has nothing to give back."""
        with self._store.writing():
            self._store.run(statements.RELEASE, id=id, epoch=epoch)

    @insisting
    def page(self, *, today: str, search: str = "", limit: int = 50, after: Row | None = None) -> list[Row]:
        """The list, most urgent first; the next page begins `after` the last row of the one before.

        What has fallen due (oldest day first), then work without a day that has come (by day, then the latest
        touched), then what waits for a day, then what waits without one, then what has ended (latest first).

        Args:
            today: ISO date.
            search: the beginning of an office number (five digits mean nothing else), or any part of an office's name.
        """
        with self._store.reading():
            return worklist.page(self._store, today, search, limit, after)

    @insisting
    def counts(self, today: str) -> Counts:
        """How many sessions of each kind there are on `today` (ISO date)."""
        with self._store.reading():
            return worklist.counts(self._store, today)

    @insisting
    def keep_draft(self, id: str, fact: str, text: str) -> None:
        """Keep what has been typed so far for a fact; it is no answer and no part of the chain. Never a secret.

        Args:
            id: a session's, or `new_office` for the form that begins one.
        """
        with self._store.writing():
            self._store.run(statements.KEEP_DRAFT, id=id, fact=fact, text=text)

    @insisting
    def drafts(self, id: str) -> dict[str, str]:
        """What was typed and not yet answered, by fact."""
        with self._store.reading():
            return dict(self._store.run(statements.DRAFTS, id=id))

    @insisting
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

    @insisting
    def every(self) -> list[Row]:
        """Every session's row, in no useful order."""
        from states.storage.mending import every

        with self._store.reading():
            return list(every(self._store))

    def add(self, id: str, added: Iterable[Stored]) -> None:
        """Put events into their places; called inside `writing`, by what has moved the row to the last of them."""
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

    def _row(self, id: str) -> Row:
        found = self._store.run(statements.ROW, id=id)
        if not found:
            raise Fault("session.unknown", id=id)
        return Row.of(found[0])

    def _holds(self, id: str, added: Sequence[Stored]) -> bool:
        """Are these very events in their places? The last one's hash covers those before it."""
        return bool(added) and self._store.run(statements.HASH, id=id, seq=added[-1].seq) == [(added[-1].hash,)]

    def _overtaken(self, id: str, epoch: int) -> Fault:
        now = self._row(id)
        if now.epoch == epoch:
            return Fault("store.moved", id=id, version=now.version)
        by = now.holder
        return Fault("lease.lost", name=by.name if by else "", host=by.host if by else "", since=by.since if by else "")

    def _drop(self, id: str, facts: Iterable[str]) -> None:
        for fact in facts:
            self._store.run(statements.DROP_DRAFT, id=id, fact=fact)
