"""Every movement on every board: reasons, guards and machine agree, `next` passes nothing by, nobody is ever stuck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from states.flow.board import (
    AWAITED,
    ENDS,
    OVER,
    WAITING,
    WORK,
    Board,
    Mark,
    Move,
    Status,
    go,
    outcome_of,
    resolve,
)
from states.flow.machine import Mover
from states.flow.proof.findings import Findings
from states.flow.proof.lazy import Choices, Laws, LazyBoard, LazyStandings, SlipError, every_branch
from states.flow.proof.steps import Derived
from states.flow.session import Session

B = TypeVar("B", LazyBoard, LazyStandings)


class OnBoards:
    """Runs every movement on boards of sets: what a step can be is what its own run has found."""

    def __init__(self, mover: Mover, findings: Findings, derived: Derived) -> None:
        self.mover, self.edition, self.note = mover, mover.edition, findings.note
        self.laws = Laws(mover.edition, derived.domain, derived.deciders)
        self.rows: dict[tuple[str, str], list[Move]] = defaultdict(list)
        for row in mover.rows:
            self.rows[row.source, row.trigger].append(row)
        self.model = Session("", "", "", mover.edition)
        mover.attach(self.model)
        self.leaves = 0
        self.fired: set[tuple[str, str, bool]] = set()

    def run(self) -> int:
        """How many leaves there are; a board in one leaf is like any other in it to the movement that was run."""
        for step in self.edition.order:
            self._on(LazyBoard, partial(self._statuses, step))
            self._on(LazyBoard, partial(self._lacking, step))
            self._on(LazyBoard, partial(self._first_undone, step))
        for trigger in sorted({row.trigger for row in self.mover.rows}):
            boards = LazyBoard if trigger.startswith("go_") else LazyStandings
            for words in ("", "a person's") if trigger == "abandon" else ("",):
                self._on(boards, partial(self._agree, trigger, words))
        for state in self.mover.states:
            self._on(LazyStandings, partial(self._next, state), state)
            self._on(LazyBoard, partial(self._back, state), state)
            if state not in ENDS:
                self._on(LazyStandings, partial(self._way_on, state), state)
        return self.leaves

    def _on(self, boards: Callable[[Laws, Choices, str], B], reader: Callable[[B], None], state: str = "") -> None:
        def run(choices: Choices) -> None:
            self.leaves += 1
            try:
                reader(boards(self.laws, choices, state))
            except AttributeError as slip:
                raise SlipError(f"a movement looks past the board: {slip}") from slip

        for _ in every_branch(run):
            pass

    # -- one movement

    def _agree(self, trigger: str, words: str, board: LazyBoard | LazyStandings) -> None:
        """Reasons and guards say the same from everywhere, and two rows of one trigger never open together."""
        verdicts = {state: self._verdict(state, trigger, words, board) for state in self.mover.states}
        if trigger.startswith("go_"):
            step = trigger.removeprefix("go_")
            if any(dest for dest in verdicts.values()) != should_stand(board, step):
                self.note("stands_otherwise", step, board.lines)
        if trigger == "complete" and any(verdicts.values()):
            for step in self.edition.order:
                if not board.is_(step, *OVER):
                    self.note("completes_too_early", step, board.lines)
        example = None
        for number, (state, dest) in enumerate(verdicts.items()):
            new = (state, trigger, bool(dest)) not in self.fired
            if new or number == self.leaves % len(verdicts):  # each verdict from everywhere, and every leaf once
                self.fired.add((state, trigger, bool(dest)))
                example = example or board.example()
                self._fire(state, trigger, words, dest, example)

    def _verdict(self, state: str, trigger: str, words: str, board: LazyBoard | LazyStandings) -> str:
        """Where the movement leads; "" when it is closed."""
        open_rows = [row.dest for row in self.rows.get((state, trigger), ()) if row.open_when(board, words)]
        if len(open_rows) > 1:
            self.note("siblings_both_open", f"{state} {trigger}: {', '.join(open_rows)}", board.lines)
        reason = next(self.mover.closed_because(state, trigger, board, words), None)
        if bool(open_rows) == bool(reason):
            said = reason.code if reason else "nothing"
            self.note("explain_disagrees", f"{state} {trigger}: {said} in the way", board.lines)
        return open_rows[0] if open_rows else ""

    def _fire(self, state: str, trigger: str, words: str, dest: str, board: LazyBoard | LazyStandings) -> None:
        self.model.state = state
        try:
            reasons = self.mover.fire(self.model, trigger, board, words)
        except Exception as error:  # whatever the library raises: the row is not there, or is not what was said
            self.note("machine_disagrees", f"{state} {trigger}: {type(error).__name__}", board.lines)
            return
        if bool(reasons) == bool(dest) or self.model.state != (dest or state):
            self.note("machine_disagrees", f"{state} {trigger} has led to {self.model.state}", board.lines)

    # -- next and back

    def _next(self, state: str, board: LazyStandings) -> None:
        row = self._resolves(state, "next", board)
        order = self.edition.order
        if state in ENDS:
            return
        here = order.index(state) if state in order else -1
        around = (*order[here + 1 :], *order[: max(here, 0)])  # all others, in the order in which it should find them
        at_work = state in order and board.stands(state, *WORK)
        refused = next((step for step in order if step != state and board.is_(step, Status.REFUSED)), "")
        work = next((step for step in around if board.stands(step, *WORK)), "")
        if refused and state == WAITING:  # from an end back to what has led there
            expected = go(refused)
        elif work:
            expected = go(work)
        elif at_work:
            expected = ""
        elif refused:
            expected = go(refused)
        elif state != WAITING and board.any(*AWAITED) and not board.any(Status.REFUSED):
            expected = "park"
        else:
            expected = "complete" if board.all(*OVER) else ""
        if row != expected:
            kind = "next_passes_work_by" if work else "next_leads_elsewhere"
            self.note(kind, f"{state}: {row or 'no way'}, not {expected or 'no way'}", board.lines)

    def _back(self, state: str, board: LazyBoard) -> None:
        there = self._resolves(state, "back", board).removeprefix("go_")
        if state in ENDS:
            return
        order = self.edition.order
        earlier = order[: order.index(state)] if state in order else order
        if there and there not in earlier:
            self.note("back_leads_on", f"{state} {there}", board.lines)
            return
        if there and state == WAITING and board.stands(there, *AWAITED):
            return
        nearer = earlier[earlier.index(there) + 1 :] if there else earlier
        if any(should_stand(board, step) for step in nearer):
            self.note("back_passes_a_step_by", f"{state} {there or 'no way'}", board.lines)

    def _resolves(self, state: str, trigger: str, board: LazyBoard | LazyStandings) -> str:
        """The row that it stands for. It is there and open, or there is a reason why there is none."""
        row = resolve(state, trigger, board)
        reason = next(self.mover.closed_because(state, trigger, board), None)
        if bool(row) == bool(reason):
            self.note("explain_disagrees", f"{state} {trigger}: {row or 'no way'}", board.lines)
        if row and not any(self._is_open(r, board) for r in self.rows.get((state, row), ())):
            self.note("leads_nowhere", f"{state} {trigger}: {row}", board.lines)
        return row

    def _is_open(self, row: Move, board: LazyBoard | LazyStandings) -> bool:
        if isinstance(board, LazyStandings) and row.dest in self.edition.step:
            return board.stands(row.dest, *WORK, Status.REFUSED)  # there one may stand, as `_statuses` has checked
        return row.open_when(board, "")

    def _way_on(self, state: str, board: LazyStandings) -> None:
        """One can work here, or go on, or a refusal is to be ended or mended, or something is awaited."""
        here = state in self.edition.order and board.stands(state, *WORK)
        if here or resolve(state, "next", board) or board.any(Status.REFUSED):
            return
        if state != WAITING or not board.any(*AWAITED):
            self.note("no_way_on", state, board.lines)

    # -- what a board says of a step

    def _statuses(self, step: str, board: LazyBoard) -> None:
        statuses = [status for status in Status if board.stands(step, status)]
        if len(statuses) != 1:
            self.note("not_one_status", f"{step}: {', '.join(statuses) or 'none'}", board.lines)
        if board.shut(step) == (needs_met(board, step) or board.is_(outcome_of(step), Mark.UNKNOWN)):
            self.note("shut_otherwise", step, board.lines)
        if board.stands(step, *WORK, *AWAITED, Status.DONE, Status.REFUSED) and not board.may_stand(step):
            self.note("stands_otherwise", step, board.lines)

    def _lacking(self, step: str, board: LazyBoard) -> None:
        if bool(board.lacking(step)) == needs_met(board, step):
            self.note("lacking_disagrees", step, board.lines)

    def _first_undone(self, step: str, board: LazyBoard) -> None:
        """Where all before it is over, a step can be told, and nothing shuts it: so there is always a way on."""
        order = self.edition.order
        first = all(board.is_(before, *OVER) for before in order[: order.index(step)])
        if first and board.stands(step, Status.NEEDS, Status.UNTOLD):
            self.note("first_undone_is_shut", step, board.lines)


def needs_met(board: Board, step: str) -> bool:
    """A step opens as soon as what it needs holds; a step that does not apply is no hindrance."""
    return all(board.is_(need, Status.DONE, Status.SKIPPED, Mark.HOLDS) for need in board.edition.step[step].needs)


def should_stand(board: Board, step: str) -> bool:
    """In any open, waiting, blocked or done step; where it was refused, to mend it; where something was sent off whose
    outcome has to be looked up."""
    if board.is_(step, Status.SKIPPED, Status.UNTOLD):
        return False
    sent = board.is_(outcome_of(step), Mark.KNOWN, Mark.UNKNOWN)
    return sent or board.is_(step, Status.DONE, Status.REFUSED) or needs_met(board, step)
