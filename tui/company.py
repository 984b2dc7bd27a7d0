"""The company view and the organisation's file on the command line, and the words both share with the screen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locales import Texts
from states.company import Office, Overview
from states.flow import editions
from states.flow.board import ENDS, WAITING
from tui.words import fit

if TYPE_CHECKING:
    from states.handover.paper import Paper

BARS, COLUMN = 16, 23  # cells of the longest bar, and of its column with the number
SHOWN = 20  # offices of each kind on a screen; the exports have them all


def place(texts: Texts, edition: str, state: str) -> str:
    """Where a session stands, by its edition's number and title."""
    if state not in (WAITING, *ENDS) and edition in editions.KNOWN and state in editions.find(edition).step:
        return f"{texts.item(editions.find(edition).step[state].item)} {texts(f'step.{state}')}".strip()
    return texts.find(f"status.{state}") or state


def office_line(texts: Texts, office: Office) -> str:
    """`1372001234 みどり: 国保連を待つ 11/06から 見込み 11/20 3日遅れ`."""
    who = f"{office.office_number} {fit(office.office_name, 20)}"
    if not office.awaited:
        return f"{who} {place(texts, office.edition, office.state)}"
    values = {
        "what": texts(f"wait.{office.awaited}"),
        "whom": texts(f"who.{office.whom}"),
        "since": _short(office.since),
        "day": _short(office.expected),
        "days": office.late,
    }
    return f"{who} {texts('ui.board.late' if office.late else 'ui.board.waits', **values)}"


def _short(iso: str) -> str:
    when = date.fromisoformat(iso)
    return f"{when.month:02}/{when.day:02}"


def step_lines(texts: Texts, found: Overview) -> Iterator[str]:
    """How many stand where, in the order of each edition."""
    for name in dict.fromkeys(edition for edition, _ in found.steps):
        order = (*editions.find(name).order, WAITING, *ENDS)
        yield f"{texts(f'edition.{name}')}: " + ", ".join(
            f"{place(texts, name, state)} {found.steps[name, state]}" for state in order if (name, state) in found.steps
        )


def week_lines(texts: Texts, found: Overview) -> Iterator[str]:
    """A row a week, with bars of plain signs, for those have the same width on every terminal."""
    longest = max((max(week.begun, week.visits, week.completed) for week in found.weeks), default=0)
    names = ("begun", "visits", "completed")
    yield "      " + "".join(fit(texts(f"ui.board.{name}"), COLUMN) for name in names).rstrip()
    for week in found.weeks:
        numbers = [getattr(week, name) for name in names]
        bars = ("#" * (-(-number * BARS // longest) if longest else 0) for number in numbers)
        cells = (fit(f"{number:4} {bar}", COLUMN) for number, bar in zip(numbers, bars, strict=True))
        yield f"{_short(week.monday)} {''.join(cells)}".rstrip()


def lines(texts: Texts, found: Overview) -> Iterator[str]:
    """The whole board in words; late offices first."""
    yield texts("ui.board.sum", n=len(found.offices), late=found.late, due=len(found.soon))
    if found.unread:
        yield texts("ui.board.unread", n=found.unread)
    yield ""
    yield from step_lines(texts, found)
    late = [office for office in found.offices if office.late]
    for name, offices in (("awaited", late), ("soon", list(found.soon))):
        if offices:
            yield from ("", texts(f"ui.board.{name}"))
            yield from (f"  {office_line(texts, office)}" for office in offices[:SHOWN])
        if len(offices) > SHOWN:
            yield f"  {texts('ui.board.more', n=len(offices) - SHOWN)}"
    yield from ("", texts("ui.board.weeks"))
    yield from week_lines(texts, found)


def board(given: Any, found: Overview, texts: Texts, say: Callable[[str], None]) -> int:
    """`careplan-setup board`."""
    if given.html:
        from states.handover.folder import put
        from states.handover.paper import draw

        say(str(put(given.html.parent, given.html.name, draw(paper(texts, found), "html"))))
    elif given.json:
        say(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    elif given.csv:
        say("\ufeff" + found.as_csv())  # the mark by which spreadsheets know that it is UTF-8
    else:
        say("\n".join(lines(texts, found)))
    return 0


def paper(texts: Texts, found: Overview) -> Paper:
    """The board as a paper: the same words, a table, and the weeks as bars."""
    from states.handover.paper import Bar, Paper, Part, Table

    columns = tuple(
        texts(f"paper.column.{name}") for name in ("office", "awaited", "whom", "since", "expected", "late")
    )
    rows = [
        (
            f"{office.office_number} {office.office_name}",
            texts(f"wait.{office.awaited}"),
            texts(f"who.{office.whom}"),
            office.since,
            office.expected,
            texts("paper.wait.overdue", days=office.late) if office.late else "",
        )
        for office in found.offices
        if office.awaited
    ]
    names = ("begun", "visits", "completed")
    bars = tuple(
        Bar(f"{week.monday} {texts(f'ui.board.{name}')}", getattr(week, name)) for week in found.weeks for name in names
    )
    title = texts("ui.board.title")
    return Paper(
        texts.language,
        title,
        title,
        (texts("ui.board.sum", n=len(found.offices), late=found.late, due=len(found.soon)), found.today),
        (
            Part(texts("ui.board.steps"), points=tuple(step_lines(texts, found))),
            Part(texts("ui.board.waiting"), table=Table(columns, tuple(rows))),
            Part(texts("ui.board.weeks"), bars=bars),
        ),
    )


def site(path: Path, texts: Texts, say: Callable[[str], None]) -> int:
    """`careplan-setup site`: 0 when nothing is wrong with the file, or there is none."""
    from states.fault import Fault, in_words
    from states.site import examine

    if not path.exists():
        say(texts("cli.site.none", path=path))
        return 0
    _, wrong = examine(path)
    for one in wrong:
        sentence, remedy, code = in_words(texts, Fault(f"site.{one.code}", path=path, line=one.line, text=one.text))
        say(f"{sentence} ({code})\n  {remedy}")
    if not wrong:
        say(texts("cli.site.good", path=path))
    return 1 if wrong else 0
