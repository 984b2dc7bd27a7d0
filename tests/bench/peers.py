"""Beside others that ask for a line on a terminal, in the same run: urwid, questionary, whiptail, and our line mode."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tests.bench.line import Line, NotMeasuredError
from tests.bench.screens import Program, first_paints, keys
from tests.terminal import python

LABEL = b"label shown"
ROUNDS = 120  # of screens opened and closed: as many as in an hour of work


def others() -> dict[str, Program]:
    """Those that are there; `pip install --group bench` brings the two of Python's."""
    found = {}
    for name in ("urwid", "questionary"):
        if find_spec(name) is not None:
            found[name] = Program(python("-m", f"tests.bench.apps.with_{name}"), LABEL)
    whiptail = shutil.which("whiptail")
    if whiptail:
        found["whiptail"] = Program([whiptail, "--inputbox", "label shown", "9", "40"], LABEL)
    return found


def table(programs: dict[str, Program]) -> Iterator[str]:
    """A row a program: first paint, key to echo, bytes a key, memory, bytes while idle."""
    yield f"{'':<28} {'paint ms':>9} {'p50 ms':>8} {'p99 ms':>8} {'B/key':>7} {'MiB':>6} {'idle B/s':>9} {'idle %':>7}"
    painted = first_paints(list(programs.values()), 9)
    typed = keys(list(programs.values()), 120)
    for (name, program), paint, key in zip(programs.items(), painted, typed, strict=True):
        memory, share, sent = at_rest(program)
        speed = f"{paint * 1e3:>9.0f} {key.p50 * 1e3:>8.1f} {key.p99 * 1e3:>8.1f} {key.bytes:>7.0f}"
        yield f"{name:<28} {speed} {memory:>6.0f} {sent:>9.0f} {share:>7.2f}"


def at_rest(program: Program, seconds: float = 5.0) -> tuple[float, float, float]:
    """MiB resident, per cent of a processor, and bytes a second, while nobody types."""
    with Line(program.command) as line:
        line.until(program.marker, line.started)
        line.rest(1.0)
        before = _ticks(line.pid)
        sent = line.during(seconds) / seconds
        share = 100 * (_ticks(line.pid) - before) / os.sysconf("SC_CLK_TCK") / seconds
        return resident(line.pid), share, sent


def an_hour(home: Program, minimal: Program) -> tuple[float, float]:
    """(memory after many screens against the minimal app, and against itself after half of them)."""
    with Line(minimal.command) as line:
        line.until(minimal.marker, line.started)
        line.rest(0.5)
        least = resident(line.pid)
    with Line(home.command) as line:
        line.until(home.marker, line.started)
        early = 0.0
        for number in range(ROUNDS):
            for key, seen in ((b"?", b"Esc/F3/Enter"), (b"\x1bOR", b"F10"), (b"n", b"F10 decide"), (b"\x1bOR", b"n/2")):
                line.until(seen, line.send(key))
                line.rest(0.02)
            if number == ROUNDS // 2:
                early = resident(line.pid)
        late = resident(line.pid)
    return late / least, late / early


def first_word(command: list[str | Path], word: bytes, times: int = 11) -> float:
    """Median seconds from exec to a word on the screen."""
    return first_paints([Program(command, word)], times)[0]


def resident(pid: int) -> float:
    """MiB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError as error:
        raise NotMeasuredError(str(error)) from error
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
