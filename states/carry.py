"""A session carried by hand: taken along in a sealed file, looked into, brought in; the record that is handed over.

Nothing that comes in replaces anything: it continues what is here, or a person chooses which of two ways goes on, and
the other stays in the record.

Decision: docs/decisions/bundle.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from states.fault import Fault
from states.flow import editions
from states.flow.events import Event, instant, moment
from states.flow.session import Session
from states.flow.sound import unsound
from states.storage import bundle
from states.storage.branches import Relation, compare, idle, joining
from states.storage.lease import Holder, held_elsewhere
from states.storage.records import START, Listing, Row, Stored
from states.storage.transcript import Transcript, transcript
from states.visit import Visit, Who, listing

if TYPE_CHECKING:
    from datetime import datetime

    from states.storage.journal import Journal
    from states.storage.secrets import Secret, SecretStore
    from states.storage.vault import Vault

Way = Literal["base", "tail"]
"""Which of two ways goes on: the one that came in (`base`), or the one that was only here (`tail`)."""


@dataclass(frozen=True, slots=True)
class Seal:
    """To what a bundle is sealed: a passphrase, or the public keys of those who are to open it."""

    passphrase: Secret | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a text would bring to this store; nothing has been done yet.

    Args:
        text: what came in.
        row: the session's row here; one of version 0 where it is not here.
        ours: its events here.
        relation, common: of theirs to ours; how many events both begin with.
    """

    text: Transcript
    row: Row
    ours: tuple[Stored, ...]
    relation: Relation
    common: int

    @property
    def brings(self) -> tuple[Stored, ...]:
        """What it has and we have not."""
        return () if self.relation in (Relation.SAME, Relation.BEHIND) else self.text.stored[self.common :]

    @property
    def only_here(self) -> tuple[Stored, ...]:
        """What we have and it has not."""
        return () if self.relation in (Relation.SAME, Relation.AHEAD) else self.ours[self.common :]

    @property
    def obvious(self) -> Way | None:
        """Which way goes on where nobody has to choose: on the other one somebody only came and went."""
        if idle(self.only_here):
            return "base"
        return "tail" if idle(self.brings) else None

    def session(self, way: Way) -> Session:
        """The session as one of the two ways left it."""
        return _session(self.row, self.text.stored if way == "base" else self.ours)


def read_text(journal: Journal, text: Transcript) -> Incoming:
    """What it would bring.

    Raises:
        Fault: `record.edition`, `record.unsound` (seq), `record.other_office`; `store.chain`, and the store's.
    """
    if text.edition not in editions.KNOWN:
        raise Fault("record.edition", edition=text.edition, known=", ".join(editions.KNOWN))
    first = text.stored[0].event
    begun = str(first.body.get("edition")) if isinstance(first.body, dict) else ""
    sound_from = editions.find(begun) if begun in editions.KNOWN else editions.find(text.edition)
    wrong = unsound((one.event for one in text.stored), sound_from)
    if wrong is not None:
        raise Fault("record.unsound", seq=text.stored[wrong].seq)
    row = _new(text)
    ours: tuple[Stored, ...] = ()
    try:
        row = journal.row(text.id)
        ours = tuple(journal.events(text.id))
    except Fault as fault:
        if fault.code != "session.unknown":
            raise
    named = {"office_number": text.office_number, "office_name": text.office_name}
    if (
        first.kind != "created"
        or {name: first.body.get(name) for name in named} != named
        or row.office_number != text.office_number
    ):
        raise Fault("record.other_office")
    compared = compare(text.id, ours, text.stored)
    found = Incoming(text, row, ours, compared.relation, compared.common)
    listing(found.session("base"), moment(text.stored[-1].event.at))
    return found


