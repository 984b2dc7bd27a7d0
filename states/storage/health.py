"""How the store is: what `careplan-setup doctor` says of it.

It reads everything, and changes nothing that any other reader would not: what is damaged is mended on the way.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from states.fault import Fault
from states.storage import ground, room
from states.storage.blackbox import Blackbox, Mark, Reading
from states.storage.embedded import SETTINGS, Embedded
from states.storage.journal import Journal
from states.system import here

Level = Literal["ok", "warn", "fail"]
ENOUGH: Final = 64 << 20  # bytes free


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        check: `chain`, `settings`, `permissions`, `ground`, `space` or `second_copy`.
        level: ok, warn (it works, but is less safe) or fail.
        fault: what is wrong, in the words of a fault; None where nothing is.
    """

    check: str
    level: Level
    fault: Fault | None = None


def examine(journal: Journal) -> list[Finding]:
    """Look at everything of an open embedded store, the most important first. Takes as long as reading all of it."""
    store = journal.store
    assert isinstance(store, Embedded)
    looked: tuple[tuple[str, Level, Callable[[], Iterator[Fault]]], ...] = (
        ("chain", "fail", lambda: _chain(journal)),
        ("settings", "fail", lambda: _settings(store)),
        ("second_copy", "warn", lambda: _second_copy(store)),
        ("permissions", "warn", lambda: _permissions(store)),
        ("ground", "fail", lambda: _ground(store)),
        ("space", "warn", lambda: _space(store)),
    )
    findings: list[Finding] = []
    for check, level, look in looked:
        faults: list[Fault] = []
        try:
            faults.extend(look())
        except Fault as fault:
            faults.append(fault)
        findings += [Finding(check, level, fault) for fault in faults] or [Finding(check, "ok")]
    return findings


def _chain(journal: Journal) -> Iterator[Fault]:
    journal.check()
    for row in journal.every():
        try:
            journal.verify(row.id)
        except Fault as fault:
            yield fault
    yield from (notice for notice in journal.notices if notice.code in ("store.mended", "store.mended_alone"))


def _settings(store: Embedded) -> Iterator[Fault]:
    for setting, value in SETTINGS.items():
        if store.pragma(setting) != value:
            yield Fault("store.not_durable", path=store.path, setting=setting)


def _second_copy(store: Embedded) -> Iterator[Fault]:
    if store.copy is None:
        yield next(
            (notice for notice in store.notices if notice.code.startswith("store.copy_")),
            Fault("store.copy_away", path=store.path.parent),
        )
        return
    with store.writing():  # so that it does not grow while it is read
        mark = Mark.decode(store.meta()["copy"])
        reading = Reading()
        copy = Blackbox(store.copy.path)
        for _ in copy.lines(reading):
            pass
        if reading.mark != mark:
            yield Fault("store.copy_damaged", path=copy.path)


def _permissions(store: Embedded) -> Iterator[Fault]:
    for place in (store.path.parent, store.path, *([store.copy.path] if store.copy else [])):
        with contextlib.suppress(OSError):
            if here.open_to_others(place):
                yield Fault("store.open_to_others", path=place)


def _ground(store: Embedded) -> Iterator[Fault]:
    ground.check(store.path.parent)
    yield from ()


def _space(store: Embedded) -> Iterator[Fault]:
    folder = store.path.parent
    if shutil.disk_usage(folder).free < ENOUGH or not (folder / room.NAME).exists():
        yield Fault("store.little_room", path=folder)
