"""The next-visit card: what is still to do, who is waited for, when to come again, what to bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from states.flow.board import ENDS, WORK
from states.flow.events import day
from states.flow.guards import Kind, Reason
from states.flow.session import Awaited, Session
from states.flow.standing import standings
from states.storage.records import Row


@dataclass(frozen=True, slots=True)
class Card:
    """A session as the next visit has to know it.

    Args:
        work: steps with something to do today; none once the session has ended.
        waits: all that is awaited: what is overdue, then the earliest expected.
        blocked: what only somebody outside can mend, and what refuses; in the order of the edition.
        next_day: the first Japanese calendar day on which coming again makes sense, never before today; None when
            nothing is awaited. What holds nothing up decides it only when nothing else is awaited.
        bring: `<fact>.<value>` of each wait, the catalogue's ids behind `bring.`; what each visit needs besides (who
            has to be there, which login) stands in their texts.
        head: hex of the hash of the last event.
        events: how many there are.
    """

    work: tuple[str, ...]
    waits: tuple[Awaited, ...]
    blocked: tuple[Reason, ...]
    next_day: date | None
    bring: tuple[str, ...]
    head: str
    events: int


def card_of(session: Session, row: Row, now: datetime) -> Card:
    """The card of a session.

    Args:
        row: its row as last stored.
        now: aware.
    """
    steps = standings(session, now)
    waits = tuple(sorted(session.waits(now), key=lambda awaited: not awaited.overdue))
    ended = session.state in ENDS
    return Card(
        work=() if ended else tuple(step.step for step in steps if step.status in WORK),
        waits=waits,
        blocked=tuple(r for step in steps for r in step.reasons if r.kind in (Kind.BLOCKED, Kind.REFUSE)),
        next_day=_next_day(waits, day(now)),
        bring=tuple(f"{awaited.fact}.{awaited.value}" for awaited in waits),
        head=row.head.hex(),
        events=row.version,
    )


def _next_day(waits: tuple[Awaited, ...], today: date) -> date | None:
    deciding = [awaited for awaited in waits if awaited.holds_up] or waits
    # Overdue is work of today, also when it was asked for in vain before its day.
    return min((today if awaited.overdue else max(awaited.expected, today) for awaited in deciding), default=None)
