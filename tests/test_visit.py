"""One sitting at one session, on a real journal: what is acknowledged is stored, what is not has not happened."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from states.checks.result import CheckResult, Finding, Outcome, could_not_run
from states.desk import Desk
from states.fault import Fault
from states.flow.board import WAITING, Status
from states.flow.events import instant
from states.flow.session import How
from states.storage.journal import Holder, Journal
from states.storage.records import Row
from states.storage.secrets import Place, Secret, Slot, State
from states.visit import Visit, Who, read
from tests.flow.stories import (
    AGENT,
    ANOTHER_PC,
    EDITION,
    KJ_ID,
    OFFICE,
    OFFICE_NAME,
    OFFICES,
    VALID_UNTIL,
    Clock,
    Said,
    done,
    japan,
    reach,
    settle,
    tell,
)

ME, COLLEAGUE = Who("佐藤", "受付PC", "tty1"), Who("鈴木", "受付PC", "pts/3")
CANARY = "kanaria-7f3a"
ANOTHER_ID = Said("kj", "KJ131399999999")


@dataclass
class Keeper:
    """A place that keeps secrets and remembers what it was asked."""

    place: Place
    kept: dict[Slot, Secret] = field(default_factory=dict)
    asked: list[tuple[str, Slot]] = field(default_factory=list)
    fault: str = ""

    def state(self) -> State:
        return "ok"

    def put(self, slot: Slot, secret: Secret) -> None:
        self._ask("put", slot)
        self.kept[slot] = secret

    def get(self, slot: Slot) -> Secret | None:
        return self.kept.get(slot)

    def wipe(self, slot: Slot) -> None:
        self._ask("wipe", slot)
        self.kept.pop(slot, None)

    def _ask(self, what: str, slot: Slot) -> None:
        self.asked.append((what, slot))
        if self.fault:
            raise Fault(self.fault)


PASSWORD, ISSUING = Slot(OFFICE, "password"), Slot(OFFICE, "issuing_password")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    desk = Desk.open(tmp_path / "store", clock)
    yield desk
    desk.close()


@pytest.fixture
def visit(desk: Desk) -> Visit:
    return desk.begin(OFFICE, OFFICE_NAME, "2023-05-26", ME)


def stored(desk: Desk, visit: Visit) -> list[tuple[str, Any]]:
    """What a later start would find, as pairs of kind and body."""
    return [(one.event.kind, dict(one.event.body)) for one in desk.journal.events(visit.row.id)]


def listed(desk: Desk, visit: Visit) -> tuple[str, str, bool, str | None, str]:
    """What the list of sessions shows: state, status, whether there is work today, the day, and what is awaited."""
    found = desk.journal.row(visit.row.id).listing
    assert found == visit.row.listing
    return found.state, found.status, found.work, found.due, found.awaiting


def held_by(desk: Desk, visit: Visit, pid: int, host: str | None = None) -> Row:
    """Somebody else's process takes the session, as a second start on another terminal would."""
    holder = Holder("鈴木", host or platform.node(), pid, "pts/3", 5_000)
    return desk.journal.take(visit.row.id, holder, epoch=desk.journal.row(visit.row.id).epoch)


def standing(visit: Visit) -> tuple[str, dict[str, Any], int, int]:
    session = visit.session
    return session.state, dict(session.answers), len(session.log), visit.row.version


class TestBeginning:
    def test_it_stands_at_the_first_step_with_its_beginning_on_record(self, desk: Desk, visit: Visit) -> None:
        assert visit.state == "eligibility"
        assert stored(desk, visit) == [
            ("created", {"office_number": OFFICE, "office_name": OFFICE_NAME, "edition": "2023-05-26"}),
            ("visit", {"host": "受付PC", "terminal": "tty1"}),
        ]
        assert listed(desk, visit) == ("eligibility", "open", True, None, "")
        assert visit.row.holder is not None
        assert (visit.row.holder.name, visit.row.holder.pid) == ("佐藤", os.getpid())

    def test_a_number_typed_in_full_width_is_stored_straight(self, desk: Desk) -> None:
        visit = desk.begin("１３７２３４ー５６０１", "  みどり ", "2023-05-26", ME)
        assert (visit.row.office_number, visit.row.office_name) == (OFFICE, "みどり")

    def test_a_check_digit_that_does_not_fit_stops_nobody(self, desk: Desk) -> None:
        assert desk.begin("1372345602", OFFICE_NAME, "2023-05-26", ME).state == "eligibility"

    @pytest.mark.parametrize(
        ("number", "name", "edition", "code"),
        [
            ("13723456", OFFICE_NAME, "2023-05-26", "office.malformed"),
            ("", OFFICE_NAME, "2023-05-26", "office.malformed"),
            (OFFICE, " \u3000", "2023-05-26", "office.name_missing"),
            (OFFICE, OFFICE_NAME, "1999-01-01", "edition.unknown"),
        ],
    )
    def test_what_cannot_begin_is_said_and_leaves_nothing(
        self, desk: Desk, number: str, name: str, edition: str, code: str
    ) -> None:
        with pytest.raises(Fault) as caught:
            desk.begin(number, name, edition, ME)
        assert caught.value.code == code
        assert desk.page() == []


