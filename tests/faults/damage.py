"""Damaged files: bits, sectors, pages, truncation, swapped pages. Mended or refused by name; never shown wrong."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest import mock

from states.fault import Fault
from states.storage import journal
from states.storage.blackbox import NAME as COPY
from states.storage.embedded import NAME
from states.storage.journal import Event, Journal
from states.storage.records import Stored
from tests.faults.result import Result
from tests.storage.samples import begin, go_on

SECTOR, PAGE = 512, 4096
SESSIONS = ("s-0001", "s-0002")
Known = dict[str, list[Event]]
IN_VAIN = {"refused": "refused in vain", "up to a named moment": "lost in vain"}  # with one copy whole, no need to


def run(full: bool, place: Path) -> Result:
    whole = place / "whole"
    expected = _made(whole)
    chance = random.Random(400)
    result = Result("damage", fine=("mended", "refused", "harmless", "up to a named moment"))
    for number in range(4_000 if full else 400):
        both = number % 10 == 0
        targets = (NAME, COPY) if both else (COPY,) if number % 5 == 0 else (NAME,)
        verdict = shown(_damaged(whole, place / "damaged", targets, chance), expected)
        result.verdicts[IN_VAIN.get(verdict, verdict) if not both else verdict] += 1
    result.controls["chain unchecked"] = _unchecked(whole, place / "damaged", expected, chance)
    return result


def _made(folder: Path) -> Known:
    journal = Journal.open(folder, any_ground=True)
    for id in SESSIONS:
        go_on(journal, begin(journal, id), 39)
    known = {id: [stored.event for stored in journal.events(id)] for id in SESSIONS}
    journal.close()
    return known


def shown(folder: Path, expected: Known) -> str:
    """What a person who opens the store gets to see."""
    try:
        opened = Journal.open(folder, create=False, any_ground=True)
    except Fault:
        return "refused"
    try:
        opened.check()  # as the app does behind its first paint
        found = {id: [stored.event for stored in opened.events(id)] for id in SESSIONS}
        listed = {row.id: (row.version, row.office_number) for row in opened.page(today="2023-11-15")}
        said = [notice.code for notice in opened.notices]
    except Fault:
        return "refused"
    except Exception as error:
        return f"crashed ({type(error).__name__})"
    finally:
        opened.close()
    if "store.mended_alone" in said:  # the second copy alone: a tail that it lost as well is missed by nobody
        lost = any(found[id] != events[: len(found[id])] for id, events in expected.items())
        return "wrong" if lost else "mended" if found == expected else "up to a named moment"
    if found != expected or listed != dict.fromkeys(SESSIONS, (40, "1312345678")):
        return "wrong"
    return "mended" if said else "harmless"


def _damaged(whole: Path, folder: Path, targets: tuple[str, ...], chance: random.Random) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in (NAME, COPY):
        data = bytearray((whole / name).read_bytes())
        if name in targets:
            spoil(data, chance)
        (folder / name).write_bytes(data)
    return folder


def spoil(data: bytearray, chance: random.Random) -> None:
    """Damage a file in one of the ways in which disks and people do."""
    kind = chance.choice(("bits", "sector", "page", "end", "swap"))
    sector, page = (chance.randrange(max(1, len(data) // size)) * size for size in (SECTOR, PAGE))
    if kind == "bits":
        for _ in range(chance.randint(1, 16)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "sector":
        data[sector : sector + SECTOR] = bytes(len(data[sector : sector + SECTOR]))
    elif kind == "page":
        data[page : page + PAGE] = chance.randbytes(len(data[page : page + PAGE]))
    elif kind == "end":
        del data[chance.randrange(len(data)) :]
    else:
        other = chance.randrange(max(1, len(data) // PAGE)) * PAGE
        one, two = bytes(data[page : page + PAGE]), bytes(data[other : other + PAGE])
        if len(one) == len(two):
            data[page : page + PAGE], data[other : other + PAGE] = two, one


def _unchecked(whole: Path, folder: Path, expected: Known, chance: random.Random) -> bool:
    """Planted: events are read without their chain being compared. Then something wrong has to be seen."""

    def believed(_id: str, found: Iterable[tuple[Any, ...]], *_: object) -> list[Stored]:
        return [Stored(seq, Event(kind, at, who, json.loads(text)), hash) for seq, kind, at, who, text, hash in found]

    with mock.patch.object(journal, "verified", believed):
        for _ in range(50):
            data = bytearray((_damaged(whole, folder, (), chance) / NAME).read_bytes())
            at = data.index("値".encode("unicode_escape"), chance.randrange(len(data) * 3 // 4))
            data[at + 6] ^= 1
            (folder / NAME).write_bytes(data)
            if shown(folder, expected) == "wrong":
                return True
    return False
