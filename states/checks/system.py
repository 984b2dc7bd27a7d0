"""Child module: what PC this is: its Windows by the build number (the product's name in the registry lies), and its
support by the edition's dates; its name, its language, its free space.

Windows 11 is a build of 22000 or above. A server edition shares those numbers and is neither. Needs no administrator's
rights. Another system than Windows is not the PC being set up; what applies there is told as evidence all the same.
"""

from __future__ import annotations

import platform
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from states import child
from states.checks.result import CheckResult, Finding, Outcome, could_not_run, visible
from states.flow.edition import WindowsVersion
from states.system import here

WINDOWS_11 = 22000  # the first build that is Windows 11
GIB = 1 << 30  # bytes
LITTLE = 5 * GIB  # of free space: less, and Windows' own updates begin to fail; what the client needs is not published


@dataclass(frozen=True)
class Windows:
    """What Windows says of itself.

    Args:
        version: major and minor, such as "10.0" (Windows 11 says 10.0 too).
        build: such as 22631.
        workstation: False for a server or a domain controller.
    """

    version: str
    build: int
    workstation: bool


@dataclass(frozen=True)
class Place:
    """What any system says of itself. `free`: bytes on the disk of this user's folder."""

    host: str
    language: str
    free: int

    @property
    def seen(self) -> tuple[str, ...]:
        free = f"disk free {self.free / GIB:.1f} GiB"
        return (f"host {visible(self.host, 64)}", f"language {visible(self.language, 40)}", free)

    def findings(self) -> tuple[Finding, ...]:
        return (Finding("pc.disk", {"free": f"{self.free / GIB:.1f}"}),) if self.free < LITTLE else ()


def judge(windows: Windows, place: Place, dates: Sequence[WindowsVersion], today: date) -> CheckResult:
    """The fact's value: `win11`, `win10` or `other`; detail `build <number>`; everything else is evidence or warning.

    Args:
        dates: by build, ascending; a build counts as the last one that is not above it.
    """
    build = str(windows.build)
    seen = (f"windows {windows.version} build {build}", *place.seen)
    if not windows.workstation or windows.version != "10.0":
        finding = Finding("pc.windows_other", {"version": windows.version, "build": build})
        return CheckResult(Outcome.FAIL, "other", f"build {build}", (finding, *place.findings()), seen)
    findings = (*_support(windows.build, dates, today), *place.findings())
    value = "win11" if windows.build >= WINDOWS_11 else "win10"
    return CheckResult(Outcome.WARN if findings else Outcome.PASS, value, f"build {build}", findings, seen)


def _support(build: int, dates: Sequence[WindowsVersion], today: date) -> tuple[Finding, ...]:
    mine = next((one for one in reversed(dates) if one.build <= build), None)
    if mine is None or today <= mine.end:
        return ()
    return (Finding("pc.support_ended", {"name": mine.name, "build": str(build), "end": mine.end.isoformat()}),)


def not_this_pc(*seen: str) -> CheckResult:
    """For what can be asked of Windows alone."""
    here = {"system": visible(platform.system(), 40), "release": visible(platform.release(), 80)}
    return could_not_run(Finding("pc.not_windows", here), seen=seen)


def look_around() -> Place:
    """What any system says of itself."""
    return Place(platform.node(), here.display_language(), shutil.disk_usage(Path.home()).free)


def same_name(host: str, called: str) -> bool:
    """Whether what people call a PC holds the name that it gives itself, in either width and case."""
    return _folded(host) in _folded(called)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def measure(request: child.Json, _progress: Callable[[child.Json], None]) -> child.Json:
    """The check.

    Args:
        request: `windows`: builds with name and last day, as `WindowsVersion`. `today`: ISO date.
            `pc`: what the session calls the PC, or None.
    """
    windows, place = read_windows(), look_around()
    if windows is None:
        return not_this_pc(*place.seen).to_json()
    dates = [WindowsVersion(build, name, date.fromisoformat(end)) for build, name, end in request["windows"]]
    result = judge(windows, place, dates, date.fromisoformat(request["today"]))
    return named(result, place.host, request.get("pc")).to_json()


def named(result: CheckResult, host: str, called: str | None) -> CheckResult:
    """`result` with a warning when the PC goes by another name than in the session; a nickname is no fault."""
    if called is None or same_name(host, called):
        return result
    finding = Finding("pc.other_name", {"host": visible(host, 64), "name": visible(called, 64)})
    outcome = Outcome.WARN if result.outcome is Outcome.PASS else result.outcome
    return replace(result, outcome=outcome, findings=(*result.findings, finding))


def read_windows() -> Windows | None:
    pc = here.pc()
    return Windows(*pc.version()) if pc else None


if __name__ == "__main__":
    child.answer(measure)
