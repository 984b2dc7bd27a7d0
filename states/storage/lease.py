"""Who is at a session: the holder's name plate. The fence itself is the epoch, compared at every append.

Decision: docs/decisions/storage.md (lease).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from states.system import here


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

        return cls(name, platform.node(), os.getpid(), terminal, since, here.started(os.getpid()))

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
    return here.alive(holder.pid) and (not holder.started or holder.started == here.started(holder.pid))
