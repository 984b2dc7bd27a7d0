"""Edge, updates and programs of a Windows PC, from recorded answers of its registry."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import pytest

from states.checks import edge, programs, updates
from states.checks.asking import PC, request_for
from states.checks.result import Finding, Outcome
from states.checks.run import run
from states.flow import editions
from tests.checks.recorded import Recorded

EDITION = editions.find(editions.NEWEST)
DAY = date(2026, 7, 2)
FLOOR = "150.0.4078.48"

# -- Edge


@pytest.mark.parametrize(
    ("found", "days", "outcome", "value", "code"),
    [
        ((FLOOR,), 0, Outcome.PASS, "newest", None),
        (("151.0.1.1",), 27, Outcome.PASS, "newest", None),
        (("150.0.4078.47",), 0, Outcome.FAIL, "old", "pc.edge_old"),
        (("99.0.0.0",), 400, Outcome.FAIL, "old", "pc.edge_old"),
        ((FLOOR,), 28, Outcome.COULD_NOT_RUN, None, "pc.edge_look"),
        (("156.0.1.1", "149.0.1.1"), 0, Outcome.FAIL, "old", "pc.edge_old"),  # a user's own copy is behind
        ((), 0, Outcome.COULD_NOT_RUN, None, "pc.edge_not_found"),
        (("newest", "1.²"), 0, Outcome.COULD_NOT_RUN, None, "pc.edge_not_found"),
    ],
)
def test_edge_is_old_for_certain_or_newest_while_that_can_be_said(
    found: tuple[str, ...], days: int, outcome: Outcome, value: str | None, code: str | None
) -> None:
    result = edge.judge(found, FLOOR, DAY, DAY + timedelta(days=days))
    assert (result.outcome, result.value) == (outcome, value)
    assert [finding.code for finding in result.findings] == ([code] if code else [])


def test_edges_version_is_read_where_its_updater_notes_it() -> None:
    found = Recorded(
        {
            rf"HKLM\{edge.KEY}": {"pv": "0.0.0.0"},  # removed
            rf"HKLM32\{edge.KEY}": {"pv": "150.0.4078.48"},
            rf"HKCU\{edge.KEY}": {"pv": "150.0.4078.48"},
        }
    )
    assert edge.versions(found) == ("150.0.4078.48",)
    assert edge.versions(Recorded()) == ()


# -- Updates


@pytest.mark.parametrize(
    ("count", "restart", "outcome", "value", "codes"),
    [
        (0, False, Outcome.PASS, "current", []),
        (3, False, Outcome.WARN, "behind", ["pc.updates"]),
        (0, True, Outcome.WARN, "behind", ["pc.restart"]),
        (3, True, Outcome.WARN, "behind", ["pc.restart", "pc.updates"]),
        (None, True, Outcome.WARN, "behind", ["pc.restart", "pc.updates_unread"]),
        (None, False, Outcome.COULD_NOT_RUN, None, ["pc.updates_unread"]),
    ],
)
def test_updates_and_a_restart_that_is_due(
    count: int | None, restart: bool, outcome: Outcome, value: str | None, codes: list[str]
) -> None:
    failure = Finding("pc.updates_unread", {"error": "0x8024402c"}) if count is None else None
    result = updates.judge(count, restart, failure)
    assert (result.outcome, result.value, [finding.code for finding in result.findings]) == (outcome, value, codes)


@pytest.mark.parametrize("key", updates.RESTART)
def test_a_restart_is_due_when_either_key_exists(key: str) -> None:
    assert updates.restart_due(Recorded({rf"HKLM\{key}": {}}))
    assert not updates.restart_due(Recorded({rf"HKCU\{key}": {}}))


# -- Programs

LISTED = {
    rf"HKLM\{programs.KEY}\{{1}}": {"DisplayName": "Microsoft Edge", "DisplayVersion": "150.0.4078.48"},
    rf"HKLM\{programs.KEY}\{{2}}": {"SystemComponent": "1"},
    rf"HKLM32\{programs.KEY}\{{3}}": {"DisplayName": "ケアプランデータ連携クライアント", "DisplayVersion": "3.1.0"},
    rf"HKCU\{programs.KEY}\Half": {"DisplayName": "ｹｱﾌﾟﾗﾝﾃﾞｰﾀ連携"},
}


def test_programs_are_read_from_all_three_lists() -> None:
    names = [(one.name, one.version) for one in programs.installed(Recorded(LISTED))]
    assert names == [
        ("Microsoft Edge", "150.0.4078.48"),
        ("ケアプランデータ連携クライアント", "3.1.0"),
        ("ｹｱﾌﾟﾗﾝﾃﾞｰﾀ連携", ""),
    ]


def test_a_program_with_the_clients_name_is_shown_for_comparing() -> None:
    result = programs.judge(list(programs.installed(Recorded(LISTED))), EDITION.known_good.client)
    assert (result.outcome, result.value, result.detail) == (Outcome.WARN, "yes", "3.1.0")
    assert result.findings[0].values == {"name": "ケアプランデータ連携クライアント"}
    assert len(result.seen) == 2


def test_that_the_client_was_not_found_proves_nothing() -> None:
    result = programs.judge([programs.Program("Microsoft Edge", "150")], EDITION.known_good.client)
    assert (result.outcome, result.value, result.findings[0].code) == (
        Outcome.COULD_NOT_RUN,
        None,
        "pc.client_not_found",
    )


# -- Elsewhere


@pytest.mark.skipif(sys.platform == "win32", reason="speaks of the other systems")
@pytest.mark.parametrize("name", PC)
def test_on_another_system_every_check_of_the_pc_says_so(name: str) -> None:
    result = run(name, request_for(name, EDITION, DAY))
    assert (result.outcome, [finding.code for finding in result.findings]) == (
        Outcome.COULD_NOT_RUN,
        ["pc.not_windows"],
    )
