"""Routes by legal moves alone: who may answer what is asked of the session itself, statuses are remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from states.flow.board import Board, go
from states.flow.edition import Edition
from states.flow.facts import Facts, Meaning
from states.flow.session import Session

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """A legal move: an answer given, changed or taken back, or a slot that the clock has moved.

    Args:
        another: the same value with another detail.
    """

    fact: str
    value: str | None
    another: bool = False
    clock: bool = False

    def __str__(self) -> str:
        if self.clock:
            return f"{self.fact}: {self.value or 'no more'}"
        return f"{self.fact}={self.value or ''}{' (another)' if self.another else ''}"


@dataclass(frozen=True, slots=True)
class Route:
    """Where legal moves have led, and the moves."""

    values: Values
    moves: tuple[Answered, ...]


def told(edition: Edition, moves: Iterable[Answered]) -> tuple[str, ...]:
    """The moves line by line, with the ways between the steps that ask."""
    lines: list[str] = []
    here = edition.order[0]
    for move in moves:
        step = edition.facts[move.fact].step
        if not move.clock and step != here:
            lines.append(go(step))
            here = step
        lines.append(str(move))
    return tuple(lines)


class Boards:
    """Boards of one edition; what a step is, is worked out once for all facts that agree where it looks.

    Args:
        reads: by key of the board, the facts it depends on. What is not named there is worked out each time.
    """

    def __init__(self, edition: Edition, reads: Mapping[str, tuple[str, ...]]) -> None:
        self.edition, self.reads = edition, reads
        self.memory: dict[tuple[str | None, ...], str] = {}
        self._session = Session("", "", "", edition)

    def of(self, values: Values) -> Board:
        return _Remembering(self, Facts(self.edition.facts, values))

    def may_answer(self, board: Board, fact: str, *, taking_back: bool = False) -> bool:
        """Whether a person may answer it: one gets to the step that asks, and the session takes the answer."""
        self._session.state = self.edition.facts[fact].step
        return board.may_stand(self._session.state) and not self._session.closed_to(
            fact, board, taking_back=taking_back
        )


class _Remembering(Board):
    def __init__(self, boards: Boards, facts: Facts) -> None:
        super().__init__(boards.edition, facts)
        self._boards = boards

    def _look(self, key: str) -> str:
        reads = self._boards.reads.get(key)
        if reads is None:
            return super()._look(key)
        place = (key, *map(self.facts.values.get, reads))
        if place not in self._boards.memory:
            self._boards.memory[place] = super()._look(key)
        return self._boards.memory[place]


def usual_answers(edition: Edition) -> Values:
    """The first fine value of every fact; for a request, that it was made."""
    usual = {}
    for fact in edition.facts.values():
        if not fact.clock:
            fine = (value for value in fact.values if value.meaning is Meaning.FINE)
            usual[fact.name] = next(fine, fact.values[0]).name
    return usual


def drive(boards: Boards, target: Mapping[str, str], start: Route | None = None) -> Route:
    """Give the answers of `target` by legal moves, in its order and again, as far as they are open.

    Args:
        target: fact to value; clock slots are set where they are asked.
        start: where to set out; from nothing when it is None.
    """
    edition = boards.edition
    values, moves = (start.values, list(start.moves)) if start else (Values(), [])
    again = True
    while again:
        again = False
        board = boards.of(values)
        for name, value in target.items():
            if values.get(name) == value:
                continue
            clock = edition.facts[name].clock
            if not (board.facts.asked(name) if clock else boards.may_answer(board, name)):
                continue
            values = {**values, name: value} if clock else edition.answer(values, name, value)
            moves.append(Answered(name, value, clock=clock))
            board, again = boards.of(values), True
    return Route(values, tuple(moves))
