"""The list of sessions, most urgent first: which stretch of the index comes after which.

No page sorts the store: each stretch is a walk along the index from a key on, so that a page costs the same with ten
sessions and with a hundred thousand. Only a search that finds little walks far.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from states.storage import statements
from states.storage.engine import Engine
from states.storage.records import ENDS, Counts, Listing, Row

DIGITS: Final = 5
_LAST: Final = 2**63 - 1
_FOREVER: Final = "9999-12-31"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the list: these shelves, and of them the days behind `since` up to `until`, or those without a day."""

    shelves: tuple[str, ...]
    since: str = ""
    until: str = ""

    def holds(self, listing: Listing) -> bool:
        in_time = self.since < listing.day <= self.until if self.until else not listing.day
        return listing.shelf in self.shelves and in_time


def page(store: Engine, today: str, search: str, limit: int, after: Row | None) -> list[Row]:
    """One page of the list; called inside `reading`. What it holds and in what order: `Journal.page`."""
    filters = _filters(folded(search))
    rows: list[Row] = []
    for stretch in _stretches(today):
        if after is not None and not stretch.holds(after.listing):
            continue
        rows += _walk(store, stretch, after, limit - len(rows), filters)
        if len(rows) == limit:
            break
        after = None
    return rows


def counts(store: Engine, today: str) -> Counts:
    """The figures above the list; called inside `reading`. Counted on the index alone."""
    yesterday = (date.fromisoformat(today) - timedelta(days=1)).isoformat()

    def count(statement: str, **values: str) -> int:
        return int(store.run(statement, **values)[0][0])

    come = count(statements.COUNT_DUE, shelf="wait", until=today)
    return Counts(
        work=count(statements.COUNT_SHELF, shelf="work") + come,
        waiting=count(statements.COUNT_SHELF, shelf="wait") - come,
        overdue=sum(count(statements.COUNT_DUE, shelf=shelf, until=yesterday) for shelf in ("work", "wait")),
        complete=count(statements.COUNT_SHELF, shelf="complete"),
    )


def folded(text: str) -> str:
    """Text as it is compared in a search: one width, one case, no blanks (ﾃｽﾄ Ａ and テスト a are the same)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def sought(office_name: str) -> str:
    """What a search looks at of a name; folding can make it longer, and an index holds only so much."""
    return folded(office_name)[:500]


def _filters(text: str) -> dict[str, str]:
    """What a search compares with; so many digits are the beginning of a number, and are in no name."""
    if len(text) >= DIGITS and text.isascii() and text.isdigit():
        return {"number": text, "beyond": text + "\U0010ffff"}
    pattern = _pattern(text)
    return {"number": f"{pattern}%", "name": f"%{pattern}%"}


def _pattern(text: str) -> str:
    """`text` for LIKE, meaning only itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _stretches(today: str) -> tuple[_Stretch, ...]:
    return (
        _Stretch(("work", "wait"), until=today),
        _Stretch(("work",), since=today, until=_FOREVER),
        _Stretch(("work",)),
        _Stretch(("wait",), since=today, until=_FOREVER),
        _Stretch(("wait",)),
        _Stretch(ENDS),
    )


def _walk(store: Engine, stretch: _Stretch, after: Row | None, limit: int, filters: dict[str, str]) -> list[Row]:
    """At most `limit` rows of the stretch, from its beginning or from behind `after`; shelves merged."""
    by_number = "beyond" in filters
    statement = statements.NUMBER_UNDATED if by_number else statements.PAGE_UNDATED
    key: dict[str, str | int] = {"updated": after.updated if after else _LAST, "id": after.id if after else ""}
    if stretch.until:
        statement = statements.NUMBER_DATED if by_number else statements.PAGE_DATED
        key |= {"day": after.listing.day if after else stretch.since, "until": stretch.until}
    rows = [
        Row.of(columns)
        for shelf in stretch.shelves
        for columns in store.run(statement, shelf=shelf, limit=limit, **key, **filters)
    ]
    rows.sort(key=lambda row: (row.listing.day, row.updated, row.id), reverse=not stretch.until)
    return rows[:limit]
