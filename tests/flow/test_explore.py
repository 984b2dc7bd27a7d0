"""The walk of the edition: nothing is wrong with it, it is quick, and what it reports can be read."""

from __future__ import annotations

import json
from functools import cache

from states.flow.editions import find
from states.flow.editions.oracle_2023_05_26 import ORACLE
from states.flow.explore import Report, explore_named
from states.flow.proof.findings import Failure

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
