"""Faults in the table are found: by the proof, by the scripts, or by both. A sample here; all by the command."""

from __future__ import annotations

import pytest

from states.acceptance.run import Player
from tests.acceptance.mutants import HARMLESS, Mutant, catch, mutants, scenarios

EVERY = list(mutants())


def named(text: str) -> Mutant:
    return next(mutant for mutant in EVERY if mutant.name == text)


def test_the_program_makes_many_and_each_only_once() -> None:
    assert len(EVERY) >= 60
    assert len({mutant.name for mutant in EVERY}) == len(EVERY)
    assert set(HARMLESS) <= {mutant.name for mutant in EVERY}


def test_the_honest_table_fails_no_script() -> None:
    player = Player()
    assert not any(player.play(scenario).failure for scenario in scenarios())


@pytest.mark.parametrize(
    "name",
    [
        "certificate no longer needs terminal",
        "user_id overlooks a contradiction",
        "kj_id.hd is fine",
        "certificate is no longer about pc",
        "id_request.sent takes a day longer",
        "sites never grows stale",
        "complete reopen leads to abandoned",
        "real_password always holds",
    ],
)
def test_a_sample_is_found_by_the_scripts_alone(name: str) -> None:
    assert catch(named(name), proof=False).scripts > 0
