"""How two chains of one session stand to each other, and that a joining loses none of them."""

from __future__ import annotations

import json

import pytest

from states.fault import Fault
from states.flow.events import Event
from states.storage.branches import Relation, compare, held, idle, joining
from states.storage.records import START, Stored, chain
from tests.storage.samples import AT, event

ID = "s-0001"


def way(*numbers: int, before: list[Stored] | None = None) -> list[Stored]:
    before = before or []
    head = before[-1].hash if before else START
    return [*before, *chain(ID, len(before), head, [event(number) for number in numbers])]


def joined(base: list[Stored], tail: list[Stored], common: int) -> list[Stored]:
    return [*base, joining(ID, base, tail[common:], common, AT, "佐藤", goes_on="base")]


SHARED = way(1, 2, 3)
A, B = way(4, 5, before=SHARED), way(6, before=SHARED)


@pytest.mark.parametrize(
    ("ours", "theirs", "relation", "common"),
    [
        (A, A, Relation.SAME, 5),
        (A, SHARED, Relation.BEHIND, 3),
        (SHARED, A, Relation.AHEAD, 3),
        ([], A, Relation.AHEAD, 0),
        (A, B, Relation.FORKED, 3),
        (way(1), way(2), Relation.FORKED, 0),
        (A, joined(B, A, 3), Relation.AHEAD, 3),  # it holds all of ours, though it goes another way
        (joined(B, A, 3), A, Relation.BEHIND, 3),
        (B, joined(B, A, 3), Relation.AHEAD, 4),
        (joined(A, B, 3), joined(B, A, 3), Relation.FORKED, 3),
    ],
)
def test_the_other_is_the_same_behind_ahead_or_forked(
    ours: list[Stored], theirs: list[Stored], relation: Relation, common: int
) -> None:
    found = compare(ID, ours, theirs)
    assert (found.relation, found.common) == (relation, common)


def test_a_joining_of_joinings_holds_every_event_and_names_rather_than_repeats() -> None:
    one, other = joined(B, A, 3), joined(A, B, 3)
    for _ in range(12):  # both join at the same time, again and again
        one, other = joined(other, one, 3), joined(one, other, 3)
    assert held(ID, one) >= {stored.hash for stored in (*A, *B)}
    assert len(json.dumps([stored.event.body for stored in one])) < 60_000  # repeated, it would be millions


def test_what_a_joining_says_it_holds_is_reckoned_again() -> None:
    whole = joined(B, A, 3)
    body = dict(whole[-1].event.body)
    for spoiled in (
        {"tail": [["answered", AT, "鈴木", {}], body["tail"][1]]},
        {"tail": body["tail"][:1]},
        {"tail": ["00" * 32], "head": "00" * 32},  # named, and nowhere held
        {"after": 99},
        {"after": "x"},
        {"tail": 5},
        {"head": "zz"},
    ):
        forged = chain(ID, len(B), B[-1].hash, [Event("joined", AT, "佐藤", body | spoiled)])
        with pytest.raises(Fault, match=r"store\.chain"):
            held(ID, [*B, *forged])


def test_who_only_came_and_went_has_not_gone_on() -> None:
    sitting = chain(ID, 0, START, [Event("visit", AT, "佐藤", {}), Event("left", AT, "佐藤", {})])
    assert idle(sitting)
    assert not idle(way(1, before=sitting))
