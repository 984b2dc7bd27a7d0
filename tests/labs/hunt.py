"""Looks for a text that must be nowhere: in files, in the arguments and the environment of processes, on a terminal.

Seven encodings, each half of a canary by itself, so that one cut in two is found as well.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\r\n]")


@dataclass(frozen=True)
class Canary:
    """A text that is typed as a secret: ASCII and Japanese."""

    ascii: str
    japanese: str

    @property
    def text(self) -> str:
        return self.ascii + self.japanese


@dataclass(frozen=True)
class Found:
    """A leak: where, of which canary, in which encoding."""

    where: str
    canary: str
    encoding: str


def encodings(text: str) -> dict[str, list[bytes]]:
    """What `text` looks like in each encoding; of base64 at its three alignments, without what depends on its ends."""
    raw = text.encode()
    at_each = []
    for offset in range(3):
        whole = base64.b64encode(bytes(offset) + raw)
        at_each.append(whole[(0, 2, 3)[offset] : len(whole) - 4])
    escaped = json.dumps(text)[1:-1]
    return {
        "utf-8": [raw],
        "utf-16-le": [text.encode("utf-16-le")],
        "utf-16-be": [text.encode("utf-16-be")],
        "hex": [raw.hex().encode(), raw.hex().upper().encode()],
        "url": [quote(text, safe="").encode(), quote(text, safe="").lower().encode()],
        "json": [escaped.encode(), escaped.upper().replace("\\U", "\\u").encode()],
        "base64": [*at_each, *(part.translate(bytes.maketrans(b"+/", b"-_")) for part in at_each)],
    }


@cache
def _forms(canaries: tuple[Canary, ...]) -> dict[bytes, tuple[str, str]]:
    return {
        form: (canary.ascii, encoding)
        for canary in canaries
        for half in (canary.ascii, canary.japanese)
        for encoding, forms in encodings(half).items()
        for form in forms
    }


def search(where: str, content: bytes, canaries: Iterable[Canary]) -> Iterator[Found]:
    for form, (canary, encoding) in _forms(tuple(canaries)).items():
        if form in content:
            yield Found(where, canary, encoding)


def search_files(
    folders: Iterable[Path], canaries: Iterable[Canary], seen: dict[Path, tuple[int, int]] | None = None
) -> Iterator[Found]:
    """In names and contents.

    Args:
        seen: when and how long each file was at the last look; one that is still so is passed over.
    """
    known, seen = list(canaries), {} if seen is None else seen
    for folder in folders:
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):
                now = path.stat()
                if seen.get(path) == (now.st_mtime_ns, now.st_size):
                    continue
                if path.is_file():
                    yield from search(str(path), path.read_bytes(), known)
                yield from search(f"name of {path}", os.fsencode(path.name), known)
                seen[path] = (now.st_mtime_ns, now.st_size)


def search_processes(canaries: Iterable[Canary]) -> Iterator[Found]:
    known = list(canaries)
    for process in Path("/proc").glob("[0-9]*"):
        for part in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                yield from search(f"{process}/{part}", (process / part).read_bytes(), known)


def search_terminal(raw: bytes, canaries: Iterable[Canary]) -> Iterator[Found]:
    """In the bytes as sent, and without what moves the cursor: an echo comes key by key."""
    known = list(canaries)
    yield from search("terminal", raw, known)
    yield from search("terminal, without escapes", _ESCAPES.sub(b"", raw), known)


class Watch:
    """Searches files and processes again and again while something runs: what is there for a moment only counts too.

    A context manager; `found` is complete after it.
    """

    def __init__(self, folders: Iterable[Path], canaries: Iterable[Canary]) -> None:
        self.folders, self.canaries = list(folders), list(canaries)
        self.found: set[Found] = set()
        self.rounds = 0
        self._seen: dict[Path, tuple[int, int]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def look_around(self) -> None:
        """Return when all has been searched at least once from now on."""
        last, end = self.rounds + 2, time.monotonic() + 60  # the one under way may be past it already
        while self.rounds < last:
            assert time.monotonic() < end, "it no longer looks"
            time.sleep(0.01)

    def _run(self) -> None:
        while not self._over.wait(0.2):
            self._look()

    def _look(self) -> None:
        self.found.update(search_processes(self.canaries))
        self.found.update(search_files(self.folders, self.canaries, self._seen))
        self.rounds += 1
