"""Asks the vault's own process for one thing, under strace: stopped or refused at any of its system calls."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What a file can be read and written by; those of memory come in another number each time.
CALLS = "openat,mkdir,flock,fcntl,read,write,fsync,fchmod,chmod,rename,renameat,unlink,lseek,close,getdents64"


@dataclass(frozen=True)
class Call:
    """The nth system call of that name in a run."""

    name: str
    nth: int


def ask(request: dict[str, Any], *strace: str) -> tuple[int, dict[str, Any]]:
    """Exit code and result of one request; an empty result when there was none."""
    done = subprocess.run(
        [*strace, sys.executable, "-I", "-m", "states.storage.vault_child"],
        input=json.dumps(request).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = done.stdout.splitlines()
    return done.returncode, json.loads(said[-1])["result"] if said else {}


def calls_of(request: dict[str, Any], log: Path) -> list[Call]:
    """Every system call of a request that has to do with the vault's folder or a file in it."""
    _, result = ask(request, "strace", "-f", "-y", "-e", f"trace={CALLS}", "-o", str(log))
    assert result["state"] == "ok"
    folder = str(Path(request["path"]).parent)
    counts: dict[str, int] = {}
    found: list[Call] = []
    for line in log.read_text(errors="replace").splitlines():
        match = re.match(r"\d+ +(\w+)\(", line)
        if match is None:
            continue
        name = match[1]
        counts[name] = counts.get(name, 0) + 1
        if folder in line:
            found.append(Call(name, counts[name]))
    return found
