"""What the scenarios have met of what the proof has found reachable; and a skeleton for each thing they have not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from states.acceptance.record import Writer
from states.acceptance.run import Result
from states.acceptance.sketch import Sketcher
from states.flow.editions import find
from states.flow.explore import explore_named
from states.flow.machine import Mover

TRANSITIONS, REASONS, MOVEMENTS = "transitions", "reasons", "refused movements"
IN_TIME, OVERDUE = "waits ended in time", "waits ended overdue"


@dataclass
class Coverage:
    """Of one edition: by kind, what there is and what was met.

    Args:
        all: as the proof found it.
        met: by passing scenarios: rows the machine took, reasons that a sentence named, waits that an answer ended.
    """

    edition: str
    all: dict[str, set[str]] = field(default_factory=dict)
    met: dict[str, set[str]] = field(default_factory=dict)

    def left(self, kind: str) -> list[str]:
        return sorted(self.all[kind] - self.met[kind])

    def lines(self) -> Iterator[str]:
        """For people: a line a kind, then what is left, each with a shortest way to it."""
        yield f"edition {self.edition}"
        for kind, names in self.all.items():
            met = names & self.met[kind]
            yield f"  {kind}: {len(met)} of {len(names)} ({len(met) / max(len(names), 1):.1%})"
        for name, way in self.sketches("en"):
            yield f"  not met: {name}"
            yield from (f"    {line.strip()}" for line in way)

    def sketches(self, language: str) -> Iterator[tuple[str, list[str]]]:
        """Each thing that is left, and the lines of a scenario that meets it."""
        draw = Sketcher(find(self.edition), language)
        for code in self.left(REASONS):
            yield code, draw.reason(code)
        yield from draw.rows(self.left(TRANSITIONS)).items()
        yield from draw.movement_codes(self.left(MOVEMENTS)).items()
        for kind, overdue in ((IN_TIME, False), (OVERDUE, True)):
            for wait in self.left(kind):
                yield f"{wait} {kind}", draw.wait(wait, overdue=overdue)


def measure(results: Iterable[Result]) -> list[Coverage]:
    """One for each edition that was played. Only what passed counts."""
    found: dict[str, Coverage] = {}
    for result in results:
        name = result.scenario.edition
        if name not in found:
            found[name] = _empty(name)
        met = found[name].met
        if result.failure is None:
            met[TRANSITIONS].update(map(" ".join, result.taken))
            told = {code for line in result.told for code in _codes_in(line.slots)}
            met[REASONS].update(told)
            met[MOVEMENTS].update(told)
            met[IN_TIME].update(wait for wait, overdue in result.ended if not overdue)
            met[OVERDUE].update(wait for wait, overdue in result.ended if overdue)
    return list(found.values())


def _codes_in(slots: dict[str, object]) -> Iterator[str]:
    if "code" in slots:
        yield str(slots["code"])
    rows = slots.get("rows")
    if isinstance(rows, list):
        yield from (str(row["code"]) for row in rows if "code" in row)


_proved = cache(explore_named)  # takes seconds


def _empty(name: str) -> Coverage:
    report, edition = _proved(name), find(name)
    waits = {
        f"{fact.name}.{value.name}"
        for fact, value in edition.waiting_values()
        if value.wait is not None and value.wait.holds_up
    }
    coverage = Coverage(name)
    coverage.all = {
        TRANSITIONS: {" ".join((row.source, row.trigger, row.dest)) for row in Mover(edition).rows},
        REASONS: set(report.reason_codes),
        MOVEMENTS: set(report.movement_codes),
        IN_TIME: waits,
        OVERDUE: set(waits),
    }
    assert report.transitions_taken == len(coverage.all[TRANSITIONS]), "the proof could not take every row"
    coverage.met = {kind: set() for kind in coverage.all}
    return coverage


def as_script(coverage: Coverage, language: str) -> str:
    """One script with a skeleton for everything that is left; "" when nothing is."""
    writer = Writer(language)
    for name, lines in coverage.sketches(language):
        writer.begin(coverage.edition, name)
        writer.lines += lines
    return writer.text if writer.lines else ""
