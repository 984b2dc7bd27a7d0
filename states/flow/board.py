"""From facts to statuses, and from statuses to where one may go.

Statuses are derived, never stored. Movements read the board and nothing else, so that where one stands and what is
known can be walked apart (see `explore.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from states.flow.edition import Edition
from states.flow.facts import Facts
from states.flow.guards import Kind, Reason

WAITING, COMPLETE, REFUSED, ABANDONED = "waiting", "complete", "refused", "abandoned"
ENDS = (COMPLETE, REFUSED, ABANDONED)


class Status(StrEnum):
    """How it stands with a step."""

    DONE = "done"
    OPEN = "open"
    STALE = "stale"  # no longer valid: measure again
    WAITING = "waiting"
    BLOCKED = "blocked"
    REFUSED = "refused"
    NEEDS = "needs"  # something else has to be done first
    SKIPPED = "skipped"  # does not apply, by a known fact
    UNTOLD = "untold"  # cannot be told yet whether it applies


WORK = (Status.OPEN, Status.STALE)
AWAITED = (Status.WAITING, Status.BLOCKED)
OVER = (Status.DONE, Status.SKIPPED)


class Mark(StrEnum):
    """What a board knows besides the statuses of steps."""

    HOLDS = "holds"  # a condition
    LACKS = "lacks"
    NONE = "none"  # an outcome: nothing was done yet
    KNOWN = "known"
    UNKNOWN = "unknown"


def outcome_of(step: str) -> str:
    """The board's key for whether an outcome of this step is unknown."""
    return f"{step}.outcome"


def own_status(edition: Edition, step: str, f: Facts) -> Status:
    """A step's status by its own facts alone, whatever it needs."""
    verdict = edition.step[step].applies(f).verdict
    if verdict is not True:
        return Status.UNTOLD if verdict is None else Status.SKIPPED
    kinds = {reason.kind for reason in edition.reasons(step, f)}
    if not kinds:
        return Status.DONE
    if Kind.REFUSE in kinds:
        return Status.REFUSED
    if kinds & {Kind.ASK, Kind.FIX}:
        return Status.OPEN
    if Kind.STALE in kinds:
        return Status.STALE
    return Status.WAITING if Kind.WAIT in kinds else Status.BLOCKED


def own_outcome(edition: Edition, step: str, f: Facts) -> Mark:
    """Whether something was done in this step whose outcome is looked up outside, and whether it has been seen."""
    outcomes = [fact for fact in edition.step[step].asks if fact.outcome]
    if any(f.has(fact.name, value.name) for fact in outcomes for value in fact.values if value.unknown):
        return Mark.UNKNOWN
    return Mark.KNOWN if any(f.known(fact.name) for fact in outcomes) else Mark.NONE


