"""Runs a check by name in a child process, and turns every way in which that can end into a result.

A check is asked for while somebody stands at a counter: it ends within its bound, and it never raises for what the
network, the PC or a file has done to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

from states import child
from states.checks.result import CheckResult, Finding, could_not_run, visible
from states.fault import Fault

LINE = 120  # characters of a progress line


@dataclass(frozen=True)
class Check:
    """Where a check lives and how long it may take.

    Args:
        module: dotted name of the child module.
        seconds: the bound on the whole of it, the child's start included.
        timeout, crash: codes of the finding when it was killed at its bound, and when it died or spoke out of turn.
    """

    module: str
    seconds: float
    timeout: str = "check.timeout"
    crash: str = "check.failed"


CHECKS: dict[str, Check] = {
    "system": Check("states.checks.system", 10),
    "edge": Check("states.checks.edge", 10),
    "updates": Check("states.checks.updates", 120),
    "programs": Check("states.checks.programs", 10),
    "sites": Check("states.checks.sites", 20),
    # A file decides how much work it makes (a PFX names its own rounds), and the library can panic: both are its doing.
    "certificate": Check("states.checks.certificate", 10, timeout="cert.hostile", crash="cert.hostile"),
}


def run(
    name: str,
    request: Mapping[str, Any],
    *,
    progress: Callable[[str], None] = lambda _: None,
    cancel: threading.Event | None = None,
) -> CheckResult:
    """Measure. Blocks for at most the check's bound.

    Args:
        name: a key of `CHECKS`.
        request: what the child module's `measure` documents; JSON-able; may hold a certificate's password.
        progress: called, in a thread of its own, with short language-neutral lines while the check goes on.
        cancel: set it from anywhere to end the check.

    Returns:
        What was measured. A check that was cancelled, killed at its bound, or died ends as `could_not_run` with the
        finding `check.cancelled`, `check.timeout` or `check.failed` (for a certificate's file: `cert.hostile`).

    Raises:
        KeyError: there is no such check.
    """
    check = CHECKS[name]

    def tell(step: object) -> None:
        line = step.get("line") if isinstance(step, dict) else None
        if isinstance(line, str):
            progress(visible(line, LINE))

    try:
        return CheckResult.from_json(
            child.call(check.module, dict(request), seconds=check.seconds, progress=tell, cancel=cancel)
        )
    except Fault as fault:
        codes = {"child.cancelled": "check.cancelled", "child.timeout": check.timeout}
        return could_not_run(Finding(codes.get(fault.code, check.crash), {"check": name}))
    except OSError:  # this PC could not start a process
        return could_not_run(Finding("check.failed", {"check": name}))


def run_all(
    asked: Mapping[str, Mapping[str, Any]],
    *,
    progress: Callable[[str, str], None] = lambda _name, _line: None,
    ended: Callable[[str, CheckResult], None] = lambda _name, _result: None,
    cancel: threading.Event | None = None,
) -> dict[str, CheckResult]:
    """Measure several things side by side. Blocks for at most the longest bound among them; to repeat one, `run` it.

    Args:
        asked: the request of each check, by its name.
        progress: called with a check's name and a line of its own, in a thread of its own.
        ended: called, in the caller's thread, with each result as it comes.
        cancel: set it from anywhere to end all that still run.

    Returns:
        All results, in the order asked.

    Raises:
        KeyError: there is no such check.
    """
    results: SimpleQueue[tuple[str, CheckResult]] = SimpleQueue()

    def one(name: str, request: Mapping[str, Any]) -> None:
        results.put((name, run(name, request, progress=partial(progress, name), cancel=cancel)))

    for name in asked:
        CHECKS[name]
    for name, request in asked.items():
        # Not a pool's threads: the interpreter would wait for those at its end.
        threading.Thread(target=one, args=(name, request), daemon=True).start()
    found: dict[str, CheckResult] = {}
    for _ in asked:
        name, result = results.get()
        found[name] = result
        ended(name, result)
    return {name: found[name] for name in asked}
