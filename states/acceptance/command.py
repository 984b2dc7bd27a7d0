"""`careplan-setup accept`: read every script, then play them, then say how it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter  # for the last line; no rule reads it

from locales import Texts
from states.acceptance.load import Script, find_scripts, load
from states.acceptance.report import junit, problems_told, tap, told, unexpected
from states.acceptance.run import Player, Result, Screen, play_side_by_side
from states.fault import Fault
from states.flow import editions

PASSED, FAILED, UNREADABLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line.

    Args:
        paths: scripts, and folders of scripts.
        edition: for scenarios that name none; "" as their folder is named, see `load`.
        junit: where to write JUnit XML.
        tap: say it as TAP version 13.
        coverage: compare with what the proof found reachable.
        sketch: print skeletons for what is not met; nothing else is printed.
    """

    paths: Sequence[Path]
    edition: str = ""
    junit: Path | None = None
    tap: bool = False
    coverage: bool = False
    sketch: bool = False


def accept(wanted: Wanted, texts: Texts, say: Callable[[str], None], screens: Sequence[Screen] = ()) -> int:
    """Play scripts; returns the exit code.

    Args:
        say: takes a line for standard output.
        screens: real apps, to go along with the machine; each plays a scenario while the others play theirs.

    Raises:
        Fault: `accept.no_script`, `accept.not_written`, `edition.unknown`.
    """
    if wanted.edition:
        editions.find(wanted.edition)
    scripts = [load(path, wanted.edition) for path in find_scripts(wanted.paths)]
    problems = [problem for script in scripts for problem in script.problems]
    if problems:
        for line in problems_told(texts, problems):
            say(line)
        return UNREADABLE
    start = perf_counter()
    runs = _play(wanted, texts, say, scripts, [Player(screen) for screen in screens or (None,)])
    seconds = perf_counter() - start
    results = [result for _, of_script in runs for result in of_script]
    wrong = any(unexpected(script, of_script) for script, of_script in runs)
    if wanted.junit:
        try:
            wanted.junit.write_bytes(junit(texts, runs))
        except OSError as error:
            raise Fault("accept.not_written", path=wanted.junit) from error
    failed = sum(result.failure is not None for result in results)
    if not wanted.sketch:
        name = "accept.summary" if not wrong else "accept.summary_wrong"
        rate = len(results) / max(seconds, 1e-9)
        line = texts(
            name,
            n=len(results) - failed,
            failed=failed,
            seconds=f"{seconds:.2f}",
            rate=f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}",
        )
        say(f"# {line}" if wanted.tap else line)
    if wanted.coverage or wanted.sketch:
        _cover(wanted, texts, say, results)
    return FAILED if wrong else PASSED


def _play(
    wanted: Wanted, texts: Texts, say: Callable[[str], None], scripts: Sequence[Script], players: Sequence[Player]
) -> list[tuple[Script, list[Result]]]:
    runs: list[tuple[Script, list[Result]]] = []
    if wanted.tap:
        after_all = sum(1 for script in scripts if script.fails)
        say("TAP version 13")
        say(f"1..{sum(len(script.scenarios) for script in scripts) + after_all}")
    number = 0
    played = play_side_by_side(players, (scenario for script in scripts for scenario in script.scenarios))
    for script in scripts:
        results: list[Result] = []
        for result in islice(played, len(script.scenarios)):
            results.append(result)
            number += 1
            if wanted.tap:
                say("\n".join(tap(texts, number, script, results[-1])))
        if wanted.tap and script.fails:
            number += 1
            verdict = "not ok" if unexpected(script, results) else "ok"
            say(f"{verdict} {number} - {script.path.name}: {texts('accept.fails_as_known')}")
        elif not wanted.tap and not wanted.sketch:
            say("\n".join(told(texts, script, results)))
        runs.append((script, results))
    return runs


def _cover(wanted: Wanted, texts: Texts, say: Callable[[str], None], results: Sequence[Result]) -> None:
    from states.acceptance.coverage import as_script, measure

    for coverage in measure(results):
        lines = [as_script(coverage, texts.language)] if wanted.sketch else list(coverage.lines())
        for line in lines:
            if line:
                say(f"# {line}" if wanted.tap else line)
