"""What a table declares, against the oracle's lists: waits, dates, what falls with what; and nothing points ahead."""

from __future__ import annotations

from collections.abc import Set

from states.flow.edition import Edition
from states.flow.facts import Holds
from states.flow.proof.findings import Findings
from states.flow.proof.oracle import Oracle

Row = tuple[object, ...]


def compare(edition: Edition, oracle: Oracle, findings: Findings) -> None:
    place = {step: i for i, step in enumerate(edition.order)}
    for step, row in edition.step.items():
        for need in row.needs:
            if need in place and place[need] >= place[step]:
                findings.note("needs_what_comes_later", f"{step} needs {need}")
    for fact in edition.facts.values():
        for name in fact.about:
            if place[edition.facts[name].step] > place[fact.step]:
                findings.note("about_what_comes_later", f"{fact.name} about {name}")
        for name in fact.awaits:
            if name not in fact.about:
                findings.note("awaits_what_it_is_not_about", f"{fact.name} awaits {name}")
    everything = dict.fromkeys(edition.facts, "answered")
    for name, fact in edition.facts.items():
        if fact.clock:
            continue
        falling = {other for other in edition.hanging(everything, name) if not edition.facts[other].clock}
        for other in sorted(falling ^ oracle.falls.get(name, frozenset())):
            kind = "falls_for_nothing" if other in falling else "outlives_a_changed_answer"
            findings.note(kind, f"{name} {other}")
    waits: set[Row] = {
        (fact.name, value.name, value.wait.days, value.wait.grace, value.wait.holds_up)
        for fact, value in edition.waiting_values()
        if value.wait is not None
    }
    _differ(findings, "waits_differ", waits, oracle.waits)
    people = [fact for fact in edition.facts.values() if not fact.clock]
    closes: set[Row] = {(fact.name, name) for fact in people for name in fact.awaits}
    _differ(findings, "closes_differ", closes, oracle.closes)
    unknowns: set[Row] = {(fact.name, value.name) for fact in people for value in fact.values if value.unknown}
    _differ(findings, "unknowns_differ", unknowns, oracle.unknowns)
    holds: set[Row] = {(fact.name, fact.holds) for fact in people if fact.holds is not Holds.ALWAYS}
    _differ(findings, "holds_differ", holds, set(oracle.holds.items()))


def _differ(findings: Findings, kind: str, table: set[Row], apart: Set[Row]) -> None:
    for row in sorted(table - apart, key=str):
        findings.note(kind, f"{_words(row)} is not listed")
    for row in sorted(apart - table, key=str):
        findings.note(kind, f"{_words(row)} is lost")


def _words(row: Row) -> str:
    return " ".join(map(str, row))