class TestTheOrderOfAStep:
    """Explain, append, acknowledge, move."""

    def test_an_answer_is_on_the_disk_before_it_is_in_memory(self, desk: Desk, visit: Visit) -> None:
        seen = []
        append = desk.journal.append

        def watched(id: str, **given: Any) -> Row:
            row = append(id, **given)
            seen.append((len(desk.journal.events(id)), len(visit.session.log), "office_kind" in visit.session.answers))
            return row

        desk.journal.append = watched  # type: ignore[method-assign]
        done(visit.answer("office_kind", "both"))
        assert seen == [(3, 2, False)]
        assert visit.session.answers["office_kind"].value == "both"

    def test_a_movement_is_on_the_disk_before_anything_moves(self, desk: Desk, visit: Visit) -> None:
        seen = []
        append = desk.journal.append

        def watched(id: str, **given: Any) -> Row:
            row = append(id, **given)
            seen.append((stored(desk, visit)[-1][1]["dest"], visit.state))
            return row

        desk.journal.append = watched  # type: ignore[method-assign]
        done(visit.move("go_terminal"))
        assert seen == [("terminal", "eligibility")]
        assert visit.state == "terminal"

    def test_what_explain_closes_is_never_appended(self, desk: Desk, visit: Visit) -> None:
        before = stored(desk, visit)
        closed = ("go_handover", "park", "complete", "refuse", "abandon", "reopen", "back", "go_eligibility")
        for trigger in closed:
            reasons = visit.explain(trigger)
            assert reasons
            assert visit.move(trigger) == reasons
        assert stored(desk, visit) == before
        assert visit.state == "eligibility"

    def test_next_and_back_are_stored_as_the_movement_they_stood_for(self, desk: Desk, visit: Visit) -> None:
        assert visit.leads_to("next") == "go_care_software"
        done(visit.move("next"))
        done(visit.move("back"))
        assert [body for kind, body in stored(desk, visit) if kind == "moved"] == [
            {"trigger": "go_care_software", "source": "eligibility", "dest": "care_software"},
            {"trigger": "go_eligibility", "source": "care_software", "dest": "eligibility"},
        ]

    def test_the_reason_of_who_abandons_travels_with_the_movement(self, desk: Desk, visit: Visit) -> None:
        assert [reason.code for reason in visit.move("abandon")] == ["move.reason_missing"]
        done(visit.move("abandon", "閉院のため"))
        assert stored(desk, visit)[-1][1]["words"] == "閉院のため"
        assert visit.ended
        assert listed(desk, visit)[1] == "abandoned"

    @pytest.mark.parametrize("office", OFFICES)
    def test_memory_and_store_agree_all_along_the_way(self, desk: Desk, visit: Visit, office: str) -> None:
        settle(visit, **OFFICES[office])
        again = read(desk.journal, desk.journal.row(visit.row.id))
        assert (again.state, again.answers, again.log) == (visit.state, visit.session.answers, visit.session.log)
        assert desk.journal.verify(visit.row.id) == visit.row.version == len(visit.session.log)


