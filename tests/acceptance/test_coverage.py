"""The suite meets everything the proof finds reachable; what a script leaves out is told with a way to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest

from states.acceptance.coverage import Coverage, as_script, measure
from states.acceptance.load import load
from states.acceptance.run import Player
from states.flow.editions import FIRST, KNOWN
from states.flow.explore import explore_named

SUITE = Path(__file__).parent / FIRST
HEAD = "# language: ja\n機能: x\n  シナリオ: y\n"


@cache
def suite() -> Coverage:
    scripts = [load(path) for path in sorted(SUITE.glob("*.feature"))]
    return next(found for found in measure(Player().play_all(scripts)) if found.edition == FIRST)


def test_the_japanese_suite_meets_all_that_the_proof_finds_reachable() -> None:
    left = {kind: suite().left(kind) for kind in suite().all}
    assert left == {kind: [] for kind in left}
    assert {kind: len(names) for kind, names in suite().all.items()} == {
        "transitions": 185,
        "reasons": 97,
        "refused movements": 14,
        "waits ended in time": 5,
        "waits ended overdue": 5,
    }


def test_a_scenario_that_failed_covers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.feature"
    text = HEAD + "    前提 「介護ソフト」まで進んでいる\n    もし 前へ戻る\n    ならば 手順は「{}」\n"
    met = []
    for place in ("対象の確認", "支払い"):
        path.write_text(text.format(place), encoding="utf-8")
        (found,) = measure(Player().play_all([load(path)]))
        met.append(len(found.met["transitions"]))
    assert met == [2, 0]


def test_what_is_left_is_told_with_a_way_to_it_that_can_be_played(tmp_path: Path) -> None:
    """Nearly nothing is met; the skeletons alone then meet nearly all of it."""
    path = tmp_path / "nothing.feature"
    path.write_text(HEAD + "    前提 「対象の確認」まで進んでいる\n    ならば 手順は「対象の確認」\n", encoding="utf-8")
    (before,) = measure(Player().play_all([load(path)]))
    assert any(line.startswith("  not met: ") for line in before.lines())
    path.write_text(as_script(before, "ja"), encoding="utf-8")
    script = load(path)
    assert script.problems == ()
    results = list(Player().play_all([script]))
    assert [result.scenario.name for result in results if result.failure] == []
    (after,) = measure(results)
    left = [name for kind in after.all for name in after.left(kind)]
    assert left == []


def test_a_suite_that_meets_all_leaves_no_skeleton() -> None:
    assert as_script(suite(), "en") == ""


@pytest.mark.lab  # half a minute
@pytest.mark.parametrize("edition", [name for name in KNOWN if name != FIRST])
def test_an_edition_agrees_with_its_oracle_and_its_suite_meets_all_of_it(edition: str) -> None:
    """Walked once for both: it takes seconds."""
    walked = explore_named(edition)
    assert walked.failures == []
    assert walked.transitions_taken == walked.transitions
    assert walked.seconds < 60
    scripts = [load(path) for path in sorted((SUITE.parent / edition).rglob("*.feature"))]
    with patch("states.acceptance.coverage.explore_named", lambda _: walked):
        (found,) = measure(Player().play_all(scripts))
    assert found.edition == edition
    assert {kind: found.left(kind) for kind in found.all} == {kind: [] for kind in found.all}
