"""Going from one edition to another in a real store: a person's act, told before, recorded, whole after a cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from locales import Texts
from states.desk import Desk
from states.fault import Fault
from states.flow import editions
from states.flow.session import Answer
from states.visit import Visit, Who
from states.wording import Wording
from tests.flow.stories import Clock, japan
from tests.pictures import say

ME, OTHER = Who("佐藤", "pc-1", ""), Who("鈴木", "pc-2", "tty2")
OFFICE = ("1372005678", "あおば訪問介護")
PARTNER = [{"name": "さくら居宅", "kind": "home_care_support", "intention": "willing"}]
READY: dict[str, Any] = {
    "office_kind": "service", "partners": ("willing", PARTNER), "makes_plans": "yes", "interface": "yes",
    "pc": ("given", "受付PC"), "billing_pc": "yes", "windows": "win11", "edge": "newest", "sites": "reached",
    "billing": "internet", "kj_id": ("kj", "KJ131372005678"), "password": "known",
    "certificate": ("usable", date(2028, 3, 31)), "login": "ok", "terms": "agreed", "completion": "seen",
}  # fmt: skip
CLIENT = {
    "support_site": "yes", "client_downloaded": "yes", "client_installed": "yes", "client_login": "ok",
    "partner_ready": "yes",
}  # fmt: skip
GIVEN = {"report": "given", "secrets": "none", "acknowledged": "yes"}


@pytest.fixture
def clock() -> Clock:
    return Clock(japan(11, 6))


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    desk = Desk.open(tmp_path / "store", clock)
    yield desk
    desk.close()


def begun(desk: Desk, edition: str = "2023-05-26", **facts: Any) -> Visit:
    visit = desk.begin(*OFFICE, edition, ME)
    say(visit, **facts)
    return visit


def test_a_session_begun_under_2023_goes_on_in_2026_in_mid_flow(desk: Desk) -> None:
    visit = begun(desk, **READY, payment="invoice", invoice="requested", invoice_told="yes")
    told = visit.edition_change("2026-07")
    assert (visit.edition.name, visit.state) == ("2023-05-26", "payment")  # a preview changes nothing
    assert set(told.carried.aside) == {"payment", "invoice", "invoice_told"}
    assert set(told.must) == {"standard", "patterns", "fee_told", "renewal"}
    assert "other_pcs" in told.may
    assert told.reopened == ("care_software", "fee")
    assert told.dest == "fee"  # the row that stands in the place of the one it stood in

    visit.follow_edition("2026-07")
    assert (visit.edition.name, visit.state, visit.row.edition) == ("2026-07", "fee", "2026-07")
    event = visit.session.log[-1]
    assert (event.kind, event.actor) == ("edition", "佐藤")
    assert event.body["aside"] == {"payment": "invoice", "invoice": "requested", "invoice_told": "yes"}
    assert event.body["must"] == list(told.must)
    say(visit, fee_told="yes", renewal="automatic")
    assert not visit.move("next")
    visit.leave()
    again = desk.resume(visit.row.id, OTHER)
    assert (again.edition.name, again.state) == ("2026-07", visit.state)
    assert again.answer_to("kj_id") == visit.answer_to("kj_id")


def test_the_record_of_an_earlier_edition_can_still_be_read_in_words(desk: Desk) -> None:
    visit = begun(desk, **READY, payment="invoice")
    visit.follow_edition("2026-07")
    wording = Wording(Texts("ja"), visit.edition)
    assert wording.answer("payment", Answer("invoice")) == "請求書で支払い"
    assert wording.step("payment") == "支払い"
    assert wording.own("step.terminal.do") != Texts("ja")("step.terminal.do")  # its own words
    assert wording.own("step.certificate.do") == Texts("ja")("step.certificate.do")  # those of all


def test_what_is_awaited_stays_awaited_and_a_cut_in_between_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    ready = {
        name: value for name, value in READY.items() if name not in ("certificate", "login", "terms", "completion")
    }
    visit = begun(desk, **{**ready, "password": "lost"}, id_request="sent")
    visit.follow_edition("2026-07")
    assert [wait.fact for wait in visit.waits()] == ["id_request"]
    assert {reason.code for reason in visit.reasons("user_id")} == {"security_mail.unanswered", "id_request.awaited"}
    desk.close()  # no good-bye: as after a power cut
    for damaged in (False, True):
        if damaged:
            (tmp_path / "store" / "sessions.db").write_bytes(b"gone")  # the second copy knows the edition too
        again = Desk.open(tmp_path / "store", Clock(japan(11, 6)))
        row = again.journal.row(visit.row.id)
        assert row.edition == "2026-07"
        assert again.read(row).edition.name == "2026-07"
        assert again.rebuild() == 0
        again.close()


def test_an_onlooker_sees_the_other_edition_as_soon_as_it_is_followed(desk: Desk) -> None:
    visit = begun(desk, **READY)
    onlooker = desk.watch(visit.row.id, OTHER)
    visit.follow_edition("2026-07")
    assert onlooker.follow()
    assert onlooker.edition is visit.edition
    assert onlooker.mover is visit.mover
    with pytest.raises(Fault) as refused:
        onlooker.follow_edition("2026-07")
    assert refused.value.code in ("edition.not_from", "lease.watching")


def test_one_goes_forward_only_and_nowhere_unknown(desk: Desk) -> None:
    visit = begun(desk, "2026-07", office_kind="service")
    for name, code in (("2023-05-26", "not_from"), ("move", "not_from"), ("2026-07", "not_from"), ("1999", "unknown")):
        with pytest.raises(Fault) as refused:
            visit.follow_edition(name)
        assert refused.value.code == f"edition.{code}"
    assert visit.session.log[-1].kind != "edition"


def test_a_completed_session_is_continued_into_the_move_with_what_still_stands(desk: Desk, clock: Clock) -> None:
    visit = begun(desk, **READY, **CLIENT, payment="offset", **GIVEN)
    with pytest.raises(Fault) as refused:
        desk.go_on(visit.row, editions.MOVE, ME)
    assert refused.value.code == "edition.not_complete"
    assert not visit.move("complete")
    visit.leave()
    clock.now = japan(11, 21)
    done = desk.journal.row(visit.row.id)
    move = desk.go_on(done, editions.MOVE, OTHER)
    kept = {"makes_plans", "interface", "pc", "billing_pc", "billing", "kj_id", "password", "certificate"}
    assert set(move.session.answers) == kept  # Windows, Edge and the sites are older than a week
    assert move.session.answers["kj_id"] == visit.session.answers["kj_id"]  # with who and when
    body = move.session.log[0].body
    assert body["continues"] == done.id
    assert set(body["left"]) == set(visit.session.answers) - kept
    assert move.state == "readiness"
    assert desk.journal.row(done.id) == done  # pinned: not a byte of it has changed
    move.leave()
    read = desk.read(desk.journal.row(move.row.id))
    assert read.answers == move.session.answers
    assert read.edition.name == editions.MOVE


def test_the_move_is_gone_through_from_end_to_end(desk: Desk) -> None:
    done = begun(desk, **READY, **CLIENT, payment="offset", **GIVEN)
    assert not done.move("complete")
    done.leave()
    move = desk.go_on(desk.journal.row(done.row.id), editions.MOVE, ME)
    say(
        move, uses_system="yes", move_told="yes", card_reader="none", standard="v41", security_mail="registered",
        portal="opened", registration="seen", office_user="ok", admin_registered="yes", admin_login="ok",
        exported="yes", web_exchange="done", old_client="left", staff_told="yes", **GIVEN,
    )  # fmt: skip
    assert not move.move("complete")
    assert move.state == "complete"


def test_an_edition_of_a_newer_program_is_named_and_not_guessed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = begun(desk, **READY)
    visit.follow_edition("2026-07")
    visit.leave()
    monkeypatch.setattr(editions, "KNOWN", {name: at for name, at in editions.KNOWN.items() if name != "2026-07"})
    editions.find.cache_clear()
    try:
        with pytest.raises(Fault) as refused:
            desk.resume(visit.row.id, ME)
    finally:
        editions.find.cache_clear()
    assert refused.value.code == "edition.unknown"
