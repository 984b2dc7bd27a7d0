from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from locales import FOLDER, LANGUAGES, ROOMS, Texts
from states.checks.result import CheckResult, Finding, Outcome, could_not_run
from states.company import overview
from states.fault import Fault
from states.handover.allow import request_paper
from states.handover.calendar import calendar
from states.handover.paper import FORMS, Form, draw, visible
from states.handover.report import as_json, render, write
from tests.handover.offices import (
    Office,
    abandoned,
    complete,
    nearly_done,
    partners,
    refused,
    waiting_for_everything,
)
from tests.handover.reading import Document, Page
from tests.handover.test_allow import FAILED, SITES
from tests.handover.test_allow import NOW as WHEN
from tests.handover.test_paper import HOSTILE
from tests.handover.test_papers import by_hand, every_paper
from tui.company import paper as board_paper

CANARY = "kanaria-7Qx!"
JA, EN = Texts("ja"), Texts("en")


def drawn(office: Office, form: Form = "md", texts: Texts = JA) -> str:
    return render(office.session, office.row, office.now, texts, form)


def overdue() -> Office:
    office = waiting_for_everything()
    office.later(days=15)  # the vendor's answer is overdue, the letter due, the partners' answer asked for again
    office.event("chased", fact="partner_asked")
    office.visit("鈴木", "laptop")
    return office


def chased_on_the_first_day() -> Office:
    office = waiting_for_everything()
    office.event("chased", fact="id_request")
    return office


def wiped() -> Office:
    office = nearly_done()
    for kind in ("consented", "shown"):
        office.event(kind, fact="password_kept", place="keyring", by="鈴木")
    office.event("wiped", fact="password_kept", place="keyring")
    return office


def before_its_record() -> Office:
    office = nearly_done()
    office.later(days=-1)
    return office


def never_visited() -> Office:
    office = Office()
    office.session.log.clear()
    office.event("created")
    return office


OFFICES: tuple[Callable[[], Office], ...] = (
    Office,
    waiting_for_everything,
    overdue,
    chased_on_the_first_day,
    nearly_done,
    wiped,
    before_its_record,
    never_visited,
    complete,
    refused,
    abandoned,
)


# -- what it says


def test_a_report_names_the_office_the_pc_the_edition_and_its_source() -> None:
    text = drawn(waiting_for_everything())
    for said in (
        "1372005678",
        "あおば訪問介護",
        "| 受付PC |",
        "更新日：2023年5月26日",
        "2026年11月8日(日) 14:02 (日本時間)",
    ):
        assert said in text


def test_times_are_japanese_wherever_the_report_is_made() -> None:
    office = waiting_for_everything()
    here = drawn(office)
    office.now = office.now.astimezone(timezone(timedelta(hours=-8)))
    assert drawn(office) == here


def test_every_step_has_its_heading_and_every_standing_answer_its_row() -> None:
    office = nearly_done()
    page = Page(drawn(office, "html"))
    headings = [tag for tag, *_ in page.shape if tag == "h3"]
    assert len(headings) == len(office.session.edition.order) + 1  # and what the next visit needs
    for fact in office.session.answers:
        assert JA(f"fact.{fact}") in page.words


def test_an_attested_answer_is_marked_and_a_measured_one_is_not() -> None:
    rows = drawn(waiting_for_everything()).split("\n")
    windows = next(row for row in rows if row.startswith(f"| {JA('fact.windows')} |"))
    edge = next(row for row in rows if row.startswith(f"| {JA('fact.edge')} |"))
    assert f"| {JA('how.measured_here')} |" in windows
    assert f"| ※ {JA('how.attested')} |" in edge


def test_an_answer_no_longer_standing_is_counted_and_not_shown() -> None:
    office = waiting_for_everything()
    office.answer("pc", "given", "事務室PC")
    text = drawn(office)
    assert "受付PC" not in text
    assert f"| {JA('paper.item.superseded')} | 7 |" in text


def test_a_skipped_step_names_the_fact_that_decides() -> None:
    office = nearly_done()
    said = JA("paper.skipped", fact=JA("fact.certificate"), answer=JA("value.certificate.usable"))
    assert drawn(office).count(said) == 3


def test_an_untold_step_names_the_fact_that_has_to_be_known() -> None:
    assert JA("paper.untold", fact=JA("fact.certificate")) in drawn(Office())


def test_waits_are_told_with_whom_and_how_late() -> None:
    rows = [row for row in drawn(overdue()).split("\n") if "2026年11月8日(日) | 2026年11月" in row]
    assert [row.split(" | ")[-1].rstrip(" |") for row in rows] == ["8日遅れ", "1日遅れ", JA("paper.wait.due")]


