"""`python -m tests.faults [quick|full] [NAME…]`: run the harness, print its table; ends with 1 if anything is wrong."""

from __future__ import annotations

import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from states.storage import ground
from states.system import here
from tests.faults.result import Result

KINDS = ("cuts", "app", "sweep", "power", "damage", "full_disk", "race", "laptops")
SERVER = ("server_kills", "network", "team_race")  # what needs a PostgreSQL server; labs at the size of a commit


def fast_place() -> Path | None:
    """A RAM disk where there is one: the harness makes power cuts itself and has no use for waiting on a real disk."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and here.kind_of_ground(memory) in ground.MEMORY else None


def run(kind: str, full: bool) -> Result:
    # Those that go through the app need ground that the app accepts.
    place = None if kind == "app" else fast_place()
    with tempfile.TemporaryDirectory(prefix="careplan-setup-faults-", dir=place) as made:
        result: Result = import_module(f"tests.faults.{kind}").run(full, Path(made))
        return result


def main(arguments: list[str]) -> int:
    full = "full" in arguments
    chosen = [name for name in arguments if name not in ("quick", "full")] or (KINDS + SERVER if full else KINDS)
    wrong = False
    for kind in chosen:
        began = time.monotonic()
        result = run(kind, full)
        wrong = wrong or not result.passed
        print(f"{result.line()}; {time.monotonic() - began:.0f} s", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
