"""Child module: is this PC's Edge old, by the version that its updater has noted.

Which version is the newest cannot be known without asking Microsoft. An edition knows one that was the newest on a
known day: what is below it is old for certain. What is not below it is new enough only while that day is recent;
later a person looks at edge://settings/help, for nobody may be told "newest" by guess.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from states import child
from states.checks.registry import Registry, Root, registry
from states.checks.result import CheckResult, Finding, Outcome, could_not_run, visible
from states.checks.system import not_this_pc

KEY = r"SOFTWARE\Microsoft\EdgeUpdate\Clients\{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}"
PLACES: tuple[Root, ...] = ("HKLM", "HKLM32", "HKCU")  # for the PC, twice; and a copy of a user's own
GONE = "0.0.0.0"  # what the updater leaves behind when Edge has been removed
RECENT = timedelta(days=28)  # a new main version comes every four weeks


def versions(found: Registry) -> tuple[str, ...]:
    """Edge's versions as the updater has noted them, each once."""
    noted = dict.fromkeys(found.text(place, KEY, "pv") for place in PLACES)
    return tuple(version for version in noted if version and version != GONE)


def judge(found: tuple[str, ...], floor: str, confirmed: date, today: date) -> CheckResult:
    """The fact's value: `old`, or `newest` while that can still be said.

    Args:
        found: see `versions`; a user's own copy counts as much as the PC's.
        floor: the newest version on the day `confirmed`.
    """
    numbers = {version: number for version in found if (number := _number(version)) is not None}
    if not numbers:
        return could_not_run(Finding("pc.edge_not_found"), seen=tuple(f"edge {visible(v, 40)}" for v in found))
    lowest = min(numbers, key=lambda version: numbers[version])
    seen = tuple(f"edge {version}" for version in numbers)
    said = {"version": lowest, "floor": floor, "day": confirmed.isoformat()}
    if numbers[lowest] < (_number(floor) or ()):
        return CheckResult(Outcome.FAIL, "old", lowest, (Finding("pc.edge_old", said),), seen)
    if today - confirmed >= RECENT:
        return could_not_run(Finding("pc.edge_look", said), seen=seen)
    return CheckResult(Outcome.PASS, "newest", lowest, seen=seen)


def _number(version: str) -> tuple[int, ...] | None:
    parts = version[:40].split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() for part in parts) else None


def measure(request: child.Json, _progress: Callable[[child.Json], None]) -> child.Json:
    """The check.

    Args:
        request: `floor`: a version. `confirmed`: ISO date on which it was the newest. `today`: ISO date.
    """
    found = registry()
    if found is None:
        return not_this_pc().to_json()
    confirmed, today = (date.fromisoformat(request[name]) for name in ("confirmed", "today"))
    return judge(versions(found), request["floor"], confirmed, today).to_json()


if __name__ == "__main__":
    child.answer(measure)
