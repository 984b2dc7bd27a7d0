"""Names of exported files, by the form of domain.md; nothing of a file but its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from states.checks.bounded import names_at
from states.checks.csv_names import MOST, Name, judge, parse
from states.checks.result import Outcome

HERE, THERE = "1372001234", "1372005678"


def name(kind: str, month: str = "202611", sender: str = HERE, receiver: str = THERE) -> str:
    part = f"{month}_" if month else ""
    return f"{kind}_{part}{sender}_01_{receiver}_02_20261122101112.CSV"


SET = [name(kind) for kind in ("UPPLAN", "UPSIKYU", "UPHOSOKU")]


def codes(*names: str, partners: tuple[str, ...] = (THERE,)) -> list[str]:
    return [finding.code for finding in judge(names, HERE, partners).findings]


def test_a_complete_set_between_this_office_and_its_partner_is_fine() -> None:
    result = judge(SET, HERE, ["居宅さくら", "１３７２００５６７８"])
    assert (result.outcome, result.value, result.detail) == (Outcome.PASS, "names_fine", "3")
    assert result.seen[0] == f"UPPLAN 202611 {HERE} {THERE}"


@pytest.mark.parametrize("kind", ["UP1KYO", "UP2KYO", "UP3KYO"])
def test_kinds_without_a_month(kind: str) -> None:
    assert codes(name(kind, "")) == []
    assert codes(name(kind)) == ["csv.form"]


def test_a_record_of_results_travels_alone_and_comes_from_the_partner() -> None:
    assert codes(name("UPJSK", sender=THERE, receiver=HERE)) == []


@pytest.mark.parametrize(
    "odd",
    [
        "plan.csv",
        "",
        name("UPPLAN", ""),
        name("UPPLAN", "202613"),
        name("UPPLAN").replace("20261122", "20261322"),
        name("UPPLAN") + ".txt",
        name("UPXXXX"),
        name("UPPLAN", sender="137200123"),
        name("UPPLAN").replace("1", "１"),
        "\x1b[31m" + name("UPPLAN"),
        "A" * 5000,
    ],
)
def test_a_name_of_another_form(odd: str) -> None:
    assert parse(odd) is None
    assert codes(odd) == ["csv.form"]


def test_lower_case_is_read() -> None:
    assert parse(SET[0].lower()) == Name("UPPLAN", "202611", HERE, THERE)


def test_another_office_and_a_partner_nobody_named() -> None:
    assert "csv.office" in codes(name("UPJSK", sender=THERE, receiver="1372009999"))
    assert codes(name("UPJSK", receiver="1372009999")) == ["csv.partner"]
    assert codes(name("UPJSK", receiver="1372009999"), partners=("居宅さくら",)) == []  # no number is known
    assert codes(name("UPJSK", receiver=HERE)) == ["csv.same"]


def test_what_a_set_lacks_is_named_for_each_plan() -> None:
    result = judge([*SET, name("UPPLAN", "202612")], HERE, [THERE])
    [finding] = result.findings
    assert (finding.code, dict(finding.values)) == ("csv.set", {"month": "2026-12", "kinds": "UPSIKYU, UPHOSOKU"})
    assert result.value == "names_odd"


def test_no_names_and_very_many() -> None:
    assert judge([], HERE, []).outcome is Outcome.COULD_NOT_RUN
    assert len(judge(["x"] * 5000, HERE, []).findings) == MOST


def test_a_folder_is_listed_and_anything_else_is_a_name(tmp_path: Path) -> None:
    for file in (*SET, "notes.txt"):
        (tmp_path / file).write_bytes(b"\xff")
    assert names_at(str(tmp_path), 10) == sorted(SET)
    assert len(names_at(str(tmp_path), 2)) == 2
    assert names_at(rf"C:\data\{SET[0]}", 10) == [SET[0]]
    assert names_at(f"/gone/{SET[0]}", 10) == [SET[0]]
    assert names_at("", 10) == names_at("/gone/", 10) == []
    assert names_at("a\0b", 10) == ["a\0b"]
