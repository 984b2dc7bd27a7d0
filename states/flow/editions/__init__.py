"""One table an edition, by its day. `find` is the only way to one, so that an unknown name is a clear fault."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from states.fault import Fault

if TYPE_CHECKING:
    from states.flow.edition import Edition

KNOWN = {"2023-05-26": "e2023_05_26", "2026-07": "e2026_07", "move": "move"}
# Introductions, the oldest first, with the day from which each holds: told without opening a table, for the first
# screen is painted before any is imported.
INTRODUCTIONS = {"2023-05-26": date(2023, 5, 26), "2026-07": date(2026, 7, 1)}
FIRST, NEWEST = "2023-05-26", "2026-07"
MOVE = "move"


@cache
def find(name: str) -> Edition:
    """The edition of that name.

    Raises:
        Fault: `edition.unknown`, with the name and the known ones.
    """
    if name not in KNOWN:
        raise Fault("edition.unknown", edition=name, known=", ".join(KNOWN))
    edition: Edition = import_module(f"states.flow.editions.{KNOWN[name]}").EDITION
    return edition


def in_force(today: date) -> str:
    """The introduction proposed today: the newest that holds already; the first, where the clock says none does."""
    held = [name for name, since in INTRODUCTIONS.items() if since <= today]
    return held[-1] if held else next(iter(INTRODUCTIONS))