def test_days_are_told_with_their_year() -> None:
    assert "2029年10月1日(月)まで有効" in drawn(nearly_done())
    assert "valid until Mon 1 Oct 2029" in drawn(nearly_done(), texts=EN)


def test_warnings_stand_with_their_codes() -> None:
    assert "WINDOWS-UPDATE-BEHIND" in drawn(waiting_for_everything())


def test_a_clock_before_its_record_is_a_warning() -> None:
    assert JA("paper.clock_went_back", time="2026年11月8日(日) 14:02") in drawn(before_its_record())


def test_a_secret_is_told_by_its_place_and_by_its_wiping() -> None:
    place = JA("value.password_kept.keyring")
    assert f"| {JA('fact.password_kept')} | {place} |" in drawn(nearly_done())
    when, fact = "2026年11月8日(日) 14:02", JA("fact.password_kept")
    assert JA("paper.secret.wiped", place=place, time=when) in drawn(wiped())
    assert JA("paper.secret.consented", fact=fact, by="鈴木", place=place, time=when) in drawn(wiped())
    assert JA("paper.secret.shown", fact=fact, by="鈴木", time=when) in drawn(wiped())


def test_an_abandoned_session_says_why() -> None:
    assert f"{JA('status.abandoned')} (理由: 事業所の都合)" in drawn(abandoned())


def test_who_came_and_the_head_of_the_chain_stand_in_it() -> None:
    office = overdue()
    text = drawn(office)
    assert "| 2026年11月8日(日) 14:02 | 佐藤 | uketsuke-pc |" in text
    assert "| 2026年11月23日(月) 14:02 | 鈴木 | laptop |" in text
    assert office.row.head.hex() in text
    assert f"| {JA('paper.item.events')} | {office.row.version} |" in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", OFFICES, ids=lambda make: make.__name__)
def test_the_same_session_gives_the_same_report(make: Callable[[], Office], form: Form) -> None:
    assert drawn(make(), form) == drawn(make(), form)


# -- its words


