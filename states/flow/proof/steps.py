"""Each step over sets of facts: what it can be, why, what it reads; and its rules against the oracle's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import TypeVar

from states.flow.board import OVER, WORK, Board, Mark, Status, outcome_of, own_outcome, own_status
from states.flow.edition import Edition
from states.flow.facts import OVERDUE, Fact, Facts, always, time
from states.flow.guards import Kind
from states.flow.proof.findings import Findings
from states.flow.proof.lazy import Choices, LazyFacts, Look, SlipError, every_branch, never_together
from states.flow.proof.oracle import Oracle
from states.flow.proof.routes import Boards, drive, told, usual_answers

T = TypeVar("T")
Class = tuple[Status, frozenset[str]]  # a step's own status, and the codes of its reasons


@dataclass
class Derived:
    """What is known of an edition once each step was run on sets.

    Args:
        classes: by step: what it can be.
        domain: by key of the board: what a step, a condition, an outcome can be.
        reads: by key of the board: every fact it depends on, those that decide whether another is asked included.
        looks: by step or condition, and fact: every set of values ever asked for.
        deciders: by step: the steps that ask what decides whether it applies.
        codes: every reason, with the kinds it was given.
        leaves: how many runs it took.
    """

    classes: dict[str, set[Class]] = field(default_factory=dict)
    domain: dict[str, frozenset[str]] = field(default_factory=dict)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    looks: dict[str, dict[str, set[Look]]] = field(default_factory=dict)
    deciders: dict[str, set[str]] = field(default_factory=dict)
    codes: dict[str, set[Kind]] = field(default_factory=dict)
    leaves: int = 0


def classify(edition: Edition, step: str, f: Facts) -> Class:
    """What a step is by its own facts: its status and why. A step that does not apply has no reasons to give."""
    status = own_status(edition, step, f)
    if status in (Status.SKIPPED, Status.UNTOLD):
        return status, frozenset()
    return status, frozenset(reason.code for reason in edition.reasons(step, f))


class OnSets:
    """Runs every step, condition and pair of siblings on sets of facts, and compares with the oracle.

    What a reader may not do at all (see `lazy.SlipError`) is raised: nothing else can be proven then.
    """

    def __init__(self, edition: Edition, oracle: Oracle, findings: Findings) -> None:
        self.edition, self.oracle, self.findings = edition, oracle, findings
        self.place = {step: i for i, step in enumerate(edition.order)}
        self.found = Derived()

    def run(self) -> Derived:
        for step in self.edition.order:
            self._step(step)
        for name in self.edition.condition:
            self._condition(name)
        for one, other in combinations(self.edition.order, 2):
            if never_together(self.edition, one, other):
                self._siblings(one, other)
        self._codes()
        return self.found

    # -- one step

    def _step(self, step: str) -> None:
        found, reads = self.found, set[str]()
        looks = found.looks[step] = {}
        found.deciders[step] = set()
        found.classes[step] = self._run(lambda f: classify(self.edition, step, f), reads, looks)
        found.domain[step] = frozenset(status for status, _ in found.classes[step])
        for fact in self.edition.step[step].asks:
            self._run(partial(_asked, fact.name), reads, looks)
            self._run(partial(self._is_asked, fact.name))
        found.reads[step] = tuple(sorted(reads))
        self._reads_back(step, reads, self.place[step])
        for fact in self.edition.step[step].asks:
            holding_up = any(value.wait and value.wait.holds_up for value in fact.values)
            if time(fact.name) in reads and not holding_up:
                self.findings.note("informational_wait_holds_up", fact.name)
        self._run(lambda f: self._judge(step, f))
        outcome, reads = outcome_of(step), set()
        found.domain[outcome] = frozenset(self._run(lambda f: own_outcome(self.edition, step, f), reads, looks))
        self._run(lambda f: self._outcome(step, f))
        found.reads[outcome] = tuple(sorted(reads))
        reads = set()
        self._run(self.edition.step[step].applies, reads)
        self._run(lambda f: self._applies(step, f))
        self._reads_back(step, reads, self.place[step] - 1)
        if any(self.edition.facts[name].clock for name in reads):
            self.findings.note("applies_by_the_clock", step)
        self._opens(step)

    def _judge(self, step: str, f: LazyFacts) -> None:
        status, codes = classify(self.edition, step, f)
        note = self.findings.note
        for reason in self.edition.reasons(step, f) if codes else ():
            self.found.codes.setdefault(reason.code, set()).add(reason.kind)
            if not f.asked(reason.fact):
                note("reason_about_what_is_not_asked", f"{step} {reason.code}", f.lines)
            if self._asked_in(reason.fact) > self.place[step]:
                note("reason_points_ahead", f"{step} {reason.code}", f.lines)
        if (status in OVER) != self.oracle.done[step](f):
            note("done_disagrees", f"{step} is {status}, the oracle says otherwise", lambda: self._route(step, f))
        if status not in (*WORK, Status.REFUSED):
            for fact in self.edition.step[step].asks:
                if _overdue(fact, f):
                    note("overdue_is_no_work", f"{step} {fact.name}", lambda: self._route(step, f))

    def _is_asked(self, fact: str, f: LazyFacts) -> None:
        if f.asked(fact) != self.oracle.asked.get(fact, always)(f):
            self.findings.note("asked_otherwise", fact, f.lines)

    def _outcome(self, step: str, f: LazyFacts) -> None:
        mark = own_outcome(self.edition, step, f)
        if mark is Mark.UNKNOWN and own_status(self.edition, step, f) not in (*WORK, Status.REFUSED):
            self.findings.note("unknown_is_no_work", step, lambda: self._route(step, f))

    def _applies(self, step: str, f: LazyFacts) -> None:
        applies = self.edition.step[step].applies(f)
        note, by = self.findings.note, applies.by
        if applies.verdict is False and (by not in self.edition.facts or not f.known(by)):
            note("skipped_by_nothing_known", f"{step} by {by or 'nothing'}", f.lines)
        if applies.verdict is None:
            if by not in self.edition.facts or f.known(by):
                note("untold_though_told", f"{step} by {by or 'nothing'}", f.lines)
                return
            decider = self.edition.facts[by].step
            self.found.deciders[step].add(decider)
            if decider == step or own_status(self.edition, decider, f) in OVER:
                note("untold_and_nobody_asks", f"{step} by {by}", f.lines)

    def _opens(self, step: str) -> None:
        """Whether it is shut exactly when the oracle says so.

        A step that needs all others would be run on as many sets as there are ways to do everything. For it, it is
        enough that its needs are the oracle's: each of them agrees by itself.
        """
        opens, needs = self.oracle.opens[step], self.edition.step[step].needs
        if len(needs) == len(self.edition.order) - 1:
            if {self.oracle.done.get(need) for need in needs} != set(opens):
                self.findings.note("opens_disagrees", f"{step} needs something else")
            return

        def run(f: LazyFacts) -> None:
            board = Board(self.edition, f)
            shut = board.shut(step)
            if shut == all(test(f) for test in opens) and not board.is_(outcome_of(step), Mark.UNKNOWN):
                self.findings.note("opens_disagrees", f"{step} is {'shut' if shut else 'open'}", f.lines)

        self._run(run)

    # -- what several steps share

    def _condition(self, name: str) -> None:
        condition = self.edition.condition[name]

        def run(f: LazyFacts) -> None:
            holds = condition.test(f)
            if holds != self.oracle.conditions[name](f):
                self.findings.note("condition_disagrees", name, f.lines)
            if not holds and all(own_status(self.edition, step, f) in OVER for step in condition.mended_in):
                self.findings.note("condition_mended_nowhere", name, f.lines)

        self._run(run)
        reads = set[str]()
        tests = self._run(condition.test, reads, self.found.looks.setdefault(name, {}))
        self.found.domain[name] = frozenset(Mark.HOLDS if holds else Mark.LACKS for holds in tests)
        self.found.reads[name] = tuple(sorted(reads))
        for step, row in self.edition.step.items():
            if name in row.needs:
                self._reads_back(f"{step} needs {name}", reads, self.place[step] - 1)
                for mending in condition.mended_in:
                    if self.place[mending] >= self.place[step]:
                        self.findings.note("needs_what_comes_later", f"{step} needs {name} of {mending}")

    def _siblings(self, one: str, other: str) -> None:
        def run(f: LazyFacts) -> None:
            rows = self.edition.step
            if rows[one].applies(f).verdict and rows[other].applies(f).verdict is not False:
                self.findings.note("siblings_both_apply", f"{one} {other}", f.lines)

        self._run(run)

    def _codes(self) -> None:
        for code, kinds in sorted(self.found.codes.items()):
            if code not in self.oracle.codes:
                self.findings.note("code_not_listed", code)
            elif kinds != {self.oracle.codes[code]}:
                self.findings.note("code_of_another_kind", f"{code} is {', '.join(sorted(kinds))}")
        for code in sorted(self.oracle.codes.keys() - self.found.codes.keys()):
            self.findings.note("code_never_given", code)

    # -- how

    def _run(
        self,
        reader: Callable[[LazyFacts], T],
        reads: set[str] | None = None,
        looks: dict[str, set[Look]] | None = None,
    ) -> set[T]:
        """All it answers, over every set it tells apart. What it read and how it asked is added to `reads`, `looks`."""

        def run(choices: Choices) -> T:
            f = LazyFacts(self.edition.facts, choices)
            try:
                result = reader(f)
            except AttributeError as slip:
                raise SlipError(f"a reader looks past the facts: {slip}") from slip
            self.found.leaves += 1
            if reads is not None:
                reads.update(f.sets.keys() & self.edition.facts.keys())
            if looks is not None:
                for name, wanted in f.looks:
                    looks.setdefault(name, set()).add(wanted)
            return result

        return set(every_branch(run))

    def _asked_in(self, fact: str) -> int:
        return self.place[self.edition.facts[fact].step]

    def _reads_back(self, who: str, reads: set[str], latest: int) -> None:
        for name in sorted(reads):
            if self._asked_in(name) > latest:
                self.findings.note("reads_ahead", f"{who} reads {name}")

    def _route(self, step: str, f: LazyFacts) -> tuple[str, ...]:
        """A route to this leaf, the earlier steps answered as usual; what has to hold, where none was found."""
        example = f.example()
        usual = usual_answers(self.edition)
        before = {n: v for n, v in usual.items() if self._asked_in(n) < self.place[step] and n not in f.sets}
        target = {name: {**before, **example}.get(name) for name in self.edition.facts}
        route = drive(Boards(self.edition, {}), {name: value for name, value in target.items() if value is not None})
        there = Facts(self.edition.facts, route.values)
        if all(there.has(name, *possible) for name, possible in f.sets.items()):
            return told(self.edition, route.moves)
        return f.lines()


def _asked(fact: str, f: Facts) -> bool:
    return f.asked(fact)


def _overdue(fact: Fact, f: Facts) -> bool:
    """Whether the step is held up by something that should have come by now."""
    held_up_by = any(value.wait and value.wait.holds_up for value in fact.values)
    return held_up_by and f.asked(fact.name) and f.has(time(fact.name), OVERDUE) and fact.needed(f)
