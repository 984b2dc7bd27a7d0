"""What an edition ought to say, written from the source and docs/readings.md, never from the edition's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from states.flow.facts import Holds, Test
from states.flow.guards import Kind


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """An edition's rules a second time, as tests of the facts and as lists.

    Args:
        done: by step: what has to be known for it to be done or not to apply.
        opens: by step: all that has to hold before anyone may work there.
        asked: by fact: when it is asked; always, if it is not named.
        conditions: by name: when it holds.
        codes: every reason a step may give, with the kind it has.
        movement_codes: every reason a movement may give.
        falls: by fact: what no longer stands when its answer changes, all the way down.
        waits: (fact, value, days, grace in days, holds up) of everything that is awaited.
        closes: (request, what it waits for).
        unknowns: (fact, value) of every outcome that nobody knows yet.
        holds: what grows stale, and how.
    """

    done: Mapping[str, Test]
    opens: Mapping[str, tuple[Test, ...]]
    asked: Mapping[str, Test]
    conditions: Mapping[str, Test]
    codes: Mapping[str, Kind]
    movement_codes: frozenset[str]
    falls: Mapping[str, frozenset[str]]
    waits: frozenset[tuple[str, str, int, int, bool]]
    closes: frozenset[tuple[str, str]]
    unknowns: frozenset[tuple[str, str]]
    holds: Mapping[str, Holds]
