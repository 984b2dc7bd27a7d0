"""Which PC this is: its Windows by the build, its support by the edition's dates, its name, its language, its space."""

from __future__ import annotations

import sys
from datetime import date

import pytest

from states.checks.asking import request_for
from states.checks.result import CheckResult, Outcome
from states.checks.run import run
from states.checks.system import GIB, Place, Windows, judge, measure, named, same_name
from states.flow import editions

EDITION = editions.find(editions.NEWEST)
DATES = EDITION.known_good.windows
TODAY = date(2026, 11, 22)
PLACE = Place("PC-01", "ja_JP", 80 * GIB)


def windows(build: int, version: str = "10.0", workstation: bool = True) -> Windows:
    return Windows(version, build, workstation)


@pytest.mark.parametrize(
    ("found", "outcome", "value", "code"),
    [
        (windows(26200), Outcome.PASS, "win11", None),
        (windows(28000), Outcome.PASS, "win11", None),  # a later one than the edition knows
        (windows(26100), Outcome.WARN, "win11", "pc.support_ended"),
        (windows(22631), Outcome.WARN, "win11", "pc.support_ended"),
        (windows(22000), Outcome.WARN, "win11", "pc.support_ended"),
        (windows(21999), Outcome.WARN, "win10", "pc.support_ended"),
        (windows(19045), Outcome.WARN, "win10", "pc.support_ended"),
        (windows(26100, workstation=False), Outcome.FAIL, "other", "pc.windows_other"),
        (windows(9600, "6.3"), Outcome.FAIL, "other", "pc.windows_other"),
    ],
)
def test_the_build_tells_which_windows_it_is(found: Windows, outcome: Outcome, value: str, code: str | None) -> None:
    result = judge(found, PLACE, DATES, TODAY)
    assert (result.outcome, result.value, result.detail) == (outcome, value, f"build {found.build}")
    assert [finding.code for finding in result.findings] == ([code] if code else [])


def test_support_lasts_to_the_end_of_its_last_day() -> None:
    last = next(one for one in DATES if one.build == 26100).end
    assert judge(windows(26100), PLACE, DATES, last).findings == ()
    [finding] = judge(windows(26100), PLACE, DATES, date(2026, 10, 14)).findings
    assert finding.values == {"name": "11 24H2", "build": "26100", "end": "2026-10-13"}


def test_the_editions_windows_stand_in_the_order_of_their_builds() -> None:
    assert [one.build for one in DATES] == sorted(one.build for one in DATES)


def test_name_language_and_free_space_are_evidence_and_little_space_a_warning() -> None:
    result = judge(windows(26200), Place("PC\x1b-01", "ja_JP", GIB // 10), DATES, TODAY)
    evidence = ("windows 10.0 build 26200", "host PC\\u{1b}-01", "language ja_JP", "disk free 0.1 GiB")
    assert (result.outcome, result.value, result.seen) == (Outcome.WARN, "win11", evidence)
    assert [finding.code for finding in result.findings] == ["pc.disk"]


@pytest.mark.parametrize("called", ["JIMUSHO-PC1", "事務室 jimusho-pc1", "ＪＩＭＵＳＨＯ－ＰＣ１"])
def test_a_pc_is_recognised_by_the_name_it_gives_itself(called: str) -> None:
    assert same_name("jimusho-pc1", called)


def test_a_nickname_is_a_warning_with_both_names() -> None:
    result = judge(windows(26200), PLACE, DATES, TODAY)
    assert named(result, "PC-01", None) == result == named(result, "PC-01", "pc-01")
    other = named(result, "PC-01", "受付のPC")
    assert (other.outcome, other.value) == (Outcome.WARN, "win11")
    assert other.findings[0].values == {"host": "PC-01", "name": "受付のPC"}
    assert named(judge(windows(9600, "6.3"), PLACE, DATES, TODAY), "PC-01", "受付").outcome is Outcome.FAIL


@pytest.mark.skipif(sys.platform == "win32", reason="speaks of the other systems")
def test_another_system_is_not_the_pc_being_set_up_and_says_what_it_is() -> None:
    request = request_for("system", EDITION, TODAY)
    result = run("system", request)
    assert (result.outcome, result.value, result.here) == (Outcome.COULD_NOT_RUN, None, True)
    assert [finding.code for finding in result.findings] == ["pc.not_windows"]
    assert set(result.findings[0].values) == {"system", "release"}
    assert [line.split()[0] for line in result.seen] == ["host", "language", "disk"]
    assert result.findings == CheckResult.from_json(measure(request, lambda _: None)).findings


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_this_windows_is_told_by_the_child() -> None:
    assert run("system", request_for("system", EDITION, TODAY)).value in ("win11", "win10", "other")
