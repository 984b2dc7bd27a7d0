"""A session goes from one store to the other and back as a fast-forward, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from states.carry import Way
from states.desk import Desk
from states.fault import Fault
from states.flow.events import JAPAN
from states.storage.handing import receive, relation
from states.storage.journal import Journal
from states.storage.lease import Holder
from states.visit import Who
from tests.storage.places import Place
from tests.storage.postgres import Server
from tests.storage.samples import begin, event, go_on, listing

ME, COLLEAGUE = Who("佐藤", "pc-1", "tty1"), Who("鈴木", "pc-2", "pts/3")
NOW = datetime(2026, 11, 22, 9, tzinfo=JAPAN)


@pytest.fixture
def other(place: Place) -> Iterator[Journal]:
    one = place.open()
    yield one
    one.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Journal]:
    one = Journal.open(tmp_path / "own")
    yield one
    one.close()


def test_a_store_stands_to_a_chain_as_same_behind_ahead_or_forked(own: Journal, other: Journal) -> None:
    row = go_on(own, begin(own), 2)
    chain = own.events(row.id)
    assert relation(other, row.id, chain) == "behind"
    receive(other, own.row(row.id), chain[:])
    assert relation(other, row.id, chain) == "same"
    assert relation(other, row.id, chain[:2]) == "ahead"
    go_on(own, row)
    assert relation(other, row.id, own.events(row.id)) == "behind"
    theirs = other.row(row.id)
    other.append(row.id, version=3, epoch=theirs.epoch, events=[event(99)], listing=row.listing)
    assert relation(other, row.id, own.events(row.id)) == "forked"
    assert relation(other, row.id, own.events(row.id)[:1]) == "ahead"


def test_what_is_received_is_the_same_session_and_can_be_gone_on_with(own: Journal, other: Journal) -> None:
    row = go_on(own, begin(own), 2)
    row = own.append(row.id, version=3, epoch=1, events=[event(4)], listing=listing("waiting", due="2023-12-01"))
    receive(other, row, own.events(row.id))
    there = other.row(row.id)
    assert (there.version, there.head, there.listing) == (row.version, row.head, row.listing)
    assert (there.office_name, there.created, there.updated) == (row.office_name, row.created, row.updated)
    assert other.events(row.id) == own.events(row.id)
    assert receive(other, row, own.events(row.id)) == there
    go_on(other, there)
    own_now = receive(own, other.row(row.id), other.events(row.id))
    assert own_now.version == own.verify(row.id) == 5


def test_where_both_went_on_nothing_is_changed(own: Journal, other: Journal) -> None:
    row = begin(own)
    there = receive(other, row, own.events(row.id))
    go_on(own, row)
    other.append(row.id, version=1, epoch=there.epoch, events=[event(77)], listing=row.listing)
    before = other.row(row.id)
    with pytest.raises(Fault, match=r"team\.forked number=1312345678"):
        receive(other, own.row(row.id), own.events(row.id))
    assert (other.row(row.id), other.verify(row.id)) == (before, 2)
    with pytest.raises(Fault, match=r"team\.behind"):
        receive(other, row, own.events(row.id)[:1])


# At the desk


@pytest.fixture
def address(server: Server) -> str:
    return server.address(server.database())


def desk_at(address: str, folder: Path) -> Desk:
    return Desk.join(address, folder, lambda: NOW, or_alone=True)


def away(address: str) -> str:
    """The same, where nobody answers."""
    return address.replace("@%2F", "@%2Fnowhere%2F")


def test_work_goes_on_alone_when_the_server_is_away_and_is_handed_in_later(address: str, tmp_path: Path) -> None:
    alone = desk_at(away(address), tmp_path)
    assert [notice.code for notice in alone.notices] == ["team.alone"]
    visit = alone.begin("1372005678", "あおば訪問介護", "2023-05-26", ME)
    assert not visit.answer("office_kind", "home_care_support")
    visit.leave()
    with pytest.raises(Fault, match=r"team\.unreachable"):
        alone.to_hand_in()
    alone.close()

    desk = desk_at(address, tmp_path)
    desk.check()
    assert [str(notice) for notice in desk.notices] == ["team.pending count=1"]
    [waiting] = desk.to_hand_in()
    assert (waiting.relation, waiting.known) == ("behind", 0)
    desk.hand_in(waiting.row.id)
    assert desk.to_hand_in() == []
    again = desk.resume(waiting.row.id, COLLEAGUE)
    assert again.session.answers["office_kind"].value == "home_care_support"
    again.leave()
    desk.close()


def test_what_was_taken_along_is_kept_in_step_and_comes_back(address: str, tmp_path: Path) -> None:
    desk = desk_at(address, tmp_path)
    visit = desk.begin("1372005678", "あおば訪問介護", "2023-05-26", ME)
    visit.leave()
    id = visit.row.id
    desk.take_from_team(id, ME)
    visit = desk.resume(id, ME)
    assert not visit.answer("office_kind", "home_care_support")  # and here the line is lost
    desk.close()

    alone = desk_at(away(address), tmp_path)
    visit = alone.resume(id, ME)
    assert visit.session.answers["office_kind"].value == "home_care_support"
    assert not visit.move("go_care_software")
    visit.leave()
    alone.close()

    desk = desk_at(address, tmp_path)
    assert desk.hand_in(id).version == desk.journal.verify(id)
    assert desk.read(desk.journal.row(id)).state == "care_software"
    desk.close()


def test_what_a_colleague_went_on_with_meanwhile_is_not_handed_over(address: str, tmp_path: Path) -> None:
    desk = desk_at(address, tmp_path / "laptop")
    visit = desk.begin("1372005678", "あおば訪問介護", "2023-05-26", ME)
    visit.leave()
    id = visit.row.id
    desk.take_from_team(id, ME)
    desk.close()
    alone = desk_at(away(address), tmp_path / "laptop")
    alone.resume(id, ME).leave()
    alone.close()
    office = desk_at(address, tmp_path / "office")
    office.resume(id, COLLEAGUE, take_over=True).leave()
    office.close()

    desk = desk_at(address, tmp_path / "laptop")
    assert [one.relation for one in desk.to_hand_in()] == ["forked"]
    with pytest.raises(Fault, match=r"team\.forked"):
        desk.hand_in(id)
    desk.close()


@pytest.mark.parametrize("way", ["base", "tail"])
def test_where_both_went_on_a_person_chooses_and_the_other_way_stays_in_the_record(
    way: Way, address: str, tmp_path: Path
) -> None:
    desk = desk_at(address, tmp_path / "laptop")
    visit = desk.begin("1372005678", "あおば訪問介護", "2023-05-26", ME)
    visit.leave()
    id = visit.row.id
    desk.take_from_team(id, ME)
    desk.close()
    for place, there, who, answer in (
        (away(address), "laptop", ME, "home_care_support"),
        (address, "office", COLLEAGUE, "service"),
    ):
        other = desk_at(place, tmp_path / there)
        visit = other.resume(id, who, take_over=True)
        assert not visit.answer("office_kind", answer)
        visit.leave()
        other.close()

    desk = desk_at(address, tmp_path / "laptop")
    incoming = desk.compare_with_team(id)
    assert (incoming.relation, incoming.obvious) == ("forked", None)
    with pytest.raises(Fault, match=r"bundle\.forked"):
        desk.join_with_team(incoming, ME)
    row = desk.join_with_team(incoming, ME, way=way)
    assert row.version == desk.journal.verify(id)
    session = desk.read(row)
    assert session.answers["office_kind"].value == {"base": "service", "tail": "home_care_support"}[way]
    said = [event.body.get("value") for event in session.log] + [str(session.log[-1].body)]
    assert "service" in str(said)
    assert "home_care_support" in str(said)
    assert desk.to_hand_in() == []
    desk.close()


def test_a_session_that_somebody_has_open_is_taken_along_only_by_choice(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_at(address, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Holder, "here", classmethod(lambda cls, name, tty, since: cls(name, "pc-2", 7, tty, since)))
        theirs = desk.begin("1372005678", "あおば訪問介護", "2023-05-26", COLLEAGUE)
    with pytest.raises(Fault, match=r"lease\.held name=鈴木"):
        desk.take_from_team(theirs.row.id, ME)
    desk.take_from_team(theirs.row.id, ME, take_over=True)
    with pytest.raises(Fault, match=r"lease\.lost name=佐藤"):
        theirs.answer("office_kind", "home_care_support")
    desk.close()


def test_a_store_that_was_never_joined_has_nothing_to_hand_in(tmp_path: Path) -> None:
    desk = Desk.open(tmp_path, lambda: NOW)
    assert desk.to_hand_in() == []
    desk.close()
