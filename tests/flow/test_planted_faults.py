"""The walk is itself on trial: a fault is planted in the table, the machine or the rules, and has to be found as such.

Each is a fault somebody could make. The name says which; the test says what kind of failure has to be reported, so that
a fault found by accident, as something else, does not count. `test_explore` shows that none is reported without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from states.flow import board as board_module
from states.flow import edition as edition_module
from states.flow import machine as machine_module
from states.flow.board import REFUSED, Board, Move
from states.flow.edition import Applies, Condition, Edition, Step
from states.flow.editions import find
from states.flow.editions.oracle_2023_05_26 import ORACLE
from states.flow.explore import Report, explore
from states.flow.facts import (
    EVERYTHING,
    Fact,
    Facts,
    Holds,
    Meaning,
    Value,
    Wait,
    age,
    always,
    is_,
    never,
    time,
)
from states.flow.guards import Kind, Reason, reasons_of
from states.flow.machine import Mover
from states.flow.proof.routes import Values
from states.flow.session import Session
from states.flow.steps.certificate import from_place

EDITION = find("2023-05-26")
Mutation = Callable[[Edition], Edition]


# -- how a table is changed


def step(name: str, **changes: Any) -> Mutation:
    def mutate(edition: Edition) -> Edition:
        assert name in edition.step
        return replace(edition, steps=tuple(replace(s, **changes) if s.name == name else s for s in edition.steps))

    return mutate


def fact(name: str, **changes: Any) -> Mutation:
    def mutate(edition: Edition) -> Edition:
        row: Step = edition.step[edition.facts[name].step]
        asks = tuple(replace(f, **changes) if f.name == name else f for f in row.asks)
        assert asks != row.asks
        return step(row.name, asks=asks)(edition)

    return mutate


def value(name: str, value_name: str, **changes: Any) -> Mutation:
    def mutate(edition: Edition) -> Edition:
        values = edition.facts[name].values
        mutated = tuple(replace(v, **changes) if v.name == value_name else v for v in values)
        assert mutated != values
        return fact(name, values=mutated)(edition)

    return mutate


def condition(name: str, **changes: Any) -> Mutation:
    def mutate(edition: Edition) -> Edition:
        assert name in edition.condition
        mutated: tuple[Condition, ...] = tuple(
            replace(c, **changes) if c.name == name else c for c in edition.conditions
        )
        return replace(edition, conditions=mutated)

    return mutate


def needs(name: str, *needed: str) -> Mutation:
    assert EDITION.step[name].needs != needed
    return step(name, needs=needed)


def about(name: str, *others: str) -> Mutation:
    return fact(name, about=others)


def one_more(name: str, extra: Value) -> Mutation:
    return fact(name, values=(*EDITION.facts[name].values, extra))


def found(kind: str, edition: Edition, mover: Callable[[Edition], Mover] = Mover) -> Report:
    report = explore(edition, ORACLE, stop_at=kind, mover=mover)
    assert kind in {failure.kind for failure in report.failures}, report.lines()
    return report


# -- faults of the table


def inverted(f: Facts) -> Applies:
    right = EDITION.step["issuing_password"].applies(f)
    return right if right.verdict is None else Applies(not right.verdict, right.by)


def told_too_late(f: Facts) -> Applies:
    right = EDITION.step["reinstall_certificate"].applies(f)
    return right if right.verdict else Applies(None, right.by)


def usable_at_any_date(f: Facts) -> bool:
    return any(
        f.has(name, "usable") or f.has(f"{name}_attested", "usable")
        for name in ("certificate", "reinstalled", "installed")
    )


def start_day_is_overdue(f: Facts) -> tuple[Reason, ...]:
    return (Reason("start_day.unanswered", Kind.ASK, "start_day"),) if f.has(time("start_day"), "overdue") else ()


def first_stored_is_not_edge(f: Facts) -> bool:
    return next(iter(f.values), "") != "edge"


FAULTS: dict[str, tuple[Mutation, str]] = {
    # what an answer means
    "what is to be mended counts as fine": (value("edge", "old", meaning=Meaning.FINE), "done_disagrees"),
    "what is fine is to be mended": (value("windows", "win10", meaning=Meaning.FIX), "done_disagrees"),
    "a refusal counts as fine": (value("commissioned", "yes", meaning=Meaning.FINE), "done_disagrees"),
    "a refusal only blocks": (value("terms", "declined", meaning=Meaning.BLOCKED), "code_of_another_kind"),
    "what is out of hand is to be mended here": (
        value("certificate", "expired", meaning=Meaning.FIX),
        "code_of_another_kind",
    ),
    "a contradiction is dropped": (step("user_id", contradictions=()), "done_disagrees"),
    "a reason that is not listed": (one_more("windows", Value("arm", Meaning.FIX)), "code_not_listed"),
    "a reason that is never given": (step("user_id", contradictions=()), "code_never_given"),
    "a step that never closes": (
        fact("payment", values=(Value("offset", Meaning.FIX), Value("invoice", Meaning.FIX))),
        "cannot_be_finished",
    ),
    "a required answer is left out": (fact("sites", needed=never), "done_disagrees"),
    "a completion depends on a later login": (fact("login", needed=always), "done_disagrees"),
    "an unknown outcome is an answer like any other": (
        value("completion", "unknown", unknown=False),
        "unknowns_differ",
    ),
    "an unknown outcome counts as done": (
        value("completion", "unknown", meaning=Meaning.FINE),
        "unknown_is_no_work",
    ),
    # when it is asked, and whether the step applies
    "a question that is never asked": (fact("commissioned", when=never), "asked_otherwise"),
    "a question that is always asked": (fact("password", when=always), "asked_otherwise"),
    "a lost password is not asked for": (fact("id_request", when=never), "done_disagrees"),
    "a question that depends on itself": (fact("interface", when=is_("interface", "yes")), "reads_otherwise"),
    "a row applies where it should not": (step("issuing_password", applies=inverted), "done_disagrees"),
    "a row is skipped by nothing": (
        step("issuing_password", applies=lambda _: Applies(False)),
        "skipped_by_nothing_known",
    ),
    "a row cannot be told though it is": (step("reinstall_certificate", applies=told_too_late), "untold_though_told"),
    "both siblings apply": (
        step("careplan_certificate", applies=from_place("no", "other_pc")),
        "siblings_both_apply",
    ),
    "the clock decides whether a row applies": (
        step("payment", applies=lambda f: Applies(not f.has(age("sites"), "stale"), "sites")),
        "applies_by_the_clock",
    ),
    # needs
    "a need is dropped": (needs("application", "eligibility", "user_id", "real_password"), "opens_disagrees"),
    "a need is added": (needs("payment", "application", "client_app"), "opens_disagrees"),
    "a need of a later step locks both": (needs("terminal", "eligible", "certificate"), "needs_what_comes_later"),
    "the hand-over forgets a step": (needs("handover", *EDITION.step["handover"].needs[:-1]), "opens_disagrees"),
    "a condition passes over staleness": (
        condition("usable_certificate", test=usable_at_any_date),
        "condition_disagrees",
    ),
    "a condition that is mended nowhere": (
        condition("real_password", mended_in=("certificate",)),
        "condition_mended_nowhere",
    ),
    "a condition by the order of storage": (condition("eligible", test=first_stored_is_not_edge), "reads_otherwise"),
    "a condition on what nobody declares": (condition("eligible", test=is_("partner", "willing")), "reads_otherwise"),
    "a question that hangs on a later step": (
        fact("certificate_elsewhere", when=is_("payment", "invoice")),
        "reads_ahead",
    ),
    # what hangs on what
    "an answer outlives what it is about": (about("login", "kj_id"), "outlives_a_changed_answer"),
    "an answer falls for nothing": (about("completion", "kj_id", "terms", "password"), "falls_for_nothing"),
    "the report outlives what it reports": (fact("report", about=()), "outlives_a_changed_answer"),
    "all falls with one answer": (fact("windows_update", about=EVERYTHING), "falls_for_nothing"),
    "an answer about what comes later": (about("pc", "payment"), "about_what_comes_later"),
    "a request is not closed by what arrives": (fact("id_request", awaits=()), "closes_differ"),
    "a request awaits what it is not about": (
        fact("issuing_request", awaits=("issuing_password", "kj_id")),
        "awaits_what_it_is_not_about",
    ),
    # waits and dates
    "a wait is lost": (value("careplan_applied", "applied", meaning=Meaning.FIX, wait=None), "waits_differ"),
    "a wait of other length": (value("id_request", "sent", wait=Wait(days=7)), "waits_differ"),
    "a wait that holds nothing up any more": (
        value("interface", "asked", wait=Wait(days=7, holds_up=False)),
        "done_disagrees",
    ),
    "an informational wait holds the step up": (
        step("client_app", contradictions=(start_day_is_overdue,)),
        "informational_wait_holds_up",
    ),
    "time undoes what is done": (
        step("client_app", contradictions=(start_day_is_overdue,)),
        "clock_does_more_than_age",
    ),
    "an answer never grows stale": (fact("sites", holds=Holds.ALWAYS), "holds_differ"),
    "an answer is stale too late": (fact("sites", holds=Holds.WEEK), "holds_differ"),
}


@pytest.mark.parametrize(("mutate", "kind"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_the_table_is_found(mutate: Mutation, kind: str) -> None:
    found(kind, mutate(EDITION))


# -- faults of the machine: its rows, and what is said of them


def rows(change: Callable[[Move], Iterator[Move]]) -> Callable[[Edition], Mover]:
    """A mover some of whose rows are other ones, or none, or several."""

    def make(edition: Edition) -> Mover:
        with pytest.MonkeyPatch.context() as patch:
            changed = tuple(new for row in board_module.moves(edition) for new in change(row))
            assert changed != board_module.moves(edition)
            patch.setattr(machine_module, "moves", lambda _: changed)
            return Mover(edition)

    return make


def without(*, source: str = "", trigger: str = "") -> Callable[[Move], Iterator[Move]]:
    def change(row: Move) -> Iterator[Move]:
        if (source and row.source != source) or (trigger and row.trigger != trigger):
            yield row

    return change


def opened(trigger: str, open_when: Callable[[Board, str], bool]) -> Callable[[Move], Iterator[Move]]:
    def change(row: Move) -> Iterator[Move]:
        yield replace(row, open_when=open_when) if row.trigger == trigger else row

    return change


def a_second_way_from_terminal(row: Move) -> Iterator[Move]:
    yield row
    if (row.source, row.trigger) == ("terminal", "park"):
        yield replace(row, dest=REFUSED)


def parking_from_the_hand_over(row: Move) -> Iterator[Move]:
    yield row
    if (row.source, row.trigger) == ("payment", "park"):
        yield replace(row, source="handover")


def done_enough(board: Board, _: str) -> bool:
    return not board.any("open", "stale")  # type: ignore[arg-type]


def by_a_fact(board: Board, _: str) -> bool:
    return board.facts.has("payment", "offset")


class SaysNothing(Mover):
    """Its reasons for `park` are forgotten."""

    def closed_because(self, state: str, trigger: str, board: Board, words: str = "") -> Iterator[Reason]:
        if trigger != "park" or state not in self.edition.order:
            yield from super().closed_because(state, trigger, board, words)


class Forgets(Mover):
    """Going back clears what was answered there."""

    def fire(self, session: Session, trigger: str, board: Board, words: str = "") -> tuple[Reason, ...]:
        reasons = super().fire(session, trigger, board, words)
        if trigger == "back" and not reasons and hasattr(board, "facts"):
            board.facts.values.pop("billing", None)
        return reasons


MACHINES: dict[str, tuple[Callable[[Edition], Mover], str]] = {
    "two rows of one trigger open together": (rows(a_second_way_from_terminal), "siblings_both_open"),
    "a state that is never reached": (rows(without(trigger="go_payment")), "state_never_reached"),
    "a way is lost": (rows(without(source="terminal", trigger="go_payment")), "leads_nowhere"),
    "a way that is never open": (rows(parking_from_the_hand_over), "row_never_taken"),
    "an end without return": (rows(without(source=REFUSED)), "end_without_return"),
    "completing while something is awaited": (rows(opened("complete", done_enough)), "completes_too_early"),
    "abandoning without a reason": (rows(opened("abandon", lambda *_: True)), "explain_disagrees"),
    "a guard is dropped": (rows(opened("go_payment", lambda *_: True)), "stands_otherwise"),
    "a movement reads a fact": (rows(opened("park", by_a_fact)), "reads_otherwise"),
    "reasons that disagree with the guard": (SaysNothing, "explain_disagrees"),
    "the machine disagrees with the reasons": (SaysNothing, "machine_disagrees"),
    "going back changes an answer": (Forgets, "movement_touches_facts"),
}


@pytest.mark.lab  # a minute: each is found on the last and longest walk
@pytest.mark.parametrize(("mover", "kind"), MACHINES.values(), ids=MACHINES.keys())
def test_a_fault_of_the_machine_is_found(mover: Callable[[Edition], Mover], kind: str) -> None:
    found(kind, EDITION, mover)


# -- faults of the rules that all editions share


def looks_ahead_only(board: Board, here: str) -> str | None:
    order = board.edition.order
    later = order[order.index(here) + 1 :] if here in order else order
    return next((step for step in later if board.stands(step, *board_module.WORK)), None)


def to_the_first(board: Board, here: str) -> str | None:
    return next((step for step in board.edition.order if step != here and board.may_stand(step)), None)


def met_while_waiting(board: Board, need: str) -> bool:
    return board.is_(need, "holds", "done", "skipped", "waiting")


def never_looked_at_again(board: Board, step: str) -> bool:
    return not board.is_(step, "skipped", "untold") and (board.is_(step, "done", "refused") or not board.shut(step))


def no_step(*_: object) -> None:
    return None


def patient(fact: Fact, f: Facts) -> Iterator[Reason]:
    """What should have come by now is still just awaited."""
    for reason in reasons_of(fact, f):
        yield replace(reason, kind=Kind.WAIT) if reason.code.endswith(".overdue") else reason


ANSWER, CLOSED_TO = Edition.answer, Session.closed_to


def falls_when_repeated(edition: Edition, values: Values, name: str, value: str | None, **_: bool) -> Values:
    return ANSWER(edition, values, name, value, another=True)


def same_name_same_answer(edition: Edition, values: Values, name: str, value: str | None, **_: bool) -> Values:
    return ANSWER(edition, values, name, value)


def dormant_is_gone(edition: Edition, values: Values, name: str, value: str | None, **another: bool) -> Values:
    new = ANSWER(edition, values, name, value, **another)
    return {n: v for n, v in new.items() if Facts(edition.facts, new).asked(n)}


def takes_all_back(session: Session, fact: str, board: Board, **_: bool) -> tuple[Reason, ...]:
    return CLOSED_TO(session, fact, board)


def unasked_counts(f: Facts, name: str, *wanted: str | None) -> bool:
    return f.values.get(name) in wanted


RULES: dict[str, tuple[object, str, object, str]] = {
    "next passes work by": (Board, "work_after", looks_ahead_only, "next_passes_work_by"),
    "next passes a refusal by": (Board, "refused_elsewhere", no_step, "next_leads_elsewhere"),
    "back leaps to the first step": (Board, "step_before", to_the_first, "back_passes_a_step_by"),
    "back leads nowhere": (Board, "step_before", no_step, "back_passes_a_step_by"),
    "a need is met while it is awaited": (Board, "met", met_while_waiting, "shut_otherwise"),
    "an outcome cannot be looked at again": (Board, "may_stand", never_looked_at_again, "stands_otherwise"),
    "what is overdue is no work": (edition_module, "reasons_of", patient, "overdue_is_no_work"),
    "measuring again undoes what follows": (Edition, "answer", falls_when_repeated, "falls_for_nothing"),
    "another PC is taken for the same": (Edition, "answer", same_name_same_answer, "outlives_a_changed_answer"),
    "what is dormant is lost": (Edition, "answer", dormant_is_gone, "falls_for_nothing"),
    "what is dormant counts": (Facts, "has", unasked_counts, "counts_though_unasked"),
    "an answer closes the step under the technician": (
        Session,
        "closed_to",
        takes_all_back,
        "closed_under_the_technician",
    ),
}


@pytest.mark.parametrize(("owner", "name", "wrong", "kind"), RULES.values(), ids=RULES.keys())
def test_a_fault_of_the_rules_is_found(
    owner: object, name: str, wrong: object, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    found(kind, EDITION)


# -- the way to a fault


def test_a_fault_is_shown_with_the_shortest_way_to_it() -> None:
    report = found("done_disagrees", value("commissioned", "yes", meaning=Meaning.FINE)(EDITION))
    failure = next(failure for failure in report.failures if failure.kind == "done_disagrees")
    assert failure.path[0] in ("office_kind=home_care_support", "office_kind=both")
    assert failure.path[1] == "commissioned=yes"
    assert len(failure.path) < 5


def test_a_fault_met_on_a_walk_is_shown_with_its_moves() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "closed_to", takes_all_back)
        report = found("closed_under_the_technician", EDITION)
    path = next(f.path for f in report.failures if f.kind == "closed_under_the_technician")
    assert path[-2:] == ("careplan_applied=issued", "careplan_applied=")
    assert "go_careplan_certificate" in path


def test_faults_enough_are_planted() -> None:
    assert len(FAULTS) + len(MACHINES) + len(RULES) >= 60
