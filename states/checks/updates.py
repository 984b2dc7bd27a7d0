"""Child module: does Windows Update have something for this PC, and does the PC wait for a restart.

The search is Windows' own (the Windows Update Agent), which every user may run and which may take minutes. Whether a
restart is due is told by two keys that exist only then. Installing is the technician's act in Windows.
"""

from __future__ import annotations

from collections.abc import Callable

from states import child
from states.checks.registry import Registry, registry
from states.checks.result import CheckResult, Finding, Outcome, Stopped, could_not_run
from states.checks.system import not_this_pc
from states.checks.wua import pending

CURRENT = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
RESTART = (
    rf"{CURRENT}\WindowsUpdate\Auto Update\RebootRequired",
    rf"{CURRENT}\Component Based Servicing\RebootPending",
)


def restart_due(found: Registry) -> bool:
    """Whether an update waits for a restart of the PC."""
    return any(found.there("HKLM", key) for key in RESTART)


def judge(count: int | None, restart: bool, failure: Finding | None = None) -> CheckResult:
    """The fact's value: `current` or `behind`.

    Args:
        count: updates that could be installed now; None when the search failed, and then `failure` says why.
    """
    seen = (f"updates {'?' if count is None else count}", f"restart {'due' if restart else 'not due'}")
    findings = [Finding("pc.restart")] if restart else []
    if count:
        findings.append(Finding("pc.updates", {"count": str(count)}))
    if failure is not None:
        findings.append(failure)
        if not restart:
            return could_not_run(failure, seen=seen)
    behind = restart or bool(count)
    return CheckResult(
        Outcome.WARN if behind else Outcome.PASS, "behind" if behind else "current", findings=tuple(findings), seen=seen
    )


def measure(_request: child.Json, progress: Callable[[child.Json], None]) -> child.Json:
    """The check; asks nothing of the request."""
    found = registry()
    if found is None:
        return not_this_pc().to_json()
    restart = restart_due(found)
    progress({"line": f"restart {'due' if restart else 'not due'}; Windows Update is being asked"})
    try:
        return judge(pending(), restart).to_json()
    except Stopped as stopped:
        return judge(None, restart, Finding(stopped.code, stopped.values)).to_json()


if __name__ == "__main__":
    child.answer(measure)
