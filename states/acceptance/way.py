"""The shortest honest way to a step or to a reason: only answers and movements a person could make."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from states.flow.board import COMPLETE, ENDS, OVER, WAITING, WORK, Status, go
from states.flow.edition import Edition
from states.flow.facts import STALE, Fact, Facts, age, never
from states.flow.proof.routes import Values, usual_answers

if TYPE_CHECKING:
    from states.acceptance.story import Story

Wanted = Mapping[str, str | None]
DEEPEST = 5  # answers that have to differ from the usual ones, at most


@cache
def _usual(edition: Edition) -> Values:
    return usual_answers(edition)


class Overheard(Facts):
    """Facts that remember what was looked at, and what decided whether it is asked."""

    def __init__(self, table: Mapping[str, Fact], values: Mapping[str, str]) -> None:
        super().__init__(table, values)
        self.looked: dict[str, None] = {}

    def has(self, name: str, *wanted: str | None) -> bool:
        self.looked[name] = None
        return super().has(name, *wanted)


def demands(edition: Edition, test: Callable[[Facts], bool], fixed: Wanted) -> tuple[Wanted, Overheard] | None:
    """The fewest answers, other than the usual ones, under which a test holds; None where a few do not do it.

    Args:
        test: reads facts and nothing else.
        fixed: answers that are given already; None for one that must not be given.

    Returns:
        the answers, and the facts they were tested on.
    """
    usual = _usual(edition)
    todo: deque[dict[str, str | None]] = deque([{}])
    seen = set[frozenset[tuple[str, str | None]]]()
    while todo:
        changes = todo.popleft()
        answers = {**usual, **fixed, **changes}
        facts = Overheard(edition.facts, {name: value for name, value in answers.items() if value is not None})
        if test(facts):
            return changes, facts
        if len(changes) == DEEPEST:
            continue
        for name in [name for name in facts.looked if name in edition.facts]:
            for value in (*(value.name for value in edition.facts[name].values), None):
                more = {**changes, name: value}
                key = frozenset(more.items())
                if name not in changes and name not in fixed and answers.get(name) != value and key not in seen:
                    seen.add(key)
                    todo.append(more)
    return None


class Way:
    """Leads a world on, each question answered as usual unless the world's office is another.

    Args:
        world: where it stands; its `unusual` answers and those of `more` are given instead of the usual ones.
        more: a value of None leaves that question unanswered.
    """

    def __init__(self, world: Story, more: Wanted = {}) -> None:  # noqa: B006  read, never written
        self.world, self.edition = world, world.edition
        unusual: Values = {name: saying.value for name, (saying, _) in world.unusual.items()}
        self.wanted: dict[str, str | None] = {**_usual(self.edition), **unusual, **more}

    def to(self, place: str) -> None:
        """Go to a step, to the lobby, or to an end."""
        if place in self.edition.step:
            self.to_step(place)
        elif place in ENDS or place == WAITING:
            for step in self.edition.order:
                board = self.world.machine.board
                if board.stands(step, *WORK) or (place == COMPLETE and not board.is_(step, *OVER)):
                    self.do(step)
                if place != COMPLETE and self.world.machine.board.any(Status.REFUSED):
                    break
            trigger = {WAITING: "park", COMPLETE: "complete", "refused": "refuse", "abandoned": "abandon"}[place]
            self.world.go(trigger, words="-" if trigger == "abandon" else "")

    def to_step(self, step: str) -> None:
        self._open(step)
        if self.world.machine.session.state != step:
            self.world.go(go(step))

    def do(self, step: str) -> None:
        """Answer what a step asks and needs, as far as it is not answered or no longer holds."""
        self.to_step(step)
        while fact := self._next_question(step):
            value = self.wanted[fact.name]
            assert value is not None
            self.world.give_usual(fact.name, value)

    def _next_question(self, step: str) -> Fact | None:
        facts = self.world.machine.board.facts
        for fact in self.edition.asked_in(step, facts):
            own = self.edition.facts[fact.name]
            asked_for = own.needed(facts) or (own.needed is never and fact.name in self.world.unusual)
            unanswered = not facts.known(fact.name) or facts.has(age(fact.name), STALE)
            if unanswered and asked_for and self.wanted.get(fact.name) is not None:
                return fact
        return None

    def _open(self, step: str) -> None:
        """See to it that one may stand there."""
        board = self.world.machine.board
        while (applies := self.edition.step[step].applies(board.facts)).verdict is None:
            self.do(self.edition.facts[applies.by].step)
            board = self.world.machine.board
            if not board.facts.known(applies.by):
                self.world.stuck(step, applies.by)
        if not applies.verdict:
            self.world.stuck(step, applies.by)
        for _ in self.edition.step[step].needs:  # an answer for one need may withdraw what another one had
            if not self.world.machine.board.may_stand(step):
                self._meet(step)

    def _meet(self, step: str) -> None:
        for need in self.edition.step[step].needs:
            condition = self.edition.condition.get(need)
            for row in condition.mended_in if condition else (need,):
                board = self.world.machine.board
                if not board.met(need) and not board.is_(row, *OVER):
                    self.do(row)
            if not self.world.machine.board.met(need):
                self.world.stuck(step, need)


def applying(edition: Edition, step: str, fixed: Wanted) -> Wanted | None:
    """What has to be answered unusually for a step to apply; None where nothing does it."""
    found = demands(edition, lambda f: edition.step[step].applies(f).verdict is True, fixed)
    return found[0] if found else None
