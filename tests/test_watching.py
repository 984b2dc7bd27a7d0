"""A second person sees each step as it is stored; who is overtaken is told, and the record says by whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from states.desk import Desk
from states.fault import Fault
from states.flow.events import JAPAN
from states.storage.lease import Holder
from states.visit import Visit, Who
from tests.storage.postgres import Server

ME, OTHER = Who("佐藤", "pc-1", "tty1"), Who("鈴木", "pc-2", "pts/3")


@pytest.fixture(params=["sqlite", "postgresql"])
def desks(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Two at one store: in one folder, or on two PCs at a team's server."""
    now = datetime(2026, 11, 22, 9, tzinfo=JAPAN)
    if request.param == "sqlite":
        first, second = (Desk.open(tmp_path / "store", lambda: now) for _ in range(2))
    else:
        server: Server = request.getfixturevalue("server")
        address = server.address(server.database())
        first, second = (Desk.join(address, tmp_path / pc, lambda: now) for pc in ("pc-1", "pc-2"))
    yield first, second
    first.close()
    second.close()


@pytest.fixture
def visit(desks: tuple[Desk, Desk]) -> Visit:
    return desks[0].begin("1372005678", "あおば訪問介護", "2023-05-26", ME)


def test_who_looks_on_sees_each_step_and_changes_nothing(desks: tuple[Desk, Desk], visit: Visit) -> None:
    seen = desks[1].watch(visit.session.id, OTHER)
    assert not seen.follow()
    assert not visit.answer("office_kind", "home_care_support")
    assert seen.follow()
    assert (seen.state, seen.session.answers) == (visit.state, visit.session.answers)
    assert not visit.move("go_care_software")
    assert seen.follow()
    assert seen.state == visit.state == "care_software"
    assert not seen.follow()
    with pytest.raises(Fault, match=r"lease\.watching name=佐藤"):
        seen.answer("product", "given", "ひびきケア")
    with pytest.raises(Fault, match=r"lease\.watching"):
        seen.move("back")
    assert seen.state == "care_software"
    seen.leave()
    assert not visit.answer("makes_plans", "yes")


def test_who_is_overtaken_learns_it_by_looking_and_may_go_on_looking(
    desks: tuple[Desk, Desk], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Holder, "here", classmethod(lambda cls, name, tty, since: cls(name, "pc-2", 7, tty, since)))
    taker = desks[1].resume(visit.session.id, OTHER, take_over=True)
    assert taker.session.log[-1].body["taken_from"]["name"] == "佐藤"
    assert visit.follow()
    assert visit.read_only is not None
    assert visit.read_only.values["name"] == "鈴木"
    assert not taker.answer("office_kind", "home_care_support")
    assert visit.follow()
    assert visit.session.answers == taker.session.answers
    with pytest.raises(Fault, match=r"lease\.lost name=鈴木"):
        visit.answer("office_kind", "home_care_support")


def test_every_row_of_the_list_follows_from_its_events(desks: tuple[Desk, Desk], visit: Visit) -> None:
    assert not visit.answer("office_kind", "home_care_support")
    assert desks[1].rebuild() == 0
    right = desks[1].page()
    journal = desks[1].journal
    with journal.store.writing():
        journal.store.run("UPDATE session SET state = 'payment', work = 0, shelf = 'wait', day = '2030-01-01'")
    assert desks[1].page() != right
    assert desks[1].rebuild() == 1
    assert desks[1].page() == right


def test_who_looks_on_is_seen_by_whoever_holds_it_and_put_on_record_once(
    desks: tuple[Desk, Desk], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = desks[1].watch(visit.session.id, OTHER)
    assert visit.follow()
    assert visit.watchers == ["鈴木\npc-2\npts/3"]
    assert not visit.follow()
    assert seen.follow()
    assert (seen.session.log[-1].kind, dict(seen.session.log[-1].body)) == (
        "watched",
        {"by": "鈴木", "host": "pc-2", "terminal": "pts/3"},
    )
    assert visit.drafts() == {}  # nothing of it looks like a half-typed answer
    seen.leave()
    assert visit.follow()
    assert visit.watchers == []

    # One that was killed while it looked on is not seen by the next holder; one that still looks on is.
    ghost, alive = desks[1].watch(visit.session.id, Who("鈴木", "pc-3", "")), desks[1].watch(visit.session.id, OTHER)
    assert ghost.read_only is not None
    monkeypatch.setattr(Holder, "here", classmethod(lambda cls, name, tty, since: cls(name, "pc-4", 7, tty, since)))
    taker = desks[1].resume(visit.session.id, ME, take_over=True)
    assert alive.follow()
    assert taker.follow()
    assert taker.watchers == ["鈴木\npc-2\npts/3"]
