"""Playing scripts: what a failure says, what known failures mean, what programs are told, and how fast it is."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from babel.messages.pofile import read_po

from locales import FOLDER, LANGUAGES, Texts
from states.acceptance.command import FAILED, PASSED, UNREADABLE, Wanted, accept
from states.acceptance.language import PARTS
from states.acceptance.load import load
from states.acceptance.machine import Machine
from states.acceptance.run import Failure, Player, play_side_by_side
from states.acceptance.world import CANARY, World
from states.flow.editions import FIRST, find
from states.flow.events import Event

SUITE = Path(__file__).parent
HEAD = "# language: ja\n機能: 試し\n"
PASSES = HEAD + "  シナリオ: 通る\n    前提 「支払い」まで進んでいる\n    ならば 手順は「支払い」\n"
FAILS = (
    PASSES + "  シナリオ: 通らない\n    前提 「支払い」まで進んでいる\n    もし 前へ戻る\n    ならば 手順は「支払い」\n"
)


def play(tmp_path: Path, text: str) -> list[Failure | None]:
    path = tmp_path / "script.feature"
    path.write_text(text, encoding="utf-8")
    script = load(path)
    assert script.problems == ()
    return [result.failure for result in Player().play_all([script])]


def run(tmp_path: Path, text: str, *, fails: str | None = None, **wanted: object) -> tuple[int, str]:
    path = tmp_path / "script.feature"
    path.write_text(text, encoding="utf-8")
    if fails is not None:
        path.with_suffix(".fail.md").write_text(fails, encoding="utf-8")
    said: list[str] = []
    code = accept(Wanted([path], **wanted), Texts("en"), said.append)  # type: ignore[arg-type]
    return code, "\n".join(said)


def steps(*lines: str) -> str:
    return HEAD + "  シナリオ: x\n" + "".join(f"    {line}\n" for line in lines)


def test_a_failure_says_the_line_what_was_expected_what_stood_there_and_the_way_to_it(tmp_path: Path) -> None:
    code, said = run(tmp_path, FAILS)
    assert code == FAILED
    assert f"{tmp_path / 'script.feature'}:9: 手順は「支払い」" in said
    assert "what stood there: application" in said
    assert "go_payment -> payment" in said.partition("how it got there")[2]


def test_a_refusal_that_nobody_expected_fails_where_it_was_not_expected(tmp_path: Path) -> None:
    (failure,) = play(
        tmp_path, steps("前提 「支払い」まで進んでいる", "もし 今日はここまでにする", "ならば 手順は「支払い」")
    )
    assert failure is None or failure.code == "accept.refused"
    (failure,) = play(
        tmp_path,
        steps("前提 「支払い」まで進んでいる", "もし 完了にする", "もし 前へ戻る", "ならば 手順は「利用申請」"),
    )
    assert failure is not None
    assert (failure.code, "move.not_done" in failure.stood) == ("accept.refused", True)


@pytest.mark.parametrize(
    "line",
    [
        "ならば 手順は「対象の確認」",
        "ならば 「完了」で終わっている",
        "ならば 「支払い」の状態は「済み」",
        "ならば 「支払い」には先に「利用申請」が要る",
        "ならば 「再インストール」が要るかどうかは「介護保険証明書の場所」で決まる",
        "ならば 次へ進むと「引き渡し」",
        "ならば 前へ戻ると「対象の確認」",
        "ならば 「move.work_here」の理由で次へは進めない",
        "ならば 「再インストール」へ移れる",
        "ならば 「move.needs」の理由で「再インストール」へは移れない",
        "ならば 「支払い」が済まない理由は「invoice.unanswered」だけ",
        "ならば 「支払い」が済まない理由に「invoice.unanswered」がある",
        "ならば 「支払い」が済まない理由はない",
        "ならば 「move.needs」の理由で断られる",
        "ならば 「windows_update.behind」の注意が出る",
        "ならば 「支払い方法」は「給付費から差し引き」",
        "ならば 「使うPC」は「ほかのPC」",
        "ならば 「このPCの証明書」は「使える」、2027-01-01まで",
        "ならば 「使うPC」は答えていない",
        "ならば 「使うPC」は休んでいる",
        "ならば 「支払い方法」は休んでいる",
        "ならば 「請求書の発行依頼」を聞かれる",
        "ならば 「支払い方法」を聞かれない",
        "ならば 「使うPC」の根拠は「このPCで測定」、担当は「佐藤」",
        "ならば 「使うPC」の根拠は「担当者が確認」、担当は「田中」",
        "ならば 「使うPC」の根拠は「担当者が確認」、担当は「佐藤」、2026-04-02",
        "ならば 「使うPC」は前に「受付のPC」だった",
        "ならば 「請求書の発行依頼」を待っていて、見込みは2026-05-01",
        "ならば 「請求書の発行依頼」は遅れている",
        "ならば 時計が戻ったと分かる",
        "ならば 「佐藤」は見るだけになる",
        "ならば やり直しになるのは次のすべて:\n      | 項目 |\n      | 使うPC |",
        "もし 「田中」が訪問して続ける\n    ならば 手順は「支払い」",
        "もし 「支払い方法」が「請求書で支払い」と届く\n    ならば 手順は「支払い」",
        "もし 訪問を終える\n    かつ 次へ進む\n    ならば 手順は「支払い」",
    ],
)
def test_every_expectation_can_fail(tmp_path: Path, line: str) -> None:
    (failure,) = play(tmp_path, steps("前提 「支払い」まで進んでいる", line))
    assert failure is not None


@pytest.mark.parametrize(
    "line",
    [
        "ならば 待っているものはない",
        "ならば 「標準仕様への対応」は見込みの日が来た",
        "ならば 「標準仕様への対応」は先へ進む妨げにならない",
        "ならば 「標準仕様への対応」を待っていて、見込みは2026-04-09",
        "ならば ほかに変わるものはない",
    ],
)
def test_every_expectation_about_waits_can_fail(tmp_path: Path, line: str) -> None:
    given = ("前提 日時は2026-04-01", "かつ この事業所では「標準仕様への対応」は「ソフト会社に確認中」")
    changed = ("かつ 「介護ソフト」をいつものとおり済ませる", "もし 「介護ソフトの版」に「9」と答える")
    again = () if "ほか" in line else ("もし 「標準仕様への対応」に「ソフト会社に確認中」と答える",)
    (failure,) = play(tmp_path, steps(*given, *changed, *again, line))
    assert failure is not None


def test_a_secret_in_the_record_is_found() -> None:
    world = World(Machine(find(FIRST)))
    world.come_to("user_id")
    world.keeps_no_secret()
    for body in ({"fact": "password_kept", "value": "visit", "detail": "x"}, {"fact": "pc", "value": CANARY}):
        world.session.log.append(Event("answered", 1, "佐藤", body))
        with pytest.raises(Exception, match="answered"):
            world.keeps_no_secret()
        world.session.log.pop()


def test_scenarios_that_begin_alike_do_not_change_each_other(tmp_path: Path) -> None:
    ways = ("給付費から差し引き", "請求書で支払い", "給付費から差し引き")
    given, text = "    前提 「支払い」まで進んでいる\n", HEAD
    for n, how in enumerate(ways):
        text += f"  シナリオ: {n}\n{given}    もし 「支払い方法」に「{how}」と答える\n"
        text += f"    ならば 「支払い方法」は「{how}」\n"
    text += f"  シナリオ: 何も\n{given}    ならば 「支払い方法」は答えていない\n"
    assert play(tmp_path, text) == [None] * 4


def test_exit_codes_tell_passed_failed_and_unreadable(tmp_path: Path) -> None:
    assert run(tmp_path, PASSES)[0] == PASSED == 0
    assert run(tmp_path, FAILS)[0] == FAILED == 1
    assert run(tmp_path, FAILS + "    もし 何か\n")[0] == UNREADABLE == 2


def test_nothing_runs_while_a_script_cannot_be_read(tmp_path: Path) -> None:
    _, said = run(tmp_path, FAILS + "    もし 何か\n")
    assert said.count("\n") == 0
    assert said.startswith(f"{tmp_path / 'script.feature'}:10: no such sentence")


def test_a_known_failure_passes_the_run_and_says_why(tmp_path: Path) -> None:
    code, said = run(tmp_path, FAILS, fails="The way back is not settled.\n")
    assert code == PASSED
    assert "The way back is not settled." in said


def test_a_known_failure_that_passes_after_all_fails_the_run(tmp_path: Path) -> None:
    code, said = run(tmp_path, PASSES, fails="It was broken.\n")
    assert code == FAILED
    assert "remove its .fail.md" in said


@pytest.mark.skipif(shutil.which("prove") is None, reason="prove is not on this machine")
@pytest.mark.parametrize(
    ("text", "fails", "accepted"),
    [(PASSES, None, True), (FAILS, None, False), (FAILS, "known", True), (PASSES, "known", False)],
)
def test_prove_accepts_what_is_said_as_tap(tmp_path: Path, text: str, fails: str | None, accepted: bool) -> None:
    code, said = run(tmp_path, text, fails=fails, tap=True)
    assert said.startswith("TAP version 13\n1..")
    (tmp_path / "said.tap").write_text(said + "\n", encoding="utf-8")
    ran = subprocess.run(["prove", "-e", "cat", "said.tap"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode == 0) is accepted is (code == PASSED), ran.stdout + ran.stderr
    assert "Parse errors" not in ran.stdout


def test_junit_has_file_and_line_of_every_case_and_counts_that_agree(tmp_path: Path) -> None:
    results = tmp_path / "results.xml"
    run(tmp_path, FAILS, junit=results)
    root = ElementTree.fromstring(results.read_bytes())
    (suite,) = root
    cases = list(suite.iter("testcase"))
    assert [(c.get("name"), c.get("line"), c.get("file")) for c in cases] == [
        ("通る", "3", str(tmp_path / "script.feature")),
        ("通らない", "6", str(tmp_path / "script.feature")),
    ]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "0")
    failure = cases[1].find("failure")
    assert failure is not None
    assert "script.feature:9" in str(failure.get("message"))
    run(tmp_path, FAILS, junit=results, fails="known")
    assert ElementTree.fromstring(results.read_bytes())[0].get("skipped") == "1"


def test_the_edition_can_be_named_and_an_unknown_one_is_said(tmp_path: Path) -> None:
    named = PASSES.replace("    前提 ", "    前提 版は「2023-05-26」\n    かつ ")
    assert run(tmp_path, named, edition="2023-05-26")[0] == PASSED
    assert run(tmp_path, named.replace("2023-05-26", "1999-01-01"))[0] == UNREADABLE


def test_several_players_tell_the_same_in_the_same_order() -> None:
    scripts = [load(path) for path in sorted((SUITE / "en").glob("*.feature"))]
    alone = [result.scenario for result in Player().play_all(scripts)]
    together = list(play_side_by_side([Player(), Player(), Player()], alone))
    assert [result.scenario for result in together] == alone
    assert not any(result.failure for result in together)


def test_the_clock_moves_only_when_a_script_says_so() -> None:
    world = World(Machine(find(FIRST)))
    before = world.now
    world.come_to("application")
    assert world.now == before
    world.pass_days(2)
    world.turn_back(1)
    assert world.now - before == timedelta(days=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_of_the_scripts_has_every_text_that_is_asked_for_and_no_other(language: str) -> None:
    with (FOLDER / language / "LC_MESSAGES" / "acceptance.po").open("rb") as file:
        there = {str(message.id) for message in read_po(file, locale=language) if message.id}
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (SUITE.parents[1] / "states/acceptance").glob("*.py")
    )
    asked = set(re.findall(r"accept\.[a-z_]+(?=[\"'])", sources)) - {
        "accept.no_script",
        "accept.not_written",
        "accept.crossed",
    }
    assert {id for id in there if not id.startswith("accept.problem.")} == asked
    noted = set(re.findall(r'"([a-z_0-9]+)"', sources)) | {f"not_in_{part.lower()}" for part in PARTS.values()}
    kinds = set(re.findall(r'_add\("([a-z_]+)"', sources)) | {"value"}
    noted |= {f"unknown_{kind}" for kind in kinds}
    assert {id.removeprefix("accept.problem.") for id in there if id.startswith("accept.problem.")} <= noted
