"""Each step walked by real answers: that what the sets promise is met, and that every answer does what it should."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from states.flow.board import OVER, Board, Mark, Status, outcome_of
from states.flow.edition import Edition
from states.flow.facts import age, never, time
from states.flow.proof.findings import Findings
from states.flow.proof.oracle import Oracle
from states.flow.proof.routes import Answered, Boards, Route, Values, drive, told, usual_answers
from states.flow.proof.steps import Class, Derived, classify

Key = tuple[object, ...]


@dataclass
class Walked:
    """What the walks met.

    Args:
        met: by step: what it has been.
        samples: by (step, own status): the shortest route to it.
        reached: every configuration, as the walks of single steps met it, and again with each answer that is like one.
        configurations, moves, pairs: how many; a pair is (changed answer, answer that hung on it or stayed).
    """

    met: dict[str, set[Class]] = field(default_factory=dict)
    samples: dict[tuple[str, Status], Route] = field(default_factory=dict)
    reached: list[Values] = field(default_factory=list)
    configurations: int = 0
    moves: int = 0
    pairs: set[tuple[str, str]] = field(default_factory=set)


class Walks:
    """Walks every step of an edition over exactly the facts it reads, all earlier ones held at usual answers."""

    def __init__(self, edition: Edition, oracle: Oracle, findings: Findings, derived: Derived) -> None:
        self.edition, self.oracle, self.findings, self.derived = edition, oracle, findings, derived
        self.boards = Boards(edition, derived.reads)
        self.place = {step: i for i, step in enumerate(edition.order)}
        self.usual = usual_answers(edition)
        self.falls = {name: oracle.falls.get(name, frozenset[str]()) for name in edition.facts}
        self.found = Walked()

    def run(self) -> Walked:
        for step in self.edition.order:
            _Walk(self, step).run()
        return self.found

    def answer(self, values: Values, move: Answered) -> Values:
        """The values after a move; what else it changed is compared with the oracle's list."""
        if move.clock:
            new = {name: value for name, value in values.items() if name != move.fact}
            if move.value:
                new[move.fact] = move.value
            return new
        new = self.edition.answer(values, move.fact, move.value, another=move.another)
        same = values.get(move.fact) == move.value and not move.another
        slots = {age(move.fact), time(move.fact)}
        expected = slots if same else slots.union(self.falls[move.fact])
        if values.keys() - new.keys() - {move.fact} != values.keys() & expected:
            self._compare(values, new, move, expected)
        return new

    def _compare(self, values: Values, new: Values, move: Answered, expected: set[str]) -> None:
        for name in values:
            base = name.removesuffix(".age").removesuffix(".time")
            falls = name in expected or base in expected
            if name != move.fact and falls == (name in new):
                kind = "outlives_a_changed_answer" if falls else "falls_for_nothing"
                self.findings.note(kind, f"{move.fact} {name}", lambda: [*map(str, values.items()), str(move)])