class TestRefusedAnswers:
    def test_in_a_step_that_the_clock_has_closed_the_reason_is_given_and_nothing_stored(
        self, desk: Desk, visit: Visit, clock: Clock
    ) -> None:
        clock.now = japan(11, 6, 23, 55)
        reach(visit, "certificate")
        before = stored(desk, visit)
        clock.now += timedelta(minutes=10)
        reasons = visit.answer("certificate", "usable", until=VALID_UNTIL)
        assert [(reason.code, reason.fact) for reason in reasons] == [("move.needs", "terminal")]
        assert reasons == visit.closed_to("certificate")
        assert visit.reasons()[0].fact == "terminal"
        assert stored(desk, visit) == before
        assert visit.answer_to("certificate") is None

    def test_in_another_step_or_when_it_is_not_asked(self, desk: Desk, visit: Visit) -> None:
        before = stored(desk, visit)
        assert [reason.code for reason in visit.answer("pc", "given", "B")] == ["answer.not_here"]
        assert [reason.code for reason in visit.answer("commissioned", "no")] == ["answer.not_asked"]
        assert [reason.code for reason in visit.chase("partner_asked")] == ["answer.not_asked"]
        assert stored(desk, visit) == before

    def test_after_the_end(self, visit: Visit) -> None:
        done(visit.move("abandon", "閉院"))
        assert visit.answer("office_kind", "both")
        assert visit.questions() == []

    def test_taking_back_is_refused_while_a_need_is_lacking(self, visit: Visit) -> None:
        reach(visit, "application")
        settle(visit, "application", completion="unknown")
        tell(visit, password="lost")
        done(visit.move("go_application"))
        assert [reason.code for reason in visit.answer("completion", None)] == ["move.needs"] * 2
        done(visit.answer("completion", "not_seen"))

    @pytest.mark.parametrize(
        ("step", "fact", "value", "detail", "code"),
        [
            ("eligibility", "office_kind", "hospital", "", "answer.unknown_value"),
            ("terminal", "pc", "given", "", "answer.empty"),
            ("terminal", "pc", "given", " \u3000", "answer.empty"),
            ("terminal", "pc", "given", ["B"], "answer.empty"),
            ("terminal", "pc", "given", "あ" * 501, "answer.too_long"),
            ("certificate", "certificate", "usable", "", "answer.date_missing"),
            ("client_app", "start_day", "agreed", "", "answer.date_missing"),
        ],
    )
    def test_what_is_no_answer_at_all_is_a_fault_and_changes_nothing(
        self, desk: Desk, visit: Visit, step: str, fact: str, value: str, detail: Any, code: str
    ) -> None:
        reach(visit, step)
        before = (standing(visit), stored(desk, visit))
        with pytest.raises(Fault) as caught:
            visit.answer(fact, value, detail)
        assert caught.value.code == code
        assert caught.value.values["fact"] == fact
        assert (standing(visit), stored(desk, visit)) == before


