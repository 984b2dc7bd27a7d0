"""A line to a program and a clock: no screen is made of what comes, so that reading costs next to nothing."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests.terminal import spawn

SILENCE = 0.03  # seconds; a program that says nothing for so long has said it all
PATIENCE = 30.0


class NotMeasuredError(Exception):
    """A figure that could not be had, and why."""


class Line:
    """A program on a pty of 80 by 24, started now. A context manager; at its end the program is killed."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self.started = time.perf_counter()
        try:
            self.pid, self._master = spawn(command, 80, 24)
        except OSError as error:
            raise NotMeasuredError(f"{command[0]}: {error}") from error

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._master)

    def until(self, what: bytes, since: float) -> tuple[float, bytes]:
        """Read until `what` has come; returns the seconds since `since`, and all that came."""
        come = b""
        while what not in come:
            piece = self._read(since + PATIENCE - time.perf_counter())
            if not piece:
                shown = come[-300:].decode(errors="replace")
                raise NotMeasuredError(f"{what!r} did not come; the last that came: {shown!r}")
            come += piece
        return time.perf_counter() - since, come

    def rest(self, silence: float = SILENCE) -> bytes:
        """What still comes, until nothing has come for `silence` seconds."""
        come = b""
        while piece := self._read(silence):
            come += piece
        return come

    def during(self, seconds: float) -> int:
        """How many bytes come in `seconds`."""
        end = time.perf_counter() + seconds
        count = 0
        while (left := end - time.perf_counter()) > 0:
            count += len(self._read(left))
        return count

    def send(self, data: bytes) -> float:
        """Write `data`; returns when."""
        at = time.perf_counter()
        os.write(self._master, data)
        return at

    def _read(self, seconds: float) -> bytes:
        if seconds <= 0 or not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self._master, 1 << 16)
        except OSError:  # EIO: it has ended
            return b""
