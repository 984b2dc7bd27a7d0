"""The rules of the machine, one class each: what they say in words, said again by examples."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from states.flow.board import ENDS, OVER, WAITING, WORK, Board, Mark, Status, go, outcome_of
from states.flow.events import instant
from states.flow.facts import Facts, Meaning, Who
from states.flow.guards import Kind
from states.flow.machine import Mover
from states.flow.session import Answer, Session
from tests.flow.stories import (
    AGENT,
    ANOTHER_PC,
    EDITION,
    MOVER,
    OFFICES,
    VALID_UNTIL,
    Clock,
    Said,
    Saying,
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

ORDER = EDITION.order
CERTIFICATE_ROWS = ("issuing_password", "reinstall_certificate", "careplan_certificate")


class TestRule1OneMachineAnEdition:
    """One `transitions` machine an edition, no automatic transitions; what is done is derived, never stored twice."""

    def test_all_sessions_of_an_edition_are_models_of_the_same_machine_and_move_apart(self) -> None:
        one, other = Story(), Story()
        done(one.move("go_terminal"))
        assert one.session in MOVER.machine.models
        assert other.session in MOVER.machine.models
        assert (one.state, other.state) == ("terminal", "eligibility")

    def test_a_session_that_is_attached_stays_where_it_stands(self) -> None:
        session = Story().session
        session.state = "payment"
        Mover(EDITION).attach(session)
        assert session.state == "payment"

    def test_the_machine_has_the_states_and_triggers_of_the_table_and_no_others(self) -> None:
        machine = Mover(EDITION).machine
        assert set(machine.states) == {*ORDER, WAITING, *ENDS}
        assert set(machine.events) == {*map(go, ORDER), "park", "complete", "refuse", "abandon", "reopen"}

    def test_an_answer_changes_what_is_done_and_not_where_one_stands(self) -> None:
        story = Story()
        reach(story, "payment")
        assert story.status("payment") is Status.OPEN
        tell(story, payment="offset")
        assert (story.state, story.status("payment")) == ("payment", Status.DONE)
        tell(story, payment=None)
        assert (story.state, story.status("payment")) == ("payment", Status.OPEN)

    def test_where_one_stands_changes_no_status(self) -> None:
        story = settled("lost its password")
        before = {step: story.status(step) for step in ORDER}
        for step in ORDER:
            if not story.closed(go(step)):
                done(story.move(go(step)))
                assert {s: story.status(s) for s in ORDER} == before

    def test_the_same_facts_in_any_order_give_the_same_statuses(self) -> None:
        chance = random.Random(1)
        for story in some_stories(seed=1, many=40):
            answers = list(story.session.answers.items())
            chance.shuffle(answers)
            other = Session("s-2", "", "", EDITION)
            other.answers = dict(answers)
            board = other.board(story.now)
            assert [board.status(step) for step in ORDER] == [story.status(step) for step in ORDER]

    def test_movements_read_statuses_and_never_facts(self) -> None:
        for story in some_stories(seed=2, many=60):
            told = story.board()
            keys = (*ORDER, *EDITION.condition, *map(outcome_of, ORDER))
            blind = _Blind({key: next(s for s in (*Status, *Mark) if told.is_(key, s)) for key in keys})
            for source, trigger in (*MOVER.known, *((s, t) for s in MOVER.states for t in ("next", "back"))):
                assert MOVER.explain(source, trigger, blind) == MOVER.explain(source, trigger, told)

    def test_what_is_explained_as_open_the_machine_lets_through_and_nothing_else(self) -> None:
        for story in some_stories(seed=3, many=60):
            board = story.board()
            for row in MOVER.rows:
                for words in ("", "　", "閉院"):
                    explained = MOVER.explain(row.source, row.trigger, board, words)
                    assert bool(row.open_when(board, words)) == (not explained), (row, explained)

    def test_a_movement_that_the_table_does_not_have_here_is_told_so_and_moves_nothing(self) -> None:
        story = Story()
        for trigger in ("reopen", "go_nowhere", "to_complete"):
            assert story.closed(trigger) == [("move.not_from_here", "eligibility")]
            assert story.move(trigger)
        assert story.closed("go_eligibility") == [("move.here_already", "eligibility")]
        assert (story.state, story.session.log) == ("eligibility", [])


class _Blind(Board):
    """A board that knows statuses and has no facts."""

    def __init__(self, statuses: dict[str, str]) -> None:
        super().__init__(EDITION, Facts({}, {}))
        self._seen = statuses


class TestRule2AStepOpensAsSoonAsWhatItNeedsHolds:
    """No visit is wasted while a letter is in the post; needs are direct; an unknown may always be resolved."""

    def test_while_a_letter_is_in_the_post_one_goes_on_with_all_that_does_not_need_it(self) -> None:
        story = Story()
        reach(story, "user_id")
        tell(story, billing="agent", kj_id="none", id_request="sent")
        assert story.status("user_id") is Status.WAITING
        for step in ("eligibility", "care_software", "terminal"):
            assert story.status(step) is Status.OPEN
            settle(story, step)
            assert story.status(step) is Status.DONE
        assert story.status("certificate") is Status.OPEN
        assert story.status("application") is Status.NEEDS

    def test_a_step_opens_with_its_last_need_and_not_before(self) -> None:
        story = Story()
        settle(story, "terminal")
        tell(story, sites="not_reached")
        assert story.closed("go_certificate") == [("move.needs", "terminal")]
        tell(story, sites="reached")
        assert story.closed("go_certificate") == []

    def test_one_may_stand_in_what_is_open_waiting_blocked_or_done_and_where_a_refusal_is_mended(self) -> None:
        story = Story()
        settle(story, **AGENT | {"careplan_applied": "applied", "makes_plans": "billing_only"})
        allowed = {s.name: story.status(s.name) for s in EDITION.steps if story.board().may_stand(s.name)}
        assert allowed["care_software"] is Status.BLOCKED
        assert allowed["careplan_certificate"] is Status.WAITING
        assert allowed["terminal"] is Status.DONE
        for step in allowed:
            if step != story.state:
                done(story.move(go(step)))
        tell(story, partners="unwilling")
        assert story.status("eligibility") is Status.REFUSED
        assert story.board().may_stand("eligibility")

    @pytest.mark.parametrize(
        ("step", "code"),
        [("client_app", "needs"), ("reinstall_certificate", "skipped"), ("handover", "needs")],
    )
    def test_one_may_not_stand_in_what_needs_something_or_does_not_apply(self, step: str, code: str) -> None:
        story = settled("waits for its certificate")
        done(story.move("go_terminal"))
        assert not story.board().may_stand(step)
        assert {found for found, _ in story.closed(go(step))} == {f"move.{code}"}

    def test_needs_are_direct_what_a_need_needs_is_not_asked(self) -> None:
        story = Story()
        reach(story, "payment")
        tell(story, partners="undecided")  # the application needed a willing partner, and it was made
        assert story.status("eligibility") is Status.OPEN
        assert story.status("application") is Status.DONE
        assert story.status("payment") is Status.OPEN
        assert story.closed("go_payment") == []

    def test_what_is_done_stands_on_its_own_facts_when_a_need_goes(self) -> None:
        story = Story()
        reach(story, "client_app")
        settle(story, "payment")
        tell(story, kj_id=Said("kj", "KJ131399999999"))  # another ID: nothing has been applied for with it
        assert story.status("application") is Status.NEEDS
        assert story.status("payment") is Status.DONE
        assert story.closed("go_payment") == []
        assert story.status("client_app") is Status.NEEDS

    def test_an_unmet_need_keeps_new_answers_out(self) -> None:
        story = Story()
        reach(story, "client_app")
        tell(story, support_site="yes")
        settle(story, "terminal")
        tell(story, edge="old")
        story.session.state = "client_app"  # as the clock would leave it
        refused = story.answer("client_downloaded", "yes")
        assert [(reason.code, reason.fact) for reason in refused] == [("move.needs", "terminal")]
        assert not story.known("client_downloaded")

    @pytest.mark.parametrize(
        ("office", "fact", "value", "mishap"),
        [
            ("does not know whether it applied", "careplan_applied", "issued", {"password": "lost"}),
            ("does not know whether it applied", "careplan_applied", "not_yet", {"issuing_password": "lost"}),
            ("does not know whether the application went through", "completion", "seen", {"password": "lost"}),
            (
                "does not know whether the application went through",
                "completion",
                "not_seen",
                {"pc": ANOTHER_PC},
            ),
        ],
    )
    def test_resolving_an_unknown_is_never_closed_by_needs(
        self, office: str, fact: str, value: str, mishap: dict[str, Saying]
    ) -> None:
        story = settled(office)
        step = EDITION.facts[fact].step
        tell(story, **mishap)
        assert story.board().lacking(step)
        tell(story, **{fact: value})
        assert story.session.answers[fact].value == value

    def test_an_outcome_nobody_asked_for_yet_is_closed_by_needs(self) -> None:
        story = settled("lost its password")
        assert story.closed("go_application") == [("move.needs", "user_id"), ("move.needs", "real_password")]
        story.session.state = "application"
        assert story.answer("completion", "seen")


class TestRule3NextAndBack:
    """`next` passes no work by; `back` changes no fact; both resolve to a `go_<step>` with its guard."""

    def test_next_is_the_first_step_after_here_that_has_work(self) -> None:
        story = Story()
        assert story.leads("next") == "go_care_software"
        settle(story, "care_software")
        done(story.move("go_eligibility"))
        assert story.leads("next") == "go_terminal"

    def test_next_begins_again_at_the_top_and_never_leads_to_here(self) -> None:
        story = Story()
        settle(story, "terminal", "user_id", "certificate")
        done(story.move("go_user_id"))
        assert story.leads("next") == "go_eligibility"
        done(story.move("next"))
        assert story.leads("next") == "go_care_software"

    def test_next_passes_no_work_by(self) -> None:
        for story in some_stories(seed=4, many=60):
            for here in (*ORDER, WAITING):
                work = [step for step in ORDER if step != here and story.status(step) in WORK]
                refused = [step for step in ORDER if story.status(step) is Status.REFUSED]
                story.session.state = here
                if here in ORDER:
                    at = ORDER.index(here)
                    expected = [s for s in ORDER[at:] if s in work] + [s for s in ORDER[:at] if s in work]
                else:
                    expected = refused + work
                if expected:
                    assert story.leads("next") == go(expected[0])
                else:
                    assert story.leads("next") in ("", "park", "complete", *map(go, refused))

    def test_next_from_step_to_step_comes_by_all_the_work_there_is(self) -> None:
        story = settled("asked the vendor", Clock())
        story.clock.now += timedelta(days=8)
        work = {step for step in ORDER if story.status(step) in WORK}
        assert len(work) > 1
        seen = set()
        for _ in range(len(ORDER)):
            done(story.move("next"))
            seen.add(story.state)
        assert seen == work

    def test_next_is_closed_while_the_only_work_is_here(self) -> None:
        story = Story()
        reach(story, "handover")
        assert story.closed("next") == [("move.work_here", "handover")]

    def test_next_parks_when_nothing_but_waiting_is_left(self) -> None:
        story = settled("lost its password")
        assert story.leads("next") == "park"
        done(story.move("next"))
        assert story.state == WAITING
        assert story.closed("next") == [("move.only_waiting", WAITING)]

    def test_next_completes_when_all_is_done(self) -> None:
        story = settled("bills itself")
        assert story.leads("next") == "complete"
        done(story.move("next"))
        assert story.state == "complete"

    def test_next_leads_to_a_refusal_when_there_is_no_work(self) -> None:
        story = Story()
        reach(story, "application", terms="declined")
        settle(story, **OFFICES["declined the terms"])
        done(story.move("go_terminal"))
        assert story.leads("next") == "go_application"

    def test_back_is_the_nearest_earlier_step_one_may_stand_in(self) -> None:
        story = settled("bills itself")
        done(story.move("go_application"))
        assert story.leads("back") == "go_certificate"  # the rows between do not apply
        done(story.move("go_certificate"))
        assert story.leads("back") == "go_user_id"

    def test_back_changes_no_fact_and_the_way_there_and_back_restores_the_same(self) -> None:
        story = settled("bills itself")
        done(story.move("go_payment"))
        before = dict(story.session.answers)
        while story.leads("back"):
            done(story.move("back"))
        assert story.state == "eligibility"
        assert story.closed("back") == [("move.first_step", "eligibility")]
        done(story.move("go_payment"))
        assert story.session.answers == before

    def test_next_and_back_are_recorded_as_the_movement_they_stood_for(self) -> None:
        story = Story()
        done(story.move("next"))
        done(story.move("back"))
        assert [event.body["trigger"] for event in story.session.log] == ["go_care_software", "go_eligibility"]

    def test_next_and_back_always_resolve_to_a_movement_that_is_open(self) -> None:
        for story in some_stories(seed=5, many=60):
            for state in MOVER.states:
                if state in ORDER and not story.board().may_stand(state):
                    continue
                for trigger in ("next", "back"):
                    story.session.state = state
                    row = story.leads(trigger)
                    assert (story.closed(trigger) == []) == bool(row)
                    assert not row or story.closed(row) == []

    def test_what_a_closed_step_lacks_is_said_before_anyone_tries(self) -> None:
        story = Story()
        assert story.closed("go_client_app") == [
            ("move.needs", "terminal"),
            ("move.needs", "care_software"),
            ("move.needs", "application"),
            ("move.needs", "usable_certificate"),
        ]
        assert story.session.log == []


class TestRule4ChangingAnAnswer:
    """First it is shown what re-opens, then it is withdrawn and kept in the history; dormant facts stand again."""

    def test_asking_what_would_happen_changes_nothing(self) -> None:
        story = settled("bills itself")
        before = (dict(story.session.answers), list(story.session.log), story.state)
        assert story.session.consequences("pc", "given", "事務室PC", story.now).worth_asking
        assert (story.session.answers, story.session.log, story.state) == before

    def test_what_was_shown_is_what_falls(self) -> None:
        for story in some_stories(seed=6, many=40):
            now = story.now
            for fact in (EDITION.facts[name] for name in list(story.session.answers)):
                for value in fact.values:
                    shown = story.session.consequences(fact.name, value.name, "another", now)
                    known = {name for name in story.session.answers if story.known(name)}
                    given = Answer(value.name, "another", instant(now))
                    after = story.session.after([story.session.answered(fact.name, given)])
                    left = {name for name in after.answers if after.facts(now).known(name)}
                    gone = {*shown.withdrawn, *shown.dormant, *(n for n in shown.closed if n in known)}
                    assert known - left - {fact.name} == gone
                    assert set(shown.dormant) <= set(after.answers)
                    assert not {*shown.withdrawn, *shown.closed} & set(after.answers)

    def test_another_pc_reopens_what_was_measured_on_the_first_and_leaves_the_rest(self) -> None:
        story = Story()
        settle(story, **AGENT)
        shown = story.session.consequences("pc", "given", "事務室PC", story.now)
        measured = ("billing_pc", "windows", "edge", "sites", "certificate", "installed")
        put_there = ("support_site", "client_downloaded", "client_installed", "client_login")
        assert shown.withdrawn == (*measured, *put_there, "report", "secrets", "acknowledged")
        assert shown.dormant == ("certificate_elsewhere", "issuing_password", "careplan_applied")
        assert {"terminal", "certificate", "careplan_certificate", "client_app"} <= set(shown.reopened)
        assert shown.stays == ("eligibility", "care_software", "user_id", "application", "payment")

        tell(story, pc=ANOTHER_PC)
        settle(story, "terminal", billing_pc="no")
        tell(story, certificate="none")
        # Where the certificate is, the issuing password, and the application for a certificate need no second asking.
        assert story.status("certificate") is Status.DONE
        assert story.status("issuing_password") is Status.DONE
        assert set(story.codes("careplan_certificate")) == {"installed.unanswered"}

    def test_a_contradiction_that_a_changed_answer_would_make_is_shown_too(self) -> None:
        story = Story()
        settle(story, **AGENT)
        shown = story.session.consequences("billing_pc", "yes", "", story.now)
        assert "user_id" in shown.reopened
        assert "user_id" not in shown.stays

    def test_a_withdrawn_answer_is_kept_in_the_history_as_superseded(self) -> None:
        story = Story()
        reach(story, "certificate")
        tell(story, pc=ANOTHER_PC)
        event = story.session.log[-1]
        assert set(event.body["withdrawn"]) == {"billing_pc", "windows", "edge", "sites"}
        first = [e.body for e in story.session.log if e.kind == "answered" and e.body["fact"] == "pc"]
        assert [body["detail"] for body in first] == ["受付PC", "事務室PC"]
        assert any(e.body.get("fact") == "edge" for e in story.session.log)

    def test_what_hangs_on_what_fell_falls_too(self) -> None:
        story = settled("bills itself")
        tell(story, kj_id=Said("kj", "KJ131399999999"))
        for name in ("password", "login", "terms", "completion", "client_login", "report", "acknowledged"):
            assert name not in story.session.answers
        assert "client_installed" in story.session.answers

    def test_a_fact_that_is_no_longer_asked_counts_for_nothing(self) -> None:
        story = Story()
        tell(story, office_kind="both", commissioned="yes")
        assert story.status("eligibility") is Status.REFUSED
        tell(story, office_kind="service", partners="willing")
        assert not story.known("commissioned")
        assert story.status("eligibility") is Status.DONE

    def test_a_dormant_fact_stands_again_when_it_is_asked_again(self) -> None:
        story = Story()
        tell(story, office_kind="both", commissioned="no")
        first = story.session.answers["commissioned"]
        tell(story, office_kind="service", partners="willing")
        assert not story.known("commissioned")
        tell(story, office_kind="home_care_support", partners="willing")
        assert story.session.answers["commissioned"] == first
        assert story.status("eligibility") is Status.DONE

    def test_a_dormant_fact_does_not_stand_again_when_what_it_is_about_has_changed(self) -> None:
        story = Story()
        reach(story, "careplan_certificate", **AGENT)
        tell(story, certificate="usable")
        assert "issuing_password" in story.session.answers
        assert not story.known("issuing_password")
        tell(story, kj_id=Said("kj", "KJ131399999999"))
        settle(story, "user_id", **AGENT)
        tell(story, certificate="none")
        assert not story.known("issuing_password")
        assert story.status("issuing_password") is Status.OPEN

    def test_a_wait_of_a_dormant_request_is_not_listed(self) -> None:
        story = settled("waits for its certificate")
        assert story.wait("careplan_applied")
        tell(story, certificate="usable")
        assert story.wait("careplan_applied") is None
        tell(story, certificate="none")
        assert story.wait("careplan_applied")

    def test_measuring_the_same_value_again_only_refreshes_its_date(self) -> None:
        story = settled("bills itself")
        before = dict(story.session.answers)
        story.clock.now += timedelta(days=1)
        shown = story.session.consequences("sites", "reached", "2.1 s", story.now)
        assert not shown.worth_asking
        tell(story, sites=Said("reached", "2.1 s"))
        assert set(story.session.answers) == set(before)
        changed = {name for name, answer in story.session.answers.items() if answer != before[name]}
        assert changed == {"sites"}
        assert story.session.answers["sites"].at == instant(story.now)
        assert "withdrawn" not in story.session.log[-1].body

    @pytest.mark.parametrize(("fact", "detail"), [("pc", "B"), ("kj_id", "KJ131399999999"), ("partners", [])])
    def test_another_pc_id_or_partner_list_is_another_answer_under_the_same_value(
        self, fact: str, detail: object
    ) -> None:
        story = settled("bills itself")
        value = story.session.answers[fact].value
        assert story.session.is_another(fact, value, detail)
        assert not story.session.is_another(fact, value, story.session.answers[fact].detail)
        assert story.session.consequences(fact, value, detail, story.now).withdrawn

    def test_taking_an_answer_back_withdraws_what_hung_on_it(self) -> None:
        story = settled("bills itself")
        tell(story, terms=None)
        assert not story.known("terms")
        assert "completion" not in story.session.answers
        assert "completion" in story.session.log[-1].body["withdrawn"]

    def test_one_may_change_ones_mind_about_what_another_answer_has_closed(self) -> None:
        story = Story()
        reach(story, "certificate")
        tell(story, certificate="none", certificate_elsewhere="other_pc")
        reach(story, "reinstall_certificate")
        tell(story, downloaded_again="yes")
        tell(story, certificate_elsewhere="no")
        assert story.status("reinstall_certificate") is Status.SKIPPED
        tell(story, certificate_elsewhere="other_pc")
        assert story.known("downloaded_again")


# What is asked of whom: what has to be said before, the request, the day it is expected, the first day it is overdue.
Row = tuple[str, dict[str, Saying], str, int, int]
WAITS: list[Row] = [
    ("eligibility", {"office_kind": "service", "partners": "undecided"}, "partner_asked", 14, 22),
    ("care_software", {"makes_plans": "yes"}, "interface", 7, 10),
    ("user_id", {"billing": "internet", "kj_id": "none"}, "id_request", 14, 17),
    ("user_id", {"billing": "internet", "kj_id": "kj", "password": "lost"}, "id_request", 14, 17),
    ("issuing_password", {"issuing_password": "lost"}, "issuing_request", 14, 17),
    ("careplan_certificate", {}, "careplan_applied", 30, 38),
]
PARTNER, VENDOR, LETTER, LOST_PASSWORD, ISSUING, ISSUE = WAITS
AGREED = Said("agreed", until=date(2026, 12, 1))
ANSWERS = {"partner_asked": "asked", "interface": "asked", "careplan_applied": "applied"}


def waiting_for(step: str, said: dict[str, Saying], request: str, *_: int) -> Story:
    """A session of 6 November in which that request was made, and nothing in its step is left but to wait."""
    story = Story(Clock(japan(11, 6, 15)))
    reach(story, step, **AGENT if step in CERTIFICATE_ROWS else {})
    tell(story, **said, **{request: ANSWERS.get(request, "sent")})
    return story


class TestRule5Waits:
    """A wait ends when the awaited fact is answered; due and overdue are work; informational waits hold nothing up."""

    @pytest.mark.parametrize(("step", "said", "request_", "due", "overdue"), WAITS)
    def test_it_is_awaited_then_due_then_after_the_grace_overdue(
        self, step: str, said: dict[str, Saying], request_: str, due: int, overdue: int
    ) -> None:
        story = waiting_for(step, said, request_)
        start = date(2026, 11, 6)
        for days in range(overdue + 2):
            story.clock.now = datetime.combine(start + timedelta(days=days), story.now.timetz())
            state, kind, status = (
                ("overdue", Kind.FIX, Status.OPEN)
                if days >= overdue
                else ("due", Kind.ASK, Status.OPEN)
                if days >= due
                else ("awaited", Kind.WAIT, Status.WAITING)
            )
            assert story.codes(step) == {f"{request_}.{state}": kind}, days
            assert story.status(step) is status
            wait = story.wait(request_)
            assert wait is not None
            assert (wait.since, wait.expected) == (start, start + timedelta(days=due))
            assert (wait.due, wait.overdue) == (days >= due, days >= overdue)
            assert wait.holds_up

    def test_it_is_due_from_midnight_in_japan_on(self) -> None:
        story = waiting_for(*LETTER)
        story.clock.now = japan(11, 19, 23, 59, 59)
        assert story.status("user_id") is Status.WAITING
        story.clock.now = japan(11, 20, 0)
        assert set(story.codes("user_id")) == {"id_request.due"}

    @pytest.mark.parametrize("days", [0, 3, 14, 40])
    @pytest.mark.parametrize(
        ("request_", "answers"),
        [
            (PARTNER, {"partners": "willing"}),
            (LETTER, {"kj_id": "kj"}),
            (LOST_PASSWORD, {"password": "temporary"}),
            (ISSUING, {"issuing_password": "known"}),
        ],
    )
    def test_the_awaited_answer_ends_the_wait_on_any_day_and_closes_the_request(
        self, days: int, request_: Row, answers: dict[str, Saying]
    ) -> None:
        step, said, request, *_ = request_
        story = waiting_for(step, said, request)
        story.clock.now += timedelta(days=days)
        settle(story, "terminal", "certificate", **AGENT if step in CERTIFICATE_ROWS else {})
        [name] = answers
        value = answers[name]
        assert isinstance(value, str)
        shown = story.session.consequences(name, value, "new", story.now)
        assert shown.closed == (request,)
        assert request not in shown.withdrawn
        tell(story, **answers)
        body = story.session.log[-1].body
        assert body["closed"] == [request]
        assert request not in body.get("withdrawn", ())
        assert story.wait(request) is None
        assert not any(code.startswith(request) for code in story.codes(step))

    @pytest.mark.parametrize("days", [1, 50])
    @pytest.mark.parametrize(("fact", "value"), [("interface", "yes"), ("careplan_applied", "issued")])
    def test_what_is_its_own_request_ends_with_its_answer(self, days: int, fact: str, value: str) -> None:
        row = {"interface": VENDOR, "careplan_applied": ISSUE}[fact]
        story = waiting_for(*row)
        story.clock.now += timedelta(days=days)
        settle(story, "terminal", "certificate", **AGENT if row[0] in CERTIFICATE_ROWS else {})
        tell(story, **{fact: value})
        assert story.wait(fact) is None

    def test_a_letter_that_came_needs_no_warning(self) -> None:
        story = waiting_for(*LETTER)
        assert not story.session.consequences("kj_id", "kj", "KJ131372345601", story.now).worth_asking

    def test_taking_back_the_answer_that_made_one_ask_closes_nothing(self) -> None:
        story = waiting_for(*LETTER)
        assert story.session.consequences("kj_id", None, "", story.now).withdrawn == ("id_request",)
        tell(story, kj_id=None)
        assert story.session.log[-1].body["withdrawn"] == ["id_request"]
        assert "closed" not in story.session.log[-1].body

    def test_asked_once_in_vain_it_is_overdue_before_its_grace_has_passed(self) -> None:
        story = waiting_for(*LETTER)
        story.clock.now = japan(11, 20)
        assert set(story.codes("user_id")) == {"id_request.due"}
        story.chase("id_request")
        assert story.codes("user_id") == {"id_request.overdue": Kind.FIX}
        assert next(r.who for r in story.reasons("user_id")) is Who.FEDERATION

    @pytest.mark.parametrize("days", [14, 20])
    def test_due_and_overdue_are_work_that_next_leads_to(self, days: int) -> None:
        story = waiting_for(*LETTER)
        settle(story, **{"kj_id": "none"})
        done(story.move("park"))
        story.clock.now += timedelta(days=days)
        settle(story, "terminal", "certificate")
        assert story.state == "terminal"
        assert story.leads("next") == "go_user_id"
        assert ("move.work_left", "terminal") in story.closed("park")

    def test_asking_again_starts_a_new_wait_and_keeps_the_old_one_in_the_history(self) -> None:
        story = waiting_for(*LETTER)
        story.clock.now = japan(11, 25)
        story.chase("id_request")
        assert set(story.codes("user_id")) == {"id_request.overdue"}
        tell(story, id_request="sent")
        wait = story.wait("id_request")
        assert wait is not None
        assert (wait.since, wait.expected, wait.due, wait.overdue) == (
            date(2026, 11, 25),
            date(2026, 12, 9),
            False,
            False,
        )
        assert story.status("user_id") is Status.WAITING
        asked = [e.at for e in story.session.log if e.kind == "answered" and e.body["fact"] == "id_request"]
        assert asked == [instant(japan(11, 6, 15)), instant(japan(11, 25))]

    @pytest.mark.parametrize("days", [0, 14, 30, 200])
    @pytest.mark.parametrize(
        ("step", "said", "fact", "expected"),
        [
            ("payment", {"payment": "invoice", "invoice": "requested", "invoice_told": "yes"}, "invoice", 30),
            ("client_app", {"partner_ready": "no", "start_day": "asked"}, "start_day", 14),
            (
                "client_app",
                {"partner_ready": "no", "start_day": AGREED},
                "start_day",
                25,
            ),
            (
                "eligibility",
                {"office_kind": "both", "partners": "some", "partner_asked": "asked"},
                "partner_asked",
                14,
            ),
        ],
    )
    def test_an_informational_wait_is_listed_and_holds_nothing_up(
        self, days: int, step: str, said: dict[str, Saying], fact: str, expected: int
    ) -> None:
        story = Story()
        reach(story, step)
        tell(story, **said)
        settle(story, step)
        story.clock.now += timedelta(days=days)
        wait = story.wait(fact)
        assert wait is not None
        assert not wait.holds_up
        assert wait.expected == date(2026, 11, 6) + timedelta(days=expected)
        assert wait.due == (days >= expected)
        assert story.status(step) is Status.DONE

    def test_an_informational_wait_is_no_ground_to_park_and_does_not_stand_in_the_way_of_the_end(self) -> None:
        story = Story()
        settle(story, payment="invoice", partner_ready="no", start_day="asked", partners="some", partner_asked="asked")
        assert len(story.session.waits(story.now)) == 3
        assert ("move.nothing_awaited", "handover") in _closed_park(story)
        done(story.move("complete"))

    def test_once_the_office_decides_to_go_on_nobody_waits_for_the_partner(self) -> None:
        story = waiting_for(*PARTNER)
        tell(story, go_on_undecided="yes")
        assert story.status("eligibility") is Status.DONE
        wait = story.wait("partner_asked")
        assert wait is not None
        assert not wait.holds_up

    def test_waits_are_listed_the_earliest_expected_first_and_what_holds_up_before_what_does_not(self) -> None:
        story = Story()
        settle(story, **{"partners": "some", "partner_asked": "asked", "interface": "asked", "kj_id": "none"})
        listed = [(wait.fact, wait.holds_up) for wait in story.session.waits(story.now)]
        assert listed == [("interface", True), ("id_request", True), ("partner_asked", False)]


def _closed_park(story: Story) -> list[tuple[str, str]]:
    done(story.move("go_payment"))
    closed = story.closed("park")
    done(story.move("go_handover"))
    return [(code, "handover") for code, _ in closed]


class TestRule6Park:
    """When no work is left and something is waiting or blocked; the card is shown whenever something is awaited."""

    @pytest.mark.parametrize(
        "office", ["lost its password", "waits for its certificate", "has software that only bills", "asked the vendor"]
    )
    def test_one_parks_when_what_is_left_waits_or_is_blocked(self, office: str) -> None:
        story = settled(office)
        assert story.closed("park") == []
        done(story.move("park"))
        assert story.state == WAITING

    def test_one_does_not_park_while_work_is_left(self) -> None:
        story = Story()
        tell(story, kj_id="none", id_request="sent", billing="internet")
        assert story.closed("park") == [("move.work_left", "user_id")]

    def test_one_does_not_park_while_a_refusal_stands(self) -> None:
        story = Story()
        settle(story, **{"makes_plans": "billing_only", "password": "lost"})
        tell(story, partners="unwilling")
        assert ("move.refusal_stands", "eligibility") in story.closed("park")

    def test_one_does_not_park_when_nothing_is_awaited(self) -> None:
        story = settled("bills itself")
        done(story.move("go_payment"))
        assert story.closed("park") == [("move.nothing_awaited", "payment")]

    def test_work_that_the_clock_brings_leads_out_of_the_lobby_again(self) -> None:
        story = settled("lost its password")
        done(story.move("park"))
        assert story.leads("next") == ""
        story.clock.now += timedelta(days=1)
        assert story.leads("next") == "go_terminal"

    def test_from_the_lobby_back_leads_to_what_waits(self) -> None:
        story = settled("lost its password")
        done(story.move("park"))
        assert story.leads("back") == "go_user_id"

    def test_a_visit_may_be_left_anywhere_and_what_is_awaited_is_known_there(self) -> None:
        story = Story()
        tell(story, kj_id="none", id_request="sent", billing="internet")
        done(story.move("go_terminal"))
        assert [wait.fact for wait in story.session.waits(story.now)] == ["id_request"]


class TestRule7Staleness:
    """Each kind of fact holds for its time; only the clock closes a step under the technician."""

    @pytest.mark.parametrize(
        ("fact", "last", "first"),
        [
            ("sites", japan(11, 6, 23, 59, 59), japan(11, 7, 0)),
            ("windows", japan(11, 12, 23, 59, 59), japan(11, 13, 0)),
            ("edge", japan(11, 12, 23, 59, 59), japan(11, 13, 0)),
        ],
    )
    def test_what_was_measured_holds_for_its_days_of_the_japanese_calendar(
        self, fact: str, last: datetime, first: datetime
    ) -> None:
        story = Story(Clock(japan(11, 6, 0, 1)))
        reach(story, "certificate")
        story.clock.now = last
        assert f"{fact}.stale" not in story.codes("terminal")
        story.clock.now = first
        assert story.codes("terminal")[f"{fact}.stale"] is Kind.STALE
        assert story.status("terminal") is Status.STALE

    def test_midnight_is_japans_wherever_the_clock_of_the_pc_stands(self) -> None:
        story = Story(Clock(datetime(2026, 11, 6, 14, 30, tzinfo=UTC)))  # 23:30 in Japan
        reach(story, "certificate")
        story.clock.now = datetime(2026, 11, 6, 14, 59, tzinfo=UTC)
        assert story.status("terminal") is Status.DONE
        story.clock.now = datetime(2026, 11, 6, 15, 0, tzinfo=UTC)  # the same day in UTC, the next one in Japan
        assert set(story.codes("terminal")) == {"sites.stale"}
        story.clock.now = datetime(2026, 11, 6, 4, 59, tzinfo=timezone(timedelta(hours=-10)))
        assert story.status("terminal") is Status.DONE

    @pytest.mark.parametrize(
        ("fact", "other"),
        [
            ("certificate", {}),
            ("certificate_attested", {"certificate": "unclear"}),
            ("installed", AGENT),
            ("installed_attested", AGENT | {"installed": "unclear"}),
            ("reinstalled", AGENT | {"certificate_elsewhere": "other_pc"}),
            ("reinstalled_attested", AGENT | {"certificate_elsewhere": "other_pc", "reinstalled": "unclear"}),
        ],
    )
    def test_a_certificate_measured_or_attested_holds_to_its_last_day(
        self, fact: str, other: dict[str, Saying]
    ) -> None:
        story = Story()
        reach(story, "application", **other)
        step = EDITION.facts[fact].step
        story.clock.now = japan(3, 31, 23, 59, 59, year=2028)
        assert story.status(step) is Status.DONE
        assert story.board().is_("usable_certificate", Mark.HOLDS)
        story.clock.now = japan(4, 1, 0, year=2028)
        assert set(story.codes(step)) == {f"{fact}.stale"}
        assert story.board().is_("usable_certificate", Mark.LACKS)

    def test_other_answers_hold_without_limit(self) -> None:
        story = settled("bills itself")
        story.clock.now += timedelta(days=366)
        told = {code for step in ORDER for code in story.codes(step)}
        assert told == {"windows.stale", "edge.stale", "sites.stale"}

    def test_what_is_not_there_has_no_last_day(self) -> None:
        story = Story()
        reach(story, "certificate")
        tell(story, certificate="none", certificate_elsewhere="no")
        story.clock.now += timedelta(days=3000)
        assert story.codes("certificate") == {}

    def test_on_resume_only_what_is_stale_is_asked_again_by_name(self) -> None:
        story = settled("waits for its certificate")
        done(story.move("park"))
        story.clock.now += timedelta(days=2)
        assert {code for step in ORDER for code in story.codes(step) if not code.endswith("unanswered")} == {
            "sites.stale",
            "careplan_applied.awaited",
        }
        assert story.leads("next") == "go_terminal"
        tell(story, sites="reached")
        assert story.status("terminal") is Status.DONE

    def test_only_the_clock_closes_a_step_under_the_technician(self) -> None:
        """No answer closes the step in which it is given."""
        for story in some_stories(seed=7, many=40):
            for fact in EDITION.facts.values():
                if fact.clock or not story.board().may_stand(fact.step):
                    continue
                story.session.state = fact.step
                if story.session.closed_to(fact.name, story.board()):
                    continue
                back = [] if story.session.closed_to(fact.name, story.board(), taking_back=True) else [""]
                for value in (*(value.name for value in fact.values), *back):
                    given = Answer(value, "x", instant(story.now), until=VALID_UNTIL)
                    after = story.session.after([story.session.answered(fact.name, given)])
                    assert after.board(story.now).may_stand(fact.step), (fact.name, value)

    def test_what_the_clock_has_closed_refuses_answers_with_the_reason_and_next_leads_to_the_cause(self) -> None:
        story = Story(Clock(japan(11, 6, 23, 50)))
        reach(story, "certificate")
        story.clock.now = japan(11, 7, 0, 5)
        assert story.status("certificate") is Status.NEEDS
        assert story.state == "certificate"
        refused = story.answer("certificate", "usable", until=VALID_UNTIL)
        assert [(reason.code, reason.fact) for reason in refused] == [("move.needs", "terminal")]
        assert not story.known("certificate")
        settle(story, "eligibility", "care_software", "user_id")
        story.session.state = "certificate"
        assert story.leads("next") == "go_terminal"
        done(story.move("next"))
        assert [r.code for r in story.reasons("terminal")] == ["sites.stale"]
        tell(story, sites="reached")
        done(story.move("go_certificate"))
        done(story.answer("certificate", "usable", until=VALID_UNTIL))

    def test_what_is_done_stays_done_when_only_a_need_grows_stale(self) -> None:
        story = settled("bills itself")
        story.clock.now += timedelta(days=1)
        assert story.status("terminal") is Status.STALE
        assert story.status("certificate") is Status.DONE
        assert story.status("client_app") is Status.DONE


class TestRule8AClockThatWentBackwards:
    """A finding shown, not a crash: a result dated later than now is stale, and no wait ends by it."""

    def test_it_is_found_with_the_latest_moment_on_record(self) -> None:
        story = settled("bills itself")
        assert story.session.clock_went_back(story.now) is None
        story.clock.now = japan(11, 5)
        assert story.session.clock_went_back(story.now) == japan(11, 6)

    def test_an_empty_record_finds_nothing(self) -> None:
        assert Story().session.clock_went_back(japan(1, 1)) is None

    @pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(days=1), timedelta(days=4000)])
    def test_results_dated_later_than_now_are_stale(self, back: timedelta) -> None:
        story = Story()
        reach(story, "application")
        story.clock.now -= back
        assert set(story.codes("terminal")) == {"windows.stale", "edge.stale", "sites.stale"}
        assert set(story.codes("certificate")) == {"certificate.stale"}

    def test_no_wait_ends_and_none_falls_due(self) -> None:
        story = waiting_for(*LETTER)
        for now in (japan(11, 5), japan(1, 1, year=1990), japan(1, 1, year=1970)):
            story.clock.now = now
            wait = story.wait("id_request")
            assert wait is not None
            assert (wait.expected, wait.due, wait.overdue) == (date(2026, 11, 20), False, False)
            assert story.status("user_id") is Status.WAITING

    def test_having_asked_in_vain_later_than_now_does_not_count_yet(self) -> None:
        story = waiting_for(*LETTER)
        story.clock.now = japan(11, 21)
        story.chase("id_request")
        story.clock.now = japan(11, 20)
        assert set(story.codes("user_id")) == {"id_request.due"}

    def test_everything_can_still_be_answered_and_moved(self) -> None:
        story = settled("lost its password")
        story.clock.now = japan(1, 1, year=2001)
        settle(story, "terminal", "certificate")
        assert story.status("terminal") is Status.DONE
        done(story.move("park"))


class TestRule9Ends:
    """Complete, refused, abandoned; `reopen` leads from any of them to `waiting`."""

    def test_complete_is_checked_at_the_transition_and_names_every_step_that_is_not_done(self) -> None:
        story = settled("bills itself")
        story.clock.now += timedelta(days=1)
        assert story.closed("complete") == [("move.not_done", "terminal")]
        story = settled("lost its password")
        assert [step for _, step in story.closed("complete")] == [s for s in ORDER if story.status(s) not in OVER]

    def test_complete_is_not_checked_afterwards(self) -> None:
        story = Story()
        reach(story, "complete")
        story.clock.now += timedelta(days=1000)
        assert story.state == "complete"
        assert not story.board().all(*OVER)

    @pytest.mark.parametrize("name", [name for name, fact in EDITION.facts.items() if not fact.clock])
    def test_complete_is_closed_while_any_needed_answer_is_missing(self, name: str) -> None:
        for office in ("bills itself", "bills through an agent", "has its certificate elsewhere", "pays by invoice"):
            story = settled(office)
            fact = EDITION.facts[name]
            facts = story.session.facts(story.now)
            if not facts.known(name) or not fact.needed(facts):
                continue
            del story.session.answers[name]
            assert ("move.not_done", fact.step) in story.closed("complete")

    @pytest.mark.parametrize(
        ("fact", "value"),
        [(f.name, v.name) for f in EDITION.facts.values() for v in f.values if v.meaning is Meaning.REFUSE],
    )
    def test_refused_is_what_a_facts_value_says(self, fact: str, value: str) -> None:
        story = Story()
        step = EDITION.facts[fact].step
        reach(story, step, office_kind="both")
        settle(story, step, office_kind="both")
        assert story.closed("refuse") == [("move.no_refusal", step)]
        tell(story, **{fact: value})
        assert story.status(step) is Status.REFUSED
        assert story.codes(step)[f"{fact}.{value}"] is Kind.REFUSE
        done(story.move("refuse"))
        assert story.state == "refused"

    def test_what_has_been_refused_before_all_else_leaves_nothing_open(self) -> None:
        story = Story()
        tell(story, office_kind="both", commissioned="yes")
        assert {s for s in ORDER if story.board().may_stand(s)} == {"eligibility"}
        assert story.status("care_software") is Status.NEEDS

    @pytest.mark.parametrize("words", ["", "   ", "　"])
    def test_abandoned_needs_a_persons_reason(self, words: str) -> None:
        story = Story()
        assert story.closed("abandon", words) == [("move.reason_missing", "eligibility")]
        assert story.move("abandon", words)
        assert story.state == "eligibility"

    @pytest.mark.parametrize("state", [*ORDER, WAITING])
    def test_abandoned_is_open_everywhere_and_its_reason_travels_with_the_move(self, state: str) -> None:
        story = Story()
        story.session.state = state
        done(story.move("abandon", "事業所が見送り"))
        assert story.state == "abandoned"
        assert story.session.log[-1].body["words"] == "事業所が見送り"

    @pytest.mark.parametrize("end", ENDS)
    def test_an_end_is_left_by_reopen_alone_and_that_leads_to_the_lobby(self, end: str) -> None:
        story = Story()
        story.session.state = end
        for trigger in (*map(go, ORDER), "park", "complete", "refuse", "abandon", "next", "back"):
            assert story.closed(trigger, "理由") == [("move.not_from_here", end)]
        assert story.session.closed_to("office_kind", story.board())
        done(story.move("reopen"))
        assert story.state == WAITING

    def test_reopen_is_for_ends_only(self) -> None:
        story = Story()
        for state in (*ORDER, WAITING):
            story.session.state = state
            assert story.closed("reopen") == [("move.not_from_here", state)]

    @pytest.mark.parametrize(
        ("step", "said", "mended"),
        [
            ("eligibility", {"office_kind": "both", "commissioned": "yes"}, {"commissioned": "no"}),
            ("eligibility", {"office_kind": "service", "partners": "unwilling"}, {"partners": "willing"}),
            ("application", {"terms": "declined"}, {"terms": "agreed"}),
        ],
    )
    def test_after_reopening_next_points_at_the_step_that_refused(
        self, step: str, said: dict[str, Saying], mended: dict[str, Saying]
    ) -> None:
        story = Story()
        reach(story, step)
        tell(story, **said)
        done(story.move("refuse"))
        done(story.move("reopen"))
        assert story.leads("next") == go(step)
        done(story.move("next"))
        tell(story, **mended)
        assert story.status(step) is not Status.REFUSED

    def test_after_reopening_next_points_at_the_refusal_even_while_there_is_other_work(self) -> None:
        story = Story()
        reach(story, "application")
        tell(story, terms="declined")
        assert story.status("care_software") is Status.OPEN
        done(story.move("refuse"))
        done(story.move("reopen"))
        assert story.leads("next") == "go_application"
        done(story.move("next"))
        assert story.leads("next") == "go_care_software"

    def test_a_completed_session_that_is_reopened_takes_up_what_has_grown_stale(self) -> None:
        story = Story()
        reach(story, "complete")
        story.clock.now += timedelta(days=3)
        done(story.move("reopen"))
        assert story.leads("next") == "go_terminal"
        settle(story, "terminal")
        done(story.move("next"))
        assert story.state == "complete"


class TestRule10AnUnknownOutcome:
    """A value of its own, to be looked up, never a guess; a completion once seen does not depend on a later login."""

    @pytest.mark.parametrize(
        ("office", "fact"),
        [
            ("does not know whether it applied", "careplan_applied"),
            ("does not know whether the application went through", "completion"),
        ],
    )
    def test_it_is_something_to_mend_and_neither_done_nor_waited_for(self, office: str, fact: str) -> None:
        story = settled(office)
        step = EDITION.facts[fact].step
        assert story.codes(step) == {f"{fact}.unknown": Kind.FIX}
        assert story.status(step) is Status.OPEN
        assert story.wait(fact) is None
        assert story.board().is_(outcome_of(step), Mark.UNKNOWN)

    @pytest.mark.parametrize("resolved", ["seen", "not_seen", "unknown"])
    def test_it_may_always_be_resolved_either_way(self, resolved: str) -> None:
        story = settled("does not know whether the application went through")
        tell(story, password="lost")
        assert story.status("application") is Status.OPEN
        tell(story, completion=resolved)
        assert story.session.answers["completion"].value == resolved

    def test_an_outcome_that_was_seen_may_be_looked_at_again_although_a_need_is_gone(self) -> None:
        story = Story()
        reach(story, "application")
        settle(story, "application", completion="not_seen")
        tell(story, password="lost")
        assert story.status("application") is Status.NEEDS
        tell(story, completion="seen")
        assert story.status("application") is Status.DONE

    @pytest.mark.parametrize("login", ["failed", "locked", None])
    def test_a_completion_once_seen_does_not_depend_on_a_later_login(self, login: str | None) -> None:
        story = Story()
        reach(story, "payment")
        tell(story, login=login)
        assert story.status("application") is Status.DONE
        assert story.status("payment") is Status.OPEN

    def test_a_completion_once_seen_survives_another_password(self) -> None:
        story = Story()
        reach(story, "payment")
        tell(story, password="lost")
        assert "login" not in story.session.answers
        assert story.status("application") is Status.DONE

    @pytest.mark.parametrize("login", ["failed", "locked"])
    def test_before_the_completion_was_seen_a_failed_login_counts(self, login: str) -> None:
        story = Story()
        reach(story, "application")
        tell(story, login=login, terms="agreed", completion="not_seen")
        assert f"login.{login}" in story.codes("application")


class TestRule11Contradictions:
    """Named with both sides; they block only the step that needs the truth."""

    @pytest.mark.parametrize("billing", ["agent", "paper"])
    def test_the_billing_pc_of_an_office_that_does_not_bill_itself_is_named_with_both_sides(self, billing: str) -> None:
        story = Story()
        settle(story, "terminal", "user_id", billing=billing, billing_pc="yes")
        [reason] = story.reasons("user_id")
        assert reason.code == "billing.contradicts_billing_pc"
        assert (reason.fact, reason.other, reason.kind) == ("billing", "billing_pc", Kind.FIX)

    def test_it_blocks_only_the_step_that_needs_the_truth(self) -> None:
        told, contradicting = Story(), Story()
        settle(told, billing="internet", password="temporary", certificate="none")
        settle(contradicting, billing="agent", password="temporary", certificate="none")
        for step in ORDER:
            assert contradicting.status(step) is told.status(step)
        tell(told, password="known")
        tell(contradicting, password="known")
        assert told.status("user_id") is Status.DONE
        assert contradicting.status("user_id") is Status.OPEN
        for step in ("eligibility", "care_software", "terminal", "certificate"):
            assert contradicting.status(step) is Status.DONE

    @pytest.mark.parametrize("mended", [{"billing": "internet"}, {"billing_pc": "no"}])
    def test_either_side_mends_it(self, mended: dict[str, Saying]) -> None:
        story = settled("contradicts itself")
        assert story.status("user_id") is Status.OPEN
        tell(story, **mended)
        assert story.status("user_id") is Status.DONE

    @pytest.mark.parametrize("known", ["billing", "billing_pc"])
    def test_one_side_alone_contradicts_nothing(self, known: str) -> None:
        story = Story()
        tell(story, pc="given", **{known: {"billing": "agent", "billing_pc": "yes"}[known]})
        assert "billing.contradicts_billing_pc" not in story.codes("user_id")

    def test_it_may_arise_late_and_is_found_then(self) -> None:
        story = Story()
        settle(story, **AGENT)
        tell(story, billing_pc="yes")
        assert set(story.codes("user_id")) == {"billing.contradicts_billing_pc"}
        assert ("move.not_done", "user_id") in story.closed("complete")


class TestSkippedAndUntold:
    """A row is skipped only by a known fact, which is named; until that fact is known it cannot be told yet."""

    def test_until_somebody_has_looked_it_cannot_be_told(self) -> None:
        story = Story()
        for step in CERTIFICATE_ROWS:
            assert story.status(step) is Status.UNTOLD
            assert EDITION.step[step].applies(story.board().facts).by == "certificate"
        assert story.closed("go_issuing_password") == [("move.cannot_be_told_yet", "issuing_password")]

    @pytest.mark.parametrize(
        ("said", "skipped", "untold", "by"),
        [
            ({"certificate": "usable"}, CERTIFICATE_ROWS, (), "certificate"),
            ({"certificate": "unclear"}, (), CERTIFICATE_ROWS, "certificate_attested"),
            (
                {"certificate": "unclear", "certificate_attested": "usable"},
                CERTIFICATE_ROWS,
                (),
                "certificate_attested",
            ),
            ({"certificate": "none"}, (), CERTIFICATE_ROWS[1:], "certificate_elsewhere"),
            (
                {"certificate": "none", "certificate_elsewhere": "no"},
                CERTIFICATE_ROWS[1:2],
                (),
                "certificate_elsewhere",
            ),
            (
                {"certificate": "no_key", "certificate_elsewhere": "this_pc_before"},
                CERTIFICATE_ROWS[2:],
                (),
                "certificate_elsewhere",
            ),
        ],
    )
    def test_it_is_skipped_only_by_a_known_fact_which_is_named(
        self, said: dict[str, Saying], skipped: tuple[str, ...], untold: tuple[str, ...], by: str
    ) -> None:
        story = Story()
        reach(story, "certificate")
        tell(story, **said)
        assert tuple(s for s in ORDER if story.status(s) is Status.SKIPPED) == skipped
        assert tuple(s for s in ORDER if story.status(s) is Status.UNTOLD) == untold
        for step in (*skipped, *untold):
            assert EDITION.step[step].applies(story.board().facts).by == by
            assert story.known(by) == (step in skipped)

    def test_the_two_ways_to_a_certificate_are_never_both_open(self) -> None:
        for story in some_stories(seed=8, many=60):
            both = [story.board().may_stand(step) for step in CERTIFICATE_ROWS[1:]]
            assert not all(both)

    def test_a_certificate_that_has_run_out_since_does_not_bring_the_skipped_rows_back(self) -> None:
        story = settled("bills itself")
        story.clock.now = japan(4, 1, year=2028)
        settle(story, "terminal")
        assert story.status("certificate") is Status.STALE
        assert all(story.status(step) is Status.SKIPPED for step in CERTIFICATE_ROWS)


def test_a_wait_is_replaced_by_a_copy_that_says_the_same_but_for_what_it_holds_up() -> None:
    story = waiting_for(*PARTNER)
    before = story.wait("partner_asked")
    assert before is not None
    tell(story, go_on_undecided="yes")
    assert story.wait("partner_asked") == replace(before, holds_up=False)


def test_partners_that_say_different_things_are_judged_as_one_list() -> None:
    story = Story()
    tell(story, office_kind="service", partners=Said("some", [partner("willing"), partner("undecided", "あおば")]))
    assert story.codes("eligibility") == {}
    tell(story, partners=Said("undecided", [partner("undecided")]))
    assert set(story.codes("eligibility")) == {"partner_asked.unanswered"}
