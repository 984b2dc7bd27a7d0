"""All papers of a session at once, each as a file: `<office number>-<YYYYMMDD>.<paper>.<language>.<form>`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from locales import Texts
from states import child
from states.checks.result import Outcome
from states.fault import Fault
from states.flow.edition import Edition
from states.flow.events import day
from states.flow.session import Session
from states.handover.calendar import write as write_calendar
from states.handover.folder import put, stem
from states.handover.paper import Paper, draw
from states.handover.pdf import SECONDS, browser
from states.handover.report import card_paper, report_paper
from states.handover.sheet import preparation
from states.storage.records import Row


@dataclass(frozen=True, slots=True)
class Written:
    """Where papers were written; `unprinted` are those that no browser on this PC made a PDF of."""

    paths: tuple[Path, ...]
    unprinted: tuple[Path, ...]


def contacts(edition: Edition, now: datetime, texts: Texts, own: str = "") -> tuple[str, ...]:
    """Whom to telephone: the organisation first, then the help desk with its hours, then the 国保連.

    Args:
        own: the organisation's line, or "".
    """
    desk = edition.help_desk
    hours = desk.hours(day(now)) if desk else None
    today = texts("paper.contact.today", begin=hours[0], end=hours[1]) if hours else ""
    lines = (own, f"{texts('paper.contact.desk')} {today}".strip(), texts("paper.contact.federation"))
    return tuple(line for line in lines if line)


def write_all(
    session: Session,
    row: Row,
    now: datetime,
    texts: Texts,
    folder: Path,
    own: str = "",
    *,
    pdf: bool = True,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Written:
    """Write preparation sheet, card, report and network request as HTML and PDF, and the calendar. Blocks for seconds.

    Args:
        own: the organisation's line, or "".
        pdf: whether a browser may be started for it.
        progress: called with the number of the paper that is printed next, and of how many.

    Raises:
        Fault: `papers.not_written`.
    """
    name = stem(session.office_number, now)
    whom = contacts(session.edition, now, texts, own)
    made: dict[str, Callable[[], Paper]] = {
        "preparation": lambda: preparation(session.edition, now, texts, session, whom),
        "card": lambda: card_paper(session, row, now, texts, whom),
        "report": lambda: report_paper(session, row, now, texts, whom),
        "network": lambda: _network(session, now, texts),
    }
    pages = [put(folder, f"{name}.{kind}.{texts.language}.html", draw(make(), "html")) for kind, make in made.items()]
    dates = write_calendar(session, now, texts, folder)
    printed = _printed(pages, progress) if pdf else {}
    return Written(
        (*(path for page in pages for path in (page, printed.get(page)) if path is not None), dates),
        tuple(page for page in pages if page not in printed),
    )


def _printed(pages: Sequence[Path], progress: Callable[[int, int], None]) -> dict[Path, Path]:
    program = browser()
    if program is None:
        return {}
    try:
        done = child.call(
            "states.handover.pdf_child",
            {"pages": [str(page.absolute()) for page in pages], "program": str(program)},
            seconds=2 * SECONDS,
            progress=lambda told: progress(told["printing"], len(pages)),
        )
    except Fault:
        return {}
    return {page: page.with_suffix(".pdf") for page in pages[: done["printed"]]}


def _network(session: Session, now: datetime, texts: Texts) -> Paper:
    """The request before anything was measured; the page of the check writes one with what was."""
    from states.checks.result import CheckResult
    from states.handover.allow import request_paper

    pc = session.answers.get("pc")
    host = str(pc.detail) if pc else "-"
    return request_paper(session.edition.sites, CheckResult(Outcome.COULD_NOT_RUN), host, now, texts)
