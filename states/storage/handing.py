"""A session handed from one store to another: taken along to a customer, and handed in when the server is back.

Only ever a fast-forward: the store that receives must hold a beginning of the chain that comes, for from a team's store
nothing is taken away. Where both went on, a person compares, and this PC's own chain becomes one that goes on from the
team's (`branches.joining`).

Decision: docs/decisions/team-store.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from states.fault import Fault
from states.storage import statements, worklist
from states.storage.branches import Relation
from states.storage.journal import Journal, insisting
from states.storage.records import Row, Stored, entry

if TYPE_CHECKING:
    from states.storage.engine import Engine


@dataclass(frozen=True, slots=True)
class Pending:
    """A session of this PC's own store that another store has not, or not all of.

    Args:
        row: as this PC has it.
        relation: how the other store stands to it: `behind` can be handed in, `forked` is for a person to compare.
        known: how many of its events the other store has; 0 where it knows nothing of it.
    """

    row: Row
    relation: Relation
    known: int


@insisting
def relation(journal: Journal, id: str, chain: Sequence[Stored]) -> Relation:
    """How a store stands to the chain of events of one session: it holds the same, fewer, more, or others.

    Args:
        chain: verified, from the first event on.
    """
    with journal.store.reading():
        return _relation(journal, id, chain)


@insisting
def receive(journal: Journal, row: Row, chain: Sequence[Stored]) -> Row:
    """Put what is new of a session into a store, in one transaction; the row as it stands there then.

    Args:
        row: as the other store has it; whose session it is, and what the list shows of it, come from there.
        chain: its events, verified, from the first on.

    Raises:
        Fault: `team.forked`, `team.behind` (both with the office's number): nothing was changed.
    """
    store = journal.store
    with store.writing():
        how = _relation(journal, row.id, chain)
        if how is Relation.FORKED:
            raise Fault("team.forked", number=row.office_number)
        if how is Relation.AHEAD:
            raise Fault("team.behind", number=row.office_number)
        there = store.run(statements.ROW, id=row.id)
        if how is Relation.SAME:
            return Row.of(there[0])
        known = Row.of(there[0]).version if there else 0
        if there:
            now = Row.of(there[0])
            made = store.run(
                statements.ADVANCE,
                id=row.id,
                version=known,
                epoch=now.epoch,
                new_version=row.version,
                head=row.head,
                updated=row.updated,
                **row.listing.columns(),
            )
        else:
            made = store.run(
                statements.CREATE_SESSION,
                id=row.id,
                office_number=row.office_number,
                office_name=row.office_name,
                sought=worklist.sought(row.office_name),
                edition=row.edition,
                version=row.version,
                head=row.head,
                epoch=1,
                holder="",
                created=row.created,
                updated=row.updated,
                **row.listing.columns(),
            )
        if not made:  # somebody was quicker, between the two
            raise Fault("team.forked", number=row.office_number)
        journal.add(row.id, chain[known:])
        received = Row.of(made[0])
        store.keep(entry(received, chain[known:]))
    return received


class Accompanied(Journal):
    """A team's journal, beside which this PC's own store keeps in step whatever was taken along.

    So that work can go on there from the last step, when the line is lost in the middle of a visit.
    """

    def __init__(self, store: Engine, folder: Path) -> None:
        super().__init__(store)
        self._folder = folder
        self._own: Journal | None = None

    def own(self, *, create: bool = False) -> Journal | None:
        """This PC's own store, open from here on; None where there is none.

        Raises:
            Fault: `store.…`.
        """
        if self._own is None:
            try:
                self._own = Journal.open(self._folder, create=create)
            except Fault as fault:
                if fault.code != "store.missing":
                    raise
        return self._own

    def append(self, id: str, **step: Any) -> Row:
        row = super().append(id, **step)
        try:
            self._bring(id)
        except Fault as fault:  # the step stands all the same
            if all(notice.code != "team.along" for notice in self.notices):
                self.notices.append(Fault("team.along", number=row.office_number, detail=fault.code))
        return row

    def close(self) -> None:
        super().close()
        if self._own is not None:
            self._own.close()

    def _bring(self, id: str) -> None:
        own = self.own()
        if own is None or not own.knows(id):
            return
        chain = own.events(id)
        if relation(self, id, chain) is Relation.AHEAD:
            receive(own, self.row(id), [*chain, *self.events(id, after=len(chain))])


def pending(ours: Journal, theirs: Journal) -> Iterator[Pending]:
    """What our store has and theirs has not, session by session."""
    for row in ours.every():
        how = relation(theirs, row.id, ours.events(row.id))
        if how in (Relation.BEHIND, Relation.FORKED):
            yield Pending(row, how, theirs.row(row.id).version if theirs.knows(row.id) else 0)


def _relation(journal: Journal, id: str, chain: Sequence[Stored]) -> Relation:
    found = journal.store.run(statements.ROW, id=id)
    if not found:
        return Relation.BEHIND
    row = Row.of(found[0])
    if row.version > len(chain):
        there = journal.store.run(statements.HASH, id=id, seq=len(chain))
        return Relation.AHEAD if there == [(chain[-1].hash,)] else Relation.FORKED
    if chain[row.version - 1].hash != row.head:
        return Relation.FORKED
    return Relation.SAME if row.version == len(chain) else Relation.BEHIND
