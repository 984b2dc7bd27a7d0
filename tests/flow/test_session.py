"""A session is the sum of its events: what they carry, what reading them back gives, what is kept of the unknown."""

from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from states.flow.board import ENDS, WAITING, Status
from states.flow.events import Event, day, instant, moment
from states.flow.session import Answer, How, Session
from tests.flow.stories import (
    AGENT,
    ANOTHER_PC,
    EDITION,
    FIRST_VISIT,
    OFFICE,
    OFFICE_NAME,
    VALID_UNTIL,
    Clock,
    Said,
    Story,
    done,
    japan,
    partner,
    reach,
    settle,
    settled,
    some_stories,
    tell,
)

AT = instant(FIRST_VISIT)


def restored(events: list[Event]) -> Session:
    return Session.restore("s-1", OFFICE, OFFICE_NAME, EDITION, events)


def through_json(events: list[Event]) -> list[Event]:
    """The events as a store would hand them back."""
    return [Event(e.kind, e.at, e.actor, json.loads(json.dumps(e.body, allow_nan=False))) for e in events]


def answered(fact: str, value: str, at: int = AT, **body: Any) -> Event:
    return Event("answered", at, "佐藤", {"fact": fact, "value": value, "how": "attested", "host": "pc-1"} | body)


class TestReadingBack:
    def test_what_is_read_back_is_what_was(self) -> None:
        for story in some_stories(seed=11, many=60):
            again = restored(through_json(story.session.log))
            assert again.state == story.state
            assert again.answers == story.session.answers
            assert again.log == story.session.log
            assert list(again.answers) == list(story.session.answers)
            board, before = again.board(story.now), story.board()
            assert [board.status(s) for s in EDITION.order] == [before.status(s) for s in EDITION.order]

    def test_every_beginning_of_the_record_is_where_the_session_once_stood(self) -> None:
        story = Story()
        seen: list[tuple[str, dict[str, Answer]]] = []
        for step in EDITION.order:
            settle(story, step)
            seen.append((story.state, dict(story.session.answers)))
            log = story.session.log
            assert (restored(log).state, restored(log).answers) == seen[-1]
        cut = restored(story.session.log[:7])
        assert len(cut.log) == 7
        assert set(cut.answers) < set(story.session.answers)

    def test_everything_that_belongs_to_an_answer_comes_back(self) -> None:
        given = Answer(
            "usable",
            ["CN=1372345601", {"key": "yes"}],
            AT,
            "鈴木",
            How.MEASURED_THERE,
            host="受付PC",
            until=VALID_UNTIL,
            seen=("介護保険証明書", "鍵あり"),
        )
        session = Story().session
        [event] = through_json([session.answered("certificate", given)])
        session.apply(event)
        assert session.answers["certificate"] == given

    def test_what_would_be_once_something_is_stored_leaves_what_is_alone(self) -> None:
        story = settled("bills itself")
        before = (story.state, dict(story.session.answers), len(story.session.log))
        given = Answer("given", "事務室PC", AT)
        moved = Event("moved", AT, "佐藤", {"trigger": "go_terminal", "source": story.state, "dest": "terminal"})
        after = story.session.after([story.session.answered("pc", given), moved])
        assert (after.state, after.answers["pc"]) == ("terminal", given)
        assert "windows" not in after.answers
        assert (story.state, story.session.answers, len(story.session.log)) == before


class TestEventsCarryTheirEffects:
    def test_an_answer_names_what_it_withdraws_and_what_it_closes(self) -> None:
        story = Story()
        tell(story, billing="internet", kj_id="kj", password="lost", id_request="sent")
        event = story.session.answered("kj_id", Answer("kj", "KJ131399999999", AT))
        assert event.body["withdrawn"] == ["password"]
        assert event.body["closed"] == ["id_request"]
        event = story.session.answered("password", Answer("temporary", "", AT))
        assert "withdrawn" not in event.body
        assert event.body["closed"] == ["id_request"]

    def test_naming_them_is_all_it_takes_to_undo_them(self) -> None:
        session = restored([answered("pc", "given"), answered("edge", "newest"), answered("sites", "reached")])
        session.apply(answered("pc", "given", detail="B", withdrawn=["edge"], closed=["sites"]))
        assert set(session.answers) == {"pc"}

    def test_a_record_of_an_older_table_is_not_judged_anew(self) -> None:
        """The table of that day did not let the Edge fall with the PC: so it stands, whatever today's would say."""
        assert "edge" in EDITION.hanging({"edge"}, "pc")
        session = restored([answered("pc", "given"), answered("edge", "newest"), answered("pc", "given", detail="B")])
        assert session.answers["edge"].value == "newest"

    def test_a_movement_is_read_back_without_asking_whether_it_is_open(self) -> None:
        session = restored([Event("moved", AT, "佐藤", {"trigger": "go_handover", "source": "x", "dest": "handover"})])
        assert session.state == "handover"
        assert session.board(FIRST_VISIT).status("handover") is Status.NEEDS

    def test_an_answer_says_what_it_is_about_and_nothing_empty(self) -> None:
        event = Story().session.answered("office_kind", Answer("service", "", AT, "佐藤", host="pc-1"))
        assert event == Event(
            "answered", AT, "佐藤", {"fact": "office_kind", "value": "service", "how": "attested", "host": "pc-1"}
        )

    def test_an_answer_taken_back_is_an_event_of_its_own(self) -> None:
        story = Story()
        tell(story, pc="given", edge="newest")
        tell(story, pc=None)
        assert story.session.log[-1].body["value"] == ""
        assert story.session.log[-1].body["withdrawn"] == ["edge"]
        assert restored(story.session.log).answers == {}

    def test_taking_back_what_was_never_given_withdraws_nothing(self) -> None:
        event = Story().session.answered("pc", Answer("", "", AT))
        assert "withdrawn" not in event.body


