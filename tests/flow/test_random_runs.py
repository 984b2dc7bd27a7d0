"""Long random runs of the whole machine, nothing reduced: all that is met was derived, and no rule is ever broken.

The runs know nothing of the walk's shortcuts: no memory of statuses, no usual answers held still, no step walked alone.
Whatever they meet that the walk has left out would show that its reduction loses something.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache

import pytest

from states.flow.board import ABANDONED, COMPLETE, ENDS, OVER, REFUSED, WAITING, WORK, Board, Status, resolve
from states.flow.editions import find
from states.flow.editions.oracle_2023_05_26 import ORACLE
from states.flow.explore import Report, explore
from states.flow.facts import Facts
from states.flow.machine import Mover
from states.flow.proof.movements import should_stand
from states.flow.proof.steps import classify
from states.flow.session import Session

EDITION = find("2023-05-26")
MOVER = Mover(EDITION)
TRIGGERS = ("next", "next", "next", "back", "park", "complete", "refuse", *(f"go_{step}" for step in EDITION.order))
SLOTS = [fact for fact in EDITION.facts.values() if fact.clock]
RUNS, LENGTH = 24, 160


@cache
def derived() -> Report:
    return explore(EDITION, ORACLE)


@dataclass
class Run:
    """A person who answers more or less well, and a clock that moves as it likes.

    Args:
        care: how often an answer is a good one.
    """

    chance: random.Random
    care: float
    values: dict[str, str] = field(default_factory=dict)
    session: Session = field(default_factory=lambda: Session("", "", "", EDITION))
    met: set[tuple[object, ...]] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)

    def board(self) -> Board:
        return Board(EDITION, Facts(EDITION.facts, self.values))

    def move(self) -> None:
        if self.session.state in ENDS:
            self.ends.add(self.session.state)
            self.fire("reopen")
        elif self.chance.random() < 0.3:
            self.fire(self.chance.choice(TRIGGERS))
        elif self.chance.random() < 0.01:
            self.fire("abandon", "no time left")
        elif self.chance.random() < 0.06:
            self.tick()
        elif self.session.state in EDITION.step:
            self.answer()
        else:
            self.fire("next")

    def fire(self, trigger: str, words: str = "") -> None:
        board, before, here = self.board(), dict(self.values), self.session.state
        row = resolve(here, trigger, board)
        reasons = MOVER.fire(self.session, trigger, board, words)
        assert self.values == before
        assert (self.session.state == here) == bool(reasons)
        if trigger == "next" and self.session.state in EDITION.step:
            refusal = here == WAITING and board.is_(self.session.state, Status.REFUSED)
            work = any(board.stands(step, *WORK) for step in EDITION.order if step != here)
            assert refusal or not work or board.stands(self.session.state, *WORK), (here, row)
        if self.session.state == COMPLETE and here != COMPLETE:
            assert all(done(board.facts) for done in ORACLE.done.values()), self.values
        if self.session.state == REFUSED and here != REFUSED:
            assert board.any(Status.REFUSED)

    def tick(self) -> None:
        slot = self.chance.choice(SLOTS)
        if self.board().facts.asked(slot.name):
            value = self.chance.choice([None, *(value.name for value in slot.values)])
            self.values = {name: old for name, old in self.values.items() if name != slot.name}
            if value is not None:
                self.values[slot.name] = value

    def answer(self) -> None:
        board, here = self.board(), self.session.state
        asked = [fact for fact in EDITION.asked_in(here, board.facts) if not self.session.closed_to(fact.name, board)]
        if not asked:
            return
        fact = self.chance.choice([f for f in asked if not board.facts.known(f.name)] or asked)
        good = self.chance.random() < self.care
        value: str | None = fact.values[0].name if good else self.chance.choice(fact.values).name
        if self.chance.random() < 0.03 and not self.session.closed_to(fact.name, board, taking_back=True):
            value = None
        another = fact.identified_by_detail and self.chance.random() < 0.2
        new = EDITION.answer(self.values, fact.name, value, another=another)
        if value != self.values.get(fact.name) or another:
            for name in ORACLE.falls[fact.name]:  # a chain may be broken where its middle is unanswered just now
                assert name not in new or fact.name not in EDITION.facts[name].about, (fact.name, name)
        for name in self.values.keys() - new.keys() - {fact.name}:
            base = name.removesuffix(".age").removesuffix(".time")
            assert base in {*ORACLE.falls[fact.name], fact.name}, (fact.name, name)
        self.values = new
        assert self.board().may_stand(here), (here, fact.name, value)

    def look(self) -> None:
        """All that must hold of every configuration."""
        board, here, facts = self.board(), self.session.state, Facts(EDITION.facts, self.values)
        self.met.add((here, *sorted(self.values.items())))
        for step in EDITION.order:
            found = classify(EDITION, step, facts)
            assert found in derived().classes[step], (step, found)
            assert (found[0] in OVER) == ORACLE.done[step](facts), step
            assert board.may_stand(step) == should_stand(board, step)
            assert [status for status in Status if board.stands(step, status)] == [board.status(step)]
        if here in EDITION.step:
            assert not board.is_(here, Status.SKIPPED, Status.UNTOLD)
        if here == "handover":
            assert all(board.is_(step, *OVER, Status.STALE) for step in EDITION.order if step != here)
        undone = next((step for step in EDITION.order if not board.is_(step, *OVER)), None)
        assert undone is None or not board.stands(undone, Status.NEEDS, Status.UNTOLD)
        stored = list(self.values.items())
        self.chance.shuffle(stored)
        other = Board(EDITION, Facts(EDITION.facts, dict(stored)))
        assert [board.status(step) for step in EDITION.order] == [other.status(step) for step in EDITION.order]


def run(seed: int, moves: int = LENGTH) -> Run:
    chance = random.Random(seed)
    one = Run(chance, chance.choice((0.5, 0.8, 0.95, 1.0)))
    MOVER.attach(one.session)
    try:
        for _ in range(moves):
            one.move()
            one.look()
    finally:
        MOVER.machine.remove_model(one.session)
    return one


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_random_run_meets_nothing_that_was_not_derived(seed: int) -> None:
    one = run(seed)
    assert len(one.met) > LENGTH // 8, "a run that stands still shows nothing"


def test_the_runs_reach_far_and_into_every_end() -> None:
    runs = [run(seed, 400) for seed in range(100, 112)]
    assert len(set().union(*(one.met for one in runs))) > 1_000
    assert set().union(*(one.ends for one in runs)) == {COMPLETE, REFUSED, ABANDONED}
