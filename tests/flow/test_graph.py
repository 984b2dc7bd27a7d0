"""The picture shows every step, need, wait and end, and no more arrows than can be read."""

from __future__ import annotations

from states.flow.editions import find
from states.flow.graph import graph

EDITION = find("2023-05-26")
PICTURE = graph(EDITION)
LINES = [line.strip() for line in PICTURE.splitlines()]


def test_every_step_and_condition_is_a_node() -> None:
    for step in EDITION.steps:
        assert any(line.startswith(f'{step.name}["') for line in LINES)
    for condition in EDITION.conditions:
        assert f'{condition.name}(["{condition.name}"])' in LINES


def test_every_need_is_an_arrow_but_those_of_the_hand_over_which_needs_all() -> None:
    for step in EDITION.steps:
        for need in step.needs:
            assert (f"{need} --> {step.name}" in LINES) == (step.name != "handover")
    assert "steps -->|all that apply are done| handover" in LINES


def test_waits_refusals_and_what_decides_are_shown() -> None:
    assert 'user_id["3 · user_id<br/>waits for id_request: 14 days"]' in LINES
    assert "application -->|terms: declined| refused" in LINES
    assert "certificate -.-> careplan_certificate" in LINES


def test_it_stays_a_picture() -> None:
    assert sum("-->" in line or "-.->" in line for line in LINES) < 50
