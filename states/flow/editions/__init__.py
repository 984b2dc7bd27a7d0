"""One table an edition, by its day. `find` is the only way to one, so that an unknown name is a clear fault."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from states.fault import Fault

if TYPE_CHECKING:
    from states.flow.edition import Edition

KNOWN = {"2023-05-26": "e2023_05_26"}
NEWEST = "2023-05-26"


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