class TestWhenTheStoreDoesNotTakeIt:
    """A fault leaves memory untouched; whoever lost the session goes on reading and writes no more."""

    ACTIONS: tuple[Callable[[Visit], object], ...] = (
        lambda visit: visit.answer("office_kind", "both"),
        lambda visit: visit.move("go_terminal"),
        lambda visit: visit.move("abandon", "閉院"),
        lambda visit: visit.answer("partners", None),
        lambda visit: visit.answer("go_on_undecided", "yes"),
        lambda visit: visit.chase("partner_asked"),
    )

    @pytest.fixture
    def visit(self, visit: Visit) -> Visit:
        tell(visit, office_kind="service", partners="undecided", partner_asked="asked")
        return visit

    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_lost_lease_leaves_memory_as_it_was_and_the_visit_read_only(
        self, desk: Desk, visit: Visit, action: Callable[[Visit], object]
    ) -> None:
        other = desk.resume(visit.row.id, COLLEAGUE, take_over=True)
        done(other.move("go_care_software"))
        before, board = standing(visit), [visit.board().status(step) for step in EDITION.order]
        for _ in range(2):
            with pytest.raises(Fault) as caught:
                action(visit)
            assert caught.value.code == "lease.lost"
            assert caught.value.values["name"] == "鈴木"
            assert standing(visit) == before
            assert [visit.board().status(step) for step in EDITION.order] == board
        assert visit.read_only is caught.value
        assert len(stored(desk, other)) == other.row.version

    def test_who_lost_it_leaves_without_a_word_and_takes_nothing_from_the_other(self, desk: Desk, visit: Visit) -> None:
        other = desk.resume(visit.row.id, COLLEAGUE, take_over=True)
        with pytest.raises(Fault, match=r"lease\.lost"):
            visit.move("go_terminal")
        before = stored(desk, visit)
        visit.keep_draft("pc", "受付")
        visit.leave()
        assert stored(desk, visit) == before
        assert other.drafts() == {}
        done(other.move("go_terminal"))

    @pytest.mark.parametrize("action", ACTIONS)
    @pytest.mark.parametrize("code", ["store.full", "store.busy", "store.io"])
    def test_any_other_fault_leaves_memory_as_it_was_and_may_be_tried_again(
        self, desk: Desk, visit: Visit, action: Callable[[Visit], object], code: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = standing(visit)

        def refuse(*_: object, **__: object) -> Row:
            raise Fault(code)

        with monkeypatch.context() as patch:
            patch.setattr(desk.journal, "append", refuse)
            with pytest.raises(Fault, match=code):
                action(visit)
        assert standing(visit) == before
        assert visit.read_only is None
        action(visit)
        assert standing(visit) != before
        assert visit.row.version == len(visit.session.log) == len(stored(desk, visit))

    def test_a_second_hand_on_the_same_visit_is_told_that_it_has_moved_on(self, desk: Desk, visit: Visit) -> None:
        row = visit.row
        done(visit.move("go_terminal"))
        visit.row = row
        before = standing(visit)
        with pytest.raises(Fault, match=r"store\.moved"):
            visit.move("go_eligibility")
        assert standing(visit) == before
        assert len(stored(desk, visit)) == len(visit.session.log)


class TestComingBack:
    def test_the_same_facts_the_same_place_and_the_half_typed_fields(
        self, tmp_path: Path, desk: Desk, visit: Visit, clock: Clock
    ) -> None:
        settle(visit, "eligibility", "terminal", "user_id", **AGENT)
        done(visit.move("go_care_software"))
        visit.keep_draft("product", "ソフ")
        visit.keep_draft("product_version", "3")
        visit.keep_draft("product_version", "")
        before, statuses = standing(visit), visit.standings()
        desk.close()  # as a kill would: nobody has left

        again = Desk.open(tmp_path / "store", clock)
        resumed = again.resume(again.find(OFFICE).id, ME)
        state, answers, events, version = standing(resumed)
        assert (state, answers) == before[:2] == ("care_software", before[1])
        assert (events, version) == (before[2] + 1, before[3] + 1)  # that somebody sat down again
        assert resumed.session.log[-1].kind == "visit"
        assert resumed.standings() == statuses
        assert resumed.drafts() == {"product": "ソフ"}
        done(resumed.answer("product", "given", "ソフトA"))
        assert resumed.drafts() == {}
        again.close()

    def test_whatever_the_state_it_is_the_same_afterwards(self, desk: Desk, visit: Visit) -> None:
        settle(visit, **OFFICES["lost its password"])
        for trigger in ("park", "back", "go_terminal", "abandon", "reopen"):
            done(visit.move(trigger, "理由"))
            state, answers = visit.state, dict(visit.session.answers)
            visit.leave()
            visit = desk.resume(visit.row.id, ME)
            assert (visit.state, visit.session.answers) == (state, answers)

    def test_a_movement_works_after_coming_back_from_there(self, desk: Desk, visit: Visit) -> None:
        done(visit.move("go_terminal"))
        again = desk.resume(visit.row.id, ME)
        done(again.move("back"))
        assert again.state == "care_software"

    def test_days_later_only_what_is_stale_is_asked_again_and_all_that_was_answered_is_there(
        self, desk: Desk, visit: Visit, clock: Clock
    ) -> None:
        settle(visit, **OFFICES["waits for its certificate"])
        done(visit.move("park"))
        visit.leave()
        clock.now = japan(11, 20)
        again = desk.resume(visit.row.id, COLLEAGUE)
        assert again.leads_to("next") == "go_terminal"
        assert {reason.code for reason in again.reasons("terminal")} == {"windows.stale", "edge.stale", "sites.stale"}
        answer = again.answer_to("kj_id")
        assert answer is not None
        assert (answer.detail, answer.by) == (KJ_ID, "佐藤")

    def test_superseded_answers_are_still_on_record(self, desk: Desk, visit: Visit) -> None:
        settle(visit, "terminal")
        tell(visit, pc=ANOTHER_PC)
        again = desk.resume(visit.row.id, ME)
        assert again.answer_to("edge") is None
        earlier = again.earlier_answer("edge")
        assert earlier is not None
        assert earlier.value == "newest"
        assert set(again.session.log[-2].body["withdrawn"]) == {"billing_pc", "windows", "edge", "sites"}

    def test_an_edition_this_program_does_not_have_is_said_by_name(self, desk: Desk, visit: Visit) -> None:
        visit.leave()
        row = desk.journal.create("s-9", OFFICE, OFFICE_NAME, "2031-01-01", visit.session.log, visit.row.listing, None)
        with pytest.raises(Fault) as caught:
            desk.resume(row.id, ME)
        assert (caught.value.code, caught.value.values["edition"]) == ("edition.unknown", "2031-01-01")

    def test_a_session_that_is_not_there_is_said_so(self, desk: Desk) -> None:
        with pytest.raises(Fault, match=r"session\.unknown"):
            desk.resume("nowhere", ME)

    @pytest.mark.parametrize("office", OFFICES)
    def test_reading_only_changes_nothing(self, desk: Desk, visit: Visit, office: str) -> None:
        settle(visit, **OFFICES[office])
        before = desk.journal.row(visit.row.id)
        assert desk.read(before).answers == visit.session.answers
        assert desk.journal.row(visit.row.id) == before


class TestTwoAtOneSession:
    def test_a_second_start_is_refused_while_the_first_is_there_and_told_who(self, desk: Desk, visit: Visit) -> None:
        held_by(desk, visit, os.getppid())
        before = stored(desk, visit)
        with pytest.raises(Fault) as caught:
            desk.resume(visit.row.id, ME)
        assert caught.value.code == "lease.held"
        said = caught.value.values
        assert (said["name"], said["host"], said["terminal"], said["since"]) == (
            "鈴木",
            platform.node(),
            "pts/3",
            "5000",
        )
        assert stored(desk, visit) == before

    def test_a_holder_on_another_pc_counts_as_there(self, desk: Desk, visit: Visit) -> None:
        held_by(desk, visit, 1, host="another")
        with pytest.raises(Fault, match=r"lease\.held"):
            desk.resume(visit.row.id, ME)

    def test_on_a_persons_word_it_is_taken_over(self, desk: Desk, visit: Visit) -> None:
        taken = held_by(desk, visit, os.getppid())
        mine = desk.resume(visit.row.id, ME, take_over=True)
        assert mine.row.epoch == taken.epoch + 1
        done(mine.move("go_terminal"))
        with pytest.raises(Fault, match=r"lease\.lost"):
            visit.move("go_terminal")

    def test_whose_process_is_gone_holds_nothing(self, desk: Desk, visit: Visit) -> None:
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
            held_by(desk, visit, process.pid)
            with pytest.raises(Fault, match=r"lease\.held"):
                desk.resume(visit.row.id, ME)
            process.kill()
            process.wait()
            assert desk.resume(visit.row.id, ME).state == "eligibility"

    def test_leaving_gives_it_free_and_says_so(self, desk: Desk, visit: Visit) -> None:
        visit.leave()
        assert desk.journal.row(visit.row.id).holder is None
        assert stored(desk, visit)[-1] == ("left", {})

    def test_what_the_other_stored_while_it_was_being_taken_over_is_not_missed(
        self, desk: Desk, visit: Visit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between reading the record and taking the lease the holder answers once more."""
        take = desk.journal.take

        def slowly(id: str, holder: Holder, *, epoch: int) -> Row:
            done(visit.answer("office_kind", "both"))
            return take(id, holder, epoch=epoch)

        monkeypatch.setattr(desk.journal, "take", slowly)
        other = desk.resume(visit.row.id, COLLEAGUE, take_over=True)
        answer = other.answer_to("office_kind")
        assert answer is not None
        assert answer.value == "both"
        assert len(other.session.log) == other.row.version == desk.journal.verify(visit.row.id)


class TestTheList:
    def test_parked_it_shows_what_is_awaited_and_when(self, desk: Desk, visit: Visit) -> None:
        settle(visit, **OFFICES["lost its password"])
        assert not listed(desk, visit)[2]
        done(visit.move("park"))
        assert listed(desk, visit) == (WAITING, "waiting", False, "2026-11-20", "id_request.sent")
        assert desk.counts().waiting == 1

    def test_what_holds_up_decides_the_day_before_what_does_not(self, desk: Desk, visit: Visit) -> None:
        settle(visit, **AGENT | {"partners": "some", "partner_asked": "asked", "careplan_applied": "applied"})
        assert [wait.fact for wait in visit.waits()] == ["partner_asked", "careplan_applied"]
        assert listed(desk, visit)[3:] == ("2026-12-06", "careplan_applied.applied")

    def test_where_nothing_holds_up_the_first_of_the_others_is_shown(self, desk: Desk, visit: Visit) -> None:
        settle(visit, **OFFICES["pays by invoice"])
        assert listed(desk, visit)[3:] == ("2026-12-06", "invoice.requested")

    def test_what_is_blocked_has_no_day(self, desk: Desk, visit: Visit) -> None:
        settle(visit, **OFFICES["has software that only bills"])
        done(visit.move("park"))
        assert listed(desk, visit) == (WAITING, "waiting", False, None, "")

    def test_an_answer_that_came_makes_it_work_again(self, desk: Desk, visit: Visit, clock: Clock) -> None:
        settle(visit, **OFFICES["lost its password"])
        done(visit.move("park"))
        clock.now += timedelta(days=3)
        tell(visit, password="temporary")
        assert listed(desk, visit) == ("user_id", "open", True, None, "")

    def test_a_refusal_and_what_only_needs_to_be_completed_are_work(self, desk: Desk, visit: Visit) -> None:
        settle(visit)
        assert listed(desk, visit)[2]
        tell(visit, partners="unwilling")
        assert listed(desk, visit)[2]
        done(visit.move("refuse"))
        assert listed(desk, visit) == ("refused", "refused", False, None, "")

    def test_complete_awaits_nothing_more(self, desk: Desk, visit: Visit) -> None:
        reach(visit, "complete", **OFFICES["pays by invoice"])
        assert listed(desk, visit) == ("complete", "complete", False, None, "")
        assert desk.counts().complete == 1
        done(visit.move("reopen"))
        assert listed(desk, visit)[1] == "waiting"

    def test_the_item_of_the_source_is_shown_while_one_stands_in_a_step(self, desk: Desk, visit: Visit) -> None:
        settle(visit, **OFFICES["lost its password"])
        done(visit.move("go_user_id"))
        assert desk.journal.row(visit.row.id).listing.item == "3"
        done(visit.move("park"))
        assert desk.journal.row(visit.row.id).listing.item == ""

    def test_the_row_of_the_list_is_the_row_of_the_visit(self, desk: Desk, visit: Visit) -> None:
        settle(visit, **OFFICES["waits for its certificate"])
        [row] = desk.page(search="みどり")
        assert row == visit.row == desk.find(OFFICE)
        assert desk.same_office(OFFICE) == [row]


class TestDrafts:
    def test_they_are_no_answer_and_no_part_of_the_record(self, desk: Desk, visit: Visit) -> None:
        before = stored(desk, visit)
        visit.keep_draft("kj_id", "KJ13")
        assert visit.drafts() == {"kj_id": "KJ13"}
        assert stored(desk, visit) == before
        assert visit.answer_to("kj_id") is None

    def test_an_answer_drops_its_own_draft_and_no_other(self, visit: Visit) -> None:
        done(visit.move("go_terminal"))
        visit.keep_draft("pc", "受付")
        visit.keep_draft("kj_id", "KJ13")
        done(visit.answer("pc", "given", "受付PC"))
        assert visit.drafts() == {"kj_id": "KJ13"}

    def test_a_refused_answer_drops_nothing(self, visit: Visit) -> None:
        visit.keep_draft("pc", "受付")
        assert visit.answer("pc", "given", "受付PC")
        assert visit.drafts() == {"pc": "受付"}

    @pytest.mark.parametrize("fact", ["password_kept", "issuing_password_kept"])
    def test_there_is_none_of_a_secret(self, visit: Visit, fact: str) -> None:
        visit.keep_draft(fact, CANARY)
        assert visit.drafts() == {}


class TestWhatAScreenAsks:
    def test_every_step_is_told_with_its_status_and_what_it_lacks(self, visit: Visit) -> None:
        told = {place.step: place for place in visit.standings()}
        assert list(told) == list(EDITION.order)
        assert told["certificate"].lacking == ("terminal",)
        assert told["issuing_password"].by == "certificate"
        assert told["issuing_password"].status is Status.UNTOLD

    def test_the_reasons_of_a_step_that_does_not_apply_or_may_not_say_so(self, visit: Visit) -> None:
        assert [reason.code for reason in visit.reasons("careplan_certificate")] == ["move.cannot_be_told_yet"]
        reach(visit, "application")
        assert [reason.code for reason in visit.reasons("careplan_certificate")] == ["move.skipped"]

    def test_what_a_step_needs_comes_before_what_it_asks(self, visit: Visit) -> None:
        said = [(reason.code, reason.fact) for reason in visit.reasons("certificate")]
        assert said == [("move.needs", "terminal"), ("certificate.unanswered", "certificate")]

    def test_the_questions_of_a_step_are_those_asked_now_in_order(self, visit: Visit) -> None:
        assert [fact.name for fact in visit.questions()] == ["office_kind", "partners"]
        done(visit.answer("office_kind", "both"))
        assert [fact.name for fact in visit.questions()] == ["office_kind", "commissioned", "partners"]

    def test_a_dormant_answer_is_shown_as_none_and_offered_as_the_earlier_one(self, visit: Visit) -> None:
        tell(visit, office_kind="both", commissioned="no")
        tell(visit, office_kind="service")
        assert visit.answer_to("commissioned") is None
        earlier = visit.earlier_answer("commissioned")
        assert earlier is not None
        assert earlier.value == "no"
        assert visit.earlier_answer("pc") is None

    def test_every_refusal_of_any_step(self, visit: Visit) -> None:
        tell(visit, office_kind="both", commissioned="yes", partners="unwilling")
        assert [reason.code for reason in visit.refusals()] == ["commissioned.yes", "partners.unwilling"]

    def test_the_consequences_are_shown_and_nothing_is_stored(self, desk: Desk, visit: Visit) -> None:
        settle(visit, "terminal")
        before = stored(desk, visit)
        assert visit.consequences("pc", "given", "事務室PC").withdrawn == ("billing_pc", "windows", "edge", "sites")
        assert stored(desk, visit) == before


class TestChecks:
    def test_a_measurement_becomes_the_answer_with_its_evidence(self, visit: Visit) -> None:
        reach(visit, "terminal")
        tell(visit, pc="given")
        result = CheckResult(Outcome.PASS, "win11", "build 26100", seen=("Windows 11 Pro",), until="2027-01-01")
        done(visit.record_check("windows", result))
        answer = visit.answer_to("windows")
        assert answer is not None
        assert (answer.value, answer.detail, answer.seen) == ("win11", "build 26100", ("Windows 11 Pro",))
        assert (answer.how, answer.host, answer.until) == (How.MEASURED_HERE, "受付PC", None)

    def test_one_that_was_made_on_another_pc_says_so(self, visit: Visit) -> None:
        reach(visit, "terminal")
        done(visit.record_check("windows", CheckResult(Outcome.PASS, "win11", here=False)))
        answer = visit.answer_to("windows")
        assert answer is not None
        assert answer.how is How.MEASURED_THERE

    def test_a_certificates_last_day_comes_with_it(self, visit: Visit) -> None:
        reach(visit, "certificate")
        done(visit.record_check("certificate", CheckResult(Outcome.PASS, "usable", until="2028-03-31")))
        answer = visit.answer_to("certificate")
        assert answer is not None
        assert answer.until == date(2028, 3, 31)

    def test_one_that_measured_nothing_cannot_be_recorded(self, visit: Visit) -> None:
        with pytest.raises(AssertionError):
            visit.record_check("windows", could_not_run(Finding("system.unknown")))


class TestSecrets:
    """The record says where a secret is, never what it is; what it no longer says is wiped."""

    @pytest.fixture
    def keyring(self) -> Keeper:
        return Keeper("keyring")

    @pytest.fixture
    def visit(self, visit: Visit, keyring: Keeper) -> Visit:
        self.give(visit, keyring)
        settle(visit, "terminal", "user_id")
        return visit

    @staticmethod
    def give(visit: Visit, keyring: Keeper) -> Keeper:
        """Hand the visit places of ours instead of the system's."""
        kept_in_memory = Keeper("visit")
        visit.custody._stores = {"keyring": keyring, "visit": kept_in_memory}
        return kept_in_memory

    def test_it_is_put_where_the_office_agreed_and_its_place_recorded(self, visit: Visit, keyring: Keeper) -> None:
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        assert keyring.kept == {PASSWORD: Secret(CANARY)}
        answer = visit.answer_to("password_kept")
        assert answer is not None
        assert (answer.value, answer.detail) == ("keyring", "")
        assert visit.custody.kept() == [("password_kept", "keyring")]
        assert visit.custody.left_behind() == []

    def test_it_is_in_no_file_of_the_store(self, desk: Desk, visit: Visit, tmp_path: Path) -> None:
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        visit.keep_draft("product", "findable-text")
        visit.leave()
        desk.close()
        found = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"findable-text" in found
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert CANARY.encode(encoding) not in found

    def test_the_issuing_password_has_a_place_of_its_own(self, visit: Visit, keyring: Keeper) -> None:
        tell(visit, certificate="none", certificate_elsewhere="no", issuing_password="known")
        done(visit.keep_secret("issuing_password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        assert set(keyring.kept) == {ISSUING}

    def test_where_it_may_not_be_answered_nothing_is_put(self, visit: Visit, keyring: Keeper) -> None:
        done(visit.move("go_terminal"))
        assert visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木")
        assert keyring.asked == []

    def test_what_could_not_be_kept_is_not_on_record(self, desk: Desk, visit: Visit, keyring: Keeper) -> None:
        keyring.fault = "keyring.locked"
        before = stored(desk, visit)
        with pytest.raises(Fault, match=r"keyring\.locked"):
            visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木")
        consent = ("consented", {"fact": "password_kept", "place": "keyring", "by": "鈴木"})
        assert stored(desk, visit) == [*before, consent]
        assert visit.custody.kept() == []
        assert visit.custody.left_behind() == [("password_kept", "keyring")]  # nobody knows what is there

    @pytest.mark.parametrize(
        "change",
        [
            {"password": "lost"},
            {"kj_id": ANOTHER_ID},
            {"pc": ANOTHER_PC},
            {"password_kept": "not_kept"},
        ],
    )
    def test_what_a_changed_answer_has_left_behind_is_wiped_once(
        self, desk: Desk, visit: Visit, keyring: Keeper, change: dict[str, Any]
    ) -> None:
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        tell(visit, **change)
        assert visit.custody.left_behind() == [("password_kept", "keyring")]
        visit.custody.wipe_left_behind()
        assert keyring.kept == {}
        assert stored(desk, visit)[-1] == ("wiped", {"fact": "password_kept", "place": "keyring"})
        before = list(keyring.asked)
        visit.custody.wipe_left_behind()
        assert keyring.asked == before

    def test_what_a_kill_has_left_behind_is_found_from_the_record_at_the_next_start(
        self, desk: Desk, visit: Visit, keyring: Keeper
    ) -> None:
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        tell(visit, password="lost")  # killed here, before anything could be wiped
        again = desk.resume(visit.row.id, ME)
        self.give(again, keyring)
        assert again.custody.left_behind() == [("password_kept", "keyring")]
        again.custody.wipe_left_behind()
        assert keyring.kept == {}
        third = desk.resume(visit.row.id, ME)
        assert third.custody.left_behind() == []

    def test_one_that_could_not_be_wiped_is_still_left_behind(self, desk: Desk, visit: Visit, keyring: Keeper) -> None:
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        tell(visit, password="lost")
        keyring.fault = "keyring.timed_out"
        before = stored(desk, visit)
        with pytest.raises(Fault, match=r"keyring\.timed_out"):
            visit.custody.wipe_left_behind()
        assert stored(desk, visit) == before
        assert visit.custody.left_behind() == [("password_kept", "keyring")]

    def test_a_new_one_in_the_same_place_leaves_nothing_behind(self, visit: Visit, keyring: Keeper) -> None:
        done(visit.keep_secret("password_kept", Secret("old"), "keyring", agreed="鈴木"))
        tell(visit, password="temporary")
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        assert visit.custody.left_behind() == []
        visit.custody.wipe_left_behind()
        assert keyring.kept == {PASSWORD: Secret(CANARY)}

    def test_one_that_moved_to_another_place_is_left_behind_in_the_first(self, visit: Visit, keyring: Keeper) -> None:
        memory = self.give(visit, keyring)
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        done(visit.keep_secret("password_kept", Secret(CANARY), "visit", agreed="鈴木"))
        assert visit.custody.left_behind() == [("password_kept", "keyring")]
        visit.custody.wipe_left_behind()
        assert (keyring.kept, set(memory.kept)) == ({}, {PASSWORD})

    def test_at_the_hand_over_every_one_may_be_wiped(self, visit: Visit, keyring: Keeper) -> None:
        memory = self.give(visit, keyring)
        done(visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木"))
        tell(visit, certificate="none", certificate_elsewhere="no", issuing_password="known")
        done(visit.keep_secret("issuing_password_kept", Secret(CANARY), "visit", agreed="鈴木"))
        visit.custody.wipe_all()
        assert (keyring.kept, memory.kept) == ({}, {})
        assert ("wipe", PASSWORD) in keyring.asked
        assert ("wipe", ISSUING) in memory.asked

    def test_who_lost_the_session_puts_nothing_on_record(self, desk: Desk, visit: Visit) -> None:
        desk.resume(visit.row.id, COLLEAGUE, take_over=True)
        with pytest.raises(Fault, match=r"lease\.lost"):
            visit.keep_secret("password_kept", Secret(CANARY), "keyring", agreed="鈴木")
        assert visit.answer_to("password_kept") is None


def test_two_offices_do_not_touch_each_other(desk: Desk, visit: Visit) -> None:
    other = desk.begin("13A2001231", "かもめデイ", "2023-05-26", ME)
    done(visit.move("go_terminal"))
    tell(other, office_kind="both")
    assert (visit.state, other.state) == ("terminal", "eligibility")
    assert visit.answer_to("office_kind") is None
    assert desk.journal.verify(visit.row.id) == 3
    assert instant(desk.now) == other.session.log[-1].at


def test_the_journal_is_given_back_unharmed(tmp_path: Path, desk: Desk, visit: Visit) -> None:
    reach(visit, "complete", **AGENT)
    visit.leave()
    desk.close()
    journal = Journal.open(tmp_path / "store", create=False)
    assert journal.verify(visit.row.id) == len(visit.session.log)
    assert journal.row(visit.row.id).listing.state == "complete"
    journal.close()
