"""Plays scenarios, and says of one that fails: which line, what was expected, what stood there, how it got there."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter  # how long it took; no rule reads it
from typing import Any, Protocol

from states.acceptance.language import THEN
from states.acceptance.load import Line, Scenario, Script
from states.acceptance.machine import Hands, Machine
from states.acceptance.story import MissedError
from states.acceptance.world import World
from states.flow.editions import find
from states.flow.events import Event, moment

REMEMBERED = 2_000  # beginnings that are kept because another scenario may begin alike


class Screen(Hands, Protocol):
    """Hands that drive something which can be looked at."""

    def open(self, world: World) -> None:
        """Show what the givens have led to; what comes is done by hand."""

    def differences(self) -> list[str]:
        """Where it says something else than the machine, once it has come to rest."""

    def close(self) -> None:
        """The scenario is over."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a scenario failed.

    Args:
        line: the sentence; its number is the script's.
        code: text id of what is the matter, such as `accept.stood`.
        stood: what was there instead.
        route: what had been done, one thing a line.
    """

    line: Line
    code: str
    stood: str
    route: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario went.

    Args:
        failure: None when it passed.
        taken: rows of the machine that were taken.
        ended: waits that an answer ended, and whether they were overdue.
        told: expectations that held; what coverage counts.
    """

    scenario: Scenario
    failure: Failure | None
    seconds: float
    taken: tuple[tuple[str, str, str], ...] = field(repr=False, default=())
    ended: tuple[tuple[str, bool], ...] = field(repr=False, default=())
    told: tuple[Line, ...] = field(repr=False, default=())


class _GivenError(Exception):
    def __init__(self, line: Line, missed: MissedError) -> None:
        super().__init__(line, missed)
        self.line, self.missed = line, missed


class Player:
    """Plays one scenario after the other.

    Args:
        screen: the real app, to go along with the machine; None for the machine alone.
        machine: makes the machine of an edition.
    """

    def __init__(self, screen: Screen | None = None, machine: Callable[[str], Machine] | None = None) -> None:
        self.screen = screen
        self._make = machine or (lambda edition: Machine(find(edition)))
        self._machines: dict[str, Machine] = {}
        self._beginnings: OrderedDict[Any, Any] = OrderedDict()

    def play_all(self, scripts: Iterable[Script]) -> Iterator[Result]:
        for script in scripts:
            for scenario in script.scenarios:
                yield self.play(scenario)

    def play(self, scenario: Scenario) -> Result:
        start = perf_counter()
        if scenario.edition not in self._machines:
            self._machines[scenario.edition] = self._make(scenario.edition)
        world = World(self._machines[scenario.edition])
        failure = self._play(scenario, world)
        taken = tuple(world.machine.taken)
        told = () if failure else tuple(line for line in scenario.lines if line.part == THEN)
        return Result(scenario, failure, perf_counter() - start, taken, tuple(world.machine.ended), told)

    def _play(self, scenario: Scenario, world: World) -> Failure | None:
        line = scenario.lines[0]
        try:
            self._begin(scenario, world)
            if self.screen is not None:
                world.begin()
                self.screen.open(world)
                self._compare()
                world.hands = self.screen
            for line in scenario.lines:
                if line.part != THEN:
                    world.settled()
                line.do(world)
                if self.screen is not None:
                    self._compare()
            world.settled()
        except MissedError as missed:
            return Failure(line, missed.code, missed.stood, tuple(route(world.session.log)))
        except _GivenError as given:
            why = given.missed
            return Failure(given.line, why.code, why.stood, tuple(route(world.session.log)))
        except AssertionError as unseen:
            if self.screen is None:
                raise
            return Failure(line, "accept.screen_differs", str(unseen), tuple(route(world.session.log)))
        finally:
            if self.screen is not None:
                self.screen.close()
        return None

    def _begin(self, scenario: Scenario, world: World) -> None:
        """Do the givens; as many of them as another scenario began with as well are not done again: what they lead to
        depends on nothing else."""
        said = [(line.text, line.rows) for line in scenario.given]
        keys = [(scenario.edition, *said[:done]) for done in range(len(said) + 1)]
        known = next((done for done in range(len(said), 0, -1) if keys[done] in self._beginnings), 0)
        if known:
            self._beginnings.move_to_end(keys[known])
            world.put_back(self._beginnings[keys[known]])
        for line, key in zip(scenario.given[known:], keys[known + 1 :], strict=True):
            try:
                line.do(world)
                world.settled()
            except MissedError as missed:
                raise _GivenError(line, missed) from missed
            self._beginnings[key] = world.keep()
        while len(self._beginnings) > REMEMBERED:
            self._beginnings.popitem(last=False)
        world.begin()

    def _compare(self) -> None:
        assert self.screen is not None
        differences = self.screen.differences()
        if differences:
            raise MissedError("\n".join(differences), "accept.screen_differs")


def play_side_by_side(players: Sequence[Player], scenarios: Iterable[Scenario]) -> Iterator[Result]:
    """Each scenario by whichever player is free; the results in the order of the scenarios."""
    if len(players) == 1:
        yield from map(players[0].play, scenarios)
        return
    from concurrent.futures import ThreadPoolExecutor  # a player with a screen mostly waits for it
    from queue import SimpleQueue

    free: SimpleQueue[Player] = SimpleQueue()
    for player in players:
        free.put(player)

    def play(scenario: Scenario) -> Result:
        player = free.get()
        try:
            return player.play(scenario)
        finally:
            free.put(player)

    with ThreadPoolExecutor(len(players)) as threads:
        yield from threads.map(play, scenarios)


def route(log: Iterable[Event]) -> Iterator[str]:
    """What was done, in names, one thing a line."""
    for event in log:
        body = event.body
        when = f"{moment(event.at):%m-%d %H:%M} {event.actor}"
        if event.kind == "answered":
            detail = json.dumps(body["detail"], ensure_ascii=False) if body.get("detail") else ""
            said = " ".join(filter(None, (f"{body['fact']}={body['value']}", detail, body.get("until", ""))))
            yield f"{when} {said}"
        elif event.kind == "moved":
            yield f"{when} {body['trigger']} -> {body['dest']}"
        elif event.kind != "created":
            yield f"{when} {event.kind} {body.get('fact', '')}".rstrip()