class Board:
    """Statuses of all steps for one set of facts. `is_` is its one primitive; all else is said in terms of it."""

    def __init__(self, edition: Edition, facts: Facts) -> None:
        self.edition, self.facts = edition, facts
        self._seen: dict[str, str] = {}

    def is_(self, key: str, *wanted: str) -> bool:
        """Whether a step's own status (or a condition, or an outcome) is one of `wanted`."""
        if key not in self._seen:
            self._seen[key] = self._look(key)
        return self._seen[key] in wanted

    def _look(self, key: str) -> str:
        if key in self.edition.step:
            return own_status(self.edition, key, self.facts)
        if key in self.edition.condition:
            return Mark.HOLDS if self.edition.condition[key].test(self.facts) else Mark.LACKS
        return own_outcome(self.edition, key.removesuffix(".outcome"), self.facts)

    # -- a step among the others

    def lacking(self, step: str) -> list[str]:
        """The needs of a step that are not met. Needs are direct: nothing is asked about the needs of a need."""
        return [need for need in self.edition.step[step].needs if not self.met(need)]

    def met(self, need: str) -> bool:
        """Whether a need holds: a condition, or a step that is done or does not apply."""
        return self.is_(need, Mark.HOLDS) if need in self.edition.condition else self.is_(need, *OVER)

    def shut(self, step: str) -> bool:
        """Whether an unmet need keeps new answers out. It never keeps anyone from resolving an unknown outcome."""
        return not all(map(self.met, self.edition.step[step].needs)) and not self.is_(outcome_of(step), Mark.UNKNOWN)

    def stands(self, step: str, *statuses: Status) -> bool:
        """Whether the step's status, its needs considered, is one of `statuses`.

        Done, skipped, refused and untold stand on the step's own facts; the others give way to unmet needs.
        """
        firm = [s for s in statuses if s in (*OVER, Status.REFUSED, Status.UNTOLD)]
        if firm and self.is_(step, *firm):
            return True
        soft = [s for s in statuses if s in (*WORK, *AWAITED)]
        if soft and self.is_(step, *soft) and not self.shut(step):
            return True
        return Status.NEEDS in statuses and self.is_(step, *WORK, *AWAITED) and self.shut(step)

    def status(self, step: str) -> Status:
        return next(status for status in Status if self.stands(step, status))

    def may_stand(self, step: str) -> bool:
        """Whether the technician may stand there: to work, to wait, to look at what is done, to mend a refusal, or to
        look again at an outcome."""
        if self.is_(step, Status.SKIPPED, Status.UNTOLD):
            return False
        if self.is_(step, Status.DONE, Status.REFUSED):
            return True
        return not self.shut(step) or self.is_(outcome_of(step), Mark.KNOWN)

    def any(self, *statuses: Status) -> bool:
        return any(self.stands(step, *statuses) for step in self.edition.order)

    def all(self, *statuses: Status) -> bool:
        return all(self.stands(step, *statuses) for step in self.edition.order)

    # -- where to go

    def work_after(self, here: str) -> str | None:
        """The first step after here with something to do today, else the first from the top; here itself left out."""
        order = self.edition.order
        at = order.index(here) + 1 if here in order else 0
        around = (*order[at:], *order[: max(at - 1, 0)])
        return next((step for step in around if self.stands(step, *WORK)), None)

    def refused_elsewhere(self, here: str) -> str | None:
        return next((step for step in self.edition.order if step != here and self.is_(step, Status.REFUSED)), None)

    def step_before(self, here: str) -> str | None:
        """The nearest earlier step one may stand in; from `waiting`, the last one that waits, or the last of all."""
        order = self.edition.order
        earlier = order[: order.index(here)] if here in order else order
        if here == WAITING:
            awaited = next((step for step in reversed(earlier) if self.stands(step, *AWAITED)), None)
            if awaited:
                return awaited
        return next((step for step in reversed(earlier) if self.may_stand(step)), None)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the machine's table; `open_when` picks whether it may be taken."""

    trigger: str
    source: str
    dest: str
    open_when: Callable[[Board, str], bool]


def go(step: str) -> str:
    return f"go_{step}"


def moves(edition: Edition) -> tuple[Move, ...]:
    """Every movement of the edition, from its table.

    One may go from any step to any other; two that never apply together have no way between them. Parking, ending and
    reopening are said once for all places. `next` and `back` are not here: they resolve to one of these.
    """
    rows: list[Move] = []
    opens = {step: _may_stand(step) for step in edition.order}
    refusing = {fact.step for fact in edition.facts.values() for v in fact.values if v.meaning == "refuse"}
    for here in (*edition.order, WAITING):
        for there in edition.order:
            if there != here and not _never_together(edition, here, there):
                rows.append(Move(go(there), here, there, opens[there]))
        # A step that needs all others opens when nothing is left to await: there is no parking from it.
        if here != WAITING and len(edition.step[here].needs) < len(edition.order) - 1:
            rows.append(Move("park", here, WAITING, _park))
        rows.append(Move("complete", here, COMPLETE, _complete))
        if here in refusing or here == WAITING:
            rows.append(Move("refuse", here, REFUSED, _refuse))
        rows.append(Move("abandon", here, ABANDONED, _abandon))
    # An end leads back to the lobby, not into a step: only from there can the fact behind the end be changed.
    rows.extend(Move("reopen", end, WAITING, _free) for end in ENDS)
    return tuple(rows)


