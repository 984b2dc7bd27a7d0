"""How it stands with all offices at once: counts, what is late, who waits for whom since when, and week by week."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from states.flow.board import ENDS
from states.flow.events import day
from states.flow.session import Session
from states.storage.records import Row

WEEK = timedelta(days=7)
COLUMNS = (
    *("office_number", "office_name", "edition", "state", "status", "awaited", "whom", "since", "expected"),
    *("late", "technician", "last", "id"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """One session on the board.

    Args:
        awaited: `<fact>.<value>` of what is latest of all it waits for, or "".
        whom: from whom (`Who`), or "".
        since, expected: ISO days; "" where nothing is awaited.
        late: days past the expected one; 0 on the day and before it.
        technician, last: who was there last, and on which day.
    """

    id: str
    office_number: str
    office_name: str
    edition: str
    state: str
    status: str
    awaited: str
    whom: str
    since: str
    expected: str
    late: int
    technician: str
    last: str


@dataclass(frozen=True, slots=True)
class Week:
    """A week from its Monday: introductions begun, visits made, introductions completed."""

    monday: str
    begun: int
    visits: int
    completed: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All sessions of a store.

    Args:
        offices: what is late first, the latest of it first; then by the day that is expected; then the others.
        steps: (edition, step or other place) to how many stand there; ended ones by how they ended.
        late: how many are past their day.
        weeks: the last ones, the oldest first.
        unread: sessions that could not be read (a newer program's edition, a broken chain); they are on no list.
    """

    today: str
    offices: tuple[Office, ...]
    steps: dict[tuple[str, str], int]
    late: int
    weeks: tuple[Week, ...]
    unread: int = 0

    @property
    def soon(self) -> tuple[Office, ...]:
        """Those that expect something in the seven days from today, the earliest first."""
        end = (date.fromisoformat(self.today) + WEEK).isoformat()
        return tuple(one for one in self.offices if not one.late and "" < one.expected < end)

    def as_json(self) -> dict[str, Any]:
        return {
            "today": self.today,
            "late": self.late,
            "due": len(self.soon),
            "unread": self.unread,
            "steps": [{"edition": e, "place": place, "count": n} for (e, place), n in sorted(self.steps.items())],
            "weeks": [asdict(week) for week in self.weeks],
            "offices": [asdict(office) for office in self.offices],
        }

    def as_csv(self) -> str:
        """A line an office. No cell is a formula to a spreadsheet, whatever an office is called."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for office in self.offices:
            cells = asdict(office)
            writer.writerow([_harmless(cells[name]) for name in COLUMNS])
        return out.getvalue()


def _harmless(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def overview(rows: Iterable[Row], read: Callable[[Row], Session | None], now: datetime, weeks: int = 8) -> Overview:
    """Put all sessions together.

    Args:
        rows: of every session.
        read: the session behind a row, or None for one that cannot be read.
        weeks: how many of the last ones are counted.
    """
    today = day(now)
    first = today - timedelta(days=today.weekday()) - WEEK * (weeks - 1)
    counted = {first + WEEK * n: [0, 0, 0] for n in range(weeks)}
    offices, steps, unread = [], Counter[tuple[str, str]](), 0
    for row in rows:
        session = read(row)
        if session is None:
            unread += 1
            continue
        offices.append(_office(row, session, now))
        steps[session.edition.name, session.state] += 1
        for event in session.log:
            kind = 0 if event.kind == "created" else 1 if event.kind == "visit" else -1
            if event.kind == "moved" and event.body["dest"] == "complete":
                kind = 2
            when = day(event.at) if kind >= 0 else today
            monday = when - timedelta(days=when.weekday())
            if kind >= 0 and monday in counted:
                counted[monday][kind] += 1
    offices.sort(key=lambda one: (-one.late, one.expected or "9999", one.office_number, one.id))
    return Overview(
        today.isoformat(),
        tuple(offices),
        dict(steps),
        late=sum(one.late > 0 for one in offices),
        weeks=tuple(Week(monday.isoformat(), *numbers) for monday, numbers in counted.items()),
        unread=unread,
    )


def _office(row: Row, session: Session, now: datetime) -> Office:
    ended = session.state in ENDS
    waits = [] if ended else [wait for wait in session.waits(now) if wait.holds_up]
    first = min(waits, key=lambda wait: wait.expected, default=None)
    today: date = day(now)
    return Office(
        id=row.id,
        office_number=row.office_number,
        office_name=row.office_name,
        edition=session.edition.name,
        state=session.state,
        status=row.listing.status,
        awaited=f"{first.fact}.{first.value}" if first else "",
        whom=str(first.who) if first else "",
        since=first.since.isoformat() if first else "",
        expected=first.expected.isoformat() if first else "",
        late=max((today - first.expected).days, 0) if first else 0,
        technician=session.log[-1].actor,
        last=day(session.log[-1].at).isoformat(),
    )
