"""Editions on the command line: what each says, what differs between two, and taking a session into another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from locales import Texts
from states.flow import editions
from states.flow.edition import Edition
from states.flow.events import day
from states.flow.upgrade import Difference, differences
from states.wording import Wording
from tui.content.edition import change_lines, held

if TYPE_CHECKING:
    from datetime import datetime

    from states.desk import Desk
    from states.storage.records import Row
    from states.visit import Who


def listed(texts: Texts, now: datetime) -> Iterator[str]:
    """Every edition: since when, by what, and each claim with how firm it is and when it was last confirmed."""
    for edition in map(editions.find, editions.KNOWN):
        proposed = f" {texts('ui.editions.proposed')}" if edition.name == editions.in_force(day(now)) else ""
        yield f"{edition.name}  {texts(f'edition.{edition.name}')}{proposed}"
        yield f"  {held(texts, edition)}"
        yield f"  {texts('ui.edition.source', source=edition.source)}"
        for claim in edition.claims:
            said = texts("ui.edition.confirmed", day=claim.confirmed.isoformat(), source=claim.source)
            yield f"  - [{texts(f'firm.{claim.firm}')}] {texts(f'claim.{claim.name}')} ({said})"


def compared(texts: Texts, source: Edition, target: Edition) -> Iterator[str]:
    """What the second says otherwise, a line a difference."""
    here, there = Wording(texts, source), Wording(texts, target)
    for one in differences(source, target):
        yield f"- {_difference(texts, one, here, there)}"


def _difference(texts: Texts, one: Difference, here: Wording, there: Wording) -> str:
    gone = one.kind.endswith("_gone")
    words = here if gone else there
    values = {
        "step": words.step(one.step),
        "fact": words.fact(one.fact) if one.fact else "",
        "value": words.value(one.fact, one.value) if one.fact and one.value else "",
        "now": there.step(one.value) if one.kind == "step_gone" and one.value else "-",
    }
    return texts(f"cli.difference.{one.kind}", **values)


def upgrade(desk: Desk, row: Row, name: str, who: Who, texts: Texts, *, really: bool) -> Iterator[str]:
    """Take a session into an edition, or (not really) only say what that would do."""
    visit = desk.resume(row.id, who)
    try:
        found = visit.edition_change(name)
        for line in change_lines(texts, found):
            yield line if isinstance(line, str) else line[0]
        if really:
            visit.follow_edition(name)
            yield texts("cli.upgraded", name=texts(f"edition.{name}"))
        else:
            yield texts("cli.upgrade.would")
    finally:
        visit.leave()


def as_json() -> list[dict[str, Any]]:
    return [
        {
            "edition": edition.name,
            "source": edition.source,
            "since": edition.since.isoformat(),
            "until": edition.until.isoformat() if edition.until else None,
            "steps": list(edition.order),
            "claims": [
                {
                    "name": claim.name,
                    "firm": str(claim.firm),
                    "confirmed": claim.confirmed.isoformat(),
                    "source": claim.source,
                    "look": claim.look,
                }
                for claim in edition.claims
            ],
        }
        for edition in map(editions.find, editions.KNOWN)
    ]
