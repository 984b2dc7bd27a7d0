from __future__ import annotations

from states.handover.record import sittings, superseded, wiped_at, words_of_end
from tests.handover.offices import Office, abandoned, nearly_done, partners, waiting_for_everything


def test_a_first_answer_supersedes_nothing() -> None:
    assert superseded(waiting_for_everything().session) == 0


def test_another_answer_supersedes_the_first_and_all_that_was_about_it() -> None:
    office = waiting_for_everything()
    office.answer("product", "given", "別のソフト")  # with what was said of the product: makes_plans, interface
    assert superseded(office.session) == 3


def test_the_same_answer_again_only_refreshes() -> None:
    office = waiting_for_everything()
    office.answer("windows", "win11", "build 26100")
    office.answer("product", "given", "ほのぼの")
    assert superseded(office.session) == 0


def test_an_answer_taken_back_counts() -> None:
    office = waiting_for_everything()
    office.answer("edge", "")
    assert superseded(office.session) == 1


def test_a_request_that_got_its_answer_is_closed_and_not_superseded() -> None:
    office = waiting_for_everything()
    office.answer("partners", "willing", partners())
    assert superseded(office.session) == 1  # the list of partners; that they were asked stays true


def test_answers_of_another_edition_are_passed_over() -> None:
    office = Office()
    for value in ("card", "card", "phone"):
        office.event("answered", fact="second_factor", value=value)
    assert superseded(office.session) == 0


def test_every_visit_is_named_with_who_and_where() -> None:
    office = Office()
    office.later(days=14)
    office.visit("鈴木", "laptop")
    assert [(sitting.name, sitting.host) for sitting in sittings(office.session)] == [
        ("佐藤", "uketsuke-pc"),
        ("鈴木", "laptop"),
    ]


def test_the_words_of_an_end_are_those_of_the_last_movement() -> None:
    office = abandoned("休止のため")
    assert words_of_end(office.session) == "休止のため"
    office.go("waiting")
    assert words_of_end(office.session) == ""
    assert words_of_end(Office().session) == ""


def test_a_secret_is_wiped_where_it_was_put_until_it_is_put_there_again() -> None:
    office = nearly_done()
    assert wiped_at(office.session, "password_kept") is None
    office.event("wiped", fact="password_kept", place="visit")
    assert wiped_at(office.session, "password_kept") is None
    office.event("wiped", fact="password_kept", place="keyring")
    assert wiped_at(office.session, "password_kept") == office.session.log[-1].at
    office.answer("password_kept", "keyring")
    assert wiped_at(office.session, "password_kept") is None
