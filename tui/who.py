"""Who sits here, for the record; needs no screen."""

from __future__ import annotations

import getpass
import os
import platform
from typing import TYPE_CHECKING

from states.system import here

if TYPE_CHECKING:
    from states.visit import Who


def who_sits_here(name: str) -> Who:
    """The technician, this machine and this terminal."""
    from states.visit import Who

    try:
        terminal = os.ttyname(0)
    except (OSError, AttributeError):
        terminal = here.TERMINAL
    return Who(name, platform.node(), terminal)


def user_name() -> str:
    """The name this user goes by on this PC, as a first guess."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
