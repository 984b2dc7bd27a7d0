"""Two chains of one session: is the other the same, behind, ahead, or did both go on? And two ways made one record.

Where both went on, the chain that came in is the base, and what was only here is kept on top of it, whole, in one
event `joined`. So whoever gave the chain out can take the result as a mere continuation, and no event is ever gone.

An event `joined` holds, besides what the flow reads: `after`, the number of events both have; `tail`, what was only
here, each as `[kind, at, actor, body]`, or as the hash of an event that this record holds elsewhere; `head`, the hash
of the last of them.

Decision: docs/decisions/bundle.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from states.fault import Fault
from states.flow.events import Event
from states.storage.records import START, Stored, canonical, chain, link

JOINED: Final = "joined"
IDLE: Final = ("visit", "left", "watched", "checked_out")  # kinds that come and go, and answer nothing


class Relation(StrEnum):
    """How their chain stands to ours."""

    SAME = "same"
    BEHIND = "behind"  # ours holds all of theirs
    AHEAD = "ahead"  # theirs holds all of ours
    FORKED = "forked"  # each holds something that the other lacks


@dataclass(frozen=True, slots=True)
class Compared:
    """Two chains beside each other.

    Args:
        relation: of theirs to ours.
        common: how many events both begin with.
    """

    relation: Relation
    common: int


def compare(id: str, ours: Sequence[Stored], theirs: Sequence[Stored]) -> Compared:
    """How their chain of session `id` stands to ours; both are verified. One may hold the other within a joining."""
    common = 0
    for one, other in zip(ours, theirs, strict=False):
        if one.hash != other.hash:
            break
        common += 1
    if common == len(ours) == len(theirs):
        return Compared(Relation.SAME, common)
    if _lacks(held(id, ours), theirs[common:]):
        return Compared(Relation.FORKED if _lacks(held(id, theirs), ours[common:]) else Relation.AHEAD, common)
    return Compared(Relation.BEHIND, common)


def held(id: str, stored: Sequence[Stored]) -> set[bytes]:
    """The hash of every event that a chain holds, those within a joining included.

    Raises:
        Fault: `store.chain` (id, seq), when what a joining holds does not fit together.
    """
    found: set[bytes] = set()
    told: set[bytes] = set()
    _walk(id, [], [one.event for one in stored], found, told)
    if not told <= found:
        raise Fault("store.chain", id=id, seq=len(stored))
    return found


def joining(
    id: str, base: Sequence[Stored], only_here: Sequence[Stored], common: int, at: int, actor: str, **more: Any
) -> Stored:
    """The event that keeps what was only here on top of the chain that came in.

    Args:
        common: how many events both begin with.
        at, actor: when (milliseconds since 1970 in UTC) and by whom it was decided.
        more: what the flow reads: `goes_on`, and for the tail `state` and `stands`.
    """
    known = held(id, base)
    tail = [one.hash.hex() if one.hash in known else _entry(one.event) for one in only_here]
    body = {"after": common, "tail": tail, "head": only_here[-1].hash.hex(), **more}
    return chain(id, len(base), base[-1].hash, [Event(JOINED, at, actor, body)])[0]


def idle(stored: Iterable[Stored]) -> bool:
    """Whether nothing but coming and going happened in these events: then nobody has to choose."""
    return all(one.event.kind in IDLE for one in stored)


def _lacks(known: set[bytes], tail: Iterable[Stored]) -> bool:
    return any(one.hash not in known for one in tail)


def _entry(event: Event) -> list[Any]:
    return [event.kind, event.at, event.actor, dict(event.body)]


def _walk(
    id: str, before: list[bytes], events: Sequence[Event | bytes], found: set[bytes], told: set[bytes]
) -> list[bytes]:
    """The hashes of a chain that begins with `before`; puts what it holds into `found`, what it names into `told`."""
    hashes = list(before)
    for event in events:
        if isinstance(event, bytes):
            told.add(event)
            hashes.append(event)
            continue
        if event.kind == JOINED:
            _unfold(id, hashes, event, found, told)
        last = hashes[-1] if hashes else START
        hashes.append(link(last, id, len(hashes) + 1, event.kind, event.at, event.actor, canonical(event.body)))
        found.add(hashes[-1])
    return hashes


def _unfold(id: str, hashes: list[bytes], event: Event, found: set[bytes], told: set[bytes]) -> None:
    try:
        after, tail, head = event.body["after"], event.body["tail"], bytes.fromhex(event.body["head"])
        parts = [bytes.fromhex(one) if isinstance(one, str) else Event(*one) for one in tail]
        fits = 0 <= after <= len(hashes) and _walk(id, hashes[:after], parts, found, told)[-1] == head
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        fits = False
    if not fits:
        raise Fault("store.chain", id=id, seq=len(hashes) + 1)
