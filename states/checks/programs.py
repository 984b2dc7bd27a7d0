"""Child module: is the client among the programs that Windows lists as installed, and in which version.

How its installer names it is not published: a name from the edition's data is looked for, and what is found is shown
for a person to compare. That nothing was found proves nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from states import child
from states.checks.registry import Registry, Root, registry
from states.checks.result import CheckResult, Finding, Outcome, could_not_run, visible
from states.checks.system import not_this_pc

KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
PLACES: tuple[Root, ...] = ("HKLM", "HKLM32", "HKCU")
LISTED = 10  # programs in the evidence


@dataclass(frozen=True)
class Program:
    """An installed program as Windows lists it."""

    name: str
    version: str


def installed(found: Registry) -> Iterator[Program]:
    """Every program that has a name."""
    for place in PLACES:
        for entry in found.below(place, KEY):
            name = found.text(place, rf"{KEY}\{entry}", "DisplayName")
            if name:
                yield Program(name, found.text(place, rf"{KEY}\{entry}", "DisplayVersion") or "")


def judge(programs: Sequence[Program], words: Sequence[str]) -> CheckResult:
    """The value `yes` with the version as detail, and a warning to compare the name; else nothing was measured."""
    wanted = [_folded(word) for word in words]
    matching = dict.fromkeys(one for one in programs if any(word in _folded(one.name) for word in wanted))
    if not matching:
        return could_not_run(Finding("pc.client_not_found", {"count": str(len(programs))}))
    seen = tuple(visible(f"program {one.name} {one.version}") for one in list(matching)[:LISTED])
    first = next(iter(matching))
    finding = Finding("pc.client_compare", {"name": visible(first.name, 100)})
    return CheckResult(Outcome.WARN, "yes", visible(first.version, 60), (finding,), seen)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def measure(request: child.Json, _progress: Callable[[child.Json], None]) -> child.Json:
    """The check. `request["client"]`: words of which one stands in the client's name."""
    found = registry()
    return (not_this_pc() if found is None else judge(list(installed(found)), request["client"])).to_json()


if __name__ == "__main__":
    child.answer(measure)
