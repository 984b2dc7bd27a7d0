"""A session goes to another PC and back in a file; where both went on, a person chooses and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from locales import Texts
from states import carry
from states.carry import Incoming
from states.desk import Desk
from states.fault import Fault
from states.flow.board import Status
from states.flow.events import JAPAN, Event
from states.flow.session import How
from states.storage.blackbox import Blackbox, Mark
from states.storage.branches import Relation, held
from states.storage.bundle import unseal
from states.storage.embedded import NAME
from states.storage.lease import Holder
from states.storage.records import START, Row, chain
from states.storage.secrets import Secret, Slot, ThisVisit
from states.storage.transcript import Transcript, parse, transcript
from states.visit import Visit, Who
from tests.pictures import say
from tests.tui.offices import NUMBER, READY, office
from tui.carrying import preview_lines

A, B = Who("佐藤", "laptop-a", "tty1"), Who("鈴木", "laptop-b", "tty1")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, tzinfo=JAPAN)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    clock = Clock()
    opened = Desk.open(tmp_path / "a", clock), Desk.open(tmp_path / "b", clock)
    yield opened
    for desk in opened:
        desk.close()


def text_of(desk: Desk, id: str, *, out: bool = False) -> Transcript:
    row = desk.journal.row(id)
    text = transcript(row, desk.journal.events(id), made=1, by="佐藤", host="laptop-a", out=out)
    return parse(text.encode())


def look(desk: Desk, text: Transcript) -> Incoming:
    return carry.read_text(desk.journal, text)


def bring(desk: Desk, text: Transcript, who: Who, **how: Any) -> Row:
    return carry.bring_in(desk.journal, look(desk, text), who, desk.now, **how)


def begun(desk: Desk) -> str:
    visit = office(desk, **READY, stand="terminal")
    visit.leave()
    return visit.session.id


def sit(desk: Desk, id: str, who: Who, **facts: Any) -> None:
    visit = desk.resume(id, who)
    say(visit, **facts)
    visit.leave()


def known(desk: Desk, id: str) -> set[bytes]:
    return held(id, desk.journal.events(id))


def test_begun_on_one_pc_and_finished_on_another_it_comes_back_as_a_continuation(desks: tuple[Desk, Desk]) -> None:
    a, b = desks
    id = begun(a)
    incoming = look(b, text_of(a, id))
    assert (incoming.relation, incoming.common, len(incoming.brings)) == (Relation.AHEAD, 0, a.journal.row(id).version)
    row = bring(b, text_of(a, id), B)
    assert (row.head, row.listing, row.holder) == (a.journal.row(id).head, a.journal.row(id).listing, None)
    assert b.rebuild() == 0
    assert look(b, text_of(a, id)).relation is Relation.SAME
    sit(b, id, B, billing="agent")
    assert look(b, text_of(a, id)).relation is Relation.BEHIND
    assert bring(b, text_of(a, id), B).version == b.journal.row(id).version
    back = bring(a, text_of(b, id), A)
    assert back.head == b.journal.row(id).head
    assert a.read(back).answers["billing"].by == "鈴木"
    assert a.rebuild() == 0


@pytest.mark.parametrize(("way", "windows"), [("base", "win11"), ("tail", "win10")])
def test_where_both_went_on_a_person_chooses_and_the_other_way_stays(
    desks: tuple[Desk, Desk], way: carry.Way, windows: str, tmp_path: Path
) -> None:
    a, b = desks
    id = begun(a)
    bring(b, text_of(a, id), B)
    sit(b, id, B, windows="win11", kj_id=("kj", "KJ131372005678"))
    sit(a, id, A, windows="win10")
    here = known(a, id)
    incoming = look(a, text_of(b, id))
    assert (incoming.relation, incoming.obvious) == (Relation.FORKED, None)
    before = a.journal.row(id)
    with pytest.raises(Fault, match=r"bundle\.forked"):
        bring(a, text_of(b, id), A)
    assert a.journal.row(id) == before
    row = bring(a, text_of(b, id), A, way=way)
    session = a.read(row)
    assert session.answers["windows"].value == windows
    assert ("kj_id" in session.answers) == (way == "base")
    assert session.log[-1].kind == "joined"
    assert {event.actor for event in session.everything() if event.kind == "answered"} == {"佐藤", "鈴木"}
    assert known(a, id) > here | known(b, id)
    assert a.rebuild() == 0

    # The second copy went the same way: the database can be made from it.
    (tmp_path / "a" / NAME).write_bytes(b"")
    again = Desk.open(tmp_path / "a", a.clock)
    assert [notice.code for notice in again.notices] == ["store.mended_alone"]
    assert replace(again.journal.row(id), epoch=0) == replace(row, epoch=0)
    assert known(again, id) == known(a, id)
    again.close()

    # For the other PC it is a mere continuation; nobody is asked twice, and what is old brings nothing.
    assert look(b, text_of(a, id)).relation is Relation.AHEAD
    bring(b, text_of(a, id), B)
    assert b.journal.row(id).head == row.head
    sit(b, id, B, product=("given", "別のソフト"))


def test_an_old_file_of_a_way_that_did_not_go_on_brings_nothing(desks: tuple[Desk, Desk]) -> None:
    a, b = desks
    id = begun(a)
    bring(b, text_of(a, id), B)
    sit(b, id, B, windows="win11")
    sit(a, id, A, windows="win10")
    old = text_of(a, id)
    bring(a, text_of(b, id), A, way="base")
    assert look(a, old).relation is Relation.BEHIND
    bring(b, text_of(a, id), B)
    assert look(b, old).relation is Relation.BEHIND


@pytest.mark.parametrize("came_and_went", ["here", "there"])
def test_who_only_came_and_went_is_no_question_and_is_kept(desks: tuple[Desk, Desk], came_and_went: str) -> None:
    a, b = desks
    id = begun(a)
    bring(b, text_of(a, id), B)
    sit(a, id, A, **({} if came_and_went == "here" else {"windows": "win10"}))
    sit(b, id, B, **({} if came_and_went == "there" else {"windows": "win10"}))
    incoming = look(a, text_of(b, id))
    assert incoming.obvious == ("base" if came_and_went == "here" else "tail")
    both = known(a, id) | known(b, id)
    row = bring(a, text_of(b, id), A)
    assert a.read(row).answers["windows"].value == "win10"
    assert known(a, id) > both


def test_checked_out_it_is_shown_so_and_may_still_be_taken_over(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    a, b = desks
    id = begun(a)
    visit = a.resume(id, A)
    path = tmp_path / "office.age"
    carry.check_out(visit, path, carry.Seal(Secret("a long passphrase")))
    holder = a.journal.row(id).holder
    assert holder is not None
    assert holder.away
    with pytest.raises(Fault, match=r"lease\.checked_out name=佐藤"):
        a.resume(id, A)
    with pytest.raises(Fault, match=r"lease\.lost"):
        visit.answer("windows", "win10")  # its window holds nothing any more
    text = unseal(path, passphrase=Secret("a long passphrase"))
    assert text.out
    bring(b, text, B)
    assert b.journal.row(id).holder is None
    sit(b, id, B, windows="win10")
    row = bring(a, text_of(b, id), A)
    assert row.holder is None
    assert [event.kind for event in a.read(row).log][-4:] == ["checked_out", "visit", "answered", "left"]

    again = a.resume(id, A)
    carry.check_out(again, tmp_path / "second.age", carry.Seal(Secret("a long passphrase")))
    over = a.resume(id, A, take_over=True)
    assert over.session.log[-1].body["taken_from"]["name"] == "佐藤"
    over.leave()


def test_a_bundle_that_cannot_be_written_leaves_the_sitting_as_it_was(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    a, _ = desks
    visit = a.resume(begun(a), A)
    with pytest.raises(Fault, match=r"bundle\.missing"):
        carry.check_out(visit, tmp_path / "no" / "folder.age", carry.Seal(Secret("a long passphrase")))
    assert not visit.answer("windows", "win10")
    visit.leave()


def test_who_has_it_open_here_is_not_overtaken_by_a_file(
    desks: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = desks
    id = begun(a)
    bring(b, text_of(a, id), B)
    sit(b, id, B, windows="win10")
    open_one = a.resume(id, A)
    monkeypatch.setattr(Holder, "here", classmethod(lambda cls, name, tty, since: cls(name, "pc-2", 7, tty, since)))
    with pytest.raises(Fault, match=r"lease\.held name=佐藤"):
        bring(a, text_of(b, id), A)
    bring(a, text_of(b, id), A, take_over=True)
    assert open_one.follow()
    assert open_one.read_only is not None
    assert open_one.session.answers == a.read(a.journal.row(id)).answers


def test_what_was_measured_on_the_other_pc_is_asked_again_and_what_a_person_said_stays(
    desks: tuple[Desk, Desk],
) -> None:
    a, b = desks
    id = begun(a)
    visit = a.resume(id, A)
    assert not visit.answer("windows", "win11", "build 22631", how=How.MEASURED_HERE)
    assert not visit.answer("edge", "newest")  # attested: somebody looked
    assert visit.board().is_("terminal", Status.DONE)
    visit.leave()
    bring(b, text_of(a, id), B)
    there = b.resume(id, B)
    assert there.session.measured_elsewhere() == ["windows"]
    assert there.board().is_("terminal", Status.STALE)
    assert [reason.fact for reason in there.reasons("terminal")] == ["windows"]
    there.leave()
    bring(a, text_of(b, id), A)
    here = a.resume(id, A)
    assert here.session.measured_elsewhere() == []
    assert here.board().is_("terminal", Status.DONE)


def test_a_secret_kept_on_the_other_pc_is_not_said_to_be_wiped(desks: tuple[Desk, Desk]) -> None:
    a, b = desks
    id = begun(a)
    visit = a.resume(id, A)
    visit._note("consented", fact="password_kept", place="keyring", by="鈴木")
    visit._append([visit.session.answered("password_kept", carry_answer(visit))])
    assert visit.custody.kept() == [("password_kept", "keyring")]
    visit.leave()
    bring(b, text_of(a, id), B)
    there = b.resume(id, B)
    assert there.custody.anywhere() == []  # nothing of it is on this machine
    assert there.custody.elsewhere() == [("password_kept", "keyring", "laptop-a")]
    assert there.custody.closed_to("secrets", "wiped")
    there.custody._stores["keyring"] = ThisVisit()  # a keyring of this machine, with nothing in it
    there.custody.wipe_all()
    assert there.custody.elsewhere() == [("password_kept", "keyring", "laptop-a")]
    there.leave()
    bring(a, text_of(b, id), A)
    assert a.resume(id, A).custody.kept() == [("password_kept", "keyring")]


def test_a_pc_that_got_another_name_still_wipes_what_it_keeps(desks: tuple[Desk, Desk]) -> None:
    a, _ = desks
    id = begun(a)
    visit = a.resume(id, A)
    visit._note("consented", fact="password_kept", place="keyring", by="鈴木")
    visit._append([visit.session.answered("password_kept", carry_answer(visit))])
    visit.leave()
    renamed = a.resume(id, replace(A, host="laptop-renamed"))
    keyring = ThisVisit()
    keyring.put(Slot(NUMBER, "password"), Secret("canary-9f2k"))
    renamed.custody._stores["keyring"] = keyring
    renamed.custody.wipe_all()
    assert keyring.get(Slot(NUMBER, "password")) is None
    assert renamed.custody.elsewhere() == []
    assert not renamed.custody.closed_to("secrets", "wiped")


def carry_answer(visit: Visit) -> Any:
    from states.flow.session import Answer

    return Answer("keyring", "", 1, "佐藤", host=visit.who.host)


def forged(desk: Desk, id: str, *events: Event) -> Transcript:
    text = text_of(desk, id)
    return replace(text, stored=tuple(chain(id, 0, START, [*(one.event for one in text.stored), *events])))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("answered", {}),
        ("answered", {"fact": "nothing", "value": "x"}),
        ("answered", {"fact": "windows", "value": "win95"}),
        ("answered", {"fact": "windows", "value": "win11", "how": "guessed"}),
        ("answered", {"fact": "windows", "value": "win11", "until": "tomorrow"}),
        ("answered", {"fact": "windows", "value": "win11", "detail": {"x": 1}}),
        ("answered", {"fact": "windows", "value": "win11", "withdrawn": ["nothing"]}),
        ("answered", {"fact": "partners", "value": "willing", "detail": [{"name": 5}]}),
        ("moved", {"dest": "nowhere"}),
        ("moved", {"dest": "terminal", "words": ["x"]}),
        ("consented", {"fact": "windows"}),
        ("shown", {"fact": "windows", "place": "attic", "by": "x"}),
        ("vault", {"id": "x"}),
        ("visit", {"host": 5}),
        ("visit", {"host": "x" * 99_999, "terminal": ""}),
        ("joined", {"after": 1, "tail": [], "head": "", "goes_on": "base"}),
        ("joined", {"goes_on": "tail"}),
    ],
)
def test_an_event_that_this_program_would_not_have_made_is_refused(
    desks: tuple[Desk, Desk], kind: str, body: dict[str, Any]
) -> None:
    a, b = desks
    text = forged(a, begun(a), Event(kind, 1, "佐藤", body))
    with pytest.raises(Fault, match=r"record\.(unsound|chain)|store\.chain"):
        look(b, parse(text.encode()))
    with pytest.raises(Fault, match=r"record\.unsound"):
        look(b, parse(forged(a, a.page()[0].id, Event("left", 10**18, "佐藤", {})).encode()))
    assert b.page() == []


def test_another_office_under_the_same_id_is_refused(desks: tuple[Desk, Desk]) -> None:
    a, b = desks
    id = begun(a)
    with pytest.raises(Fault, match=r"record\.other_office"):
        look(b, replace(text_of(a, id), office_number="1300000000"))
    with pytest.raises(Fault, match=r"record\.edition edition=2031-01-01"):
        look(b, replace(text_of(a, id), edition="2031-01-01"))


def test_what_was_done_here_after_looking_is_not_passed_over(desks: tuple[Desk, Desk]) -> None:
    a, b = desks
    id = begun(a)
    bring(b, text_of(a, id), B)
    sit(b, id, B, windows="win10")
    incoming = look(a, text_of(b, id))
    sit(a, id, A, edge="old")
    with pytest.raises(Fault, match=r"lease\.lost|store\.moved"):
        carry.bring_in(a.journal, incoming, A, a.now)
    assert a.read(a.journal.row(id)).answers["edge"].value == "old"


def test_a_name_with_a_line_break_makes_no_line_of_its_own(desks: tuple[Desk, Desk]) -> None:
    a, b = desks
    id = begun(a)
    text = replace(text_of(a, id), by="佐藤\n署名あり\x1b[2J")
    shown = list(preview_lines(Texts("ja"), look(b, text)))
    assert not any("\n" in line or "\x1b" in line for line in shown)
    assert sum("署名あり" in line for line in shown) == 1


def test_no_secret_is_in_what_is_taken_along(desks: tuple[Desk, Desk]) -> None:
    a, _ = desks
    visit = a.resume(begun(a), A)
    say(visit, billing="agent", kj_id=("kj", "KJ131372005678"), password="known")
    assert not visit.keep_secret("password_kept", Secret("canary-9f2k"), "visit", agreed="鈴木")
    visit.leave()
    raw = text_of(a, visit.session.id).encode()
    assert b"password_kept" in raw
    assert b"canary" not in raw


@pytest.mark.parametrize("torn", [0, 40])
def test_a_cut_between_the_two_copies_of_a_joining_is_made_good(
    desks: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: int
) -> None:
    a, b = desks
    id = begun(a)
    bring(b, text_of(a, id), B)
    sit(b, id, B, windows="win11", billing="agent")
    sit(a, id, A, windows="win10")
    incoming = look(a, text_of(b, id))

    def cut(self: Blackbox, mark: Mark) -> None:
        with self.path.open("ab") as file:
            file.write(mark.line.encode()[:torn])
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(Blackbox, "put", cut)
        row = carry.bring_in(a.journal, incoming, A, a.now, way="tail")
    again = Desk.open(tmp_path / "a", a.clock)
    assert again.notices == []
    assert again.journal.row(id).head == row.head
    again.close()
    (tmp_path / "a" / NAME).write_bytes(b"")
    mended = Desk.open(tmp_path / "a", a.clock)
    assert mended.journal.row(id).head == row.head
    mended.close()


def test_a_second_copy_that_knows_the_old_way_is_not_taken_for_a_fork(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    a, b = desks
    id = begun(a)
    bring(b, text_of(a, id), B)
    sit(b, id, B, windows="win11")
    sit(a, id, A, windows="win10", edge="old")
    bring(a, text_of(b, id), A, way="base")
    copy = tmp_path / "a" / "second-copy.log"
    with copy.open("ab") as file:
        file.write(b"what is no line\nof a copy\n")  # so that all of it is compared
    again = Desk.open(tmp_path / "a", a.clock)
    assert [notice.code for notice in again.notices] == ["store.copy_mended"]
    assert again.read(again.journal.row(id)).answers["windows"].value == "win11"
    again.close()
