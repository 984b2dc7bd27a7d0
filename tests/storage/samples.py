"""Sessions to store, and stores with many of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from states.storage import statements
from states.storage.engine import Engine
from states.storage.journal import Event, Holder, Journal, Listing, Row, Status
from states.storage.records import START, chain
from states.storage.worklist import sought

ME = Holder("佐藤", "pc-1", 1, "tty1", 0)
COLLEAGUE = Holder("鈴木", "pc-2", 2, "pts/3", 5_000)
STATUSES: tuple[Status, ...] = ("open", "open", "waiting", "waiting", "waiting", "complete", "refused", "abandoned")
AT = 1_700_000_000_000  # milliseconds: an autumn day in 2023


def event(number: int = 1, **body: Any) -> Event:
    return Event("answered", AT + number, "佐藤", body or {"fact": "kj_id", "value": f"値{number}"})


def listing(status: Status = "open", *, work: bool = True, due: str | None = None) -> Listing:
    return Listing("terminal", status, work, due, "")


def begin(journal: Journal, id: str = "s-0001", number: str = "1312345678", name: str = "ケアプランセンター東") -> Row:
    return journal.create(id, number, name, "2023-05-26", [event()], listing(), ME)


def go_on(journal: Journal, row: Row, times: int = 1) -> Row:
    for _ in range(times):
        row = journal.append(
            row.id,
            version=row.version,
            epoch=row.epoch,
            head=row.head,
            events=[event(row.version + 1)],
            listing=row.listing,
        )
    return row


def some_listing(chance: random.Random) -> Listing:
    status: Status = chance.choice(STATUSES)
    day = chance.choice([None, f"2023-{chance.randint(10, 12)}-{chance.randint(10, 30)}"])
    return listing(status, work=chance.random() < 0.4, due=day)


def fill(store: Engine, listings: Iterable[Listing], chance: random.Random) -> None:
    """Put a session of one event into the store for each listing, all in one transaction."""
    with store.writing():
        for number, one in enumerate(listings):
            id, name, at = f"{chance.getrandbits(40):010x}", f"事業所{number}", AT + chance.randrange(50_000)
            [first] = chain(id, 0, START, [Event("opened", at, "佐藤", {})])
            store.run(
                statements.CREATE_SESSION,
                id=id,
                office_number=f"13{number:08}",
                office_name=name,
                sought=sought(name),
                edition="2023-05-26",
                version=1,
                head=first.hash,
                epoch=1,
                holder="",
                created=at,
                updated=at,
                **one.columns(),
            )
            store.run(
                statements.ADD_EVENT, id=id, seq=1, kind="opened", at=at, actor="佐藤", body="{}", hash=first.hash
            )
