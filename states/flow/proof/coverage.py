"""That everything in the table is for something: each row taken and each reason heard on a route of legal moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from states.flow.board import ABANDONED, COMPLETE, ENDS, REFUSED, WAITING, Board, Status, resolve
from states.flow.facts import Facts
from states.flow.machine import Mover
from states.flow.proof.answers import Walked
from states.flow.proof.findings import Findings
from states.flow.proof.oracle import Oracle
from states.flow.proof.routes import Boards, Route, Values, drive, told, usual_answers
from states.flow.proof.steps import Derived
from states.flow.session import Session


@dataclass
class Covered:
    """What the routes took and heard.

    Args:
        rows: (source, trigger, dest) of every row that was taken.
        codes: of movements.
        boards: how many boards were stood on.
    """

    rows: set[tuple[str, str, str]] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    boards: int = 0


class OnRoutes:
    """Stands on boards of whole sessions until every row was taken by the machine itself, and every reason was given.

    Whoever answers in a step may go from there to any step that is open, for there is a row between any two (or this
    part says that one was never taken): so one may be where one may stand. In `waiting` one may be at any time, by
    abandoning and reopening.
    """

    def __init__(self, mover: Mover, oracle: Oracle, findings: Findings, derived: Derived, walked: Walked) -> None:
        self.mover, self.edition, self.oracle, self.note = mover, mover.edition, oracle, findings.note
        self.boards, self.walked = Boards(mover.edition, derived.reads), walked
        self.model = Session("", "", "", mover.edition)
        mover.attach(self.model)
        self.found = Covered()
        self.left = {(row.source, row.trigger, row.dest) for row in mover.rows}
        self.triggers = (*sorted({row.trigger for row in mover.rows}), "next", "back")

    def run(self) -> Covered:
        for route in self._routes():
            self._stand(route)
            if not self.left and self.oracle.movement_codes <= self.found.codes:
                break
        for source, trigger, dest in sorted(self.left):
            self.note("row_never_taken", f"{source} {trigger} {dest}")
        for code in sorted(self.oracle.movement_codes - self.found.codes):
            self.note("code_never_given", code)
        self._reach()
        return self.found

    # -- where to

    def _routes(self) -> Iterator[Route]:
        """What the walks have met of single steps; whole sessions, each way that rows can apply; and those again with
        one step changed to everything it can be."""
        yield from self.walked.samples.values()
        usual = usual_answers(self.edition)
        whole = drive(self.boards, usual)
        roads = [whole]
        skipped = [step for step in self.edition.order if self.boards.of(whole.values).is_(step, Status.SKIPPED)]
        for step in skipped:
            sample = self.walked.samples.get((step, Status.DONE))
            if sample:
                roads.append(drive(self.boards, usual | self._given(sample.values)))
        for road in roads:
            yield road
            for sample in self.walked.samples.values():
                yield drive(self.boards, sample.values, road)

    def _given(self, values: Values) -> Values:
        return {name: value for name, value in values.items() if not self.edition.facts[name].clock}

    # -- there

    def _stand(self, route: Route) -> None:
        board = self.boards.of(route.values)
        self.found.boards += 1
        self._reads_alike(board, route)
        for state in self._positions(board):
            for trigger in self._still_wanted(state):
                for words in ("", "a person's") if trigger == "abandon" else ("",):
                    self._try(state, trigger, words, board, route)

    def _still_wanted(self, state: str) -> Sequence[str]:
        """Every trigger until every reason was heard; then those that still have a row to be taken."""
        if not self.oracle.movement_codes <= self.found.codes:
            return self.triggers
        return sorted({trigger for source, trigger, _ in self.left if source == state})

    def _positions(self, board: Board) -> Iterator[str]:
        yield from (step for step in self.edition.order if board.may_stand(step))
        yield from (WAITING, ABANDONED)
        if board.all(Status.DONE, Status.SKIPPED):
            yield COMPLETE
        if board.any(Status.REFUSED):
            yield REFUSED

    def _try(self, state: str, trigger: str, words: str, board: Board, route: Route) -> None:
        before = dict(board.facts.values)
        self.model.state = state
        row = resolve(state, trigger, board)
        try:
            reasons = self.mover.fire(self.model, trigger, board, words)
        except Exception as error:  # whatever the library raises: the row is not there, or is not what was said
            self.note(
                "machine_disagrees",
                f"{state} {trigger}: {type(error).__name__}",
                lambda: told(self.edition, route.moves),
            )
            return
        for reason in reasons:
            self.found.codes.add(reason.code)
            if reason.code not in self.oracle.movement_codes:
                self.note("code_not_listed", reason.code, partial(self._path, route, trigger))
        if not reasons:
            self.found.rows.add((state, row, self.model.state))
            self.left.discard((state, row, self.model.state))
        if board.facts.values != before or self.model.answers or self.model.log:
            self.note(
                "movement_touches_facts", f"{state} {trigger}", lambda: (*told(self.edition, route.moves), trigger)
            )

    def _reads_alike(self, board: Board, route: Route) -> None:
        """The same facts stored in another order say the same; what is not asked says nothing."""
        values = board.facts.values
        other = Board(self.edition, Facts(self.edition.facts, dict(reversed(values.items()))))
        for step in self.edition.order:
            if board.status(step) != other.status(step):
                self.note("order_matters", step, partial(self._path, route))
        for name in values:
            if not board.facts.asked(name) and board.facts.known(name):
                self.note("counts_though_unasked", name, partial(self._path, route))

    def _path(self, route: Route, *more: str) -> tuple[str, ...]:
        return (*told(self.edition, route.moves), *more)

    def _reach(self) -> None:
        """Every state can be got to from the first, by rows that were taken."""
        reached, todo = {self.edition.order[0]}, [self.edition.order[0]]
        while todo:
            here = todo.pop()
            for source, _, dest in self.found.rows:
                if source == here and dest not in reached:
                    reached.add(dest)
                    todo.append(dest)
        for state in self.mover.states:
            if state not in reached:
                self.note("state_never_reached", state)
            if state in ENDS and not any(row.source == state for row in self.mover.rows):
                self.note("end_without_return", state)