class TestTheUnknown:
    @pytest.mark.parametrize("kind", ["visit", "left", "wiped", "note", "", "answered_2"])
    def test_an_event_of_an_unknown_kind_is_kept_and_changes_nothing(self, kind: str) -> None:
        story = settled("lost its password")
        before = dict(story.session.answers)
        event = Event(kind, AT, "佐藤", {"fact": "pc", "value": "x", "dest": "payment", "new": [1, {"a": None}]})
        again = restored([*story.session.log, event])
        assert (again.state, again.answers) == (story.state, before)
        assert again.log[-1] == event

    @pytest.mark.parametrize(
        ("fact", "value"), [("card_reader", "yes"), ("windows", "win12"), ("password", "one_time")]
    )
    def test_an_answer_this_table_does_not_know_is_kept_and_counts_for_nothing(self, fact: str, value: str) -> None:
        log = settled("bills itself").session.log
        session = restored([*log, answered(fact, value)])
        known = restored([*log, *([answered(fact, "")] if fact in EDITION.facts else [])])
        assert session.answers[fact].value == value
        for step in EDITION.order:
            assert session.board(FIRST_VISIT).status(step) == known.board(FIRST_VISIT).status(step)
        assert session.waits(FIRST_VISIT) == known.waits(FIRST_VISIT)

    def test_beside_an_unknown_answer_all_others_can_be_given_and_changed(self) -> None:
        session = restored([*settled("bills itself").session.log, answered("card_reader", "yes")])
        shown = session.consequences("pc", "given", "B", FIRST_VISIT)
        assert "windows" in shown.withdrawn
        session.apply(session.answered("pc", Answer("given", "B", AT)))
        assert "card_reader" in session.answers
        assert "windows" not in session.answers

    def test_an_unknown_value_is_mended_by_a_known_one(self) -> None:
        session = restored([answered("pc", "given"), answered("windows", "win12")])
        assert "windows.unanswered" in {r.code for r in EDITION.reasons("terminal", session.facts(FIRST_VISIT))}
        session.apply(session.answered("windows", Answer("win11", "", AT)))
        assert session.facts(FIRST_VISIT).has("windows", "win11")

    def test_a_way_of_knowing_that_is_not_known_here_counts_as_attested(self) -> None:
        session = restored([answered("edge", "newest", how="read_by_a_robot")])
        assert session.answers["edge"].how is How.ATTESTED

    @pytest.mark.parametrize("state", ["portal_registration", "", "Complete"])
    def test_a_step_this_table_does_not_have_leads_back_to_the_lobby_and_loses_nothing(self, state: str) -> None:
        log = settled("bills itself").session.log
        session = restored([*log, Event("moved", AT, "佐藤", {"trigger": "go", "source": "terminal", "dest": state})])
        assert session.state == WAITING
        assert session.answers == restored(list(log)).answers

    @pytest.mark.parametrize("state", [*EDITION.order, WAITING, *ENDS])
    def test_every_state_of_this_table_is_kept(self, state: str) -> None:
        assert restored([Event("moved", AT, "佐藤", {"dest": state})]).state == state


class TestHistory:
    def test_superseded_answers_stay_in_the_record_in_their_order(self) -> None:
        story = Story()
        reach(story, "certificate")
        for value in ("none", "usable", "wrong_kind"):
            story.clock.now += timedelta(minutes=1)
            tell(story, certificate=value)
        said = [e.body["value"] for e in story.session.log if e.body.get("fact") == "certificate"]
        assert said == ["none", "usable", "wrong_kind"]
        assert story.session.answers["certificate"].value == "wrong_kind"

    def test_who_answered_when_and_where_is_on_record(self) -> None:
        story = Story(Clock(japan(11, 8, 14, 2)), by="鈴木")
        tell(story, office_kind="both")
        answer = story.session.answers["office_kind"]
        assert (answer.by, moment(answer.at), answer.host) == ("鈴木", japan(11, 8, 14, 2), "pc-1")

    def test_partner_lists_and_other_details_are_kept_as_they_were_given(self) -> None:
        several = [partner("willing"), partner("undecided", "あおば訪問介護")]
        story = Story()
        tell(story, office_kind="service", partners=Said("some", several))
        assert restored(through_json(story.session.log)).answers["partners"].detail == several


