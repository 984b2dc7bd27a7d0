"""Routes by legal moves alone: who may answer what is asked of the session itself, statuses are remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from states.flow.board import Board, go
from states.flow.edition import Edition
from states.flow.facts import Facts, Meaning
from states.flow.session import Session

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a row of legal moves has led, and the moves."""

    values: Values
    path: tuple[str, ...]


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


def drive(boards: Boards, target: Mapping[str, str], start: Route | None = None, at: str = "") -> Route:
    """Give the answers of `target` by legal moves, in the order of the table, as far as they are open.

    Args:
        target: fact to value; clock slots are set where they are asked.
        start: where to set out; from nothing when it is None.
        at: where the technician stands then.
    """
    edition = boards.edition
    values, path = (dict(start.values), list(start.path)) if start else ({}, [])
    here = at or edition.order[0]
    again = True
    while again:
        again = False
        board = boards.of(values)
        for name, value in target.items():
            if values.get(name) == value:
                continue
            fact = edition.facts[name]
            if fact.clock and board.facts.asked(name):
                values = {**values, name: value}
                path.append(f"{name}: {value}")
            elif not fact.clock and boards.may_answer(board, name):
                values = edition.answer(values, name, value)
                if fact.step != here:
                    path.append(go(fact.step))
                    here = fact.step
                path.append(f"{name}={value}")
            else:
                continue
            board, again = boards.of(values), True
    return Route(values, tuple(path))
