"""What of this PC the program stands on, looked at before a visit: what is well, what is not, and what to do about it.

A part that is looked at is a function in `LOOKS`; it asks nobody and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from states.fault import Fault


@dataclass(frozen=True, slots=True)
class Look:
    """How it stands with one part.

    Args:
        part: which.
        state: in one word.
        text: id of the text of one that is well.
        fault: what is wrong, with its remedy; None where all is well.
    """

    part: str
    state: str
    text: str
    fault: Fault | None = None


def examine(store: Path, address: str = "", today: str = "") -> Iterator[Look]:
    """Look at every part, one after the other.

    Args:
        store: the folder of this PC's own store.
        address: of the team store, where there is one.
        today: ISO date, for the team store.
    """
    for look in LOOKS:
        yield look(store)
    yield from stored(store)
    if address:
        yield from shared(store, address, today)


def keyring(_store: Path) -> Look:
    """The OS keyring: a random text is kept, read back, compared and wiped."""
    from states.storage.secrets import OsKeyring

    state = OsKeyring().test()
    return Look("keyring", state, "ui.keyring.ok", None if state == "ok" else Fault(f"keyring.{state}"))


def vault(store: Path) -> Look:
    """The vault's file, as far as can be told without its passphrase."""
    from states.storage.vault import FIT, Vault

    state = Vault.beside(store).state()
    return Look("vault", state, f"ui.vault.{state}", None if state in FIT else Fault(f"vault.{state}"))


def stored(store: Path) -> Iterator[Look]:
    """The store and its second copy, whole; nothing, where there is no store yet."""
    from states.storage.health import examine as look_through
    from states.storage.journal import Journal

    try:
        journal = Journal.open(store, create=False)
    except Fault as fault:
        if fault.code != "store.missing":
            yield Look("store", "fail", "", fault)
        return
    try:
        for finding in look_through(journal):
            yield Look(finding.check, finding.level, f"ui.store.{finding.check}", finding.fault)
    finally:
        journal.close()


def shared(store: Path, address: str, today: str) -> Iterator[Look]:
    """The team store, and what of this PC's own has not been handed in to it."""
    from states.desk import Desk
    from states.storage.team_health import examine as look_through

    try:
        desk = Desk.join(address, store, lambda: datetime.fromisoformat(today))
    except Fault as fault:
        yield Look("team", "fail", "", fault)
        return
    try:
        for finding in look_through(desk.journal, today):
            yield Look(finding.check, finding.level, f"ui.store.{finding.check}", finding.fault)
        waiting = desk.to_hand_in()
        told = Fault("team.pending", count=len(waiting)) if waiting else None
        yield Look("team_pending", "warn" if waiting else "ok", "ui.store.team_pending", told)
    finally:
        desk.close()


LOOKS: Final[tuple[Callable[[Path], Look], ...]] = (keyring, vault)
