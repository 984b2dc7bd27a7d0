"""The walk of the edition: nothing is wrong with it, it is quick, and what it reports can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from states.flow.board import Board
from states.flow.edition import Edition
from states.flow.editions import find
from states.flow.editions.oracle_2023_05_26 import ORACLE
from states.flow.explore import Report, explore_named
from states.flow.facts import fix
from states.flow.proof.findings import Failure
from states.flow.proof.upgrades import cross
from states.flow.upgrade import Carried, carry

EDITION = find("2023-05-26")


@cache
def report() -> Report:
    return explore_named(EDITION.name)


def test_nothing_is_wrong_with_the_edition() -> None:
    assert report().failures == []


def test_every_transition_is_taken_and_every_listed_reason_given() -> None:
    walked = report()
    assert walked.transitions_taken == walked.transitions > 180
    assert set(walked.reason_codes) == set(ORACLE.codes)
    assert set(walked.movement_codes) == ORACLE.movement_codes


def test_the_oracle_speaks_of_every_step_fact_and_condition() -> None:
    assert set(ORACLE.done) == set(ORACLE.opens) == set(EDITION.step)
    assert set(ORACLE.conditions) == set(EDITION.condition)
    assert set(ORACLE.falls) == {fact.name for fact in EDITION.facts.values() if not fact.clock}
    assert set(ORACLE.asked) <= set(EDITION.facts)


def test_the_walk_is_not_empty_anywhere() -> None:
    walked = report()
    assert walked.raw_product > 1e25
    assert walked.states == 16
    assert walked.configurations > 2_000
    assert walked.moves > 20_000
    assert walked.pairs > 2_000
    assert walked.boards > 5_000
    assert all(len(classes) > 1 for classes in walked.classes.values())


def test_the_report_is_read_by_people_and_by_programs() -> None:
    walked = report()
    assert f"{walked.transitions} of {walked.transitions} transitions" in "\n".join(walked.lines())
    assert json.loads(json.dumps(walked.as_json()))["failures"] == []


def test_a_failure_is_told_with_the_way_to_it() -> None:
    failing = Report("x", failures=[Failure("no_way_on", "terminal", ("go_terminal", "pc=given"))])
    assert failing.lines()[-3:] == ["FAILED no_way_on: terminal", "    go_terminal", "    pc=given"]


# -- into another edition


def _forgets(answers: Mapping[str, str], target: Edition) -> Carried:
    honest = carry(answers, target)
    return Carried(honest.kept, tuple(name for name in honest.aside if name != "invoice"))


def _takes_all(answers: Mapping[str, str], _: Edition) -> Carried:
    return Carried(tuple(answers), ())


def _drops(answers: Mapping[str, str], target: Edition) -> Carried:
    honest = carry(answers, target)
    return Carried(tuple(name for name in honest.kept if name != "kj_id"), honest.aside)


def _stays(state: str, _: Board) -> str:
    return state


def _to_the_first(_: str, board: Board) -> str:
    return board.edition.order[-1]


def test_whatever_is_reached_goes_into_the_next_edition_without_loss_and_planted_faults_are_caught() -> None:
    """A fifth of what is reached; all of it, and every other way, is a lab's. So a few answers are not met here."""
    reached, target = report().reached, find("2026-07")
    honest = cross(EDITION, target, reached[::5], "upgrade")
    assert {failure.kind for failure in honest.failures} <= {"answer_never_met"}
    assert honest.places > 5_000
    assert honest.aside > 0
    few = [values for values in reached if "payment" in values] + reached[::200]
    faults: list[tuple[str, dict[str, Any]]] = [
        ("answer_lost", {"carry": _forgets}),
        ("answer_lost", {"carry": _drops}),
        ("answer_nobody_knows", {"carry": _takes_all}),
        ("state_does_not_exist", {"anchor": _stays}),
        ("stands_where_none_may", {"anchor": _to_the_first}),
    ]
    for kind, fault in faults:
        assert kind in {failure.kind for failure in cross(EDITION, target, few, "upgrade", **fault).failures}, fault


def test_an_edition_out_of_which_nobody_comes_is_caught() -> None:
    """A table whose new question has no good answer: what is brought into it can never be finished."""
    target = find("2026-07")
    stuck = target.step["fee"].but("renewal", values=(fix("not_sure"),))
    broken = replace(target, steps=tuple(stuck if step.name == "fee" else step for step in target.steps))
    found = cross(EDITION, broken, [{}], "upgrade")
    assert "cannot_be_finished" in {failure.kind for failure in found.failures}
