"""Who is at a session: the holder's name plate. The fence itself is the epoch, compared at every append.

Decision: docs/decisions/storage.md (lease).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """A person at a terminal of a machine, and the process that writes for them.

    Args:
        name, host, terminal: as a colleague would recognise them.
        pid: the process on `host`.
        since: milliseconds since 1970-01-01 UTC.
        started: when the process started, in the system's ticks; 0 where that is not cheap to learn. It tells a
            process from a later one that was given the same number.
    """

    name: str
    host: str
    pid: int
    terminal: str
    since: int
    started: int = 0

    @classmethod
    def here(cls, name: str, terminal: str, since: int) -> Holder:
        """The holder that this very process is."""
        import platform  # only where a visit begins

        return cls(name, platform.node(), os.getpid(), terminal, since, _started(os.getpid()))

    @classmethod
    def gone(cls, name: str, since: int) -> Holder:
        """Nobody here: the session was checked out by that person, in a file."""
        return cls(name, "", 0, "", since)

    @property
    def away(self) -> bool:
        """Whether the session is out of the house, in a file."""
        return not self.host and not self.pid

    def encode(self) -> str:
        """One line of text for one column."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Holder | None:
        """The holder that `encode` wrote; `None` for the empty column, and for a plate that cannot be read.

        Nothing hangs on it: it is shown to people, and the epoch is the fence.
        """
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None


def held_elsewhere(holder: Holder | None, me: Holder) -> bool:
    """Is somebody else, who may still be there, at the session?

    After a kill the same PC goes on at once: a holder whose process is gone from this host holds nothing. A process
    of another host cannot be seen from here and counts as alive, however long ago: time is only a hint.
    """
    if holder is None:
        return False
    if holder.away:
        return True
    if holder.host != me.host:
        return True
    if holder.pid == me.pid and holder.started == me.started:
        return False
    return _alive(holder.pid) and (not holder.started or holder.started == _started(holder.pid))


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    if os.name == "nt":
        return _alive_on_windows(pid)  # os.kill(pid, 0) would end the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return not _is_zombie(pid)


def _alive_on_windows(pid: int) -> bool:
    import ctypes

    query_limited, still_active, access_denied = 0x1000, 259, 5
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined, unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(query_limited, False, pid)
    if not handle:
        return bool(ctypes.get_last_error() == access_denied)  # type: ignore[attr-defined, unused-ignore]
    try:
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
        return code.value == still_active
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on (the second may hold blanks); none outside Linux."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _started(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[19]) if len(fields) > 19 else 0


def _is_zombie(pid: int) -> bool:
    return _stat(pid)[:1] == ["Z"]
