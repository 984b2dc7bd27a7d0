"""Walk every configuration of an edition, with a reduction that loses nothing.

A configuration is where the technician stands, every answer (also those that are not asked just now), and where the
clock has put its slots. Nearly all answers are independent of each other, so their product is beyond reach. What makes
an edition walkable, and why nothing is lost:

1. **Readers run on sets.** Facts are read by one question, "is it one of these?" (`Facts.has`). `proof/lazy.py` runs a
   reader on sets of values and splits a set where the reader looks, until every branch was taken. Within a leaf every
   look has one answer; readers are pure; so one run speaks for all configurations of that leaf, and the leaves together
   are all there are. A fact that is not asked reads as unanswered, as it does in earnest; what stands dormant behind it
   is seen by no reader. A reader that looks any other way has nothing to look at, and is found by that.
   So each step's status, reasons, opening and applying are compared with the oracle everywhere, reachable or not:
   what holds on all sets holds on every route. (`proof/steps.py`)
2. **Every promise is kept on a real route.** The sets may promise what no legal answer leads to. So each step is walked
   breadth first over the facts it reads, by answers that the session itself takes and by the clock moved either way;
   earlier steps are held at usual answers, later ones are not looked at, for nothing reads ahead (checked). Values that
   no question of the step tells apart are walked as one; that something was answered at all is always kept, because
   answers are withdrawn by name. All that the sets promise must be met, and no more. Every move's side effects are
   compared with the oracle's list of what falls with what. Each walk's graph is searched backwards: from everywhere,
   answers alone lead to done, not applying or a refusal; and as needs and relations point backwards only (checked),
   finishing steps in order finishes the whole. Whether needs are met is all that answering asks of other steps, so a
   second look at each configuration with "a need is lacking" covers every way of lacking. (`proof/answers.py`)
3. **Position and facts factor.** Movements see a board of statuses and no facts: one that does finds none there. So
   they run on boards of sets, by the argument of 1, whose domains are what 1 found. `go` and `back` are run on what
   steps are by themselves; `next`, parking and the ends ask only how steps stand, needs considered, and are run on that
   alone: a superset again, for each step is free to stand in any way. A superset can accuse wrongly, never acquit
   wrongly; what it may not contain so that it accuses nobody wrongly is written down as `Laws`, each checked where it
   arises: siblings never apply together, what cannot be told is asked for by a step that is not over, a condition lacks
   only while a step that mends it is not over, the first step that is not over is never shut, the clock turns done into
   stale and nothing else. (`proof/movements.py`)
4. **Everything is for something.** Every row of the machine is taken by the machine itself on a route of legal moves,
   every reason given, every state reached from the first. (`proof/coverage.py`)

The tests hold the whole against long random runs of the unreduced machine, and against a table with planted faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from math import prod
from time import perf_counter  # a stopwatch for the report; no rule reads it
from typing import Any

from states.flow.edition import Edition
from states.flow.editions import find
from states.flow.machine import Mover
from states.flow.proof.answers import Walks
from states.flow.proof.coverage import OnRoutes
from states.flow.proof.findings import EnoughError, Failure, Findings
from states.flow.proof.lazy import SlipError
from states.flow.proof.lists import compare
from states.flow.proof.movements import OnBoards
from states.flow.proof.oracle import Oracle
from states.flow.proof.routes import Values
from states.flow.proof.steps import Class, OnSets
from states.flow.proof.upgrades import Crossing, cross

__all__ = ["Crossing", "Failure", "Report", "explore", "explore_crossings", "explore_named"]


@dataclass
class Report:
    """What was walked, and what was found.

    Args:
        edition: its name.
        states, triggers, transitions, facts, clock_slots: what the table has; facts without the clock's slots.
        raw_product: configurations if nothing were reduced.
        leaves: runs of steps on sets of facts.
        classes: what steps can be, with their reasons; by step.
        configurations, moves: walked by answers; `pairs` of a changed answer and another that fell or stayed.
        boards: runs of movements on sets of statuses.
        reached, reads: every configuration walked, and what each step reads: for what is taken into another edition.
        routes: boards of whole sessions that were stood on.
        transitions_taken: rows that the machine has taken there.
        reason_codes, movement_codes: every one that was given.
        seconds: how long it took.
        failures: every property that does not hold.
    """

    edition: str
    states: int = 0
    triggers: int = 0
    transitions: int = 0
    facts: int = 0
    clock_slots: int = 0
    raw_product: float = 0.0
    leaves: int = 0
    classes: dict[str, set[Class]] = field(default_factory=dict)
    configurations: int = 0
    moves: int = 0
    pairs: int = 0
    reached: list[Values] = field(default_factory=list, repr=False)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    boards: int = 0
    routes: int = 0
    transitions_taken: int = 0
    reason_codes: tuple[str, ...] = ()
    movement_codes: tuple[str, ...] = ()
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people, in English: counts, then each failure with the way to it."""
        out = [
            f"edition {self.edition}",
            f"  table: {self.states} states, {self.triggers} triggers, {self.transitions} transitions,"
            f" {self.facts} facts, {self.clock_slots} clock slots",
            f"  unreduced: {self.raw_product:.1e} configurations",
            f"  on sets of facts: {self.leaves} leaves, {sum(map(len, self.classes.values()))} classes of"
            f" {len(self.classes)} steps",
            f"  by legal answers: {self.configurations} configurations, {self.moves} moves,"
            f" {self.pairs} pairs of a changed and another answer",
            f"  on sets of statuses: {self.boards} boards",
            f"  by the machine: {self.transitions_taken} of {self.transitions} transitions, on {self.routes} routes",
            f"  reasons given: {len(self.reason_codes)} by steps, {len(self.movement_codes)} by movements",
            f"  {self.seconds:.1f} s, {len(self.failures)} failures",
        ]
        for failure in self.failures:
            out.append(f"FAILED {failure.kind}: {failure.what}")
            out.extend(f"    {line}" for line in failure.path)
        return out

    def as_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        del plain["reached"], plain["reads"]
        plain["classes"] = {step: len(classes) for step, classes in self.classes.items()}
        plain["failures"] = [{"kind": f.kind, "what": f.what, "path": list(f.path)} for f in self.failures]
        plain["reason_codes"], plain["movement_codes"] = list(self.reason_codes), list(self.movement_codes)
        return plain