class _Walk:
    """One step: breadth first, so that the first route to anything is a shortest one."""

    def __init__(self, walks: Walks, step: str) -> None:
        self.walks, self.step = walks, step
        self.edition, self.boards, self.note = walks.edition, walks.boards, walks.findings.note
        facts = self.edition.facts
        reads = walks.derived.reads[step]
        self.cluster = [name for name in facts if name in reads or facts[name].step == step]
        before = {
            name: value
            for name, value in walks.usual.items()
            if walks.place[facts[name].step] < walks.place[step] and name not in self.cluster
        }
        opening = self._opening_steps()
        readers = {step, *opening, *(facts[name].step for name in self.cluster), *self.edition.condition}
        self.alike = {name: self._alike(name, readers) for name in self.cluster}
        self.others = {
            name: value
            for name, value in before.items()
            if facts[name].step in opening and facts[name].needed is not never
        }
        self.with_all_others = drive(self.boards, before)
        self.routes: dict[Key, tuple[Key, tuple[Answered, ...]] | None] = {}
        self.names_seen: set[frozenset[str]] = set()

    def _opening_steps(self) -> set[str]:
        """The steps that have to be done before this one, and those whose facts it reads, are open."""
        empty = self.boards.of({})
        opening = set[str]()
        todo = [self.step, *(self.edition.facts[name].step for name in self.cluster)]
        while todo:
            for need in empty.lacking(todo.pop()):
                condition = self.edition.condition.get(need)
                for step in condition.mended_in if condition else (need,):
                    if step not in opening:
                        opening.add(step)
                        todo.append(step)
        return opening

    def _alike(self, name: str, readers: set[str]) -> dict[str | None, object]:
        """Values that no question tells apart, of this step or of what opens it, are one to the walk; whether there is
        any is always told."""
        all_looks = self.walks.derived.looks
        looks = sorted({look for reader in readers for look in all_looks[reader].get(name, ())}, key=str)
        classes: dict[str | None, object] = {None: None}
        for value in self.edition.facts[name].values:
            classes[value.name] = tuple(value.name in look for look in looks)
        return classes

    def twins(self, values: Values) -> Iterator[Values]:
        """The same with one answer that the walk takes for another: what reads no facts may tell the two apart."""
        for name, alike in self.alike.items():
            for value, kind in alike.items():
                if value and name in values and value != values[name] and kind == alike[values[name]]:
                    yield {**values, name: value}

    def key(self, values: Values) -> Key:
        return tuple(alike[values.get(name)] for name, alike in self.alike.items())

    def run(self) -> None:
        walks, step, found = self.walks, self.step, self.walks.found
        met = found.met[step] = set()
        self.base = self.settle(Route({}, ()))
        first = self.key(self.base.values)
        self.routes[first] = None
        queue = deque([(first, self.base.values)])
        back: dict[Key, set[Key]] = {}
        goals: list[Key] = []
        while queue:
            key, values = queue.popleft()
            board = self.boards.of(values)
            status, codes = classify(self.edition, step, board.facts)
            met.add((status, codes))
            found.reached += [values, *self.twins(values)]
            found.samples.setdefault((step, status), Route(values, self.moves_to(key)))
            if status in (*OVER, Status.REFUSED):
                goals.append(key)
            self.all_pairs(values)
            self.shut_under(key, values)
            for move in self.moves(values, board):
                settled = self.settle(Route(walks.answer(values, move), (move,)))
                found.moves += 1
                new, to = settled.values, self.key(settled.values)
                self.after(key, move, board, self.boards.of(new))
                if not move.clock:
                    back.setdefault(to, set()).add(key)
                if to not in self.routes:
                    self.routes[to] = (key, settled.moves)
                    queue.append((to, new))
        found.configurations += len(self.routes)
        self.can_be_finished(goals, back)
        for status, codes in sorted(walks.derived.classes[step] - met, key=str):
            self.note("never_met", f"{step} {status}: {', '.join(sorted(codes))}")
        for status, codes in sorted(met - walks.derived.classes[step], key=str):
            self.note("not_derived", f"{step} {status}: {', '.join(sorted(codes))}")

    def settle(self, route: Route) -> Route:
        """What opens this step as usual again, where a move has opened or withdrawn it."""
        missing = {name: value for name, value in self.others.items() if name not in route.values}
        return drive(self.boards, missing, route) if missing else route

    def moves(self, values: Values, board: Board) -> Iterator[Answered]:
        for name in self.cluster:
            fact = self.edition.facts[name]
            if fact.clock:
                if board.facts.asked(name):
                    for slot in (None, *(value.name for value in fact.values)):
                        if slot != values.get(name):
                            yield Answered(name, slot, clock=True)
            elif self.boards.may_answer(board, name):
                yield from self.answers(values, name, board)

    def answers(self, values: Values, name: str, board: Board) -> Iterator[Answered]:
        fact = self.edition.facts[name]
        for value in fact.values:
            yield Answered(name, value.name)
        if name in values:
            if self.boards.may_answer(board, name, taking_back=True):
                yield Answered(name, None)
            if fact.identified_by_detail:
                yield Answered(name, values[name], another=True)

    # -- what must hold of every move

    def after(self, key: Key, move: Answered, board: Board, new: Board) -> None:
        fact = self.edition.facts[move.fact]
        if move.clock:
            if board.is_(self.step, Status.DONE) and not new.is_(self.step, Status.DONE, Status.STALE):
                self.note("clock_does_more_than_age", f"{self.step} {move}", partial(self.path, key, move))
        elif not new.may_stand(fact.step):
            self.note("closed_under_the_technician", f"{fact.step} {move}", partial(self.path, key, move))

    def shut_under(self, key: Key, values: Values) -> None:
        """The same with a need of this step lacking: what may still be answered must leave one standing.

        Whether needs are met is all that standing and answering ask about them: lacking in one way stands for all. And
        what may be answered then may be answered without: every configuration that can be had so is on this walk.
        """
        if not self.edition.step[self.step].needs:
            return
        board = _Lacking(self.boards.of(values), self.step)
        if not board.may_stand(self.step):
            if board.is_(outcome_of(self.step), Mark.UNKNOWN):
                self.note("unknown_cannot_be_looked_up", self.step, partial(self.path, key))
            return
        for fact in self.edition.step[self.step].asks:
            if not self.boards.may_answer(board, fact.name):
                if board.is_(outcome_of(self.step), Mark.UNKNOWN) and fact.outcome and board.facts.known(fact.name):
                    self.note("unknown_cannot_be_looked_up", fact.name, partial(self.path, key))
                continue
            for move in self.answers(values, fact.name, board):
                new = _Lacking(self.boards.of(self.walks.answer(values, move)), self.step)
                if not new.may_stand(self.step):
                    what = f"{self.step} {move}, needs lacking"
                    self.note("closed_under_the_technician", what, partial(self.path, key, move))

    def all_pairs(self, values: Values) -> None:
        """Change every earlier answer once, for each set of answers there is: what falls with it, what stays."""
        if frozenset(values) in self.names_seen:
            return
        self.names_seen.add(frozenset(values))
        values = drive(self.boards, values, self.with_all_others).values
        board, names = self.boards.of(values), frozenset(values)
        for name in values:
            if not self.edition.facts[name].clock and board.facts.asked(name):
                self.walks.found.pairs.update((name, other) for other in names)
                for move in self.answers(values, name, board):
                    self.walks.answer(values, move)

    def can_be_finished(self, goals: list[Key], back: dict[Key, set[Key]]) -> None:
        """From every configuration answers alone lead to done, not applying, or a refusal: no waiting for the clock."""
        alive, todo = set(goals), list(goals)
        while todo:
            for before in back.get(todo.pop(), ()):
                if before not in alive:
                    alive.add(before)
                    todo.append(before)
        for key in self.routes:
            if key not in alive:
                self.note("cannot_be_finished", self.step, partial(self.path, key))
                return

    # -- how one got there

    def path(self, key: Key, *more: Answered) -> tuple[str, ...]:
        return told(self.edition, (*self.moves_to(key), *more))

    def moves_to(self, key: Key) -> tuple[Answered, ...]:
        moves: tuple[Answered, ...] = ()
        while before := self.routes[key]:
            key, made = before
            moves = (*made, *moves)
        return (*self.base.moves, *moves)


class _Lacking(Board):
    """A board on which one step's needs are not met, whatever the facts say of them."""

    def __init__(self, board: Board, step: str) -> None:
        self.edition, self.facts, self.board = board.edition, board.facts, board
        self.needs = self.edition.step[step].needs

    def is_(self, key: str, *wanted: str) -> bool:
        if key in self.needs:
            return (Mark.LACKS if key in self.edition.condition else Status.OPEN) in wanted
        return self.board.is_(key, *wanted)
