"""Prints each figure with its bar. Ends with 1 only when one could not be measured: a bar is for people to judge."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from locales import Texts
from states.fault import Fault
from tests.bench import peers, screens
from tests.bench.line import NotMeasuredError
from tests.bench.screens import Program
from tests.bench.steps import fill
from tests.terminal import python

HOME_COMMAND = Path(sys.executable).parent / "careplan-setup"
HOME_MARKER = b"F10"  # stands in the last row of the home screen, in every language

MINIMAL = Program(python("-m", "tests.bench.apps.minimal"), b"label shown")
TYPED_INTO = Program(python("-m", "tests.bench.apps.field"), b"label shown")  # has a field with the focus


def home(store: Path) -> Program:
    """The app on this store."""
    return Program([HOME_COMMAND, "--store", store, "--lang", "en"], HOME_MARKER)


@dataclass(frozen=True)
class Figure:
    """A number and the most it should be."""

    name: str
    value: float
    bar: float
    unit: str

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.bar else "over"
        return f"{self.name:<44} {self.value:8.2f} {self.unit:<8} bar {self.bar:7.2f}  {verdict}"


def paint() -> Iterator[Figure]:
    """The home screen against the minimal app, and our own parts alone against it."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as store:
        ours, minimal = screens.first_paints([home(Path(store)), MINIMAL])
    yield Figure("first paint, home screen", ours / minimal, 1.15, "x")


def many() -> Iterator[Figure]:
    """The home screen with 100,000 sessions stored, against the same with 10."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        stores = [Path(folder) / name for name in ("few", "many")]
        fill(stores[0], 10)
        fill(stores[1], 100_000)
        few, full = screens.first_paints([home(store) for store in stores])
    yield Figure("first paint, 100,000 sessions against 10", full / few, 1.1, "x")


def parts() -> Iterator[Figure]:
    """Where a slow home screen is not to blame."""
    ours, minimal = screens.first_paints([TYPED_INTO, MINIMAL])
    yield Figure("first paint, our parts alone", ours / minimal, 1.15, "x")


def typing() -> Iterator[Figure]:
    """300 keys into each: a field of the real app, and our field by itself."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as store:
        command: list[str | Path] = [HOME_COMMAND, "--store", store, "--lang", "en"]
        form = Program(command, HOME_MARKER, b"n", b"Office number")
        ours, field, minimal = screens.keys([form, TYPED_INTO, MINIMAL])
    yield Figure("key to echo in the app, p50", ours.p50 / minimal.p50, 1.2, "x")
    yield Figure("key to echo in the app, p99", ours.p99 / minimal.p99, 1.2, "x")
    yield Figure("key to echo, field alone, p50", field.p50 / minimal.p50, 1.2, "x")
    yield Figure("bytes a key in the app", ours.bytes, 165, "B")


def idle() -> Iterator[Figure]:
    """Nobody types."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as store:
        yield Figure("bytes while idle, home screen", screens.idle(home(Path(store))), 0, "B/s")


def first() -> Iterator[Figure]:
    """Something to read, whatever Python still imports."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as store:
        word = Texts("en")("ui.starting")[:20].encode()
        seconds = peers.first_word(list(home(Path(store)).command), word)
        yield Figure("first words on the screen", seconds * 1e3, 60, "ms")


def memory() -> Iterator[Figure]:
    """An hour's worth of screens, without its waiting."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as store:
        ratio, growth = peers.an_hour(home(Path(store)), MINIMAL)
        yield Figure("memory after 480 screens", ratio, 1.6, "x")
        yield Figure("the same, against half of them", growth, 1.05, "x")
        yield Figure("processor while idle, home screen", peers.at_rest(home(Path(store)), 20)[1], 0.2, "%")


def beside() -> Iterator[str]:
    """The app, the minimal one and those of others, in one run."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as store:
        command: list[str | Path] = [HOME_COMMAND, "--store", store, "--lang", "en"]
        ours = {
            "careplan-setup": Program(command, HOME_MARKER, b"n", b"Office number"),
            "careplan-setup --line": Program([*command, "--line"], b"Number: ", b"12\n", b"Office number"),
        }
        yield from peers.table(ours | {"Textual, minimal": MINIMAL} | peers.others())


def step() -> Iterator[Figure]:
    """One step of the journal."""
    from tests.bench.steps import step_ratio

    yield Figure("one acknowledged step", step_ratio(), 4, "x")


def scripts() -> Iterator[Figure]:
    """The acceptance suite, beside behave doing nothing with the same scripts."""
    from tests.bench.scripts import rates

    ours, behave = rates()
    yield Figure(f"acceptance, time a scenario ({ours:.0f}/s)", behave / ours, 1, "x")


def team() -> Iterator[Figure]:
    """One step of the journal on a PostgreSQL server of this machine."""
    from tests.bench.steps import step_ratio
    from tests.storage.postgres import OWNER, serving

    with serving(rules=f"host all {OWNER} 127.0.0.1/32 trust") as server:
        address = server.address(server.database(), tcp=True)
        yield Figure("one step, PostgreSQL on loopback", step_ratio(folder=server.folder, address=address), 6, "x")


def fleet() -> Iterator[Figure]:
    """200 technicians at one PostgreSQL server that has 100,000 sessions."""
    from tests.bench.fleet import BARS, run

    for act, milliseconds in run().items():
        yield Figure(f"200 technicians, 100,000 sessions: p99 {act}", milliseconds, BARS[act], "ms")


def measure(figures: Callable[[], Iterator[Figure] | Iterator[str]]) -> bool:
    """Print what `figures` yields; says so and returns False where something could not be measured."""
    try:
        for figure in figures():
            print(figure, flush=True)
    except (NotMeasuredError, Fault, ImportError, AssertionError) as error:
        print(f"{figures.__name__:<44} not measured: {error}", flush=True)
        return False
    return True


def main() -> int:
    """Run them all, or those named on the command line."""
    chosen = [
        figures
        for figures in (first, paint, many, parts, typing, idle, memory, step, scripts, team, fleet, beside)
        if figures.__name__ in sys.argv[1:] or not sys.argv[1:]
    ]
    measured = [measure(figures) for figures in chosen]
    return 0 if all(measured) else 1


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