def explore(
    edition: Edition,
    oracle: Oracle,
    *,
    stop_at: str = "",
    mover: Callable[[Edition], Mover] = Mover,
) -> Report:
    """Prove what must be provable of any edition's table.

    Args:
        edition: the table.
        oracle: what it ought to say, written apart from it.
        stop_at: look no further than the first failure of this kind.
        mover: how its machine is made.
    """
    start = perf_counter()
    findings = Findings(stop_at)
    report = Report(edition.name, failures=findings.failures)
    with suppress(EnoughError):
        try:
            _prove(edition, oracle, findings, report, mover)
        except SlipError as slip:  # nothing more can be said of a table whose readers break the rules of reading
            findings.note("reads_otherwise", str(slip))
    report.seconds = perf_counter() - start
    return report


def explore_named(name: str) -> Report:
    """The same for a known edition, against the oracle that stands beside its table.

    Raises:
        Fault: `edition.unknown`.
    """
    edition = find(name)
    oracle: Oracle = import_module(f"states.flow.editions.oracle_{name.replace('-', '_')}").ORACLE
    return explore(edition, oracle)


def explore_crossings(reports: Sequence[Report]) -> Iterator[Crossing]:
    """Every way from one of these editions into another of them, over all that was reached in it."""
    for report in reports:
        for other in reports:
            target = find(other.edition)
            for way, sources in (("upgrade", target.upgrades), ("continue", target.continues)):
                if report.edition in sources:
                    yield cross(find(report.edition), target, report.reached, way, reads=other.reads)


def _prove(
    edition: Edition, oracle: Oracle, findings: Findings, report: Report, make: Callable[[Edition], Mover]
) -> None:
    mover = make(edition)
    clock = [fact for fact in edition.facts.values() if fact.clock]
    report.states, report.transitions = len(mover.states), len(mover.rows)
    report.triggers = len({row.trigger for row in mover.rows} | {"next", "back"})
    report.facts, report.clock_slots = len(edition.facts) - len(clock), len(clock)
    report.raw_product = float(prod(len(fact.values) + 1 for fact in edition.facts.values()) * len(mover.states))

    compare(edition, oracle, findings)
    derived = OnSets(edition, oracle, findings).run()
    report.reads = derived.reads
    report.leaves, report.classes, report.reason_codes = derived.leaves, derived.classes, tuple(sorted(derived.codes))
    walked = Walks(edition, oracle, findings, derived).run()
    report.configurations, report.moves, report.pairs = walked.configurations, walked.moves, len(walked.pairs)
    report.reached = walked.reached
    report.boards = OnBoards(mover, findings, derived).run()
    covered = OnRoutes(make(edition), oracle, findings, derived, walked).run()
    report.routes, report.transitions_taken = covered.boards, len(covered.rows)
    report.movement_codes = tuple(sorted(covered.codes))
