"""Reads what a process did to the files below a folder, from strace."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

STRACE = shutil.which("strace")
MISSING = "strace is not installed"

CALLS = "openat,lseek,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat"
_LINE = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"(?:AT_FDCWD|(\d+))<((?:\\x[0-9a-f]{2})*)>")


@dataclass(frozen=True)
class Step:
    """One thing done: `ack`, `make`, `write`, `cut`, `sync`, `sync_names`, `rename`, `link` or `remove`.

    Args:
        file: its name below the folder.
        place: where a write begins; the new length of a cut; the number of an ack.
        other: the new name.
    """

    what: str
    file: str = ""
    place: int = 0
    data: bytes = b""
    other: str = ""


def command(folder: Path, steps: int, plants: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "tests.faults.writer", str(folder), str(steps), *plants]


def record(folder: Path, steps: int, plants: Sequence[str]) -> list[Step]:
    """Let the writer work in `folder`, and return what it did there, in order, with its acknowledgements."""
    assert STRACE is not None
    trace = folder.with_name(f"{folder.name}.trace")
    options = ["-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace)]
    subprocess.run([STRACE, *options, *command(folder, steps, plants)], check=True, stdout=subprocess.DEVNULL)
    found = list(_steps(trace, folder))
    trace.unlink()
    return [step for step in found if not step.file.endswith("-shm")]  # mapped memory; made anew after a cut


def _steps(trace: Path, folder: Path) -> Iterator[Step]:
    at: dict[str, int] = {}  # where each descriptor stands

    def name(text: str) -> str:
        path = bytes.fromhex(text.replace("\\x", "")).decode()
        return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else "." if path == str(folder) else ""

    with trace.open() as lines:
        for line in lines:
            if (match := _LINE.match(line)) is None or int(match[3]) < 0:
                continue
            call, arguments, result = match[1], match[2], int(match[3])
            texts = [part[1] for part in _TEXT.finditer(arguments)]
            handle = _HANDLE.match(arguments)
            file = name(handle[2]) if handle and handle[1] else ""
            number = handle[1] if handle and handle[1] else ""
            if call == "openat":
                at[str(result)] = 0
                if (made := name(texts[0])) and "O_CREAT" in arguments:
                    yield Step("make", made)
            elif call in ("rename", "renameat", "renameat2", "link", "linkat"):
                if name(texts[0]):
                    yield Step("link" if call.startswith("link") else "rename", name(texts[0]), other=name(texts[1]))
            elif call in ("unlink", "unlinkat"):
                if name(texts[0]):
                    yield Step("remove", name(texts[0]))
            elif call == "lseek":
                at[number] = result
            elif call == "write":
                data = bytes.fromhex(texts[0].replace("\\x", ""))[:result]
                if number == "1" and data.startswith(b"ACK "):
                    yield Step("ack", place=int(data.split()[1]))
                elif file:
                    yield Step("write", file, at.get(number, 0), data)
                at[number] = at.get(number, 0) + result
            elif not file:
                continue
            elif call == "pwrite64":
                place = int(arguments.rpartition(",")[2])
                yield Step("write", file, place, bytes.fromhex(texts[0].replace("\\x", ""))[:result])
            elif call == "ftruncate":
                yield Step("cut", file, int(arguments.rpartition(",")[2]))
            elif call in ("fsync", "fdatasync"):
                yield Step("sync_names" if file == "." else "sync", file)
