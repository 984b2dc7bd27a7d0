"""How many updates Windows could install now, by the search of its update agent."""

from __future__ import annotations

from states.checks.result import Stopped
from states.system import here


def pending() -> int:
    """How many updates could be installed now.

    Raises:
        Stopped: `pc.updates_unread`, with the agent's own number; also where there is no such agent.
    """
    pc = here.pc()
    if pc is None:
        raise Stopped("pc.updates_unread", error="no agent")
    try:
        return int(pc.pending_updates())
    except OSError as error:
        number = getattr(error, "winerror", None)
        raise Stopped("pc.updates_unread", error=f"{number & 0xFFFFFFFF:#010x}" if number else str(error)) from error
