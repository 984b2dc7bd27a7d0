"""From a session to a script and back: the same facts, the same place; over every scenario and over random walks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from states.acceptance.load import load
from states.acceptance.machine import Given, Machine
from states.acceptance.record import record
from states.acceptance.run import Player
from states.acceptance.world import World
from states.flow.editions import FIRST, find
from states.flow.facts import Form
from states.flow.session import Answer, How, Session

SUITE = Path(__file__).parent
EDITION = find(FIRST)


def facts(session: Session) -> dict[str, tuple[Any, ...]]:
    """All that a script can carry: what a check has seen line by line is not among it."""

    def told(answer: Answer) -> tuple[Any, ...]:
        at = (answer.at // 1000, answer.chased and answer.chased // 1000)
        return answer.value, answer.detail, answer.until, answer.how, answer.by, *at

    return {name: told(answer) for name, answer in session.answers.items()}


def again(session: Session, tmp_path: Path, language: str) -> Session:
    """The session that its own script leads to."""
    path = tmp_path / "recorded.feature"
    path.write_text(record(session, language), encoding="utf-8")
    script = load(path)
    assert script.problems == (), "\n".join(map(str, script.problems)) + path.read_text(encoding="utf-8")
    machines: list[Machine] = []

    def machine(edition: str) -> Machine:
        machines.append(Machine(find(edition)))
        return machines[-1]

    for result in Player(machine=machine).play_all([script]):
        assert result.failure is None, (result.failure, path.read_text(encoding="utf-8"))
    return machines[0].session


def same(session: Session, tmp_path: Path, language: str) -> None:
    replayed = again(session, tmp_path, language)
    assert (replayed.state, facts(replayed)) == (session.state, facts(session))
    assert [(e.kind, e.at // 1000, e.actor) for e in replayed.log] == [
        (e.kind, e.at // 1000, e.actor) for e in session.log
    ]


@pytest.mark.parametrize("path", sorted((SUITE / FIRST).rglob("*.feature")), ids=lambda path: path.stem)
def test_every_scenario_ends_as_its_own_record_does(path: Path, tmp_path: Path) -> None:
    machine = Machine(EDITION)
    player = Player(machine=lambda _: machine)
    seen = set[str]()
    for number, scenario in enumerate(load(path).scenarios):
        assert player.play(scenario).failure is None
        story = record(machine.session, "ja", "x")
        if story not in seen:  # many rows of an outline come to the same
            seen.add(story)
            same(machine.session, tmp_path, ("ja", "en")[number % 2])


@pytest.mark.parametrize("seed", range(12))
def test_random_walks_end_as_their_records_do(seed: int, tmp_path: Path) -> None:
    for number, machine in enumerate(walks(seed, 5)):
        same(machine.session, tmp_path, ("ja", "en")[number % 2])


def walks(seed: int, many: int) -> Iterator[Machine]:
    """Machines led about at random: answers of every kind, movements, changed clocks, people who come and go."""
    chance = random.Random(seed)
    machine = Machine(EDITION)
    for _ in range(many):
        world = World(machine)
        world.begin()
        for _ in range(chance.randint(20, 120)):
            step(chance, world)
        yield machine


ODD = ("「かぎ」", 'a "b"', "c\\d", "｜ e |", "f #g", "<h>", "  i  j ", "\\n")


def step(chance: random.Random, world: World) -> None:
    machine = world.machine
    asked = [fact for fact in EDITION.facts.values() if not fact.clock and fact.step == machine.session.state]
    deed = chance.random()
    if not machine.here:
        machine.come(chance.choice(("佐藤", "田中")))
    elif deed < 0.55 and asked:
        fact = chance.choice(asked)
        value = chance.choice(fact.values)
        how = chance.choice((How.ATTESTED, How.MEASURED_HERE, How.MEASURED_THERE) if fact.check else (How.ATTESTED,))
        detail: Any = ""
        if fact.form is Form.TEXT:
            detail = chance.choice(ODD)
        elif fact.form is Form.USER_ID:
            detail = {"kj": "KJ131372345601", "hd": "HD131372345601", "isdn": "J12345678901", "none": ""}.get(
                value.name, "KJ1"
            )
        elif fact.form is Form.PARTNERS:
            intentions = {"some": ("willing", "undecided")}.get(value.name, (value.name,))
            detail = [{"name": chance.choice(ODD).strip(), "kind": "service", "intention": i} for i in intentions]
        until = (world.now + timedelta(days=chance.randint(1, 900))).date() if value.dated else None
        machine.answer(Given(fact.name, value.name, detail, until, how))
    elif deed < 0.6 and asked:
        machine.answer(Given(chance.choice(asked).name, None))
    elif deed < 0.63 and asked:
        waiting = [fact for fact in asked if any(value.wait for value in fact.values)]
        if waiting:
            machine.chase(chance.choice(waiting).name)
    elif deed < 0.9:
        triggers = sorted({row.trigger for row in machine.mover.rows if row.source == machine.session.state})
        machine.move(chance.choice([*triggers, "next", "next", "back"]), "都合により「中止」")
    elif deed < 0.96:
        machine.tick(world.now + timedelta(days=chance.choice((0, 1, 8, 20, -2)), minutes=chance.randint(0, 90)))
    else:
        chance.choice((machine.leave, machine.cut, lambda: machine.take_over("田中")))()
