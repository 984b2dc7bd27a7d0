"""Checks within a session: a network that is mended, results of another PC, a certificate that runs out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
import trustme

from states.checks.asking import ROOTS
from states.checks.probe import written
from states.checks.result import CheckResult, Outcome
from states.desk import Desk
from states.fault import Fault
from states.flow.board import Status
from states.flow.session import How
from states.visit import Visit, Who
from tests.checks.servers import response, saying
from tests.checks.test_csv_names import name as csv_name
from tests.checks.test_sites import Lab, codes
from tests.flow.stories import EDITION, OFFICE, OFFICE_NAME, Clock, Said, done, japan, reach, settle, tell

ME = Who("佐藤", "NOTE-PC", "pts/1")
MEASURED = {
    "system": CheckResult(Outcome.PASS, "win11", "build 26200", seen=("host JIMUSHO-PC1",)),
    "edge": CheckResult(Outcome.FAIL, "old", "140.0.1.1"),
    "sites": CheckResult(Outcome.PASS, "reached", "5/5"),
    "certificate": CheckResult(Outcome.PASS, "usable", until="2028-03-31"),
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visit(tmp_path: Path, clock: Clock) -> Iterator[Visit]:
    desk = Desk.open(tmp_path / "store", clock)
    yield desk.begin(OFFICE, OFFICE_NAME, EDITION.name, ME)
    desk.close()


def test_a_network_with_an_inspecting_device_is_mended_and_the_session_goes_on(visit: Visit, tmp_path: Path) -> None:
    reach(visit, "terminal")
    settle(visit, "terminal")
    office, filters = trustme.CA(), trustme.CA(organization_name="Office Filter")
    trusted = tmp_path / "ca.pem"
    filters.cert_pem.write_to_path(str(trusted))
    with ExitStack() as stack:
        lab = Lab(office, trusted, stack)
        request = {"sites": [lab.tls(saying(response()), ca=filters)], "proxy": ""}
        failed = visit.run_check("sites", request)
        assert (failed.value, codes(failed)) == ("not_reached", ["net.tls_untrusted"])
        assert "Office Filter" in failed.findings[0].values["issuer"]
        done(visit.record_check("sites", failed))
        assert [reason.code for reason in visit.reasons("terminal")] == ["sites.not_reached"]
        mended = visit.run_check("sites", {**request, "ca_file": str(trusted)})  # the office trusts its filter
        assert (mended.value, codes(mended)) == ("reached", ["net.inspected"])
        done(visit.record_check("sites", mended))
    assert visit.reasons("terminal") == ()
    done(visit.move("next"))


def test_further_roots_of_the_office_count_for_every_check_of_the_sites(
    visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(visit, "terminal")
    filters, trusted = trustme.CA(organization_name="Office Filter"), tmp_path / "office.pem"
    filters.cert_pem.write_to_path(str(trusted))
    with ExitStack() as stack:
        request = {"sites": [Lab(filters, trusted, stack).tls(saying(response()))], "proxy": ""}
        assert codes(visit.run_check("sites", request)) == ["net.tls_untrusted"]
        monkeypatch.setenv(ROOTS, str(trusted))
        found = visit.run_check("sites", request)
        assert (found.value, codes(found)) == ("reached", ["net.inspected"])  # reached, and still named
        trusted.write_text("no certificate")
        found = visit.run_check("sites", request)
    assert (found.outcome, codes(found)) == (Outcome.COULD_NOT_RUN, ["net.roots_unreadable"])


def probe(tmp_path: Path, clock: Clock, pc: str = "JIMUSHO-PC1") -> str:
    path = tmp_path / "probe.json"
    path.write_text(written(EDITION.name, pc, clock(), MEASURED, "0.1"))
    return str(path)


def test_results_of_another_pc_become_the_answers_of_the_step(visit: Visit, tmp_path: Path, clock: Clock) -> None:
    reach(visit, "terminal")
    tell(visit, pc=Said("given", "事務室のJIMUSHO-PC1"))
    path = probe(tmp_path, clock)
    found = visit.import_probe(path)
    assert list(found) == ["windows", "edge", "sites"]  # the certificate is asked for in another step
    assert visit.answer_to("windows") is None  # nothing is recorded by looking
    for fact, result in found.items():
        done(visit.record_check(fact, result))
    answer = visit.answer_to("windows")
    assert answer is not None
    assert (answer.value, answer.detail, answer.how) == ("win11", "build 26200", How.MEASURED_THERE)
    assert answer.seen[0].startswith("measured on JIMUSHO-PC1 at 2026-")
    with pytest.raises(Fault, match=r"probe\.other_pc"):
        visit.import_probe(probe(tmp_path, clock, "UKETSUKE"))


def test_what_holds_for_a_day_is_not_taken_from_yesterday(visit: Visit, tmp_path: Path, clock: Clock) -> None:
    reach(visit, "terminal")
    path = probe(tmp_path, clock)
    clock.now = japan(clock.now.month, clock.now.day + 1, 8)
    assert list(visit.import_probe(path)) == ["windows", "edge"]


def test_a_step_that_has_no_use_for_a_file_says_so(visit: Visit, tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(Fault, match=r"probe\.nothing"):
        visit.import_probe(probe(tmp_path, clock))


def test_a_certificate_that_runs_out_between_two_visits_opens_its_own_step_again(visit: Visit, clock: Clock) -> None:
    reach(visit, "application", certificate=Said("usable", until=date(2026, 11, 20)))
    before = done_steps(visit)
    assert "certificate" in before
    clock.now = japan(11, 21)
    settle(visit, "terminal")  # what holds for days only is measured again
    answered = dict(visit.session.answers)
    assert [step for step in before if step not in done_steps(visit)] == ["certificate"]
    reasons = visit.edition.reasons("certificate", visit.board().facts)
    assert [reason.code for reason in reasons] == ["certificate.stale"]
    assert visit.session.answers == answered


def done_steps(visit: Visit) -> list[str]:
    return [step for step in EDITION.order if visit.board().is_(step, Status.DONE)]


def test_exported_files_are_judged_by_this_offices_and_its_partners_numbers(visit: Visit, tmp_path: Path) -> None:
    reach(visit, "client_app")
    (tmp_path / csv_name("UPJSK", sender=OFFICE, receiver="1372005678")).touch()
    result = visit.check_names(str(tmp_path))
    assert (result.value, result.detail) == ("names_fine", "1")
    assert [f.code for f in visit.check_names(csv_name("UPJSK")).findings] == ["csv.office"]
