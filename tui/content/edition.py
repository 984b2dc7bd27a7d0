"""What is said of an edition: what it holds to be so, since when, how firm; what going into another one would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from locales import Texts
from states.flow import editions
from states.flow.claims import Claim, Firm, HelpDesk
from states.flow.edition import Edition
from states.flow.events import day
from states.flow.upgrade import Change
from states.visit import Visit
from states.wording import Wording
from tui.content.odd import past

Line = str | tuple[str, str]


def held(texts: Texts, edition: Edition) -> str:
    """From when to when it holds, in words."""
    since = texts.full(edition.since)
    if edition.until is None:
        return texts("ui.edition.since", since=since)
    return texts("ui.edition.held", since=since, until=texts.full(edition.until))


def desk_today(texts: Texts, desk: HelpDesk | None, today: date) -> str:
    """The help desk's hours of today, and whether lines are slow; "" where the edition names none."""
    if desk is None:
        return ""
    hours = desk.hours(today)
    said = texts("ui.desk.open", begin=hours[0], end=hours[1]) if hours else texts("ui.desk.closed")
    slow = texts("ui.desk.billing", first=desk.window[0], last=desk.window[1]) if desk.billing(today) else ""
    return f"{texts('ui.desk', phone=desk.phone)} {said} {slow}".strip()


def edition_lines(texts: Texts, edition: Edition, now: datetime) -> Iterator[Line]:
    """What the edition says of itself; what is not verified comes first."""
    warning = past(texts, edition, now)
    if warning:
        yield (warning, "bold")
        yield ""
    yield texts(f"edition.{edition.name}.about").replace("\n", "")
    yield held(texts, edition)
    yield texts("ui.edition.source", source=edition.source)
    if edition.price is not None:
        free = edition.price.free_until
        name = "ui.edition.price" if free is None else "ui.edition.free"
        yield texts(name, yen=f"{edition.price.yen:,}", until=texts.full(free) if free else "")
    for deadline in edition.deadlines:
        yield f"{texts(f'paper.date.{deadline.name}')}: {texts.full(deadline.day)}"
    if edition.help_desk:
        yield ""
        yield desk_today(texts, edition.help_desk, day(now))
    yield ""
    yield (texts("ui.edition.claims"), "bold")
    for claim in _open_first(edition):
        yield from _claim(texts, claim)


def _claim(texts: Texts, claim: Claim) -> Iterator[Line]:
    firm, on = texts(f"firm.{claim.firm}"), texts.full(claim.confirmed)
    yield f"- [{firm}] {texts(f'claim.{claim.name}')}"
    yield f"  {texts('ui.edition.confirmed', day=on, source=claim.source)}"
    if claim.firm is Firm.OPEN:
        yield f"  {texts('ui.edition.look', place=claim.look or texts('ui.address.desk'))}"


def _open_first(edition: Edition) -> list[Claim]:
    return sorted(edition.claims, key=lambda claim: claim.firm is not Firm.OPEN)


def later_edition(visit: Visit) -> str:
    """The edition that this session may be taken into; "" where there is none, it has ended, or is only looked at."""
    if visit.ended or visit.read_only is not None:
        return ""
    here = visit.edition.name
    return next((name for name in editions.KNOWN if here in editions.find(name).upgrades), "")


def may_move(visit: Visit) -> bool:
    """Whether this session is complete and its office may go on in the flow of the move."""
    return visit.state == "complete" and visit.edition.name in editions.find(editions.MOVE).continues


def change_lines(texts: Texts, found: Change) -> Iterator[Line]:
    """What going into another edition would do, in words; for the screen and for the command line."""
    here, there = Wording(texts, found.source), Wording(texts, found.target)
    yield texts("ui.change.kept", n=len(found.carried.kept))
    parts: tuple[tuple[str, Sequence[str], Callable[[str], str]], ...] = (
        ("must", found.must, there.fact),
        ("may", found.may, there.fact),
        ("aside", found.carried.aside, here.fact),
        ("rests", found.rests, there.fact),
        ("reopened", found.reopened, there.step),
    )
    for part, names, named in parts:
        if names:
            yield ("", "")
            yield (texts(f"ui.change.{part}"), "bold")
            yield "  " + ", ".join(map(named, names))
    yield ("", "")
    yield texts("ui.change.dest", step=there.step(found.dest))
