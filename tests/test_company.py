"""The company view over many offices: it counts what is there, what is late comes first, exports are harmless."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from locales import Texts
from states.company import COLUMNS, Overview
from states.desk import Desk
from states.flow.events import day
from states.visit import Who
from tests.generated import NOW, generate
from tui.cli import main
from tui.company import lines

OFFICES = 60


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("company") / "store"
    desk = Desk.open(store, lambda: NOW)
    generate(desk, OFFICES)
    desk.begin("1372005678", '=HYPERLINK("http://x")', "2026-07", Who("佐藤", "pc", "")).leave()
    desk.close()
    return store


@pytest.fixture
def found(store: Path) -> Iterator[Overview]:
    desk = Desk.open(store, lambda: NOW)
    yield desk.overview()
    desk.close()


def test_every_session_is_on_it_once_and_counted_once(found: Overview) -> None:
    assert len({office.id for office in found.offices}) == OFFICES + 1
    assert sum(found.steps.values()) == OFFICES + 1
    assert {edition for edition, _ in found.steps} == {"2023-05-26", "2026-07"}


def test_what_is_late_comes_first_and_says_who_is_waited_for_since_when(found: Overview) -> None:
    late = [office.late for office in found.offices]
    assert late == sorted(late, reverse=True)
    assert found.late == sum(days > 0 for days in late) > 5
    for office in found.offices:
        if office.awaited:
            assert date.fromisoformat(office.since) <= day(NOW)
            assert office.late == max((day(NOW) - date.fromisoformat(office.expected)).days, 0)
            assert office.whom in ("federation", "vendor", "partner")
        else:
            assert (office.whom, office.since, office.expected, office.late) == ("", "", "", 0)
    soon = [
        o
        for o in found.offices
        if not o.late and o.expected and date.fromisoformat(o.expected) < day(NOW) + timedelta(7)
    ]
    assert list(found.soon) == soon


def test_weeks_are_told_from_the_record(found: Overview, store: Path) -> None:
    assert [date.fromisoformat(week.monday).weekday() for week in found.weeks] == [0] * 8
    desk = Desk.open(store, lambda: NOW)
    first = date.fromisoformat(found.weeks[0].monday)
    events = [event for row in desk.journal.every() for event in desk.read(row).log if day(event.at) >= first]
    desk.close()
    assert sum(week.begun for week in found.weeks) == sum(event.kind == "created" for event in events)
    assert sum(week.visits for week in found.weeks) == sum(event.kind == "visit" for event in events)
    ended = sum(event.kind == "moved" and event.body["dest"] == "complete" for event in events)
    assert sum(week.completed for week in found.weeks) == ended > 0


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_board_can_be_read_on_a_terminal(language: str, found: Overview) -> None:
    told = list(lines(Texts(language), found))
    assert str(OFFICES + 1) in told[0]
    assert any("####" in line for line in told)
    assert all(Texts(language)(f"ui.board.{name}") in "\n".join(told) for name in ("begun", "visits", "completed"))


def test_exports_are_complete_and_nothing_in_them_acts(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--store", str(store), "--now", "2026-11-22", "board"]
    assert main([*arguments, "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.removeprefix("\ufeff").splitlines()))
    assert len(rows) == OFFICES + 1
    assert tuple(rows[0]) == COLUMNS
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [office["id"] for office in told["offices"]] == [row["id"] for row in rows]
    page = tmp_path / "board.html"
    assert main([*arguments, "--html", str(page)]) == 0
    drawn = page.read_text("utf-8")
    assert "<script" not in drawn
    assert 'style="inline-size: 100%"' in drawn


def test_a_session_that_cannot_be_read_is_counted_and_hides_no_other(tmp_path: Path) -> None:
    desk = Desk.open(tmp_path / "store", lambda: NOW)
    generate(desk, 3)
    row = desk.journal.create(
        "ffff", "1372005679", "未来", "2099-01", desk.read(desk.page()[0]).log[:1], desk.page()[0].listing, None
    )
    try:
        found = desk.overview()
        assert found.unread == 1
        assert len(found.offices) == 3
        assert row.id not in {office.id for office in found.offices}
    finally:
        desk.close()
