"""The list shows the most urgent first, page by page, and costs the same however long it is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from states.storage import statements
from states.storage.embedded import Embedded
from states.storage.journal import Counts, Journal, Row
from tests.storage.places import Folder, Place, Shared
from tests.storage.postgres import Server
from tests.storage.samples import begin, fill, go_on, listing, some_listing

TODAY = "2023-11-15"
MANY = 3_000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A store with many sessions."""
    place: Place = Folder(tmp_path_factory.mktemp("many"))
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        place = Shared(server, server.database())
    chance = random.Random(5)
    journal = place.open()
    fill(journal.store, (some_listing(chance) for _ in range(MANY)), chance)
    journal.close()
    return place


@pytest.fixture
def journal(many: Place) -> Iterator[Journal]:
    one = many.open()
    yield one
    one.close()


def pages(journal: Journal, search: str = "", limit: int = 500) -> list[Row]:
    rows: list[Row] = []
    while page := journal.page(today=TODAY, search=search, limit=limit, after=rows[-1] if rows else None):
        assert len(page) <= limit
        rows += page
    return rows


def urgency(row: Row) -> int:
    one = row.listing
    if one.status in ("complete", "refused", "abandoned"):
        return 5
    if one.due and one.due <= TODAY:
        return 0
    if one.work:
        return 1 if one.due else 2
    return 3 if one.due else 4


def in_order(rows: list[Row]) -> list[Row]:
    """The order the list promises, by sorting everything: written apart from how the store does it."""
    oldest_first = sorted(rows, key=lambda row: (row.updated, row.id))
    dated = sorted((row for row in oldest_first if urgency(row) in (0, 1, 3)), key=lambda row: row.listing.due or "")
    undated = [row for row in reversed(oldest_first) if urgency(row) in (2, 4, 5)]
    return sorted(dated + undated, key=urgency)


def test_thousands_of_sessions_come_once_each_in_the_order_of_urgency(journal: Journal) -> None:
    rows = pages(journal)
    assert len({row.id for row in rows}) == len(rows) == MANY
    assert rows == in_order(rows)
    assert {urgency(row) for row in rows} == {0, 1, 2, 3, 4, 5}


def test_the_pages_are_the_same_list_however_long_a_page_is(journal: Journal) -> None:
    rows = pages(journal)
    assert journal.page(today=TODAY, limit=MANY + 1) == rows
    for limit in (1, 7, 50):
        start = random.Random(limit).randrange(1, MANY - limit)
        assert journal.page(today=TODAY, limit=limit, after=rows[start - 1]) == rows[start : start + limit]


def test_the_counts_are_those_of_the_list(journal: Journal) -> None:
    rows = pages(journal)
    live = [row for row in rows if urgency(row) < 5]
    assert journal.counts(TODAY) == Counts(
        work=sum(urgency(row) < 3 for row in live),
        waiting=sum(urgency(row) >= 3 for row in live),
        overdue=sum((row.listing.due or TODAY) < TODAY for row in live),
        complete=sum(row.listing.status == "complete" for row in rows),
    )


def test_a_search_finds_the_beginning_of_a_number_and_any_part_of_a_name(journal: Journal) -> None:
    by_number = pages(journal, "1300000123")
    assert [row.office_number for row in by_number] == ["1300000123"]
    begun = pages(journal, "１３００００01", limit=40)
    assert [row.office_number for row in begun] == [row.office_number for row in in_order(begun)]
    assert len(begun) == 100
    named = pages(journal, "業所 ７７７")
    assert {row.office_name for row in named} == {f"事業所{n}" for n in range(MANY) if str(n).startswith("777")}
    assert named == in_order(named)


def test_a_search_means_its_signs_literally(place: Place) -> None:
    journal = place.open()
    begin(journal, "s-0001", name=r"100%_ﾃｽﾄ\A")
    begin(journal, "s-0002", name="百")
    for text in ("%", "_", "0%_テ", "\\a"):
        assert [row.id for row in journal.page(today=TODAY, search=text)] == ["s-0001"]
    assert journal.page(today=TODAY, search="a%") == []
    journal.close()


def test_a_session_moves_in_the_list_with_its_steps(place: Place) -> None:
    journal = place.open()
    first = begin(journal, "s-0001")
    begin(journal, "s-0002")
    go_on(journal, first)
    assert [row.id for row in journal.page(today=TODAY)] == ["s-0001", "s-0002"]
    journal.append("s-0001", version=2, epoch=1, events=[], listing=listing("complete", work=False))
    assert [row.id for row in journal.page(today=TODAY)] == ["s-0002", "s-0001"]
    journal.close()


PLACE = {"shelf": "work", "updated": 1, "id": "s", "limit": 50, "number": "%", "name": "%"}
DAYS = {"day": "2023-01-01", "until": TODAY}


@pytest.mark.parametrize(
    ("statement", "values", "covering"),
    [
        (statements.PAGE_DATED, PLACE | DAYS, False),
        (statements.PAGE_UNDATED, PLACE, False),
        (statements.COUNT_SHELF, {"shelf": "work"}, True),
        (statements.COUNT_DUE, {"shelf": "work", "until": TODAY}, True),
        (statements.BY_OFFICE, {"office_number": "1300000123"}, False),
        (statements.BY_PREFIX, {"low": "8f3a", "high": "8f3b"}, False),
        (statements.EVENTS, {"id": "s", "first": 1}, False),
    ],
)
def test_no_statement_of_the_list_walks_the_whole_store_or_sorts(
    tmp_path: Path, statement: str, values: dict[str, str | int | bytes], covering: bool
) -> None:
    store = Embedded.open(tmp_path, create=True)
    with store.reading():
        plan = [str(line[-1]) for line in store.run("EXPLAIN QUERY PLAN " + statement, **values)]
    store.close()
    assert all(line.startswith(("SEARCH ", "LIST SUBQUERY")) for line in plan), plan
    assert all("COVERING INDEX" in line for line in plan) or not covering, plan
