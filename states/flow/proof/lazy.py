"""Readers run on sets: a fact or a status is a set of possibilities, split only where a reader looks.

`every_branch` runs a reader again and again until each answer that its questions can have was given. Whatever the
reader did on one run it does for every configuration in that run's sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TypeVar

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
        yes = possible.intersection(wanted)
        if not yes or len(yes) == len(possible):
            return bool(yes)
        took = self.choices.take()
        self.sets[name] = yes if took else possible - yes
        return took

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


class LazyBoard(Board):
    """A board of which only what was looked at is decided. It has no facts: a movement that reads one fails.

    Args:
        domain: by key, what the steps' own walk found it can be.
        laws: what is never seen together; each was checked on facts.
        at: where the technician stands.
    """

    def __init__(
        self, edition: Edition, choices: Choices, domain: Mapping[str, frozenset[str]], laws: Laws, at: str = ""
    ) -> None:
        self.edition, self.choices, self.domain, self.laws = edition, choices, domain, laws
        self.sets: dict[str, frozenset[str]] = {}
        self._kept = laws.kept_while_standing(at)

    def is_(self, key: str, *wanted: str) -> bool:
        possible = self.sets.get(key)
        if possible is None:
            possible = self.domain[key]
            possible = self.sets[key] = self.laws.narrow(self, key, possible & self._kept.get(key, possible))
            if not possible:
                raise ImpossibleError
        yes = possible.intersection(wanted)
        if not yes or len(yes) == len(possible):
            return bool(yes)
        took = self.choices.take()
        self.sets[key] = yes if took else possible - yes
        return took

    def lines(self) -> tuple[str, ...]:
        return tuple(f"{key} is {_words(possible)}" for key, possible in self.sets.items() if len(possible) < 9)

    def example(self) -> FixedBoard:
        """One board of this leaf: what was not looked at is left as it comes, the laws kept."""
        sets = dict(self.sets)
        rest = LazyBoard(self.edition, _Last(), self.domain, self.laws)
        rest.sets, rest._kept = sets, self._kept
        keys = (*self.edition.order, *self.edition.condition, *(k for k in self.domain if k.endswith(".outcome")))
        for key in keys:
            for value in sorted(self.domain[key]):
                if rest.is_(key, value):
                    break
        return FixedBoard(self.edition, {key: next(iter(possible)) for key, possible in sets.items()})


class FixedBoard(Board):
    """A board as it is told, without facts."""

    def __init__(self, edition: Edition, marks: Mapping[str, str]) -> None:
        self.edition, self.marks = edition, marks

    def is_(self, key: str, *wanted: str) -> bool:
        return self.marks[key] in wanted


class _Last(Choices):
    """Always yes: one leaf, not all of them."""

    def take(self) -> bool:
        return True


class Laws:
    """What no facts can show together. Each law is checked on sets of facts, or on every walk, before it is used.

    Args:
        edition: whose.
        deciders: by step, where the facts are asked that decide whether it applies.
    """

    def __init__(self, edition: Edition, deciders: Mapping[str, frozenset[str]]) -> None:
        self.edition = edition
        at = {step: i for i, step in enumerate(edition.order)}
        self.deciders = {s: [d for d in edition.order if d in names and at[d] < at[s]] for s, names in deciders.items()}
        self.siblings = {
            step: [s for s in edition.order if at[s] < at[step] and never_together(edition, s, step)] for step in at
        }
        self.last = {step for step in edition.order if set(edition.step[step].needs) == {*at} - {step}}

    def kept_while_standing(self, at: str) -> dict[str, frozenset[str]]:
        """What position alone says: one stands where it applies; and in a step that needs all others, only the clock
        has worked on those since they were over."""
        kept: dict[str, frozenset[str]] = {}
        if at in self.edition.step:
            kept[at] = frozenset(Status) - {Status.SKIPPED, Status.UNTOLD}
        if at in self.last:
            kept |= {step: frozenset((*OVER, Status.STALE)) for step in self.edition.order if step != at}
        return kept

    def narrow(self, board: LazyBoard, key: str, possible: frozenset[str]) -> frozenset[str]:
        if key in self.edition.condition:
            mending = self.edition.condition[key].mended_in
            if Mark.LACKS in possible and all(board.is_(step, *OVER) for step in mending):
                return possible - {Mark.LACKS}
        if key not in self.edition.step:
            return possible
        if any(not board.is_(step, Status.SKIPPED, Status.UNTOLD) for step in self.siblings[key]):
            return possible & {Status.SKIPPED}
        decided = self.deciders.get(key)
        if decided and Status.UNTOLD in possible and all(board.is_(step, *OVER) for step in decided):
            return possible - {Status.UNTOLD}
        return possible


def never_together(edition: Edition, one: str, other: str) -> bool:
    return other in edition.step[one].instead_of or one in edition.step[other].instead_of


def _words(possible: frozenset[str | None] | frozenset[str]) -> str:
    return "|".join(sorted("unanswered" if value is None else str(value) for value in possible))
