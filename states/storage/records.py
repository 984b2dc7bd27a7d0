"""What is stored, as values, and the chain that ties a session's events together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from states.fault import Fault
from states.flow.events import Event
from states.storage.lease import Holder

Status = Literal["open", "waiting", "complete", "refused", "abandoned"]
ENDS: Final = ("complete", "refused", "abandoned")

START: Final = bytes(32)  # what the first event of a session links to


@dataclass(frozen=True, slots=True)
class Stored:
    """An event in its place: `seq` counts from 1 within the session, `hash` ties it to all before it."""

    seq: int
    event: Event
    hash: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list of sessions shows of one of them; made by the visit from the facts, rebuilt at will.

    Args:
        state: where the technician stands.
        status: open, waiting, or one of the three ends.
        work: something can be done today.
        due: ISO date on which something falls due.
        awaiting: `<fact>.<value>` of what is waited for, or ''.
        item: the step's number in the source, or ''; the list shows it without knowing the edition.
    """

    state: str
    status: Status
    work: bool
    due: str | None
    awaiting: str
    item: str = ""

    @property
    def shelf(self) -> str:
        """The part of the list it stands in: each end is one, and there are `work` and `wait`."""
        if self.status in ENDS:
            return self.status
        return "work" if self.work else "wait"

    @property
    def day(self) -> str:
        """The date it is listed under, '' without one; an ended session is in nobody's calendar."""
        return "" if self.status in ENDS else self.due or ""

    def columns(self) -> dict[str, str | int]:
        """What the row keeps of it, by column."""
        return {
            "state": self.state,
            "status": self.status,
            "work": int(self.work),
            "due": self.due or "",
            "awaiting": self.awaiting,
            "item": self.item,
            "shelf": self.shelf,
            "day": self.day,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A session as the list knows it. `version` is the number of its events, `head` the last one's hash.

    `epoch` rises with every change of holder; `created` and `updated` are milliseconds since 1970-01-01 UTC.
    """

    id: str
    office_number: str
    office_name: str
    edition: str
    listing: Listing
    version: int
    head: bytes
    epoch: int
    holder: Holder | None
    created: int
    updated: int

    @classmethod
    def of(cls, columns: tuple[Any, ...]) -> Row:
        """The row from its columns, in the order in which every statement names them."""
        id, number, name, edition, state, status, work, due, awaiting, item, version, *more = columns
        head, epoch, holder, *times = more
        listing = Listing(state, status, bool(work), due or None, awaiting, item)
        return cls(id, number, name, edition, listing, version, head, epoch, Holder.decode(holder), *times)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many sessions have work today (also by a day that has come), only wait, are past their day, are complete."""

    work: int
    waiting: int
    overdue: int
    complete: int


def chain(session: str, version: int, head: bytes, events: Sequence[Event]) -> list[Stored]:
    """`events` in their places behind number `version`, whose hash is `head`."""
    stored: list[Stored] = []
    for seq, event in enumerate(events, version + 1):
        head = link(head, session, seq, event.kind, event.at, event.actor, canonical(event.body))
        stored.append(Stored(seq, event, head))
    return stored


def verified(id: str, found: Iterable[tuple[Any, ...]], seq: int = 0, before: bytes = START) -> list[Stored]:
    """Events as read from a store, each tied to the one before it.

    Args:
        found: seq, kind, at, actor, body, hash of each.
        seq, before: number and hash of the event that the first of them comes behind.

    Raises:
        Fault: `store.chain` (id, seq: the first event that is missing or altered).
    """
    stored = []
    for number, kind, at, actor, body, hash in found:
        seq += 1
        if number != seq or link(before, id, seq, kind, at, actor, body) != hash:
            raise Fault("store.chain", id=id, seq=seq)
        try:
            stored.append(Stored(seq, Event(kind, at, actor, json.loads(body)), hash))
        except (ValueError, RecursionError):  # its hash was right: whoever wrote it was not us
            raise Fault("store.chain", id=id, seq=seq) from None
        before = hash
    return stored


def entry(row: Row, added: Sequence[Stored]) -> dict[str, Any]:
    """What the second copy keeps of a step: the events, and the row they led to, so that it can be made from it."""
    known: dict[str, Any] = {} if row.version > len(added) else {
        "office": [row.office_number, row.office_name, row.edition]
    }  # fmt: skip
    if row.version > len(added) and any(one.event.kind == "edition" for one in added):
        known["edition"] = row.edition
    listing = row.listing
    return known | {
        "id": row.id,
        "version": row.version,
        "head": row.head.hex(),
        "epoch": row.epoch,
        "listing": [listing.state, listing.status, listing.work, listing.due, listing.awaiting, listing.item],
        "events": [[one.event.kind, one.event.at, one.event.actor, one.event.body] for one in added],
    }


def canonical(body: Mapping[str, Any]) -> str:
    """The one way to write a body down, so that equal bodies have equal hashes. ASCII: no engine can refuse it."""
    return json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def link(before: bytes, session: str, seq: int, kind: str, at: int, actor: str, body: str) -> bytes:
    """The hash of an event: SHA-256 over the hash before it and each part, length first so that none can run over.

    Args:
        before: 32 bytes; `START` for the first event.
        body: as `canonical` wrote it.
    """
    import hashlib  # 3 ms that the first paint can do without

    digest = hashlib.sha256(b"careplan-setup event 1" + before)
    for part in (session, str(seq), kind, str(at), actor, body):
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.digest()
