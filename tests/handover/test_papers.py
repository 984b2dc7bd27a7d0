"""The other papers: the sheet before a visit, the card, the calendar, and how they become files and PDF."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from locales import Texts
from states.checks.result import CheckResult, Outcome
from states.flow import editions
from states.flow.events import JAPAN
from states.flow.session import Session
from states.handover import papers as papers_module
from states.handover.allow import request_paper
from states.handover.calendar import calendar
from states.handover.paper import Paper, Part, draw
from states.handover.papers import contacts, write_all
from states.handover.pdf import print_pdf
from states.handover.report import card_paper
from states.handover.sheet import preparation
from tests.handover.offices import Office
from tests.handover.reading import Page

WHEN = datetime(2026, 11, 20, 9, 0, tzinfo=JAPAN)


def by_hand(edition: str = "2026-07") -> Office:
    """An office whose certificate and licence have last days, and that waits for a letter."""
    office = Office()
    office.session = Session("s-1", "1372005678", "あおば訪問介護", editions.find(edition))
    office.visit("佐藤", "uketsuke-pc")
    office.answer("kj_id", "kj", "KJ131372005678")
    office.answer("password", "lost")
    office.answer("security_mail", "not_registered")
    office.answer("id_request", "sent")
    office.answer("certificate", "usable", until=date(2027, 6, 30))
    if edition == "2026-07":
        office.answer("renewal", "by_hand", until=date(2027, 3, 31))
    return office


def every_paper(texts: Texts) -> Iterator[Paper]:
    for name in editions.KNOWN:
        edition = editions.find(name)
        yield preparation(edition, WHEN, texts, None, contacts(edition, WHEN, texts))
    office = by_hand()
    yield request_paper(office.session.edition.sites, CheckResult(Outcome.COULD_NOT_RUN), "PC", WHEN, texts)
    yield card_paper(office.session, office.row, WHEN, texts, contacts(office.session.edition, WHEN, texts, "own"))


def days(drawn: bytes) -> dict[str, str]:
    """Summary to day, read back by the library."""
    from icalendar import Calendar

    entries: list[Any] = list(Calendar.from_ical(drawn).walk("VEVENT"))
    return {str(entry["summary"]): entry["dtstart"].dt.isoformat() for entry in entries}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_sheet_asks_for_what_the_edition_needs_and_not_for_what_is_known(language: str) -> None:
    texts = Texts(language)
    office = by_hand()
    before = draw(preparation(office.session.edition, WHEN, texts), "html")
    after = draw(preparation(office.session.edition, WHEN, texts, office.session), "html")
    for fact, known in (("kj_id", True), ("renewal", True), ("product", False)):
        assert texts(f"paper.prepare.fact.{fact}") in before
        assert (texts(f"paper.prepare.fact.{fact}") in after) != known
    assert texts("claim.move_day") in before
    assert texts("paper.prepare.secret") in before


def test_an_office_with_a_free_pass_is_nowhere_told_to_pay() -> None:
    for language in ("ja", "en"):
        for paper in every_paper(Texts(language)):
            words = " ".join(Page(draw(paper, "html")).words)
            assert not re.search("21,000|給付費から|請求書", words)


def test_the_calendar_has_waits_notice_licence_and_deadline() -> None:
    office = by_hand()
    told = days(calendar(office.session, WHEN, Texts("ja")))
    assert sorted(told.values()) == ["2026-11-22", "2026-12-31", "2027-03-31", "2027-04-01", "2027-06-30"]
    assert any("準備を終える日" in summary for summary in told)


def test_the_calendar_of_the_same_session_keeps_its_identities() -> None:
    office = by_hand()
    one, other = (calendar(office.session, WHEN + timedelta(hours=n), Texts("ja")) for n in (0, 5))
    uids = re.compile(rb"UID:(\S+)")
    assert uids.findall(one) == uids.findall(other)
    assert len(set(uids.findall(one))) == 5


def test_no_name_breaks_a_calendar_and_no_user_id_is_in_it() -> None:
    office = by_hand()
    office.session.office_name = "あおば\r\nEND:VCALENDAR\r\nX;,\\"
    drawn = calendar(office.session, WHEN, Texts("ja"))
    assert drawn.count(b"END:VCALENDAR") == 1 or b"\r\nEND:VCALENDAR\r\n" not in drawn[:-20]
    assert len(days(drawn)) == 5
    assert b"KJ131372005678" not in drawn


def test_the_head_stands_in_the_report_and_card_as_a_code_too() -> None:
    office = by_hand()
    drawn = draw(card_paper(office.session, office.row, WHEN, Texts("ja")), "html")
    assert f'aria-label="{office.row.head.hex()}"' in drawn
    assert drawn.count("<svg") == 1
    assert "<script" not in drawn


def test_no_word_gets_into_the_markup_by_a_code() -> None:
    word = '"><script>alert(1)</script>'
    drawn = draw(Paper("ja", "n", "t", (), (Part("h", code=word),)), "html")
    assert "<script" not in drawn


def test_every_paper_is_written_and_what_no_browser_printed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers_module, "browser", lambda: None)
    office = by_hand()
    written = write_all(office.session, office.row, WHEN, Texts("ja"), tmp_path / "out", "あおば支援 03-0000-0000")
    names = [path.name for path in written.paths]
    kinds = ("preparation", "card", "report", "network")
    assert names == [*(f"1372005678-20261120.{kind}.ja.html" for kind in kinds), "1372005678-20261120.ja.ics"]
    assert [path.suffix for path in written.unprinted] == [".html"] * 4
    for path in written.paths:
        assert path.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    report = (tmp_path / "out" / names[2]).read_text("utf-8")
    assert "あおば支援 03-0000-0000" in report
    assert Texts("ja")("paper.print") in report


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the browser")
@pytest.mark.parametrize("faulty", [False, True])
def test_the_browser_is_given_the_page_and_a_profile_of_its_own(faulty: bool, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    program = tmp_path / "browser"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open({str(told)!r}, 'w'))\n"
        + ("sys.exit(3)\n" if faulty else "")
        + "out = next(a for a in sys.argv if a.startswith('--print-to-pdf=')).partition('=')[2]\n"
        + "open(out, 'wb').write(b'%PDF-1.7')\n"
    )
    program.chmod(0o700)
    page = tmp_path / "one.html"
    page.write_text("<p>x</p>")
    drawn = print_pdf(page, program)
    arguments = json.loads(told.read_text())
    assert arguments[-1] == page.as_uri()
    assert any(argument.startswith("--user-data-dir=") for argument in arguments)
    if faulty:
        assert drawn is None
        assert not page.with_suffix(".pdf").exists()
    else:
        assert drawn == page.with_suffix(".pdf")
        assert drawn.read_bytes() == b"%PDF-1.7"


def test_a_request_made_before_measuring_says_so_and_claims_nothing() -> None:
    texts, none = Texts("ja"), CheckResult(Outcome.COULD_NOT_RUN)
    drawn = draw(request_paper(("www.example.jp",), none, "PC", WHEN, texts), "md")
    assert texts("paper.allow.nothing") not in drawn
    assert texts("paper.allow.not_measured") in drawn


def test_a_paper_says_on_the_screen_how_it_is_printed() -> None:
    paper = replace(next(every_paper(Texts("en"))), language="en")
    assert Texts("en")("paper.print") in draw(paper, "html")
    assert ".screen { display: none; }" in draw(paper, "html")
