"""How fast a screen is there, how fast a key is, and what both cost on the line."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.line import Line

LETTERS = b"qwxz"  # none of them ends a control sequence
BACKSPACE = b"\x7f"
IDLE_SECONDS = 3.0


@dataclass(frozen=True)
class Program:
    """A command, a text that stands on its screen once it is painted, and the way to its field."""

    command: Sequence[str | Path]
    marker: bytes
    opening: bytes = b""  # keys that lead from there to where is typed
    opened: bytes = b""


@dataclass(frozen=True)
class Keys:
    """What 300 keys took: seconds for the half of them, for 99 of 100, and bytes for one (the median)."""

    p50: float
    p99: float
    bytes: float


def first_paints(programs: Sequence[Program], times: int = 15) -> list[float]:
    """Median seconds from exec to the marker, for each program; the programs take turns. The first turn warms up."""
    seconds: list[list[float]] = [[] for _ in programs]
    for turn in range(times + 1):
        for program, taken in zip(programs, seconds, strict=True):
            with Line(program.command) as line:
                painted, _ = line.until(program.marker, line.started)
                if turn:
                    taken.append(painted)
    return [statistics.median(taken) for taken in seconds]


def keys(programs: Sequence[Program], times: int = 300) -> list[Keys]:
    """Type letters into the field that has the focus, a letter in each program by turns, and wipe them again."""
    lines = [Line(program.command) for program in programs]
    try:
        for line, program in zip(lines, programs, strict=True):
            line.until(program.marker, line.started)
            if program.opening:
                line.until(program.opened, line.send(program.opening))
            line.rest(0.5)
        seconds: list[list[float]] = [[] for _ in lines]
        sizes: list[list[int]] = [[] for _ in lines]
        for turn in range(times):
            letter = LETTERS[turn % len(LETTERS) :][:1]
            for line, taken, size in zip(lines, seconds, sizes, strict=True):
                echo, come = line.until(letter, line.send(letter))
                taken.append(echo)
                size.append(len(come + line.rest()))
                line.send(BACKSPACE)
                line.rest()
        return [
            Keys(statistics.median(taken), statistics.quantiles(taken, n=100)[98], statistics.median(size))
            for taken, size in zip(seconds, sizes, strict=True)
        ]
    finally:
        for line in lines:
            line.__exit__(None, None, None)


def idle(program: Program) -> float:
    """Bytes a second while nobody types."""
    with Line(program.command) as line:
        line.until(program.marker, line.started)
        line.rest(0.5)
        return line.during(IDLE_SECONDS) / IDLE_SECONDS
