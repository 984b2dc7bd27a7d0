"""Reading scripts: every mistake is found before anything runs, each with its line and what comes nearest."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from locales import LANGUAGES, Texts
from states.acceptance.load import find_scripts, load
from states.acceptance.report import problems_told
from states.fault import Fault

HEAD = "# language: ja\n機能: 試し\n  シナリオ: 一つ\n"
GOOD = HEAD + "    もし 「対象の確認」をいつものとおり済ませる\n    ならば 手順は「対象の確認」\n"


def script(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "script.feature"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def found(tmp_path: Path, text: str | bytes) -> list[tuple[int, str, str]]:
    return [(p.line, p.code, p.nearest) for p in load(script(tmp_path, text)).problems]


def test_a_good_script_has_no_problems(tmp_path: Path) -> None:
    loaded = load(script(tmp_path, GOOD))
    assert loaded.problems == ()
    assert [(s.name, s.line, len(s.lines)) for s in loaded.scenarios] == [("一つ", 3, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("機能:", "機能：").replace("シナリオ:", "シナリオ："),
        GOOD.replace("    ", "　　"),
        GOOD.replace("# language: ja", "＃ language： ja"),
    ],
    ids=["BOM", "CRLF", "wide colons", "wide spaces", "wide language line"],
)
def test_what_an_input_method_leaves_is_read_alike(tmp_path: Path, text: str) -> None:
    assert load(script(tmp_path, text)).problems == ()


def test_wide_bars_make_a_table(tmp_path: Path) -> None:
    table = "    もし 次のとおり答える：\n      ｜項目｜答え｜\n      ｜事業所の種類｜介護サービス｜\n"
    assert load(script(tmp_path, HEAD + table + "    ならば 手順は「対象の確認」\n")).problems == ()


@pytest.mark.parametrize(
    ("line", "code", "nearest"),
    [
        ("もし 次へすすむ", "unknown_sentence", "次へ進む"),
        ("もし 「対象の確忍」をいつものとおり済ませる", "unknown_step", "対象の確認"),
        ("もし 「ユーザID」に「x」と答える", "unknown_fact", "ユーザーID"),
        ("もし 「パスワード」に「仮パス」と答える", "unknown_value", "仮パスワード"),
        ("ならば 「対象の確認」が済まない理由は「partner.unwilling」だけ", "unknown_code", "partners.unwilling"),
        ("ならば 「対象の確認」の状態は「済」", "unknown_status", "済み"),
        ("もし 日時は2026-02-30", "bad_time", ""),
        ("もし 「連携を始める日」に「日を決めた」、2026-13-01までと答える", "bad_day", ""),
        ("もし 「このPCの証明書」に「使える」と答える", "day_missing", ""),
        ("もし 「このPCの証明書」に「ない」、2027-01-01までと答える", "day_not_taken", ""),
        ("もし 「支払い方法」を測ると「請求書で支払い」", "not_measured", ""),
        ("もし 「Edgeの版」を聞いたが、まだ来ない", "never_awaited", ""),
        ("もし 次のとおり答える", "table_missing", ""),
        ("もし 手順は「対象の確認」", "not_in_action", ""),
        ("ならば 次へ進む", "not_in_outcome", ""),
        ("もしし次へ進む", "unknown_sentence", "次へ進む"),
        ("もひ 次へ進む", "stray", "もし"),
        ("これは説明", "stray", ""),
        ("シナリお: 二つ", "stray", "シナリオ:"),
        ('"""', "doc_string", ""),
    ],
)
def test_each_mistake_has_its_line_and_what_comes_nearest(tmp_path: Path, line: str, code: str, nearest: str) -> None:
    problems = found(tmp_path, GOOD + f"    {line}\n")
    assert [(at, what) for at, what, _ in problems] == [(6, code)]
    assert problems[0][2] == nearest


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("# language: ja\n", "") + "    もし 何かする\n    または 何か\n    ならば 手順は「ない手順」\n"
    assert [(at, code) for at, code, _ in found(tmp_path, text)] == [
        (1, "no_language"),
        (5, "unknown_sentence"),
        (6, "stray"),
        (7, "unknown_place"),
    ]


def test_a_missing_language_is_told_with_the_line_to_write(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD.partition("\n")[2])[0] == (1, "no_language", "# language: ja")
    assert found(tmp_path, "Feature: x\n  Scenario: y\n    When the technician goes on\n")[0][2] == "# language: en"
    assert found(tmp_path, "# language: fr\n" + GOOD.partition("\n")[2])[0][1] == "unknown_language"


def test_a_description_stands_under_the_feature_and_nowhere_else(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD.replace("機能: 試し\n", "機能: 試し\n  何をするか。\n")) == []
    assert found(tmp_path, GOOD.replace("一つ\n", "一つ\n    何をするか。\n")) == [(4, "stray", "")]


def test_a_given_after_a_when_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD + "    前提 「支払い」まで進んでいる\n")[0][:2] == (6, "given_too_late")


def test_a_scenario_that_checks_nothing_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, HEAD + "    もし 次へ進む\n") == [(3, "expects_nothing", "")]
    misread = found(tmp_path, HEAD + "    もし 次へ進む\n    ならば 手順は「支払」\n")
    assert [code for _, code, _ in misread] == ["unknown_place"]
    assert found(tmp_path, HEAD)[0][1] == "empty_scenario"
    assert found(tmp_path, "# language: ja\n機能: x\n")[0][1] == "no_scenario"


