"""The main job on a real terminal: the whole introduction, over weeks, by two people, the power cut three times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from states.flow.session import How, Session
from tests.certificates import make_pfx
from tests.tui.technician import Technician

OFFICE, NAME, KJ_ID = "1372005678", "あおば訪問介護", "KJ131372005678"
PAPERS = {".html", ".ics", ".md", ".record"}


def same(one: Session, other: Session) -> bool:
    return (one.state, one.answers) == (other.state, other.answers)


def eligible_and_ready(t: Technician, billing_pc: str) -> None:
    """Premises, care software, PC: the rows every office goes through."""
    t.answer("office_kind", "home_care_support")
    t.answer("commissioned", "no")
    t.open_field("partners")
    t.wait(t.texts("ui.partner.add"))
    t.terminal.send("さくら訪問介護")
    t.press("enter")
    t.wait(t.texts("intention.undecided"))
    t.press("2", "f10")
    t.step("eligibility")
    t.next("care_software")
    t.type_in("product", "ひびきケア")
    t.answer("makes_plans", "yes")
    t.answer("interface", "yes")
    t.next("terminal")
    t.type_in("pc", "事務室PC")
    t.answer("billing_pc", billing_pc)
    t.answer("windows", "win11")
    t.answer("edge", "newest")
    t.answer("sites", "reached")
    t.next("user_id")


@pytest.mark.timeout(300)
def test_an_office_without_certificate_from_lost_id_to_hand_over(tmp_path: Path) -> None:
    store = tmp_path / "store"
    # First visit: the password is lost; a letter is asked for.
    with Technician(store, "2026-11-06") as t:
        t.new_office("１３７２００５６７８", NAME)
        eligible_and_ready(t, billing_pc="no")
        t.answer("billing", "agent")
        t.type_in("kj_id", "ＫＪ１３１３７２００５６７８", KJ_ID)
        t.answer("password", "lost")
        before = t.stored()
        t.power_cut()

    # The power is back: the same step, the same facts; then the request, and the other open step.
    with Technician(store, "2026-11-06T09:20") as t:
        t.open_first()
        t.step("user_id")
        assert same(before, t.stored())
        t.answer("id_request", "sent")
        t.next("certificate")
        t.answer("certificate", "none")
        t.answer("certificate_elsewhere", "no")
        t.press("f8")
        t.wait(t.texts("ui.card.waits"))
        t.wait("11/20")
        t.wait(t.texts("wait.id_request.sent")[:8])
        assert t.stored().state == "waiting"
        t.press("f10")
        t.wait(t.texts("key.new"))
        t.wait("11/20")
        t.press("0")
        assert t.terminal.wait_exit() == 0

    # Second visit, another technician, the letter is there with a temporary password. The PC's checks are stale.
    with Technician(store, "2026-11-22", name="田中") as t:
        t.wait("11/20!")
        t.open_first()
        t.wait(t.texts("ui.card.waits"))
        t.press("]")
        t.step("terminal")
        for fact in ("windows", "edge", "sites"):
            t.until(fact, "[?]")
        t.answer("windows", "win11")
        t.answer("edge", "newest")
        t.answer("sites", "reached")
        t.next("user_id")
        t.open_field("id_request")
        t.choose(t.texts("ui.choice.arrived"))
        t.choose(t.texts("value.password.temporary"))
        t.until("password", "[!]")
        t.wait("PASSWORD-TEMPORARY")
        t.answer("password", "known")  # changed at 電子請求受付システム
        t.next("issuing_password")
        t.answer("issuing_password", "known")
        t.next("careplan_certificate")
        t.answer("careplan_applied", "applied")
        before = t.stored()
        t.power_cut()

    with Technician(store, "2026-11-22T11:00", name="田中") as t:
        t.open_first()
        t.step("careplan_certificate")
        assert same(before, t.stored())
        t.press("f8")
        t.wait("12/22")
        t.press("f10")
        t.wait(t.texts("key.new"))

    # Third visit: the certificate is issued and installed from a real file.
    pfx = tmp_path / "certificate.pfx"
    make_pfx(
        pfx,
        subject="CN=1372005678 請求委任事業所用ケアプラン証明書,C=JP",
        issuer="CN=Test Issuer,C=JP",
        not_before=datetime(2026, 12, 1, tzinfo=UTC),
        not_after=datetime(2029, 12, 1, tzinfo=UTC),
        password="ひみつ",
    )
    with Technician(store, "2026-12-10", name="田中") as t:
        t.open_first()
        t.press("]")
        t.step("terminal")
        for fact, value in (("windows", "win11"), ("edge", "newest"), ("sites", "reached")):
            t.answer(fact, value)
        t.press("f2")
        t.wait(t.texts("ui.steps.title"))
        t.choose_step("careplan_certificate")
        t.step("careplan_certificate")
        t.answer("careplan_applied", "issued")
        t.open_field("installed")
        t.choose(t.texts("ui.choice.check.certificate"))
        t.wait(t.texts("ui.certificate.title"))
        t.terminal.send(str(pfx))
        t.press("enter")
        t.terminal.send("ひみつ")
        t.press("enter")
        t.wait(t.texts("check.outcome.pass"))
        t.press("enter")
        t.until("installed", "[x]")
        installed = t.stored().answers["installed"]
        assert (installed.value, installed.how, installed.until) == ("usable", How.MEASURED_HERE, date(2029, 12, 1))
        t.next("application")
        t.answer("login", "ok")
        t.answer("terms", "agreed")
        before = t.stored()
        t.power_cut()

    with Technician(store, "2026-12-10T11:00", name="田中") as t:
        t.open_first()
        t.step("application")
        assert same(before, t.stored())
        t.answer("completion", "seen")
        t.next("client_app")
        for fact in ("support_site", "client_downloaded", "client_installed"):
            t.answer(fact, "yes")
        t.answer("client_login", "ok")
        t.answer("partner_ready", "no")
        t.type_day("start_day", "agreed", "2027-01-12")
        t.next("payment")
        t.answer("payment", "offset")
        t.next("handover")
        t.answer("report", "given")
        t.answer("secrets", "none")
        t.answer("acknowledged", "yes")
        t.next()
        t.wait(t.texts("ui.end.complete"))
        assert t.stored().state == "complete"
        t.press("f7")
        t.wait(t.texts("ui.papers.written"))
        t.press("f10")
        t.wait(t.texts("key.new"))
    assert {path.suffix for path in (store / "papers").iterdir()} == PAPERS
    everything = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert "ひみつ".encode() not in everything


@pytest.mark.timeout(120)
def test_the_billing_pc_with_its_certificate_skips_the_rows_under_4_and_says_why(tmp_path: Path) -> None:
    with Technician(tmp_path / "store", "2026-11-06", "en") as t:
        t.new_office(OFFICE, "Aoba Home Care")
        eligible_and_ready(t, billing_pc="yes")
        t.answer("billing", "internet")
        t.type_in("kj_id", "kj131372005678", KJ_ID)
        t.answer("password", "known")
        t.next("certificate")
        t.type_day("certificate", "usable", "2028-03-31")
        t.next("application")
        t.press("g")
        t.wait(t.texts("ui.steps.title"))
        said, reason = t.texts("status.skipped"), t.texts("fact.certificate")[:12]

        def skipped() -> list[str]:
            return [line for line in t.terminal.screen() if said in line and reason in line]

        t.terminal.wait(lambda: len(skipped()) == 3)
        for item in ("4-1", "4-2", "4-3"):
            assert any(item in line for line in skipped())
