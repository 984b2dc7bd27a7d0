"""How it stands with every step at a given time: what screens, card, report and its JSON form are all made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from states.flow.board import Status
from states.flow.guards import Kind, Reason
from states.flow.session import Session


@dataclass(frozen=True, slots=True)
class Standing:
    """A step and all that can be said of it now.

    Args:
        by: for a skipped or untold step: the fact that decides, or has to be known first; else "".
        lacking: what it needs and has not, steps and conditions; empty when nothing keeps it shut.
        reasons: why it is not done; none for a step that does not apply, or may not.
    """

    step: str
    status: Status
    by: str
    lacking: tuple[str, ...]
    reasons: tuple[Reason, ...]


def standings(session: Session, now: datetime) -> list[Standing]:
    """Every step of the session's edition, in order."""
    board = session.board(now)
    found = []
    for step in session.edition.order:
        status = board.status(step)
        if status in (Status.SKIPPED, Status.UNTOLD):
            found.append(Standing(step, status, session.edition.step[step].applies(board.facts).by, (), ()))
            continue
        lacking = tuple(board.lacking(step)) if status is Status.NEEDS else ()
        found.append(Standing(step, status, "", lacking, session.edition.reasons(step, board.facts)))
    return found


def warnings(session: Session, now: datetime) -> list[Reason]:
    """What is fine and worth a warning, over all steps."""
    facts = session.facts(now)
    return [
        Reason(f"{fact.name}.{value.name}", Kind.FIX, fact.name, value.who)
        for fact in session.edition.facts.values()
        for value in fact.values
        if value.warn and facts.has(fact.name, value.name)
    ]
