"""The second copy: every acknowledged step once more, as lines of text, beside the database or on another drive.

A line is `<SHA-256 in hex> <JSON>`; the hash covers the hash of the line before, so that a line which was touched, is
missing, or belongs to another copy is noticed. The database remembers the last line and its place: whether both copies
are in step is seen without reading either of them, and whoever is to write a line that another process may have
written already writes the same bytes to the same place. So the copy needs no lock of its own.

Decision: docs/decisions/second-copy.md.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from states.fault import Fault
from states.storage.folders import replace_file
from states.storage.records import canonical
from states.system import here

NAME: Final = "second-copy.log"
FORMAT: Final = 1
_HASH: Final = 64  # characters of a hash in hex
_ISSUER: Final = "careplan-setup second copy"


@dataclass(frozen=True, slots=True)
class Mark:
    """The last line the database knows of, and where it begins."""

    place: int
    line: str

    @property
    def end(self) -> int:
        return self.place + len(self.line)

    def next(self, body: Mapping[str, Any]) -> Mark:
        """The line that comes behind this one."""
        return Mark(self.end, _line(self.line[:_HASH], body))

    def encode(self) -> str:
        return f"{self.place} {self.line}"

    @classmethod
    def decode(cls, text: str) -> Mark:
        """As `encode` wrote it.

        Raises:
            ValueError: it did not.
        """
        place, _, line = text.partition(" ")
        if line[_HASH : _HASH + 1] != " " or not line.endswith("\n"):
            raise ValueError(line)
        return cls(int(place), line)

    @classmethod
    def first(cls, installation: str) -> Mark:
        """The line a copy begins with: whose it is, and in which form."""
        return cls(0, _line("", {"issuer": _ISSUER, "format": FORMAT, "installation": installation}))


@dataclass
class Reading:
    """What has been read of a copy. Filled while `Blackbox.lines` is walked; `whole` is valid behind its end.

    Args:
        installation: whose copy it is.
        mark: the last line that fits.
        whole: nothing but perhaps one unfinished line stands behind it.
    """

    installation: str = ""
    mark: Mark = Mark(0, "")
    whole: bool = True


class Blackbox:
    """One file with a second copy. `OSError` leaves every method that touches the file, but for `in_step`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1
        self._identity = 0

    def in_step(self, mark: Mark) -> bool:
        """Does the file end with this line? Costs the same however long it is."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(mark.place)
                return size == mark.end and file.read(len(mark.line)) == mark.line.encode()
        except OSError:
            return False

    def lacks_last(self, mark: Mark) -> bool:
        """Does the file end just before this line, or within it? So it is left by a cut between the two copies."""
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if not 0 < mark.place <= size <= mark.end:
                return False
            file.seek(max(0, mark.place - (1 << 20)))
            before = file.read(min(mark.place, 1 << 20)).rstrip(b"\n").rpartition(b"\n")[2]
        text = mark.line[_HASH + 1 : -1]
        return _hash(before[:_HASH].decode(errors="replace"), text) == mark.line[:_HASH]

    def put(self, mark: Mark) -> None:
        """Write the line to its place; it is on the disk on return. Once more does no harm."""
        status = self.path.stat()
        if self._descriptor < 0 or here.identity(status) != self._identity:  # replaced by another process
            self.close()
            self._descriptor = os.open(self.path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
            self._identity = here.identity(os.fstat(self._descriptor))
        if status.st_size < mark.place:
            raise OSError(f"{self.path} lacks what comes before")
        os.lseek(self._descriptor, mark.place, os.SEEK_SET)
        data = mark.line.encode()
        while data:
            data = data[os.write(self._descriptor, data) :]
        here.sync_file(self._descriptor)

    def reaches(self, end: int) -> bool:
        """Is the file at least that long?"""
        try:
            return self.size() >= end
        except OSError:
            return False

    def size(self) -> int:
        return self.path.stat().st_size

    def replace(self, content: bytes) -> None:
        """Put another copy in its place, whole."""
        self.close()
        replace_file(self.path, content)

    def cut_behind(self, mark: Mark) -> None:
        """Take off what stands behind the line: the beginning of one that never was acknowledged."""
        with self.path.open("r+b") as file:
            file.truncate(mark.end)
            here.sync_file(file.fileno())

    def lines(self, reading: Reading) -> Iterator[dict[str, Any]]:
        """The entries of the copy that fit, in order; `reading` says what was found besides.

        Raises:
            Fault: `store.copy_newer`, when a newer program wrote it; `store.copy_damaged`, when it has no beginning.
        """
        with self.path.open("rb") as file:
            for raw in file:
                body = _fitting(reading.mark.line[:_HASH], raw)
                if body is None:
                    reading.whole = not file.read(1)
                    break
                reading.mark = Mark(reading.mark.end, raw.decode())
                if reading.installation:
                    yield body
                elif body.get("issuer") != _ISSUER:
                    break
                elif body["format"] > FORMAT:
                    raise Fault("store.copy_newer", path=self.path)
                else:
                    reading.installation = body["installation"]
        if not reading.installation:
            raise Fault("store.copy_damaged", path=self.path)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _fitting(before: str, raw: bytes) -> dict[str, Any] | None:
    """The entry in a line, when it is whole and follows the line with the hash `before`."""
    try:
        hash, _, text = raw.decode("ascii").partition(" ")
        if not text.endswith("\n") or hash != _hash(before, text[:-1]):
            return None
        body: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body


def _line(before: str, body: Mapping[str, Any]) -> str:
    text = canonical(body)
    return f"{_hash(before, text)} {text}\n"


def _hash(before: str, text: str) -> str:
    import hashlib  # 3 ms that the first paint can do without

    return hashlib.sha256(f"{before} {text}".encode()).hexdigest()