def test_columns_of_outlines_and_tables_are_checked(tmp_path: Path) -> None:
    outline = GOOD.replace("シナリオ:", "シナリオアウトライン:").replace("手順は「対象の確認」", "手順は「<手順>」")
    assert found(tmp_path, outline) == [(3, "no_examples", "")]
    assert (3, "unknown_column", "") in found(tmp_path, outline + "    例:\n      | ほか |\n      | x |\n")
    assert load(script(tmp_path, outline + "    例:\n      | 手順 |\n      | 対象の確認 |\n")).problems == ()
    uneven = GOOD + "    もし 次のとおり答える\n      | 項目 | 答え |\n      | 使うPC |\n"
    assert (8, "uneven_table", "") in found(tmp_path, uneven)
    heading = GOOD + "    もし 次のとおり答える\n      | 項目 | 応え |\n      | 使うPC | x |\n"
    assert (7, "unknown_heading", "答え") in found(tmp_path, heading)


def test_a_row_of_an_outline_is_a_scenario_at_its_own_line(tmp_path: Path) -> None:
    outline = GOOD.replace("シナリオ:", "シナリオアウトライン:").replace("手順は「対象の確認」", "手順は「<手順>」")
    loaded = load(script(tmp_path, outline + "    例:\n      | 手順 |\n      | 対象の確認 |\n      | 支払い |\n"))
    assert [s.line for s in loaded.scenarios] == [8, 9]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (GOOD.encode("cp932"), "not_utf8"),
        (b"\x00" * 1000, "control"),
        (bytes(range(256)) * 100, "not_utf8"),
        (GOOD.encode() + b"\xff\xfe", "not_utf8"),
        ((GOOD + "    # \x1b[2J\n").encode(), "control"),
        ((GOOD + "    # \u202e\n").encode(), "control"),
        ((GOOD + "    もし " + "あ" * 5000 + "\n").encode(), "too_long"),
        (b"", "no_language"),
        (b"a" * 5_000_000, "too_large"),
        ((HEAD + "    もし 次へ進む\n" * 100_000).encode(), "too_many_lines"),
        ((HEAD + "    んんん\n" * 19_000).encode(), "stray"),
        ((HEAD + "    もし んんん\n" * 19_000).encode(), "unknown_sentence"),
        ((HEAD + "    もし " + "「" * 900 + "\n").encode(), "unknown_sentence"),
        ((HEAD + "    もし 次へ進む\n" + "| a " * 90 + "|\n").encode(), "table_not_taken"),
    ],
)
def test_hostile_files_are_answered_quickly_and_clearly(tmp_path: Path, raw: bytes, code: str) -> None:
    start = time.perf_counter()
    problems = load(script(tmp_path, raw)).problems
    assert code in {p.code for p in problems}
    for language in LANGUAGES:
        assert all(line.startswith(str(tmp_path)) for line in list(problems_told(Texts(language), problems))[:100])
    assert time.perf_counter() - start < 5


def test_a_background_times_many_examples_is_not_written_out(tmp_path: Path) -> None:
    head = "# language: ja\n機能: x\n  背景:\n" + "    前提 日時は2026-04-01\n" * 9_000
    outline = (
        "  シナリオアウトライン: y\n    ならば 手順は「<a>」\n    例:\n      | a |\n" + "      | 支払い |\n" * 9_000
    )
    start = time.perf_counter()
    assert [p.code for p in load(script(tmp_path, head + outline)).problems] == ["too_many_sentences"]
    assert time.perf_counter() - start < 20


def test_an_empty_reason_for_failing_is_told(tmp_path: Path) -> None:
    path = script(tmp_path, GOOD)
    path.with_suffix(".fail.md").write_text("\n", encoding="utf-8")
    assert [p.code for p in load(path).problems] == ["fails_for_no_reason"]


def test_scripts_are_found_in_folders_and_a_missing_one_is_said(tmp_path: Path) -> None:
    path = script(tmp_path, GOOD)
    assert find_scripts([tmp_path]) == [path]
    with pytest.raises(Fault) as told:
        find_scripts([tmp_path / "none"])
    assert told.value.code == "accept.no_script"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_there_can_be_has_its_words(language: str) -> None:
    folder = Path(__file__).parents[2] / "states" / "acceptance"
    sources = "".join((folder / name).read_text(encoding="utf-8") for name in ("load.py", "prepare.py", "lexicon.py"))
    noted = set(re.findall(r'(?:self\.note\([^"]*|Problem\([^"]*|UnknownError\()"([a-z_0-9]+)"', sources))
    noted |= {"unknown_language", "no_language", "not_in_context", "not_in_action", "not_in_outcome"}
    kinds = (
        "step",
        "place",
        "need",
        "fact",
        "value",
        "code",
        "status",
        "how",
        "end",
        "edition",
        "intention",
        "office_kind",
    )
    noted -= {"location", "value"}
    noted |= {f"unknown_{kind}" for kind in kinds}
    texts = Texts(language)
    assert len(noted) > 45
    assert [code for code in sorted(noted) if texts.find(f"accept.problem.{code}") is None] == []
    assert texts.find("accept.problem.none_such") is None
