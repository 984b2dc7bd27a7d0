"""A probe's file: what comes back of it, and how an old, edited or hostile one is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from states.checks.probe import SIZE, for_session, read_probe, written
from states.checks.result import CheckResult, Finding, Outcome, could_not_run
from states.fault import Fault
from states.flow.session import Answer
from tests.flow.stories import japan

NOW = japan(11, 22)
EDITION = "2023-05-26"
RESULTS = {
    "system": CheckResult(Outcome.PASS, "win11", "build 26200", seen=("windows 10.0 build 26200", "host JIMUSHO-PC1")),
    "edge": could_not_run(Finding("pc.edge_look", {"version": "151.0", "floor": "150.0", "day": "2026-07-02"})),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "結果.json"
    path.write_text(made())
    return path


def made(**changes: Any) -> str:
    given: dict[str, Any] = {"edition": EDITION, "pc": "JIMUSHO-PC1", "now": NOW, "results": RESULTS, "program": "0.1"}
    return written(**{**given, **changes})


def refusal(file: Path, now: Any = NOW) -> str:
    with pytest.raises(Fault) as met:
        read_probe(str(file), EDITION, now)
    return met.value.code


def test_what_was_measured_comes_back_and_was_not_measured_here(file: Path) -> None:
    probe = read_probe(str(file), EDITION, NOW)
    assert (probe.pc, probe.at) == ("JIMUSHO-PC1", NOW)
    assert set(probe.results) == set(RESULTS)
    assert probe.results["system"].value == "win11"
    assert not any(result.here for result in probe.results.values())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_a_file_that_a_windows_console_has_redirected_is_read(file: Path, encoding: str) -> None:
    file.write_text(made(pc="事務室PC"), encoding=encoding)
    assert read_probe(str(file), EDITION, NOW).pc == "事務室PC"


@pytest.mark.parametrize(
    ("ago", "code"), [(timedelta(hours=25), "probe.too_old"), (-timedelta(hours=1), "probe.ahead")]
)
def test_an_old_one_and_one_from_a_clock_that_is_ahead(file: Path, ago: timedelta, code: str) -> None:
    assert refusal(file, NOW + ago) == code
    assert read_probe(str(file), EDITION, NOW + timedelta(hours=24)).pc
    assert read_probe(str(file), EDITION, NOW - timedelta(minutes=10)).pc


def test_every_single_edit_is_found(file: Path) -> None:
    for old, new in (("win11", "win10"), ("JIMUSHO-PC1", "JIMUSHO-PC2"), ("26200", "26201"), ("0.1", "0.2")):
        text = made()
        assert old in text
        file.write_text(text.replace(old, new))
        assert refusal(file) == "probe.damaged"


def sealed(change: Callable[[dict[str, Any]], object]) -> str:
    """A file with a right checksum over whatever somebody has put into it."""
    from states.checks.probe import _sum

    given = json.loads(made())
    del given["sha256"]
    change(given)
    return json.dumps({**given, "sha256": _sum(given)})


def put(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda given: given.update({name: value})


def in_system(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda given: given["checks"]["system"].update({name: value})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (put("careplan_setup_probe", 2), "probe.version"),
        (put("careplan_setup_probe", "1"), "probe.version"),
        (put("edition", "2030-01-01"), "probe.edition"),
        (put("edition", None), "probe.edition"),
        (put("more", 1), "probe.malformed"),
        (put("pc", "a\x1b[31m"), "probe.malformed"),
        (put("pc", 7), "probe.malformed"),
        (put("pc", "x" * 65), "probe.malformed"),
        (put("at", "yesterday"), "probe.malformed"),
        (put("at", 1e300), "probe.malformed"),
        (put("at", None), "probe.malformed"),
        (put("at", -(10**18)), "probe.malformed"),
        (put("checks", []), "probe.nothing"),
        (put("checks", "system"), "probe.malformed"),
        (put("checks", {"format_disk": {}}), "probe.malformed"),
        (put("checks", {"system": None}), "probe.malformed"),
        (in_system("seen", ["\u202e"]), "probe.malformed"),
        (in_system("value", "Two Words"), "probe.malformed"),
        (in_system("findings", [{"code": "pc.disk"}] * 3), "probe.malformed"),
        (in_system("detail", "d" * 10_000), "probe.malformed"),
    ],
)
def test_a_hostile_file_with_a_right_checksum(
    file: Path, change: Callable[[dict[str, Any]], object], code: str
) -> None:
    file.write_text(sealed(change))
    if code == "probe.nothing":
        assert read_probe(str(file), EDITION, NOW).results == {}
    else:
        assert refusal(file) == code


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{}", b"\xff\xfe\x00", b"[" * 100_000, b'{"careplan_setup_probe": NaN}', b"\x00" * 10],
)
def test_what_is_no_such_file_at_all(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    assert refusal(file) in ("probe.malformed", "probe.version")


def test_files_that_cannot_be_read(file: Path, tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.json") == "probe.missing"
    assert refusal(tmp_path) == "probe.unreadable"
    assert refusal(Path("a\0b")) == "probe.missing"
    file.write_bytes(b" " * (SIZE + 1))
    assert refusal(file) == "probe.too_large"


# -- In a session


def answered(detail: str = "", *seen: str) -> Answer:
    return Answer("given", detail, seen=seen)


def test_a_nickname_is_compared_and_said(file: Path) -> None:
    probe = for_session(read_probe(str(file), EDITION, NOW), {"pc": answered("受付のPC")})
    assert [finding.code for finding in probe.results["system"].findings] == ["pc.other_name"]
    same = for_session(read_probe(str(file), EDITION, NOW), {"pc": answered("jimusho-pc1 (受付)")})
    assert same.results["system"].findings == ()
    assert same.results["system"].seen[0] == "measured on JIMUSHO-PC1 at 2026-11-22 10:00"


def test_another_pc_than_the_one_measured_before_is_refused(file: Path) -> None:
    probe = read_probe(str(file), EDITION, NOW)
    assert for_session(probe, {"windows": answered("", "host jimusho-pc1")}).pc == "JIMUSHO-PC1"
    with pytest.raises(Fault, match=r"probe\.other_pc"):
        for_session(probe, {"windows": answered("", "host UKETSUKE")})
