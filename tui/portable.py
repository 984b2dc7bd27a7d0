"""Where data belongs when the program runs from a bundle, with nothing installed: on the stick, or on this PC.

Which of the two is asked once, when it is first started from a disk other than the one Windows is on, and is recorded
in the bundle itself; started from that one, everything is on this PC and nothing is asked.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from unicodedata import normalize

from locales import Texts
from states.fault import Fault
from states.system import here

PARTS: Final = "sbom.cdx.json"  # the list of its parts marks a bundle
CHOICE: Final = "where.json"
DATA: Final = "data"
APP: Final = "careplan-setup"
HERE, THERE = "1", "2"


@cache
def folder() -> Path | None:
    """The bundle's own folder; None for a program that is installed."""
    place = Path(sys.executable).parents[1]
    return place if (place / PARTS).exists() else None


def parts() -> list[tuple[str, str]]:
    """Name and version of what is in the bundle, as its list of parts has them."""
    bundle = folder()
    if bundle is None:
        return []
    listed = json.loads((bundle / PARTS).read_text(encoding="utf-8"))["components"]
    return [(part["name"], part["version"]) for part in listed]


@dataclass(frozen=True)
class Stick:
    """A bundle that keeps its data with itself.

    Args:
        id: tells two sticks apart on one PC.
    """

    bundle: Path
    id: str

    @property
    def data(self) -> Path:
        return self.bundle / DATA

    @property
    def second_copy(self) -> Path:
        """On the PC; a copy beside the store would be lost with it."""
        return _on_this_pc(f"{APP}-copy") / self.id


def stick() -> Stick | None:
    """The choice, if it was for the stick."""
    bundle = folder()
    kept = _recorded(bundle) if bundle else None
    return Stick(bundle, kept["id"]) if bundle and kept and kept.get("data") == DATA else None


def store() -> Path:
    """Where sessions are stored, unless somebody names another folder."""
    chosen = stick()
    return chosen.data if chosen else _on_this_pc(APP)


def second_copy() -> Path | None:
    """The folder of the second copy on this PC, made; None where it is as it was left."""
    chosen = stick()
    if chosen is None:
        return None
    from states.storage.folders import make_folder

    make_folder(chosen.second_copy)
    return chosen.second_copy


def settle(texts: Texts, *, portable: bool = False) -> None:
    """Ask, once, where data belongs; with `portable` it is the stick, and nobody is asked.

    Raises:
        Fault: `portable.none`: this is no bundle; `portable.settled`: it was decided otherwise; `portable.read_only`.
    """
    bundle = folder()
    if bundle is None:
        if portable:
            raise Fault("portable.none")
        return
    kept = _recorded(bundle)
    if kept is not None:
        if portable and kept.get("data") != DATA:
            raise Fault("portable.settled", path=bundle / CHOICE)
        return
    if not portable and not here.apart(bundle):
        return
    chosen = HERE if portable else _ask(texts, bundle)
    record = {"data": DATA if chosen == HERE else "pc", "id": os.urandom(4).hex()}
    try:
        (bundle / CHOICE).write_text(json.dumps(record), encoding="utf-8")
    except OSError:
        if chosen == HERE:
            raise Fault("portable.read_only", path=bundle) from None


def read_in() -> None:
    """Read what of the program has not been read yet, off its stick: it has to go on when that is pulled."""
    if stick() is None:
        return
    from importlib import import_module
    from pkgutil import iter_modules

    for room in ("tui.screens", "tui.widgets", "states.flow", "states.flow.editions", "states.handover"):
        for found in iter_modules(import_module(room).__path__, f"{room}."):
            import_module(found.name)


def _ask(texts: Texts, bundle: Path) -> str:
    print(texts("ui.portable.where", stick=bundle / DATA, pc=_on_this_pc(APP)))
    while True:
        try:
            said = normalize("NFKC", input(texts("ui.portable.which"))).strip()
        except EOFError:  # nobody is there to answer
            raise Fault("terminal.none") from None
        if said in (HERE, THERE):
            return said


def _recorded(bundle: Path) -> dict[str, str] | None:
    try:
        kept = json.loads((bundle / CHOICE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) and str(kept.get("id", "")).isalnum() else None


def _on_this_pc(name: str) -> Path:
    from platformdirs import user_data_path

    return user_data_path(name, appauthor=False)
