"""Faults put into an edition's table by a program, and who finds them: the proof, the scripts, or nobody.

python -m tests.acceptance.mutants [--every N]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from states.acceptance.load import Scenario, load
from states.acceptance.machine import Machine
from states.acceptance.run import Player
from states.flow import board
from states.flow.board import Move
from states.flow.edition import Condition, Edition, Step, applies_always
from states.flow.editions import NEWEST, find
from states.flow.explore import explore
from states.flow.facts import Fact, Holds, Meaning, Value, Wait, always, never
from states.flow.machine import Mover
from states.flow.proof.oracle import Oracle

SCRIPTS = Path(__file__).parent

# Faults that change nothing anybody could see, with why.
HARMLESS: dict[str, str] = {
    "password_kept is no longer about kj_id": "it is about the password, which is about the ID, asked beside it",
    "reinstall_certificate applies beside careplan_certificate": "both rows say so; one is enough",
    "careplan_certificate applies beside reinstall_certificate": "both rows say so; one is enough",
}


@dataclass(frozen=True)
class Mutant:
    """A table with one fault.

    Args:
        name: what was done to it.
        edition: the faulty table.
        rows: what is done to its movements; None for nothing.
    """

    name: str
    edition: Callable[[], Edition]
    rows: Callable[[tuple[Move, ...]], tuple[Move, ...]] | None = None

    def mover(self, edition: Edition) -> Mover:
        """The machine of the faulty table; movements are made faulty after they were made."""
        if self.rows is None:
            return Mover(edition)
        change, honest = self.rows, board.moves
        with patch("states.flow.machine.moves", lambda table: change(honest(table))):
            return Mover(edition)


@dataclass(frozen=True)
class Caught:
    """Who has found a mutant: kinds of failures of the proof, and how many scenarios failed."""

    mutant: Mutant
    proof: tuple[str, ...]
    scripts: int
    seconds: float

    @property
    def alive(self) -> bool:
        return not self.proof and not self.scripts


# -- making them


def _edition(steps: Sequence[Step], conditions: Sequence[Condition] | None = None) -> Edition:
    known = find(NEWEST)
    return replace(known, steps=tuple(steps), conditions=tuple(known.conditions if conditions is None else conditions))


def _with_step(step: Step, new: Step) -> Edition:
    return _edition([new if row.name == step.name else row for row in find(NEWEST).steps])


def _with_fact(step: Step, fact: Fact, new: Fact) -> Edition:
    return _with_step(step, replace(step, asks=tuple(new if f.name == fact.name else f for f in step.asks)))


def _with_value(step: Step, fact: Fact, value: Value, new: Value) -> Edition:
    return _with_fact(step, fact, replace(fact, values=tuple(new if v.name == value.name else v for v in fact.values)))


def mutants() -> Iterator[Mutant]:
    """Every mutant there is, in the order of the table."""
    for step in find(NEWEST).steps:
        yield from _of_step(step)
        for fact in step.asks:
            yield from _of_fact(step, fact)
    for condition in find(NEWEST).conditions:
        yield from _of_condition(condition)
    yield from _of_rows()


def _of_step(step: Step) -> Iterator[Mutant]:
    for need in step.needs:
        fewer = replace(step, needs=tuple(n for n in step.needs if n != need))
        yield Mutant(f"{step.name} no longer needs {need}", lambda fewer=fewer: _with_step(step, fewer))  # type: ignore[misc]
    for number, _ in enumerate(step.contradictions):
        fewer = replace(step, contradictions=step.contradictions[:number] + step.contradictions[number + 1 :])
        yield Mutant(f"{step.name} overlooks a contradiction", lambda fewer=fewer: _with_step(step, fewer))  # type: ignore[misc]
    if step.instead_of:
        both = replace(step, instead_of=())
        yield Mutant(f"{step.name} applies beside {step.instead_of[0]}", lambda: _with_step(step, both))
    if step.applies is not applies_always:
        yield Mutant(f"{step.name} applies always", lambda: _with_step(step, replace(step, applies=applies_always)))


def _of_fact(step: Step, fact: Fact) -> Iterator[Mutant]:
    def made(what: str, **changes: object) -> Mutant:
        return Mutant(f"{fact.name} {what}", lambda: _with_fact(step, fact, replace(fact, **changes)))  # type: ignore[arg-type]

    if fact.when is not always:
        yield made("is always asked", when=always)
    if fact.needed is not never:
        yield made("is not needed", needed=never)
    else:
        yield made("is needed", needed=always)
    for name in fact.about if fact.about != ("*",) else ():
        yield made(f"is no longer about {name}", about=tuple(n for n in fact.about if n != name),
                   awaits=tuple(n for n in fact.awaits if n != name))  # fmt: skip
    if fact.awaits:
        yield made("is withdrawn, not closed, by what it awaits", awaits=())
    if fact.holds is not Holds.ALWAYS:
        yield made("never grows stale", holds=Holds.ALWAYS, dated=())
    for value in fact.values:
        yield from _of_value(step, fact, value)


def _of_value(step: Step, fact: Fact, value: Value) -> Iterator[Mutant]:
    def made(what: str, **changes: object) -> Mutant:
        new = replace(value, **changes)  # type: ignore[arg-type]
        return Mutant(f"{fact.name}.{value.name} {what}", lambda: _with_value(step, fact, value, new))

    if value.meaning in (Meaning.FIX, Meaning.BLOCKED, Meaning.REFUSE):
        yield made("is fine", meaning=Meaning.FINE, unknown=False)
        yield made("is of another kind", meaning=Meaning.FIX if value.meaning is not Meaning.FIX else Meaning.BLOCKED)
    if value.wait is not None:
        longer = Wait(value.wait.days + 1, value.wait.grace, value.wait.holds_up)
        patient = Wait(value.wait.days, value.wait.grace + 1, value.wait.holds_up)
        yield made("takes a day longer", wait=longer)
        yield made("is overdue a day later", wait=patient)
    if value.unknown:
        yield made("is no unknown outcome", unknown=False)


def _of_condition(condition: Condition) -> Iterator[Mutant]:
    others = [c for c in find(NEWEST).conditions if c.name != condition.name]
    for test, what in ((always, "always holds"), (never, "never holds")):
        faulty = replace(condition, test=test)
        yield Mutant(
            f"{condition.name} {what}",
            lambda faulty=faulty: _edition(find(NEWEST).steps, [*others, faulty]),  # type: ignore[misc]
        )


def _of_rows() -> Iterator[Mutant]:
    honest = board.moves(find(NEWEST))
    for number, row in enumerate(honest):
        if number % 9 == 0 and row.trigger.startswith("go_"):
            yield Mutant(f"no way {row.source} {row.trigger}", _same, _putting(number))
    ends = [n for n, row in enumerate(honest) if row.trigger in ("refuse", "reopen", "park") or n % 40 == 0]
    for number in ends[::3]:
        row = honest[number]
        wrong = replace(row, dest="abandoned" if row.dest != "abandoned" else "complete")
        yield Mutant(f"{row.source} {row.trigger} leads to {wrong.dest}", _same, _putting(number, wrong))
    for trigger in ("park", "complete", "refuse", "abandon"):
        yield Mutant(f"{trigger} is always open", _same, _opening(trigger))


def _putting(number: int, *instead: Move) -> Callable[[tuple[Move, ...]], tuple[Move, ...]]:
    return lambda rows: (*rows[:number], *instead, *rows[number + 1 :])


def _opening(trigger: str) -> Callable[[tuple[Move, ...]], tuple[Move, ...]]:
    return lambda rows: tuple(replace(row, open_when=_open) if row.trigger == trigger else row for row in rows)


def _open(_: object, __: str) -> bool:
    return True


def _same() -> Edition:
    return _edition(find(NEWEST).steps)


# -- catching them


@cache
def oracle() -> Oracle:
    found: Oracle = import_module(f"states.flow.editions.oracle_{NEWEST.replace('-', '_')}").ORACLE
    return found


@cache
def scenarios() -> tuple[Scenario, ...]:
    return tuple(s for path in sorted(SCRIPTS.rglob("*.feature")) for s in load(path).scenarios)


def catch(mutant: Mutant, *, proof: bool = True) -> Caught:
    """Hand a mutant to the scripts, and to the proof, which takes its time."""
    start = perf_counter()
    edition = mutant.edition()
    kinds = {str(getattr(failure, "kind", "")) for failure in _proof(mutant, edition)} if proof else set()
    return Caught(mutant, tuple(sorted(kinds)), _scripts(mutant, edition), perf_counter() - start)


def _proof(mutant: Mutant, edition: Edition) -> list[object]:
    try:
        return list(explore(edition, oracle(), mover=mutant.mover).failures)
    except Exception as error:  # a table that cannot even be walked is caught as well
        return [_Broken(type(error).__name__)]


@dataclass(frozen=True)
class _Broken:
    kind: str


def _scripts(mutant: Mutant, edition: Edition) -> int:
    """How many scenarios fail on the faulty table."""
    player = Player(machine=lambda _: Machine(edition, mutant.mover(edition)))
    failed = 0
    for scenario in scenarios():
        try:
            failed += player.play(scenario).failure is not None
        except Exception:  # a table on which a sentence cannot be carried out has failed it
            failed += 1
    return failed


def main(arguments: Sequence[str]) -> int:
    every = int(arguments[arguments.index("--every") + 1]) if "--every" in arguments else 1
    caught = []
    for number, mutant in enumerate(mutants()):
        if number % every:
            continue
        found = catch(mutant)
        caught.append(found)
        verdict = "ALIVE" if found.alive else "caught"
        by = ", ".join(found.proof[:2]) or "-"
        print(f"{verdict}  {mutant.name}: proof {by}; {found.scripts} scenarios", flush=True)
    alive = [found for found in caught if found.alive]
    by_proof, by_scripts = sum(bool(f.proof) for f in caught), sum(bool(f.scripts) for f in caught)
    print(f"{len(caught)} mutants; proof {by_proof}, scripts {by_scripts}, either {len(caught) - len(alive)}")
    for found in alive:
        print(f"alive: {found.mutant.name}: {HARMLESS.get(found.mutant.name, 'no reason known')}")
    return 0 if len(alive) <= 0.05 * len(caught) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
