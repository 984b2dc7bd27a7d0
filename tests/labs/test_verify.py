"""All that `verify` walks: every edition, and every way from one into another."""

from __future__ import annotations

import json

import pytest

from states.flow import editions
from tui.cli import main

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]


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
