"""What editions say besides their tables: days, claims, hours; and what one says otherwise than another."""

from __future__ import annotations

from datetime import date

import pytest

from states.flow import editions
from states.flow.claims import Firm
from states.flow.facts import Meaning
from states.flow.upgrade import differences

ALL = [editions.find(name) for name in editions.KNOWN]
OLD, NEW, MOVE = ALL


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2020, 1, 1), "2023-05-26"),
        (date(2026, 6, 30), "2023-05-26"),
        (date(2026, 7, 1), "2026-07"),
        (date(2031, 1, 1), "2026-07"),
    ],
)
def test_the_edition_in_force_is_proposed(day: date, name: str) -> None:
    assert editions.in_force(day) == name


def test_what_is_said_without_a_table_is_what_the_tables_say() -> None:
    assert {name: editions.find(name).since for name in editions.INTRODUCTIONS} == editions.INTRODUCTIONS
    assert set(editions.KNOWN) == {*editions.INTRODUCTIONS, editions.MOVE}


def test_an_edition_is_past_from_the_day_behind_its_last() -> None:
    assert not OLD.past(date(2026, 6, 30))
    assert OLD.past(date(2026, 7, 1))
    assert not MOVE.past(date(2099, 1, 1))  # nobody knows its end


def test_every_claim_has_a_day_a_source_and_where_it_is_open_a_place_to_look() -> None:
    for edition in ALL:
        assert edition.claims
        assert len({claim.name for claim in edition.claims}) == len(edition.claims)
        for claim in edition.claims:
            assert claim.confirmed <= date(2026, 11, 22)
            assert claim.source
            assert claim.firm is not Firm.OPEN or claim.look


def test_what_is_open_never_stops_anybody() -> None:
    """Commissioned work, a second PC, a card reader: not verified, so worth a warning and no more."""
    for edition, fact, value in (
        (NEW, "commissioned", "yes"),
        (NEW, "other_pcs", "some"),
        (NEW, "patterns", "not_listed"),
        (MOVE, "card_reader", "none"),
    ):
        found = edition.facts[fact].value(value)
        assert (found.meaning, found.warn) == (Meaning.FINE, True)


def test_no_edition_with_a_free_pass_asks_how_it_is_paid() -> None:
    assert NEW.price is not None
    assert NEW.price.free_until == date(2027, 3, 31)
    for edition in (NEW, MOVE):
        assert not edition.facts.keys() & {"payment", "invoice", "invoice_told"}


def test_help_desk_hours_change_behind_the_days_of_billing() -> None:
    desk = NEW.help_desk
    assert desk is not None
    hours = {day: desk.hours(date(2026, 11, day)) for day in (6, 7, 8, 20, 21, 22)}
    assert hours == {6: (10, 19), 7: (10, 17), 8: None, 20: (10, 17), 21: None, 22: None}
    assert [desk.billing(date(2026, 11, day)) for day in (1, 10, 11)] == [True, True, False]


def test_rows_that_did_not_change_are_the_same_objects() -> None:
    shared = ["certificate", "issuing_password", "reinstall_certificate", "careplan_certificate"]
    assert all(NEW.step[step] is OLD.step[step] for step in [*shared, "application", "client_app"])
    assert all(MOVE.step[step].asks is OLD.step[step].asks for step in shared)


def test_the_program_lists_what_2026_says_otherwise() -> None:
    told = {(one.kind, one.fact or one.step, one.value) for one in differences(OLD, NEW)}
    assert told == {
        ("value_new", "office_kind", "support_centre"),
        ("value_means", "commissioned", "yes"),
        ("fact_new", "standard", ""),
        ("fact_new", "patterns", ""),
        ("fact_new", "pattern_list", ""),
        ("fact_new", "other_pcs", ""),
        ("value_means", "windows", "win10"),
        ("fact_new", "security_mail", ""),
        ("fact_asked", "id_request", ""),
        ("step_new", "fee", ""),
        ("fact_new", "fee_told", ""),
        ("fact_new", "renewal", ""),
        ("step_gone", "payment", "fee"),
        ("fact_gone", "payment", ""),
        ("fact_gone", "invoice", ""),
        ("fact_gone", "invoice_told", ""),
    }
    assert differences(NEW, NEW) == []
