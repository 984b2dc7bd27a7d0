"""What the record of a session tells besides the answers that stand: who came, what was replaced, what was wiped."""

from __future__ import annotations

from dataclasses import dataclass

from states.flow.events import Event
from states.flow.session import Session, began_under, kept_by


@dataclass(frozen=True, slots=True)
class Sitting:
    """A visit: who sat where, since when (milliseconds since 1970 in UTC)."""

    at: int
    name: str
    host: str


def sittings(session: Session) -> list[Sitting]:
    """Every visit, the earliest first."""
    found = [e for one in session.log for e in ([*kept_by(one)] if one.kind == "joined" else [one])]
    sat = [Sitting(e.at, e.actor, str(e.body.get("host", ""))) for e in found if e.kind == "visit"]
    return sorted(sat, key=lambda sitting: sitting.at)


def superseded(session: Session) -> int:
    """How many answers were replaced by another, taken back, or fell with one they were about.

    The same answer given again only refreshes the first, and a request that got what it asked for is closed: neither
    counts.
    """
    count = 0
    first = began_under(session.edition, session.log)
    past = Session(session.id, session.office_number, session.office_name, first)
    for event in session.log:
        if event.kind == "answered":
            fact, body = event.body["fact"], event.body
            count += sum(name in past.answers for name in body.get("withdrawn", ()))
            if fact in past.answers and fact in past.edition.facts:
                count += past.is_another(fact, body["value"] or None, body.get("detail", ""))
        past.apply(event)
    return count


def words_of_end(session: Session) -> str:
    """A person's reason for the last movement, "" where none was given; an abandoned session has one."""
    return next((str(e.body.get("words", "")) for e in reversed(session.log) if e.kind == "moved"), "")


def wiped_at(session: Session, fact: str) -> int | None:
    """When the secret behind the standing answer was wiped (milliseconds since 1970 in UTC), None when it was not.

    A wiping leaves the answer as it was given, so that the record says where the secret has been.
    """
    place = session.answers[fact].value
    for event in reversed(session.log):
        if event.kind == "answered" and event.body["fact"] == fact:
            return None
        if event.kind == "wiped" and event.body["fact"] == fact and event.body["place"] == place:
            return event.at
    return None


def consents(session: Session) -> list[Event]:
    """Every time somebody of the office agreed that a secret is kept, or looked on while one was shown."""
    return [event for event in session.everything() if event.kind in ("consented", "shown")]