def bring_in(
    journal: Journal, incoming: Incoming, who: Who, now: datetime, *, way: Way | None = None, take_over: bool = False
) -> Row:
    """Take in what came; where both went on, the way that was chosen goes on and the other stays in the record.

    Args:
        way: for a fork that is not obvious.
        take_over: also when somebody has the session open here.

    Raises:
        Fault: `bundle.forked` where a person has to choose; `lease.held`; `lease.lost` or `store.moved`, when something
            was done here meanwhile; the store's.
    """
    row = incoming.row
    me = Holder.here(who.name, who.terminal, instant(now))
    if row.holder is not None and not row.holder.away and held_elsewhere(row.holder, me) and not take_over:
        by = row.holder
        raise Fault("lease.held", name=by.name, host=by.host, terminal=by.terminal, since=by.since)
    if incoming.relation in (Relation.SAME, Relation.BEHIND):
        if row.holder is not None and row.holder.away and incoming.relation is Relation.SAME:
            journal.release(row.id, row.epoch)  # it came back as it went
        return row
    stored = list(incoming.text.stored)
    if incoming.relation is Relation.FORKED:
        way = way or incoming.obvious
        if way is None:
            raise Fault("bundle.forked")
        more: dict[str, Any] = {"goes_on": way, "host": who.host}
        if way == "tail":
            chosen = incoming.session("tail")
            more |= {"state": chosen.state, "edition": chosen.edition.name, "stands": chosen.stands()}
        at = max(instant(now), 0)
        stored.append(joining(row.id, stored, incoming.only_here, incoming.common, at, who.name, **more))
    return journal.take_in(row, incoming.common, stored, listing(_session(row, stored), now))


def as_text(journal: Journal, id: str, now: datetime) -> Transcript:
    """The session of another store, to be compared with what is here."""
    return transcript(journal.row(id), journal.events(id), made=instant(now), by="", host="")


def take_along(
    journal: Journal, id: str, path: Path, seal: Seal, who: Who, now: datetime, keys: bundle.Keys | None = None
) -> Transcript:
    """Write a copy of a session into a sealed file; the session stays here, free to be gone on with. Blocks.

    Raises:
        Fault: `bundle.<state>`; `session.unknown`, `store.chain`, and the store's.
    """
    row = journal.row(id)
    text = transcript(row, journal.events(id), made=instant(now), by=who.name, host=who.host)
    return _sealed(text, path, seal, keys)


def check_out(visit: Visit, path: Path, seal: Seal, keys: bundle.Keys | None = None) -> Transcript:
    """Write a session into a sealed file and end the sitting: from here on it is shown as checked out. Blocks.

    It may be taken over here all the same, by choice; if both then go on, a person chooses when they meet.

    Raises:
        Fault: as `take_along`; the sitting then goes on.
    """
    visit.note_check_out()
    stored = visit.journal.events(visit.row.id)
    made = instant(visit.now)
    text = transcript(visit.row, stored, made=made, by=visit.who.name, host=visit.who.host, out=True)
    sealed = _sealed(text, path, seal, keys)
    visit.hand_out()
    return sealed


def record(journal: Journal, id: str, who: Who, now: datetime, keys: bundle.Keys | None = None) -> Transcript:
    """The record of a session as it is handed over, signed where this installation has a key."""
    row = journal.row(id)
    text = transcript(row, journal.events(id), made=instant(now), by=who.name, host=who.host)
    return keys.sign(text) if keys else text


def keys_of(journal: Journal, vault: Vault | None, *, make: bool = False) -> bundle.Keys | None:
    """This installation's keys, where they are: the OS keyring, else the vault; None where there are none. Blocks.

    Args:
        make: make them, where there are none, in the first place that can keep them.

    Raises:
        Fault: with `make`, `keyring.<state>` or `vault.<state>`.
    """
    from states.storage.secrets import OsKeyring

    installation = journal.installation()
    keyring = OsKeyring()
    places: list[SecretStore] = [keyring, *([vault] if vault else [])]
    usable = [place for place in places if place.state() == "ok"]
    for place in usable:
        keys = bundle.Keys(place, installation)
        if keys.identity() is not None:
            return keys
    if not make:
        return None
    if not usable:
        raise Fault(f"vault.{vault.state()}") if vault else Fault(f"keyring.{keyring.state()}")
    keys = bundle.Keys(usable[0], installation)
    keys.make()
    return keys


def _sealed(text: Transcript, path: Path, seal: Seal, keys: bundle.Keys | None) -> Transcript:
    text = keys.sign(text) if keys else text
    bundle.seal(text, path, passphrase=seal.passphrase, recipients=seal.recipients)
    return text


def _session(row: Row, stored: Sequence[Stored]) -> Session:
    events: list[Event] = [one.event for one in stored]
    return Session.restore(row.id, row.office_number, row.office_name, editions.find(row.edition), events)


def _new(text: Transcript) -> Row:
    """A row for a session that is not here: nothing of it has been stored."""
    nothing = Listing("", "open", False, None, "")
    return Row(
        text.id, text.office_number, text.office_name, text.edition, nothing, 0, START, 0, None, text.made, text.made
    )
