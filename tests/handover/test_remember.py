from __future__ import annotations

from datetime import date, timedelta

import pytest

from states.flow.session import How
from states.handover.remember import dates_to_remember
from tests.handover.offices import Office, nearly_done, waiting_for_everything

END = date(2029, 10, 1)
BOTH_DAYS = [("certificate_notice", END - timedelta(days=90)), ("certificate_end", END)]


def dates(office: Office) -> list[tuple[str, date]]:
    return dates_to_remember(office.session, office.now)


def test_without_a_certificate_there_is_nothing_to_remember() -> None:
    assert dates(waiting_for_everything()) == []


def test_a_certificate_found_at_once_has_its_notice_and_its_end() -> None:
    assert dates(nearly_done()) == BOTH_DAYS


@pytest.mark.parametrize(
    ("elsewhere", "before", "found"),
    [
        ("other_pc", ("downloaded_again", "yes"), "reinstalled"),
        ("no", ("careplan_applied", "issued"), "installed"),
    ],
)
def test_one_installed_later_counts_as_well(elsewhere: str, before: tuple[str, str], found: str) -> None:
    office = waiting_for_everything()
    office.answer("certificate_elsewhere", elsewhere)
    office.answer(*before)
    office.answer(found, "usable", until=END, how=How.MEASURED_HERE)
    assert dates(office) == BOTH_DAYS


def test_one_that_a_person_looked_at_counts_as_well() -> None:
    office = nearly_done()
    office.answer("certificate", "unclear", how=How.MEASURED_HERE)
    assert dates(office) == []
    office.answer("certificate_attested", "usable", until=END)
    assert dates(office) == BOTH_DAYS


def test_one_that_went_with_its_pc_counts_no_more() -> None:
    office = nearly_done()
    office.answer("pc", "given", "事務室PC")
    assert dates(office) == []


def test_a_notice_that_should_have_come_is_still_named_until_the_end() -> None:
    office = nearly_done()
    office.now = office.now.replace(year=2029, month=10, day=1)
    assert dates(office) == BOTH_DAYS
    office.later(days=1)
    assert dates(office) == []


def test_a_day_agreed_with_a_partner_is_a_wait_and_no_date_of_these() -> None:
    assert {what for what, _ in dates(nearly_done())} == {"certificate_notice", "certificate_end"}
