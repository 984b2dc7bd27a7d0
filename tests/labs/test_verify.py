"""All that `verify` walks: every edition, and every way from one into another."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from states.flow import editions
from states.flow.explore import explore
from states.flow.facts import fine, is_, never
from tui.cli import main

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("edition", "step", "fact", "change", "kind"),
    [
        # Said to be paid while the pass runs; the move with software that stops; a code that comes to nobody.
        ("2026-07", "fee", "renewal", {"values": (fine("automatic"), fine("not_sure"))}, "done_disagrees"),
        ("2026-07", "user_id", "security_mail", {"about": ()}, "outlives_a_changed_answer"),
        ("2026-07", "user_id", "id_request", {"when": is_("kj_id", "none")}, "asked_otherwise"),
        ("move", "care_software", "standard", {"values": (fine("v41"), fine("v50"), fine("v3"))}, "done_disagrees"),
        ("move", "user_id", "security_mail", {"needed": never}, "done_disagrees"),
        ("move", "office_user", "office_user", {"about": ("pc",)}, "outlives_a_changed_answer"),
    ],
)
def test_a_fault_planted_in_a_later_edition_is_found(
    edition: str, step: str, fact: str, change: dict[str, Any], kind: str
) -> None:
    table = editions.find(edition)
    row = table.step[step].but(fact, **change)
    faulty = replace(table, steps=tuple(row if one.name == step else one for one in table.steps))
    oracle = import_module(f"states.flow.editions.oracle_{edition.replace('-', '_')}").ORACLE
    assert kind in {failure.kind for failure in explore(faulty, oracle, stop_at=kind).failures}


def test_every_edition_and_every_way_between_two_is_without_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["edition"] for one in told if "edition" in one] == list(editions.KNOWN)
    ways = [(one["way"], one["source"], one["target"]) for one in told if "way" in one]
    assert ways == [
        ("upgrade", "2023-05-26", "2026-07"),
        ("continue", "2023-05-26", "move"),
        ("continue", "2026-07", "move"),
    ]
    assert all(one["places"] > 5_000 and not one["failures"] for one in told if "way" in one)
