"""Which Windows this is, by its build; and that anything else is said to be something else."""

from __future__ import annotations

import sys

import pytest

from states.checks.result import CheckResult, Outcome
from states.checks.run import run
from states.checks.system import Windows, judge, measure


def windows(build: int, version: str = "10.0", workstation: bool = True, edge: tuple[str, ...] = ()) -> Windows:
    return Windows(version, build, workstation, edge)


@pytest.mark.parametrize(
    ("found", "outcome", "value", "code"),
    [
        (windows(22631), Outcome.PASS, "win11", None),
        (windows(22000), Outcome.PASS, "win11", None),
        (windows(21999), Outcome.WARN, "win10", "pc.windows_10"),
        (windows(19045), Outcome.WARN, "win10", "pc.windows_10"),
        (windows(26100, workstation=False), Outcome.FAIL, "other", "pc.windows_other"),
        (windows(9600, "6.3"), Outcome.FAIL, "other", "pc.windows_other"),
    ],
)
def test_the_build_tells_which_windows_it_is(found: Windows, outcome: Outcome, value: str, code: str | None) -> None:
    result = judge(found, "PC-01")
    assert (result.outcome, result.value, result.detail) == (outcome, value, f"build {found.build}")
    assert [finding.code for finding in result.findings] == ([code] if code else [])


def test_edge_and_the_hosts_name_are_evidence() -> None:
    result = judge(windows(22631, edge=("143.0.3650.66",)), "PC\x1b-01")
    assert result.seen == ("windows 10.0 build 22631", "edge 143.0.3650.66", "host PC\\u{1b}-01")
    assert "edge not found" in judge(windows(22631), "PC-01").seen


@pytest.mark.skipif(sys.platform == "win32", reason="speaks of the other systems")
def test_another_system_is_not_the_pc_being_set_up() -> None:
    result = run("system", {})
    assert result == CheckResult.from_json(measure({}, lambda _: None))
    assert (result.outcome, result.value, result.here) == (Outcome.COULD_NOT_RUN, None, True)
    assert [finding.code for finding in result.findings] == ["pc.not_windows"]
    assert set(result.findings[0].values) == {"system", "release"}


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_this_windows_is_told_by_the_child() -> None:
    assert run("system", {}).value in ("win11", "win10", "other")
