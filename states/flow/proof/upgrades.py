"""From every reachable configuration of an edition into the next: nothing lost, nobody stranded, nothing unrecorded.

Which answers are taken along hangs on each answer and on what it is about, and on nothing else; steps read backwards
only. So the configurations that the walk of single steps has met, each with all others at usual answers, are all that
can come out differently; they are taken over one by one, from every place where one may stand. What holds of every set
of facts (statuses, openings, a way on) the target's own walk has shown, whichever way its facts came about; what it
shows on routes alone, that answers lead on from there to the end, is shown here again for what is brought along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter  # for the report; no rule reads it
from typing import Any

from states.flow import upgrade
from states.flow.board import AWAITED, OVER, WAITING, WORK, Board, Status, resolve
from states.flow.edition import Edition
from states.flow.facts import Facts, age
from states.flow.proof.findings import Failure, Findings
from states.flow.proof.routes import Boards, Route, Values, drive, usual_answers

Carry = Callable[[Mapping[str, str], Edition], upgrade.Carried]
Anchor = Callable[[str, Board], str]


@dataclass
class Crossing:
    """What was taken over, and what was found.

    Args:
        way: `upgrade` of a running session, `continue` from a completed one.
        configurations, places: taken over; `kept`, `aside`: answers, over all of them.
        pairs: (fact, value) of the source, each of which was met.
    """

    source: str
    target: str
    way: str
    configurations: int = 0
    places: int = 0
    kept: int = 0
    aside: int = 0
    pairs: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    def lines(self) -> list[str]:
        out = [
            f"{self.way} {self.source} to {self.target}",
            f"  {self.configurations} configurations from {self.places} places, {self.pairs} answers there are;"
            f" {self.kept} taken along, {self.aside} set aside on the record",
            f"  {self.seconds:.1f} s, {len(self.failures)} failures",
        ]
        return [*out, *(f"FAILED {failure}" for failure in self.failures)]

    def as_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain["failures"] = [{"kind": f.kind, "what": f.what, "path": list(f.path)} for f in self.failures]
        return plain


class _Taken:
    """Takes configurations of one edition into another, and looks at what came of it."""

    def __init__(self, report: Crossing, boards: tuple[Boards, Boards], carry: Carry, anchor: Anchor) -> None:
        self.report, self.carry, self.anchor = report, carry, anchor
        self.before, self.boards = boards
        self.source, self.target = self.before.edition, self.boards.edition
        self.findings = Findings()
        self.usual = usual_answers(self.target)
        self.states = {*self.target.order, WAITING}
        self.finished: dict[tuple[tuple[str, str], ...], bool] = {}
        self.met: set[tuple[str, str]] = set()

    def upgrade(self, values: Values) -> None:
        before = self.before.of(values)
        there = self._take(values, {name: v for name, v in values.items() if not self.source.facts[name].clock})
        board = self.boards.of(there)
        for state in (*(step for step in self.source.order if before.may_stand(step)), WAITING):
            self.report.places += 1
            self._stand(self.anchor(state, board), state, board, values)

    def go_on(self, values: Values) -> None:
        facts = Facts(self.source.facts, values)
        rows = self.source.facts
        stands = {
            name: value
            for name, value in values.items()
            if not rows[name].clock and facts.known(name) and age(name) not in values and upgrade.lasting(rows[name])
        }
        board = self.boards.of(self._take(values, stands))
        self.report.places += 1
        self._stand(self.target.order[0], self.target.order[0], board, values)

    def _take(self, values: Values, answers: dict[str, str]) -> Values:
        found, note = self.carry(answers, self.target), self.findings.note
        self.report.configurations += 1
        self.report.kept += len(found.kept)
        self.report.aside += len(found.aside)
        self.met.update(answers.items())
        for name in answers:
            if (name in found.kept) == (name in found.aside):
                note("answer_lost" if name not in found.kept else "answer_twice", f"{name}={answers[name]}", tuple)
        for name in found.kept:
            fact = self.target.facts.get(name)
            if fact is None or all(value.name != answers[name] for value in fact.values):
                note("answer_nobody_knows", f"{name}={answers[name]}")
        there = {name: answers[name] for name in found.kept if name in self.target.facts}
        clock = {n: v for n, v in values.items() if self.source.facts[n].clock and n.rpartition(".")[0] in there}
        facts = Facts(self.target.facts, there)
        slots = {n: v for n, v in clock.items() if n in self.target.facts and facts.asked(n)}
        self._can_be_finished(there)
        return there | slots

    def _stand(self, dest: str, state: str, board: Board, values: Values) -> None:
        def path() -> Sequence[str]:
            return [f"{name}={value}" for name, value in values.items()]

        note = self.findings.note
        if dest not in self.states:
            note("state_does_not_exist", f"{state} becomes {dest}", path)
        elif dest != WAITING and not board.may_stand(dest):
            note("stands_where_none_may", f"{state} becomes {dest}", path)
        elif not (
            (dest != WAITING and board.stands(dest, *WORK))
            or resolve(dest, "next", board)
            or board.any(Status.REFUSED, *AWAITED)
        ):
            note("no_way_on", f"{state} becomes {dest}", path)

    def _can_be_finished(self, there: Values) -> None:
        key = tuple(sorted(there.items()))
        if key not in self.finished:
            end = self.boards.of(drive(self.boards, self.usual, Route(there, ())).values)
            self.finished[key] = all(end.is_(step, *OVER, Status.REFUSED) for step in self.target.order)
            if not self.finished[key]:
                left = [step for step in self.target.order if not end.is_(step, *OVER, Status.REFUSED)]
                self.findings.note("cannot_be_finished", ", ".join(left), lambda: [f"{n}={v}" for n, v in key])


def cross(
    source: Edition,
    target: Edition,
    reached: Sequence[Values],
    way: str,
    *,
    reads: Mapping[str, tuple[str, ...]] = {},
    carry: Carry = upgrade.carry,
    anchor: Anchor = upgrade.anchor,
) -> Crossing:
    """Take all that was reached in one edition into another.

    Args:
        reached: every configuration that the source's walk has met.
        way: `upgrade` or `continue`.
        reads: what each of the target's steps reads, as its walk found it: what is known once is not looked at twice.
        carry, anchor: how it is done; others than those of the program for planted faults.
    """
    start = perf_counter()
    report = Crossing(source.name, target.name, way)
    taken = _Taken(report, (Boards(source, {}), Boards(target, reads)), carry, anchor)
    report.failures = taken.findings.failures
    for values in reached:
        (taken.upgrade if way == "upgrade" else taken.go_on)(values)
    rows = [fact for fact in source.facts.values() if not fact.clock]
    expected = {(f.name, v.name) for f in rows for v in f.values if way == "upgrade" or upgrade.lasting(f)}
    for name, value in sorted(expected - taken.met):
        taken.findings.note("answer_never_met", f"{name}={value}")
    report.pairs = len(taken.met)
    report.seconds = perf_counter() - start
    return report
