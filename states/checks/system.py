"""Child module: which system this PC runs, by the build number (the product's name in the registry lies).

Windows 11 is a build of 22000 or above. A server edition shares those numbers and is neither. Microsoft ended the
support of Windows 10 in October 2025; what that means for an office, the edition
decides. Needs no administrator's rights.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

from states import child
from states.checks.result import CheckResult, Finding, Outcome, could_not_run, visible

WINDOWS_11 = 22000  # the first build that is Windows 11
WORKSTATION = 1  # VER_NT_WORKSTATION
EDGE = r"Microsoft\EdgeUpdate\Clients\{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}"
GONE = "0.0.0.0"  # what the updater leaves behind when Edge has been removed


@dataclass(frozen=True)
class Windows:
    """What Windows says of itself.

    Args:
        version: major and minor, such as "10.0" (Windows 11 says 10.0 too).
        build: such as 22631.
        workstation: False for a server or a domain controller.
        edge: Edge's versions as its updater has noted them; several when a user has a copy of their own.
    """

    version: str
    build: int
    workstation: bool
    edge: tuple[str, ...]


def judge(windows: Windows, host: str) -> CheckResult:
    """The fact's value: `win11`, `win10` or `other`; detail `build <number>`; Edge and the host's name as evidence."""
    build = str(windows.build)
    edge = [f"edge {visible(version, 40)}" for version in windows.edge] or ["edge not found"]
    seen = (f"windows {windows.version} build {build}", *edge, f"host {visible(host, 64)}")
    client = windows.workstation and windows.version == "10.0"
    if client and windows.build >= WINDOWS_11:
        return CheckResult(Outcome.PASS, "win11", f"build {build}", seen=seen)
    if client:
        finding = Finding("pc.windows_10", {"build": build})
        return CheckResult(Outcome.WARN, "win10", f"build {build}", (finding,), seen)
    finding = Finding("pc.windows_other", {"version": windows.version, "build": build})
    return CheckResult(Outcome.FAIL, "other", f"build {build}", (finding,), seen)


def measure(_request: child.Json, _progress: Callable[[child.Json], None]) -> child.Json:
    """The check; asks nothing of the request. Anything but Windows is not the office's PC: `pc.not_windows`."""
    host = platform.node()
    windows = read_windows()
    if windows is None:
        here = {"system": visible(platform.system(), 40), "release": visible(platform.release(), 80)}
        return could_not_run(Finding("pc.not_windows", here), seen=(f"host {visible(host, 64)}",)).to_json()
    return judge(windows, host).to_json()


if sys.platform == "win32":
    import winreg

    def read_windows() -> Windows | None:
        version = sys.getwindowsversion()
        return Windows(
            f"{version.major}.{version.minor}", version.build, version.product_type == WORKSTATION, _edge_versions()
        )

    def _edge_versions() -> tuple[str, ...]:
        places = (
            (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_64KEY),
            (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_32KEY),
            (winreg.HKEY_CURRENT_USER, 0),
        )
        found: list[str] = []
        for root, view in places:
            try:
                with winreg.OpenKey(root, rf"SOFTWARE\{EDGE}", 0, winreg.KEY_READ | view) as key:
                    version, kind = winreg.QueryValueEx(key, "pv")
            except OSError:  # not installed there
                continue
            if kind == winreg.REG_SZ and version not in (*found, GONE):
                found.append(version)
        return tuple(found)

else:

    def read_windows() -> Windows | None:
        return None


if __name__ == "__main__":
    child.answer(measure)
