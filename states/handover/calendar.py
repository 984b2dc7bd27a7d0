"""The dates of a session as a calendar file (RFC 5545): what is awaited, what has to be renewed, deadlines.

Whole days in Japan, for that is what they are. The same date has the same identity every time the file is made, so that
a calendar that takes it in again moves its entry and makes no second one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from locales import Texts
from states.flow.session import Session
from states.handover.folder import put, stem
from states.handover.paper import visible
from states.handover.remember import dates_to_remember
from states.wording import Wording


def calendar(session: Session, now: datetime, texts: Texts) -> bytes:
    """The file. No secret, no user ID; the office's name stands in it, for it is the office's calendar.

    Args:
        now: aware; it is when the file says it was made.
    """
    from icalendar import Calendar, Event

    made = Calendar()
    made.add("prodid", "-//careplan-setup//JA")
    made.add("version", "2.0")
    made.add("x-wr-calname", visible(texts("paper.calendar.name", office=session.office_name)))
    for key, when, said in _entries(session, now, texts):
        entry = Event()
        entry.add("uid", f"{session.id}-{key}@careplan-setup")
        entry.add("dtstamp", now)
        entry.add("dtstart", when)
        entry.add("dtend", when + timedelta(days=1))
        entry.add("summary", visible(f"{said} {session.office_name}"))
        entry.add("transp", "TRANSPARENT")
        made.add_component(entry)
    drawn: bytes = made.to_ical()
    return drawn


def write(session: Session, now: datetime, texts: Texts, folder: Path) -> Path:
    """Write it as `<office number>-<YYYYMMDD>.<language>.ics`, in place of an earlier one of the day.

    Raises:
        Fault: `papers.not_written`.
    """
    name = f"{stem(session.office_number, now)}.{texts.language}.ics"
    return put(folder, name, calendar(session, now, texts).decode())


def _entries(session: Session, now: datetime, texts: Texts) -> Iterator[tuple[str, date, str]]:
    wording = Wording(texts, session.edition)
    for wait in session.waits(now):
        said = wording.awaited(wait, now)
        text = texts("paper.calendar.wait", what=said["what"], whom=said["whom"])
        yield f"{wait.fact}-{wait.value}", wait.expected, text
    for at, (what, when) in enumerate(dates_to_remember(session, now)):
        yield f"{what}-{at}", when, texts(f"paper.date.{what}")
