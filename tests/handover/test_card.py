from __future__ import annotations

from datetime import date

from states.flow.guards import Kind
from states.handover.card import Card, card_of
from tests.handover.offices import Office, abandoned, complete, nearly_done, partners, refused, waiting_for_everything


def card(office: Office) -> Card:
    return card_of(office.session, office.row, office.now)


def test_a_card_names_what_can_be_done_today_in_the_order_of_the_flow() -> None:
    office = Office()
    office.answer("office_kind", "service")
    assert card(office).work == ("eligibility", "care_software", "terminal", "user_id")
    office.answer("partners", "willing", partners())
    assert card(office).work == ("care_software", "terminal", "user_id")


def test_with_nothing_left_today_it_says_when_to_come_again_and_what_to_bring() -> None:
    shown = card(waiting_for_everything())
    assert shown.work == ()
    assert [awaited.fact for awaited in shown.waits] == ["interface", "id_request", "partner_asked"]
    assert shown.next_day == date(2026, 11, 15)
    assert shown.bring == ("interface.asked", "id_request.sent", "partner_asked.asked")


def test_what_is_overdue_stands_first_whatever_was_expected_before_it() -> None:
    office = waiting_for_everything()
    office.event("chased", fact="partner_asked")
    assert [awaited.fact for awaited in card(office).waits] == ["partner_asked", "interface", "id_request"]


def test_the_next_day_is_never_before_today() -> None:
    office = waiting_for_everything()
    office.later(days=8)  # the vendor's answer is due since yesterday, not yet overdue
    assert card(office).next_day == date(2026, 11, 16)
    office.later(days=30)
    assert card(office).next_day == date(2026, 12, 16)


def test_what_was_asked_for_in_vain_brings_the_next_day_to_today() -> None:
    office = waiting_for_everything()
    office.event("chased", fact="id_request")
    assert card(office).next_day == date(2026, 11, 8)


def test_what_holds_nothing_up_decides_the_day_only_when_nothing_else_is_awaited() -> None:
    office = nearly_done()
    assert card(office).next_day == date(2026, 12, 1)  # the day agreed for the start
    office.later(hours=1)
    office.answer("password", "lost")
    office.answer("id_request", "sent")
    assert card(office).next_day == date(2026, 11, 22)


def test_a_day_is_a_japanese_one() -> None:
    office = waiting_for_everything()
    office.later(days=8, hours=9, minutes=57)  # 23:59 in Japan, 14:59 in UTC
    assert card(office).next_day == date(2026, 11, 16)
    office.later(minutes=1)
    assert card(office).next_day == date(2026, 11, 17)


def test_what_only_somebody_outside_can_mend_is_named_and_so_is_a_refusal() -> None:
    office = waiting_for_everything()
    office.answer("interface", "no")
    assert [(reason.code, reason.kind) for reason in card(office).blocked] == [("interface.no", Kind.BLOCKED)]
    assert [reason.code for reason in card(refused()).blocked] == ["commissioned.yes"]


def test_a_session_that_has_ended_has_no_work() -> None:
    assert card(complete()).work == ()
    assert card(abandoned()).work == ()


def test_an_office_that_waits_for_nothing_has_no_next_day() -> None:
    shown = card(Office())
    assert (shown.waits, shown.next_day, shown.bring) == ((), None, ())


def test_the_record_is_told_by_its_length_and_its_head() -> None:
    office = waiting_for_everything()
    assert card(office).events == len(office.session.log)
    assert card(office).head == office.row.head.hex()
