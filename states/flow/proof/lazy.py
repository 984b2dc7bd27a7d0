"""Readers run on sets: a fact or a status is a set of possibilities, split only where a reader looks.

`every_branch` runs a reader again and again until each answer that its questions can have was given. Whatever the
reader did on one run it does for every configuration in that run's sets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Self, TypeVar

from states.flow.board import OVER, Board, Mark, Status
from states.flow.edition import Edition
from states.flow.facts import Fact, Facts

T = TypeVar("T")
Look = tuple[str | None, ...]  # the values a reader asked for at once


class ImpossibleError(Exception):
    """This branch leads to no board that can be: it is left out."""


class SlipError(Exception):
    """A reader did what no reader may: looked past `has`, asked for what is not declared, or asked itself."""


class Choices:
    """The answers given along one run: "yes" first, and from run to run the last "yes" turned into a "no"."""

    __slots__ = ("_at", "_made")

    def __init__(self) -> None:
        self._made: list[bool] = []
        self._at = 0

    def take(self) -> bool:
        if self._at == len(self._made):
            self._made.append(True)
        self._at += 1
        return self._made[self._at - 1]

    def turn(self) -> bool:
        """Make ready for the next run; False when every branch was taken."""
        while self._made and not self._made[-1]:
            self._made.pop()
        self._at = 0
        if self._made:
            self._made[-1] = False
        return bool(self._made)


def every_branch(run: Callable[[Choices], T]) -> Iterator[T]:
    choices = Choices()
    more = True
    while more:
        with suppress(ImpossibleError):
            yield run(choices)
        more = choices.turn()


P = TypeVar("P", bound=str | None)


def split(sets: dict[str, frozenset[P]], key: str, possible: frozenset[P], wanted: Collection[P], by: Choices) -> bool:
    """Whether it is one of `wanted`: told where all or none of what is possible is, else chosen and kept."""
    yes = possible.intersection(wanted)
    if not yes or len(yes) == len(possible):
        return bool(yes)
    took = by.take()
    sets[key] = yes if took else possible - yes
    return took


class LazyFacts(Facts):
    """Facts of which only what was looked at is decided.

    Every assignment of values to facts lies in exactly one leaf: a fact that is not asked reads as None, any other one
    as None or one of its values. `sets` is what a leaf leaves possible; `looks` every question put.
    """

    __slots__ = ("_opening", "choices", "looks", "sets")

    def __init__(self, table: Mapping[str, Fact], choices: Choices) -> None:
        self.table, self.choices = table, choices  # and no `values`: to look at them is a slip that shows
        self._asked: dict[str, bool] = {}
        self._opening: set[str] = set()
        self.sets: dict[str, frozenset[str | None]] = {}
        self.looks: list[tuple[str, Look]] = []

    def has(self, name: str, *wanted: str | None) -> bool:
        possible = self.sets.get(name)
        if possible is None:
            possible = self.sets[name] = self._first_look(name)
        self.looks.append((name, wanted))
        return split(self.sets, name, possible, wanted, self.choices)

    def _first_look(self, name: str) -> frozenset[str | None]:
        fact = self.table.get(name)
        if fact is None:
            base, dot, slot = name.rpartition(".")
            if dot and slot in ("age", "time") and base in self.table:
                return frozenset((None,))  # it never grows stale, nothing of it is awaited
            raise SlipError(f"{name} is read and not declared")
        if name in self._opening:
            raise SlipError(f"whether {name} is asked depends on itself")
        self._opening.add(name)
        asked = self.asked(name)
        self._opening.discard(name)
        return frozenset((None, *(value.name for value in fact.values))) if asked else frozenset((None,))

    def lines(self) -> tuple[str, ...]:
        """What holds in this leaf, for people."""
        return tuple(f"{name} in {_words(possible)}" for name, possible in self.sets.items() if possible != {None})

    def example(self) -> dict[str, str]:
        """One assignment of this leaf, as little answered as it allows."""
        order = {name: [value.name for value in fact.values] for name, fact in self.table.items()}
        return {
            name: next(value for value in order[name] if value in possible)
            for name, possible in self.sets.items()
            if None not in possible
        }


class _Undecided(Board):
    """What the two boards of sets share: a set by key, narrowed at the first look, split at every one. It has no
    facts: a movement that reads one fails."""

    def __init__(self, laws: Laws, choices: Choices, at: str) -> None:
        self.edition, self.laws, self.choices, self.at = laws.edition, laws, choices, at
        self.sets: dict[str, frozenset[str]] = {}

    def _is(self, key: str, wanted: Collection[str]) -> bool:
        possible = self.sets.get(key)
        if possible is None:
            possible = self.sets[key] = self._first_look(key)
            if not possible:
                raise ImpossibleError
        return split(self.sets, key, possible, wanted, self.choices)

    def _first_look(self, key: str) -> frozenset[str]:
        raise NotImplementedError

    def lines(self) -> tuple[str, ...]:
        """What holds in this leaf, for people."""
        return tuple(f"{key} is {_words(possible)}" for key, possible in self.sets.items() if len(possible) < 7)

    def example(self) -> Self:
        """One board of this leaf, decided throughout."""
        board = type(self)(self.laws, _AlwaysYes(), self.at)
        board.sets = dict(self.sets)
        for key in self._keys():
            any(board._is(key, (value,)) for value in (*Status, *Mark))
        return board

    def _keys(self) -> Iterable[str]:
        return self.laws.domain


class LazyBoard(_Undecided):
    """A board of which only what was looked at is decided: what each step is by its own facts, each condition, each
    outcome."""

    def is_(self, key: str, *wanted: str) -> bool:
        return self._is(key, wanted)

    def _first_look(self, key: str) -> frozenset[str]:
        return self.laws.narrow(self, key, self.laws.domain[key] & self.laws.standing(self.at, key))


class LazyStandings(_Undecided):
    """A board of which is decided only how a step stands, its needs considered. Most movements ask for no more, and it
    has far fewer leaves: why a step is shut does not matter to them.

    Whatever steps can be together is on one of its leaves, for each is free but for the laws; and a movement that
    asks for more fails.
    """

    def stands(self, step: str, *statuses: Status) -> bool:
        return self._is(step, statuses)

    def is_(self, key: str, *wanted: str) -> bool:
        if not {*wanted} <= {*OVER, Status.REFUSED, Status.UNTOLD}:  # these hold whatever a step needs
            raise SlipError(f"a movement asks for more of {key} than how it stands")
        return self._is(key, wanted)

    def _keys(self) -> Iterable[str]:
        return self.edition.order

    def _first_look(self, key: str) -> frozenset[str]:
        possible = self.laws.domain[key] & self.laws.standing(self.at, key)
        if self.edition.step[key].needs:
            possible |= {Status.NEEDS}
        before = self.edition.order[: self.edition.order.index(key)]
        if all(self._is(step, OVER) for step in before):  # the first that is not over can be told, and is not shut
            possible -= {Status.NEEDS, Status.UNTOLD}
        return possible


class _AlwaysYes(Choices):
    """One leaf, not all of them."""

    def take(self) -> bool:
        return True


class Laws:
    """What can be seen, and what never together. Each law is checked before it is used: on sets of facts, on every
    walk, or step by step on boards.

    Args:
        edition: whose.
        domain: by key of the board, what the runs on sets found it can be.
        deciders: by step, where the facts are asked that decide whether it applies.
    """

    def __init__(
        self, edition: Edition, domain: Mapping[str, frozenset[str]], deciders: Mapping[str, Collection[str]]
    ) -> None:
        self.edition, self.domain = edition, domain
        place = {step: i for i, step in enumerate(edition.order)}
        self.deciders = {
            step: [decider for decider in deciders[step] if place[decider] < place[step]] for step in edition.order
        }
        self.siblings = {
            step: [other for other in edition.order if never_together(edition, step, other)] for step in edition.order
        }
        self.last = {step for step in edition.order if {*edition.step[step].needs} == {*edition.order} - {step}}

    def standing(self, at: str, key: str) -> frozenset[str]:
        """What position alone leaves possible: one stands where a step applies (and its sibling does not); and in a
        step that needs all others, only the clock has worked on those since they were over."""
        if key == at:
            return frozenset(Status) - {Status.SKIPPED, Status.UNTOLD}
        if at in self.siblings.get(key, ()):
            return frozenset({Status.SKIPPED})
        if at in self.last and key in self.edition.step:
            return frozenset({*OVER, Status.STALE})
        return frozenset({*Status, *Mark})

    def narrow(self, board: LazyBoard, key: str, possible: frozenset[str]) -> frozenset[str]:
        """What is left of it on this board. Only earlier steps are asked about."""
        if key in self.edition.condition:
            mending = self.edition.condition[key].mended_in
            if all(board.is_(step, *OVER) for step in mending):
                return possible - {Mark.LACKS}
        if key not in self.edition.step:
            return possible
        order = self.edition.order
        earlier = [other for other in self.siblings[key] if order.index(other) < order.index(key)]
        if any(not board.is_(other, Status.SKIPPED, Status.UNTOLD) for other in earlier):
            return possible & {Status.SKIPPED}
        decided = self.deciders[key]
        if decided and Status.UNTOLD in possible and all(board.is_(step, *OVER) for step in decided):
            return possible - {Status.UNTOLD}
        return possible


def never_together(edition: Edition, one: str, other: str) -> bool:
    return other in edition.step[one].instead_of or one in edition.step[other].instead_of


def _words(possible: frozenset[str | None] | frozenset[str]) -> str:
    return "|".join(sorted("unanswered" if value is None else str(value) for value in possible))
