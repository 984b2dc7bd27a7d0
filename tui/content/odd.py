"""What is unusual about a visit, told before its first key; and of an edition past its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from locales import Texts
from states.flow.edition import Edition
from states.flow.events import day
from states.visit import Visit
from states.wording import Wording


def past(texts: Texts, edition: Edition, now: datetime) -> str:
    """What is said of an edition past its day, at every visit; "" while it holds. It stops nobody."""
    if not edition.past(day(now)):
        return ""
    assert edition.until is not None
    name = texts(f"edition.{edition.name}")
    return texts("ui.edition.past", name=name, until=texts.full(edition.until))


def odd(visit: Visit, wording: Wording, past_key: str = "") -> Iterator[str]:
    """The clock; on another PC what was measured on the one before, and what is kept there; the edition.

    Args:
        past_key: text id of what is said behind an edition past its day; "" for nothing.
    """
    from tui.upkeep import elsewhere_lines

    texts = wording.texts
    later = visit.session.clock_went_back(visit.now)
    if later is not None:
        yield texts("ui.notice.clock", when=f"{later:%Y-%m-%d %H:%M}")
    measured = visit.session.measured_elsewhere()
    if measured:
        yield texts("ui.notice.other_pc", facts=", ".join(map(wording.fact, measured)))
    yield from elsewhere_lines(visit.custody, wording)
    if visit.ended:
        return
    warning = past(texts, visit.edition, visit.now)
    if warning:
        yield f"{warning} {texts(past_key) if past_key else ''}".strip()
    desk = visit.edition.help_desk
    if desk is not None and desk.billing(day(visit.now)):
        yield texts("ui.desk.billing", first=desk.window[0], last=desk.window[1])
