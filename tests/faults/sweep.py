"""Every system call of a step fails, or is the last one: strace makes it so.

A call that fails with EIO or ENOSPC must leave the step refused by name, or stored and acknowledged (the second copy
behind, and that said); a kill must leave what was acknowledged. The writer goes on afterwards, and so does whoever
opens the store next.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from states.storage.blackbox import NAME as COPY
from states.storage.embedded import NAME
from tests.faults.result import KEPT, Result, judged
from tests.faults.tracing import MISSING, STRACE, command
from tests.faults.writer import ID

STEPS = 3
ACTIONS = ("error=EIO", "error=ENOSPC", "signal=KILL")
GROWING = ("write", "pwrite64", "ftruncate", "fallocate", "fsync", "fdatasync", "openat")  # can find no room
_CALL = re.compile(r"\d+ +(\w+)\(")


def run(full: bool, place: Path) -> Result:
    result = Result("syscalls")
    if STRACE is None:
        return Result(result.name, skipped=MISSING)
    for number, (call, nth) in enumerate(_calls(place / "first", full, [])):
        for action in ACTIONS:
            if "ENOSPC" in action and call not in GROWING:
                continue
            folder = place / f"{number}-{action[-3:]}"
            result.verdicts[injected(folder, f"{call}:{action}:when={nth}", [])] += 1
    calls = [one for one in _calls(place / "early", True, ["early", "alone"]) if one[0] == "pwrite64"]
    result.controls["acknowledged early"] = any(
        injected(place / f"control-{number}", f"{call}:signal=KILL:when={nth}", ["early", "alone"]) != KEPT
        for number, (call, nth) in enumerate(calls[len(calls) // 2 :])
    )
    return result


def traced(folder: Path, trace: Path, more: list[str], plants: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the writer; strace sees only what it does to the two copies."""
    assert STRACE is not None
    paths = [str(folder / name) for name in (NAME, f"{NAME}-wal", f"{NAME}-shm", COPY)]
    options = ["-f", "-o", str(trace), *(part for path in paths for part in ("-P", path)), *more]
    return subprocess.run(
        [STRACE, *options, *command(folder, STEPS, plants)], capture_output=True, text=True, check=False
    )


def _calls(folder: Path, full: bool, plants: list[str]) -> Iterator[tuple[str, int]]:
    """Every call to the two copies, as (name, how manieth): of a whole run, or of its middle step."""
    trace = folder.with_suffix(".trace")
    traced(folder, trace, [], plants)
    names = [match[1] for line in trace.read_text().splitlines() if (match := _CALL.match(line))]
    synced = [at for at, name in enumerate(names) if name == "fdatasync"]
    first, last = (0, len(names)) if full else (synced[-5] + 1, synced[-3] + 1)  # a step syncs twice, the end once
    seen: Counter[str] = Counter()
    for at, name in enumerate(names):
        seen[name] += 1
        if first <= at < last and name not in ("close", "munmap", "mmap"):
            yield name, seen[name]


def injected(folder: Path, fault: str, plants: list[str]) -> str:
    """Let it happen, and judge what was said and what is left."""
    trace = folder.with_suffix(".trace")
    call = fault.partition(":")[0]
    quick = [] if "KILL" in fault else ["--seccomp-bpf"]  # with it, strace delivers no signal
    done = traced(folder, trace, [*quick, "-e", f"trace={call}", "-e", f"inject={fault}"], plants)
    if not done.returncode if "KILL" in fault else "(INJECTED)" not in trace.read_text():
        return "nothing happened"
    said = done.stdout.split("\n")
    acknowledged = max((int(line[4:]) for line in said if line.startswith("ACK ")), default=0)
    if "Traceback" in done.stderr:
        return "traceback"
    told = acknowledged + sum(line.startswith("NO ") for line in said)
    if "KILL" not in fault and told < STEPS and not any(line.startswith("REFUSED ") for line in said):
        return "silent"
    return judged(folder, ID, acknowledged)
