"""Random histories of three laptops and a shared store: people go on, hand sessions over, bring them in, choose.

Nothing that was acknowledged anywhere is gone from that place, not by anything that is brought in; and when all have
met, everything stands in each of them, in the chain or in a way that a joining keeps.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from states.fault import Fault
from states.storage.branches import Relation, compare, held, idle, joining
from states.storage.embedded import NAME
from states.storage.journal import Event, Journal
from states.storage.records import Row, Stored
from states.storage.transcript import parse, transcript
from tests.faults.result import KEPT, Result
from tests.storage.samples import AT, begin

ID = "s-0001"
PLACES = ("laptop-a", "laptop-b", "laptop-c", "store")


@dataclass
class Place:
    """A store, and what was acknowledged or came to be known there."""

    name: str
    journal: Journal
    known: set[bytes] = field(default_factory=set)

    def chain(self) -> list[Stored]:
        return self.journal.events(ID)

    def see(self) -> Iterator[str]:
        """A verdict for each event that was ever known here: is it still?"""
        now = held(ID, self.chain())
        yield from (KEPT if one in now else "lost" for one in sorted(self.known))
        self.known |= now


def run(full: bool, place: Path) -> Result:
    result = Result("laptops")
    for number in range(400 if full else 12):
        result.verdicts.update(_history(place / f"{number}", random.Random(number), 60 if full else 25, pushed=False))
    result.controls["last push wins"] = any(
        verdict != KEPT for verdict in _history(place / "control", random.Random(7), 25, pushed=True)
    )
    result.controls["fork not told"] = _blind(place / "blind")
    return result


def _history(folder: Path, chance: random.Random, steps: int, *, pushed: bool) -> Iterator[str]:
    """Verdicts on one history; with `pushed`, what comes in simply takes the place of what is there."""
    places = [Place(name, Journal.open(folder / name, any_ground=True)) for name in PLACES]
    begin(places[0].journal, ID)
    for other in places[1:]:
        _bring(places[0], other, chance, pushed=False)
    try:
        for _ in range(steps):
            one, other = chance.sample(places, 2)
            if chance.random() < 0.6 and one.name != "store":
                _go_on(one, chance)
            else:
                _bring(one, other, chance, pushed=pushed)
            yield from one.see()
            yield from other.see()
        for _ in range(2):  # all meet at the store, then each takes home what stands there
            for one in places[:-1]:
                _bring(places[-1], one, chance, pushed=pushed)
                _bring(one, places[-1], chance, pushed=pushed)
        yield from _agreed(places)
    except Fault as fault:
        yield fault.code
    finally:
        for one in places:
            one.journal.close()
    yield _mended(folder / places[0].name, places[0].known)


def _mended(folder: Path, known: set[bytes]) -> str:
    """What the second copy alone gives back of a store whose database is gone."""
    (folder / NAME).write_bytes(b"")
    journal = Journal.open(folder, any_ground=True)
    try:
        return KEPT if held(ID, journal.events(ID)) >= known else "not in the second copy"
    finally:
        journal.close()


def _agreed(places: list[Place]) -> Iterator[str]:
    """A verdict for each event ever known anywhere: does it stand everywhere? And do all stand at one head?"""
    everything = set().union(*(one.known for one in places))
    for one in places:
        now = held(ID, one.chain())
        yield from (KEPT if event in now else f"not at {one.name}" for event in sorted(everything))
        if one.journal.row(ID).head != places[-1].journal.row(ID).head:
            yield "apart"


def _go_on(place: Place, chance: random.Random) -> None:
    """A sitting of a few steps; sometimes one that only comes and goes."""
    row = place.journal.row(ID)
    kinds = ["visit", *(["answered"] * chance.randint(0, 3)), "left"]
    for kind in kinds:
        event = Event(kind, AT + chance.randrange(10**6), place.name, {"mark": chance.getrandbits(60)})
        row = place.journal.append(ID, version=row.version, epoch=row.epoch, events=[event], listing=row.listing)
    place.known |= held(ID, place.chain())


def _bring(giver: Place, taker: Place, chance: random.Random, *, pushed: bool) -> None:
    """What the giver has is read by the taker as a bundle's text is, and taken in; a fork is decided by chance."""
    row = giver.journal.row(ID)
    text = parse(transcript(row, giver.chain(), made=AT, by=giver.name, host=giver.name).encode())
    theirs = list(text.stored)
    try:
        ours, before = taker.chain(), taker.journal.row(ID)
    except Fault:
        ours, before = [], _absent(row)
    if pushed:
        taker.journal.take_in(before, 0, theirs, row.listing)
        return
    compared = compare(ID, ours, theirs)
    if compared.relation is Relation.FORKED:
        if taker.name == "store":  # it only takes what continues it: the laptop joins, and hands in the result
            _bring(taker, giver, chance, pushed=False)
            _bring(giver, taker, chance, pushed=False)
            return
        only_here = ours[compared.common :]
        way = "base" if idle(only_here) else chance.choice(("base", "tail"))
        theirs.append(joining(ID, theirs, only_here, compared.common, AT, taker.name, goes_on=way))
    elif compared.relation is not Relation.AHEAD:
        return
    taker.journal.take_in(before, compared.common, theirs, row.listing)
    taker.known |= held(ID, taker.chain())


def _absent(row: Row) -> Row:
    return replace(row, version=0)


def _blind(folder: Path) -> bool:
    """Planted: a fork is taken for a continuation. Then what was only here has to be missed."""
    chance = random.Random(1)
    one, other = (Place(name, Journal.open(folder / name, any_ground=True)) for name in PLACES[:2])
    begin(one.journal, ID)
    _bring(one, other, chance, pushed=False)
    _go_on(one, chance)
    _go_on(other, chance)
    other.journal.take_in(other.journal.row(ID), 1, one.chain(), one.journal.row(ID).listing)
    return any(verdict != KEPT for verdict in other.see())