def _never_together(edition: Edition, one: str, other: str) -> bool:
    return other in edition.step[one].instead_of or one in edition.step[other].instead_of if one != WAITING else False


def _may_stand(step: str) -> Callable[[Board, str], bool]:
    return lambda board, _: board.may_stand(step)


def _park(board: Board, _: str) -> bool:
    return not board.any(*WORK) and not board.any(Status.REFUSED) and board.any(*AWAITED)


def _complete(board: Board, _: str) -> bool:
    return board.all(*OVER)


def _refuse(board: Board, _: str) -> bool:
    return board.any(Status.REFUSED)


def _abandon(_: Board, words: str) -> bool:
    return bool(words.strip())


def _free(_: Board, __: str) -> bool:
    return True


def resolve(state: str, trigger: str, board: Board) -> str:
    """What `next` and `back` stand for here; "" when there is no way. Any other trigger stands for itself.

    `next` passes no work by: the first step after here with work, else the first from the top, else a refusal that
    stands elsewhere, else park, else complete. From the lobby a refusal comes first: one was led there by its end.
    """
    if trigger == "back":
        before = None if state in ENDS else board.step_before(state)
        return go(before) if before else ""
    if trigger != "next":
        return trigger
    if state in ENDS:
        return ""
    refused = board.refused_elsewhere(state)
    there = None if refused and state == WAITING else board.work_after(state)
    if there:
        return go(there)
    if state != WAITING and board.stands(state, *WORK):
        return ""
    if refused:
        return go(refused)
    if state != WAITING and _park(board, ""):
        return "park"
    return "complete" if _complete(board, "") else ""


def closed_because(
    state: str, trigger: str, board: Board, known: frozenset[tuple[str, str]], words: str = ""
) -> Iterator[Reason]:
    """Every reason why the movement is closed; none when it is open. Touches nothing, asks no machine.

    Args:
        known: (source, trigger) of every row of the table.
        words: a person's reason, for `abandon`.
    """

    def move(code: str, about: str = state) -> Reason:
        return Reason(f"move.{code}", Kind.FIX, about)

    if trigger in ("next", "back"):
        if not resolve(state, trigger, board):
            yield move(_no_way(state, trigger, board))
    elif trigger == go(state):
        yield move("here_already")
    elif (state, trigger) not in known:
        yield move("not_from_here")
    elif trigger.startswith("go_"):
        yield from _closed_step(trigger.removeprefix("go_"), board, move)
    elif trigger == "park":
        if board.any(*WORK):
            yield move("work_left")
        if board.any(Status.REFUSED):
            yield move("refusal_stands")
        if not board.any(*AWAITED):
            yield move("nothing_awaited")
    elif trigger == "complete":
        for step in board.edition.order:
            if not board.stands(step, *OVER):
                yield move("not_done", step)
    elif trigger == "refuse" and not board.any(Status.REFUSED):
        yield move("no_refusal")
    elif trigger == "abandon" and not words.strip():
        yield move("reason_missing")


def _no_way(state: str, trigger: str, board: Board) -> str:
    if state in ENDS:
        return "not_from_here"
    if trigger == "back":
        return "first_step"
    if state != WAITING and board.stands(state, *WORK):
        return "work_here"
    return "refusal_stands" if board.any(Status.REFUSED) else "only_waiting"


def _closed_step(step: str, board: Board, move: Callable[[str, str], Reason]) -> Iterator[Reason]:
    if board.is_(step, Status.SKIPPED):
        yield move("skipped", step)
    elif board.is_(step, Status.UNTOLD):
        yield move("cannot_be_told_yet", step)
    elif not board.may_stand(step):
        yield from (move("needs", need) for need in board.edition.step[step].needs if not board.met(need))