class TestChasing:
    def test_it_is_noted_with_its_time_and_the_request_stays_as_old_as_it_is(self) -> None:
        story = Story()
        tell(story, kj_id="none", id_request="sent")
        story.clock.now = japan(11, 21)
        story.chase("id_request")
        answer = restored(through_json(story.session.log)).answers["id_request"]
        assert (answer.chased, answer.at) == (instant(japan(11, 21)), AT)

    def test_asking_anew_forgets_that_it_was_chased(self) -> None:
        story = Story()
        tell(story, kj_id="none", id_request="sent")
        story.chase("id_request")
        tell(story, id_request="sent")
        assert story.session.answers["id_request"].chased is None

    def test_chasing_what_is_not_there_changes_nothing(self) -> None:
        session = restored([Event("chased", AT, "佐藤", {"fact": "id_request"})])
        assert session.answers == {}


class TestDays:
    def test_until_is_the_last_day_on_which_a_certificate_counts(self) -> None:
        story = Story(Clock(japan(3, 30, year=2028)))
        reach(story, "certificate")
        tell(story, certificate=Said("usable", until=date(2028, 3, 30)))
        assert story.status("certificate") is Status.DONE
        story.clock.now = japan(3, 31, year=2028)
        settle(story, "terminal")
        assert story.status("certificate") is Status.STALE

    def test_until_is_the_day_on_which_something_agreed_is_expected(self) -> None:
        story = Story()
        reach(story, "client_app")
        tell(story, partner_ready="no", start_day=Said("agreed", until=date(2026, 12, 24)))
        wait = story.wait("start_day")
        assert wait is not None
        assert (wait.since, wait.expected) == (date(2026, 11, 6), date(2026, 12, 24))

    def test_a_day_is_one_of_the_japanese_calendar(self) -> None:
        assert day(japan(11, 6, 0, 0)) == date(2026, 11, 6)
        assert day(japan(11, 6, 0, 0).astimezone(UTC)) == date(2026, 11, 6)
        assert day(instant(japan(11, 6, 23, 59, 59))) == date(2026, 11, 6)

    def test_an_instant_is_kept_to_the_millisecond(self) -> None:
        now = japan(11, 6).replace(microsecond=123_000)
        assert moment(instant(now)) == now

    def test_a_clock_that_went_back_is_told_in_the_clocks_own_zone(self) -> None:
        story = Story()
        tell(story, office_kind="both")
        found = story.session.clock_went_back(japan(11, 1).astimezone(UTC))
        assert found == FIRST_VISIT
        assert found.utcoffset() == timedelta(0)

    def test_a_visit_that_began_later_than_now_is_found_too(self) -> None:
        session = restored([Event("visit", instant(japan(12, 1)), "佐藤", {})])
        assert session.clock_went_back(japan(11, 1)) == japan(12, 1)


class TestWhatIsClosed:
    def test_a_fact_is_answered_in_its_step_alone(self) -> None:
        story = Story()
        reasons = story.answer("pc", "given", "B")
        assert [(reason.code, reason.fact) for reason in reasons] == [("answer.not_here", "terminal")]
        assert story.session.log == []

    def test_a_fact_that_is_not_asked_takes_no_answer(self) -> None:
        story = Story()
        tell(story, kj_id="hd")
        assert [reason.code for reason in story.answer("password", "known")] == ["answer.not_asked"]

    def test_a_row_that_does_not_apply_takes_none(self) -> None:
        story = Story()
        reach(story, "careplan_certificate", **AGENT)
        story.session.state = "reinstall_certificate"
        assert story.answer("downloaded_again", "yes")

    def test_nothing_is_taken_back_while_a_need_is_lacking(self) -> None:
        """It could close the step under the technician, and only the clock may do that."""
        story = settled("does not know whether the application went through")
        tell(story, password="lost")
        done(story.move("go_application"))
        assert [reason.fact for reason in story.answer("completion", None)] == ["user_id", "real_password"]
        assert story.board().may_stand("application")

    def test_the_same_pc_is_no_other_answer_and_another_is(self) -> None:
        story = Story()
        tell(story, pc="given", edge="newest")
        assert not story.session.is_another("pc", "given", "受付PC")
        assert story.session.is_another("pc", "given", ANOTHER_PC.detail)
        assert story.session.is_another("pc", None, "")
        assert not story.session.is_another("windows", None, "")
        assert not story.session.is_another("edge", "newest", "131.0")