class Remembering(Texts):
    """Texts that remember which of the papers' ids were asked for."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.asked: set[str] = set()

    def find(self, name: str, /, **values: object) -> str | None:
        if name.startswith("paper."):
            self.asked.add(name)
        return super().find(name, **values)


def catalogue(language: str) -> dict[str, str]:
    with (FOLDER / language / "LC_MESSAGES" / "papers.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale=language) if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_papers_is_used_and_every_used_one_is_there(language: str) -> None:
    texts = Remembering(language)
    for make in OFFICES:
        drawn(make(), "html", texts)
    for result in (FAILED, CheckResult(Outcome.PASS, "reached"), could_not_run(Finding("check.timeout"))):
        request_paper(SITES, result, "PC", WHEN, texts)
    for paper in every_paper(texts):
        draw(paper, "html")
    calendar(by_hand().session, WHEN, texts)
    board_paper(texts, overview([], lambda _: None, WHEN))
    texts.asked.add("paper.print")  # asked for by the paper itself, in its own language
    there = set(catalogue(language))
    # Whether an office has to bring something for a fact is asked of the catalogue.
    assert {name for name in texts.asked if name in there or "prepare.fact" not in name} == there


def test_both_languages_have_the_same_texts_with_the_same_places_for_values() -> None:
    ja, en = catalogue("ja"), catalogue("en")
    assert list(ja) == list(en)
    for name, text in ja.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", en[name])), name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", OFFICES, ids=lambda make: make.__name__)
def test_no_name_of_a_text_is_shown_in_its_place(make: Callable[[], Office], language: str) -> None:
    rooms = "|".join(word for words in ROOMS.values() for word in words)
    shown = " ".join(Page(drawn(make(), "html", Texts(language))).words)
    assert re.findall(rf"\b(?:{rooms})\.[a-z_]+", shown) == []


# -- what comes from outside


def hostile(word: str) -> Office:
    """An office with the word wherever somebody can type one or a machine can call itself so."""
    office = Office(name=word, number=word, technician=word)
    office.visit(word, word)
    office.answer("office_kind", "service", word)
    office.answer("partners", "undecided", partners("undecided", word))
    for fact in ("product", "product_version", "vendor", "pc", "client_version"):
        office.answer(fact, "given", word)
    office.answer("windows", "win11", word)
    office.answer("kj_id", "kj", word)
    office.answer("password", "known")
    office.answer("password_kept", "keyring")
    office.go("abandoned", word)
    return office


@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word[:20]))
def test_no_word_from_outside_acts_in_a_report(word: str) -> None:
    pages = Page(drawn(hostile("word"), "html")), Page(drawn(hostile(word), "html"))
    assert pages[0].shape == pages[1].shape
    documents = Document(drawn(hostile("word"))), Document(drawn(hostile(word)))
    assert documents[0].shape == documents[1].shape
    for read in (pages[1], documents[1]):
        assert read.words.count(visible(word).strip()) >= 8  # in cells of their own, whole


@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word[:20]))
def test_every_row_of_a_table_keeps_its_columns(word: str) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", drawn(hostile(word)), re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in table.splitlines()}) == 1


def test_a_secret_that_went_astray_is_in_no_report() -> None:
    """No secret ever enters a session; should a front end hand one in as a detail, no paper would show it."""
    office = nearly_done()
    office.answer("password_kept", "keyring", CANARY)
    for form in FORMS:
        assert CANARY not in drawn(office, form)
    assert CANARY not in json.dumps(as_json(office.session, office.row, office.now))


# -- for programs


def test_as_json_tells_the_same_in_names_and_codes() -> None:
    office = overdue()
    told = json.loads(json.dumps(as_json(office.session, office.row, office.now)))
    assert told["office"] == {"number": "1372005678", "name": "あおば訪問介護"}
    assert told["edition"] == "2023-05-26"
    steps = {step["step"]: step for step in told["steps"]}
    assert list(steps) == list(office.session.edition.order)
    assert steps["reinstall_certificate"]["status"] == "skipped"
    assert steps["reinstall_certificate"]["by"] == "certificate_elsewhere"
    assert [reason["code"] for reason in steps["user_id"]["reasons"]] == ["id_request.due"]
    assert told["facts"]["windows"] == {
        "value": "win11",
        "detail": "build 22631",
        "until": None,
        "evidence": {
            "how": "measured_here",
            "by": "佐藤",
            "host": "uketsuke-pc",
            "at": "2026-11-08T14:02:00+09:00",
            "seen": [],
        },
    }
    assert [awaited["fact"] for awaited in told["waits"]] == ["interface", "id_request", "partner_asked"]
    assert told["warnings"] == ["windows_update.behind"]
    assert told["head"] == office.row.head.hex()


def test_as_json_tells_of_a_secret_its_place_and_its_wiping_alone() -> None:
    office = wiped()
    told = as_json(office.session, office.row, office.now)["facts"]["password_kept"]
    assert set(told) == {"value", "wiped", "evidence"}
    assert told["wiped"] == "2026-11-08T14:02:00+09:00"


# -- written


def written(folder: Path, office: Office | None = None) -> list[Path]:
    office = office or nearly_done()
    return write(office.session, office.row, office.now, JA, folder)


def test_both_forms_are_written_under_the_office_and_the_japanese_day(tmp_path: Path) -> None:
    office = nearly_done()
    paths = written(tmp_path / "papers", office)
    assert [path.name for path in paths] == ["1372005678-20261108.ja.md", "1372005678-20261108.ja.html"]
    assert [path.read_text(encoding="utf-8") for path in paths] == [drawn(office, "md"), drawn(office, "html")]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights by inheritance")
def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        paths = written(tmp_path / "papers")
    finally:
        os.umask(before)
    assert (tmp_path / "papers").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_a_folder_that_was_there_keeps_its_rights_and_its_files(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "other").touch()
    written(tmp_path)
    assert len(written(tmp_path)) == 2  # the second time in place of the first
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", ".html", ".md"]
    assert os.name == "nt" or tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_number_that_is_none_leads_out_of_no_folder(tmp_path: Path) -> None:
    paths = written(tmp_path, Office(number="../../etc/x"))
    assert {path.parent for path in paths} == {tmp_path}


def test_a_place_that_is_no_folder_is_a_fault_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "papers").touch()
    with pytest.raises(Fault) as caught:
        written(tmp_path / "papers")
    assert caught.value.code == "papers.not_written"
    assert str(tmp_path / "papers") in caught.value.values["path"]


def test_a_full_disk_leaves_the_earlier_report_whole_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = {path: path.read_bytes() for path in written(tmp_path)}

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Fault, match=r"papers\.not_written"):
        written(tmp_path, waiting_for_everything())
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == earlier


def test_the_template_engine_is_not_loaded_before_a_paper_is_drawn() -> None:
    program = "import sys, states.handover.report, states.handover.card; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
