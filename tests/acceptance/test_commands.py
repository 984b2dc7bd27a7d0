"""`accept` and `record` on the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from states.desk import Desk
from states.flow.editions import FIRST
from states.flow.events import JAPAN
from states.visit import Who
from tui.cli import main

SUITE = Path(__file__).parent / FIRST


def test_accept_plays_a_folder_and_ends_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "accept", str(SUITE / "en")]) == 0
    assert "17 of" not in capsys.readouterr().err


def test_accept_writes_junit_and_tap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "results.xml"
    assert main(["accept", str(SUITE / "premise_1.feature"), "--tap", "--junit", str(results)]) == 0
    assert capsys.readouterr().out.startswith("TAP version 13\n1..9\nok 1 - ")
    assert b"premise_1.feature" in results.read_bytes()


def test_accept_says_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", str(tmp_path / "none.feature")]) == 2
    assert "ACCEPT-NO-SCRIPT" in capsys.readouterr().err


def test_accept_tells_mistakes_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong.feature"
    path.write_text("# language: ja\n機能: x\n  シナリオ: y\n    もし 次へすすむ\n", encoding="utf-8")
    assert main(["accept", str(path)]) == 2
    assert f"{path}:4: 知らない文です: 次へすすむ もしかして: 次へ進む" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_stored_session_is_recorded_and_played_again(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    desk = Desk.open(store, lambda: datetime(2026, 11, 6, 9, 30, 12, 345678, tzinfo=JAPAN))
    visit = desk.begin("1372005678", "あおば｜訪問|介護 「本店」", FIRST, Who("佐藤 “a”", "pc-7", ""))
    visit.answer("office_kind", "service")
    visit.answer("partners", "willing", [{"name": "A | B", "kind": "home_care_support", "intention": "willing"}])
    visit.move("next")
    visit.answer("product", "given", "C:\\ケア\\「新」")
    visit.answer("makes_plans", "yes")
    visit.answer("interface", "asked")
    visit.leave()
    desk.close()
    script = tmp_path / "recorded.feature"
    assert main(["--store", str(store), "--lang", language, "record", "1372005678"]) == 0
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["accept", str(script)]) == 0, capsys.readouterr().out + script.read_text(encoding="utf-8")
