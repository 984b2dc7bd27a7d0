"""Sessions are chains of events that nobody can rewrite unseen, and that only the holder of the lease goes on with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from states.fault import Fault
from states.storage import statements
from states.storage.journal import Event, Journal, Row
from states.storage.records import canonical, link
from tests.storage.places import Place
from tests.storage.samples import AT, COLLEAGUE, ME, begin, event, go_on, listing


@pytest.fixture
def journal(place: Place) -> Iterator[Journal]:
    one = place.open()
    yield one
    one.close()


@pytest.fixture
def row(journal: Journal) -> Row:
    return begin(journal)


def fault_of(journal: Journal, id: str = "s-0001") -> str:
    with pytest.raises(Fault) as caught:
        journal.verify(id)
    return str(caught.value)


def test_a_session_begins_with_its_first_events_and_its_holder(journal: Journal, row: Row) -> None:
    assert row == journal.row("s-0001")
    assert (row.version, row.epoch, row.holder, row.listing) == (1, 1, ME, listing())
    assert (row.created, row.updated) == (AT + 1, AT + 1)


def test_an_id_is_given_once(journal: Journal, row: Row) -> None:
    with pytest.raises(Fault, match=r"store\.exists"):
        begin(journal, row.id, name="別の事業所")
    assert journal.row(row.id) == row


def test_what_was_appended_is_there_when_the_store_is_opened_again(journal: Journal, row: Row, place: Place) -> None:
    body = {"value": "介護 ﾃｽﾄ", "list": [1, None, True], "broken": "\udc80", "nul": "\0"}
    waiting = listing("waiting", work=False, due="2023-12-01")
    after = journal.append(
        row.id,
        version=1,
        epoch=1,
        events=[Event("answered", AT + 9, "佐藤", body), Event("waited", AT + 10, "佐藤", {})],
        listing=waiting,
    )
    journal.close()
    again = place.open()
    assert again.row(row.id) == after
    assert (after.version, after.updated, after.listing) == (3, AT + 10, waiting)
    assert [(one.seq, one.event.kind) for one in again.events(row.id)] == [
        (1, "answered"),
        (2, "answered"),
        (3, "waited"),
    ]
    assert again.events(row.id)[1].event.body == body
    assert again.events(row.id)[-1].hash == after.head
    again.close()


def test_events_can_be_read_from_any_number_on(journal: Journal, row: Row) -> None:
    last = go_on(journal, row, 5)
    assert [one.seq for one in journal.events(row.id, after=4)] == [5, 6]
    assert journal.events(row.id, after=6) == []
    assert journal.verify(row.id) == last.version == 6
    with pytest.raises(Fault, match=r"store\.chain .*seq=7"):
        journal.events(row.id, after=7)


def test_the_list_can_be_rewritten_without_an_event(journal: Journal, row: Row) -> None:
    after = journal.append(row.id, version=1, epoch=1, events=[], listing=listing("waiting", work=False))
    assert (after.version, after.head, after.updated) == (row.version, row.head, row.updated)
    assert journal.row(row.id).listing.status == "waiting"


def test_a_step_thought_out_on_an_older_version_is_refused_and_writes_nothing(journal: Journal, row: Row) -> None:
    now = go_on(journal, row)
    with pytest.raises(Fault, match=r"store\.moved .*version=2"):
        go_on(journal, row)
    assert journal.row(row.id) == now
    assert journal.verify(row.id) == 2


def test_nothing_can_be_done_with_an_unknown_session(journal: Journal) -> None:
    for act in (
        lambda: journal.row("s-9"),
        lambda: journal.events("s-9"),
        lambda: journal.append("s-9", version=0, epoch=1, events=[event()], listing=listing()),
        lambda: journal.take("s-9", ME, epoch=1),
    ):
        with pytest.raises(Fault, match=r"session\.unknown id=s-9"):
            act()


def test_text_that_no_store_can_hold_is_refused_by_name(journal: Journal, row: Row) -> None:
    for text in ("half \udc80", "nul \0"):
        with pytest.raises(Fault, match=r"store\.text"):
            journal.keep_draft(row.id, "note", text)
        with pytest.raises(Fault, match=r"store\.text"):
            begin(journal, "s-0002", name=text)
    assert journal.drafts(row.id) == {}


def test_a_closed_journal_says_so_in_our_words(journal: Journal, row: Row) -> None:
    journal.close()
    with pytest.raises(Fault, match=r"(store|team)\.io .*detail=(C|c).*losed"):
        journal.row(row.id)


# The chain


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE event SET body = '{\"value\":1}' WHERE seq = 2", 2),
        ("UPDATE event SET actor = '鈴木' WHERE seq = 3", 3),
        ("UPDATE event SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE event SET kind = 'withdrawn' WHERE seq = 4", 4),
        ("DELETE FROM event WHERE seq = 2", 2),
        ("DELETE FROM event WHERE seq = 4", 4),
        ("UPDATE session SET version = 3", 4),
        ("UPDATE session SET version = 5", 5),
        ("UPDATE session SET head = :zero", 4),
        ("UPDATE event SET seq = 5 WHERE seq = 4", 4),
    ],
)
def test_a_chain_that_was_touched_is_broken_where_it_was_touched(
    journal: Journal, row: Row, place: Place, statement: str, seq: int
) -> None:
    go_on(journal, row, 3)
    place.tamper(statement, zero=bytes(32))
    assert fault_of(journal) == f"store.chain id=s-0001 seq={seq}"


def test_an_event_forged_with_a_fitting_hash_breaks_the_one_behind_it(journal: Journal, row: Row, place: Place) -> None:
    go_on(journal, row, 3)
    first, second = journal.events(row.id)[:2]
    body = canonical({"value": "forged"})
    forged = link(first.hash, row.id, 2, second.event.kind, second.event.at, second.event.actor, body)
    place.tamper("UPDATE event SET body = :body, hash = :hash WHERE seq = 2", body=body, hash=forged)
    assert fault_of(journal) == "store.chain id=s-0001 seq=3"


def test_an_event_of_one_session_does_not_fit_into_another(journal: Journal, place: Place) -> None:
    begin(journal, "s-0001")
    begin(journal, "s-0002")
    place.tamper("DELETE FROM event WHERE session = 's-0002'")
    place.tamper("UPDATE event SET session = 's-0002'")
    place.tamper("UPDATE session SET head = (SELECT hash FROM event) WHERE id = 's-0002'")
    assert fault_of(journal, "s-0002") == "store.chain id=s-0002 seq=1"


def test_no_two_events_share_a_hash_by_moving_text_between_their_parts() -> None:
    head = bytes(32)
    assert link(head, "s", 1, "ab", 1, "c", "{}") != link(head, "s", 1, "a", 1, "bc", "{}")


# The lease


def taken_over(place: Place) -> tuple[Row, str]:
    """Two windows on one session, the second takes it over: its row, and what the first is told at its next step."""
    first, second = place.open(), place.open()
    try:
        mine = go_on(first, begin(first))
        theirs = second.take(mine.id, COLLEAGUE, epoch=mine.epoch)
        try:
            go_on(first, mine)
        except Fault as fault:
            return go_on(second, theirs), str(fault)
        return theirs, ""
    finally:
        first.close()
        second.close()


def test_of_two_windows_the_older_is_told_at_its_next_step_and_the_newer_goes_on(place: Place) -> None:
    row, said = taken_over(place)
    assert said == "lease.lost name=鈴木 host=pc-2 since=5000"
    assert (row.epoch, row.version, row.holder) == (2, 3, COLLEAGUE)
    assert place.open().verify(row.id) == 3


def test_an_append_without_the_epoch_in_its_condition_is_noticed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    unfenced = statements.ADVANCE.replace(" AND epoch = :epoch", "")
    assert unfenced != statements.ADVANCE
    monkeypatch.setattr(statements, "ADVANCE", unfenced)
    assert taken_over(place)[1] == ""


def test_a_lease_is_taken_once_an_epoch(journal: Journal, row: Row) -> None:
    assert journal.take(row.id, COLLEAGUE, epoch=1).epoch == 2
    with pytest.raises(Fault, match=r"lease\.lost name=鈴木"):
        journal.take(row.id, ME, epoch=1)


def test_a_released_session_has_no_holder_and_keeps_its_epoch(journal: Journal, row: Row) -> None:
    journal.release(row.id, 1)
    assert (journal.row(row.id).holder, journal.row(row.id).epoch) == (None, 1)


def test_who_lost_the_lease_gives_nothing_back(journal: Journal, row: Row) -> None:
    journal.take(row.id, COLLEAGUE, epoch=1)
    journal.release(row.id, 1)
    assert journal.row(row.id).holder == COLLEAGUE


def test_a_lease_lost_to_somebody_who_has_left_names_nobody(journal: Journal, row: Row) -> None:
    journal.take(row.id, COLLEAGUE, epoch=1)
    journal.release(row.id, 2)
    with pytest.raises(Fault) as caught:
        go_on(journal, row)
    assert (caught.value.code, caught.value.values) == ("lease.lost", {"name": "", "host": "", "since": ""})


# Drafts


def test_a_draft_is_kept_by_session_and_fact_until_it_is_dropped(journal: Journal, row: Row, place: Place) -> None:
    begin(journal, "s-0002")
    journal.keep_draft(row.id, "kj_id", "K")
    journal.keep_draft(row.id, "kj_id", "KJ1")
    journal.keep_draft(row.id, "product", "ほのぼ")
    journal.close()
    again = place.open()
    assert again.drafts(row.id) == {"kj_id": "KJ1", "product": "ほのぼ"}
    assert again.drafts("s-0002") == {}
    again.drop_drafts(row.id, ["kj_id", "none of ours"])
    assert again.drafts(row.id) == {"product": "ほのぼ"}
    again.close()


def test_an_answer_drops_its_draft_in_the_same_step_or_not_at_all(journal: Journal, row: Row) -> None:
    journal.keep_draft(row.id, "kj_id", "KJ1")
    with pytest.raises(Fault, match=r"store\.moved"):
        journal.append(row.id, version=0, epoch=1, events=[event(2)], listing=row.listing, drop_drafts=["kj_id"])
    assert journal.drafts(row.id) == {"kj_id": "KJ1"}
    journal.append(row.id, version=1, epoch=1, events=[event(2)], listing=row.listing, drop_drafts=["kj_id"])
    assert journal.drafts(row.id) == {}


# Finding a session


def test_a_session_is_found_by_its_id_by_the_beginning_of_it_or_by_its_office(journal: Journal) -> None:
    begin(journal, "8f3a11", "1311111111")
    begin(journal, "8f3b22", "1322222222")
    assert journal.find(" 8f3a11 ").id == "8f3a11"
    assert journal.find("8f3a").id == "8f3a11"
    assert journal.find("1322222222").id == "8f3b22"


@pytest.mark.parametrize("text", ["8f3", "8f3a119", "13111", "", "%", "8f3_"])
def test_what_means_no_session_is_unknown(journal: Journal, text: str) -> None:
    begin(journal, "8f3a11", "1311111111")
    with pytest.raises(Fault, match=r"session\.unknown"):
        journal.find(text)


def test_what_could_mean_two_sessions_is_ambiguous(journal: Journal) -> None:
    begin(journal, "8f3a11", "1311111111")
    begin(journal, "8f3a22", "1311111111")
    for text in ("8f3a", "1311111111"):
        with pytest.raises(Fault, match=r"session\.ambiguous"):
            journal.find(text)


def test_of_two_sessions_of_an_office_the_unfinished_one_is_meant(journal: Journal) -> None:
    old = begin(journal, "8f3a11", "1311111111")
    journal.append(old.id, version=1, epoch=1, events=[event(2)], listing=listing("abandoned", work=False))
    begin(journal, "9c2b22", "1311111111")
    assert [one.id for one in journal.by_office("1311111111")] == ["8f3a11", "9c2b22"]
    assert journal.find("1311111111").id == "9c2b22"
