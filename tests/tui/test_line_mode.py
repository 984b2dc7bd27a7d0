"""Line mode on a real terminal that can do nothing: the whole way, and every way out of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from locales import Texts
from states.desk import Desk
from states.flow.events import JAPAN
from states.flow.session import How, Session
from tests.certificates import make_pfx
from tests.tui.liner import Liner
from tests.tui.offices import (
    APPLIED,
    CERTIFICATE,
    CLIENT,
    HANDED_OVER,
    NO_CERTIFICATE,
    NUMBER,
    PREMISES,
    READY,
    USER_ID,
    drafts,
    prepare,
    stored,
)
from tests.tui.technician import COMMAND, Technician

OFFICE, NAME, KJ_ID = "1372005678", "あおば訪問介護", "KJ131372005678"
PAPERS = {".html", ".ics", ".md", ".record"}
NOW = "2026-11-22T09:00"
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\r(?!\n)")


def everything(store: Path) -> list[Session]:
    desk = Desk.open(store, lambda: datetime.now(JAPAN))
    try:
        return [desk.read(row) for row in desk.journal.every()]
    finally:
        desk.close()


def same(one: Session, other: Session) -> bool:
    return (one.state, one.answers) == (other.state, other.answers)


def eligible_and_ready(t: Liner, billing_pc: str) -> None:
    t.step("eligibility")
    t.answer("office_kind", "home_care_support")
    t.answer("commissioned", "no")
    t.open("partners")
    t.until(t.texts("ui.line.partners"))
    t.type("さくら訪問介護")
    t.pick(t.texts("intention.willing"), t.texts("ui.line.partners"))
    t.type("")
    t.next("care_software")
    t.type_in("product", "ひびきケア")
    t.answer("makes_plans", "yes")
    t.answer("interface", "yes")
    t.next("terminal")
    t.type_in("pc", "事務室PC")
    t.answer("billing_pc", billing_pc)
    measured(t)
    t.next("user_id")


def measured(t: Liner) -> None:
    t.answer("windows", "win11")
    t.answer("edge", "newest")
    t.answer("sites", "reached")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_main_job_from_lost_id_to_hand_over_killed_and_resumed(tmp_path: Path, lang: str) -> None:
    store, said = tmp_path / "store", b""
    with Liner(store, "2026-11-06", lang) as t:
        t.new_office("１３７２００５６７８", NAME)
        eligible_and_ready(t, billing_pc="no")
        t.answer("billing", "agent")
        t.type_in("kj_id", "ＫＪ１３１３７２００５６７８", KJ_ID)
        t.answer("password", "lost")
        before, said = t.stored(), said + t.terminal.raw
        t.power_cut()

    with Liner(store, "2026-11-06T09:20", lang) as t:
        t.open_first()
        t.step("user_id")
        assert same(before, t.stored())
        t.answer("id_request", "sent")
        t.next("certificate")
        t.answer("certificate", "none")
        t.answer("certificate_elsewhere", "no")
        t.type("18")
        t.until(t.texts("wait.id_request.sent"))
        assert "11/20" in t.heard
        assert t.stored().state == "waiting"
        t.type("0")
        assert "11/20" in t.heard
        said += t.terminal.raw
        t.terminal.send("0\r")
        assert t.terminal.wait_exit() == 0

    with Liner(store, "2026-11-22", lang, name="田中") as t:
        t.open_first()
        t.until(t.texts("ui.card.waits"))
        t.next("terminal")
        assert t.heard.count("[?]") == 3
        measured(t)
        t.next("user_id")
        t.open("id_request")
        t.prompt()
        t.pick(t.texts("ui.choice.arrived"))
        t.pick(t.texts("value.password.temporary"))
        t.until("PASSWORD-TEMPORARY")
        t.answer("password", "known")
        t.next("issuing_password")
        t.answer("issuing_password", "known")
        t.next("careplan_certificate")
        t.answer("careplan_applied", "applied")
        before, said = t.stored(), said + t.terminal.raw
        t.power_cut()

    pfx = tmp_path / "certificate.pfx"
    make_pfx(
        pfx,
        subject="CN=1372005678 請求委任事業所用ケアプラン証明書,C=JP",
        issuer="CN=Test Issuer,C=JP",
        not_before=datetime(2026, 12, 1, tzinfo=UTC),
        not_after=datetime(2029, 12, 1, tzinfo=UTC),
        password="ひみつ",
    )
    with Liner(store, "2026-12-10", lang, name="田中") as t:
        t.open_first()
        t.step("careplan_certificate")
        assert same(before, t.stored())
        t.type("12")  # the checks of the PC are of another day
        t.pick(re.search(rf"^\d+ ((?:2 )?{t.texts('step.terminal')})", t.heard, re.M)[1])  # type: ignore[index]
        measured(t)
        t.type("12")
        t.pick(re.search(rf"^\d+ (4-3 {t.texts('step.careplan_certificate')})", t.heard, re.M)[1])  # type: ignore[index]
        t.answer("careplan_applied", "issued")
        t.open("installed")
        t.prompt()
        t.pick(t.texts("ui.choice.check.certificate"), t.texts("ui.field.path"))
        t.type(str(pfx), t.texts("ui.field.file_password"))
        t.type("ひみつ")
        t.until(t.texts("check.outcome.pass"))
        t.pick(t.texts("key.take_result"))
        installed = t.stored().answers["installed"]
        assert (installed.value, installed.how, installed.until) == ("usable", How.MEASURED_HERE, date(2029, 12, 1))
        t.next("application")
        t.answer("login", "ok")
        t.answer("terms", "agreed")
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
        t.type("20")
        t.until(t.texts("ui.end.complete"))
        assert t.stored().state == "complete"
        t.type("17")
        t.until(t.texts("ui.papers.written"))
        t.type("0")
        said += t.terminal.raw
    assert {path.suffix for path in (store / "papers").iterdir()} == PAPERS
    assert CONTROLS.findall(said) == []
    assert "ひみつ".encode() not in said


def test_an_answer_is_only_changed_after_what_it_costs_has_been_seen(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, "2026-11-22T08:00", **READY, **USER_ID, **NO_CERTIFICATE, stand="terminal")
    with Liner(store, NOW) as t:
        t.open_first()
        before = stored(store, id)
        t.open("pc")
        t.until("受付PC")
        t.type("事務室PC", t.texts("ui.preview.stays"))
        t.prompt()
        t.pick(t.texts("key.keep"))
        assert same(before, stored(store, id))
        t.open("pc")
        t.type("事務室PC", t.texts("ui.preview.again"))
        t.prompt()
        t.pick(t.texts("key.change"))
        assert stored(store, id).answers["pc"].detail == "事務室PC"
        assert "windows" not in stored(store, id).answers
        t.type("31")  # the first reason leads to what mends it
        t.until(f"== {t.texts('fact.billing_pc')}")
        t.type("0")
        for number, title in (("16", "ui.history.title"), ("14", "ui.address.desk"), ("11", "ui.help.title")):
            t.type(number)
            t.until(t.texts(title) if number != "11" else t.texts("help.line")[:20])
        t.type("17")
        t.until("(BILLING-PC-UNANSWERED)")
        t.type("0")
        t.texts = Texts("en")
        t.type("19")
        t.step("terminal")


def test_a_later_edition_is_gone_into_all_offices_are_told_and_a_completed_one_moves_on(tmp_path: Path) -> None:
    store = tmp_path / "store"
    done = {**APPLIED, **CLIENT, **HANDED_OVER}
    prepare(store, "2026-11-05T09:00", **READY, **USER_ID, **CERTIFICATE, **done)
    with Liner(store, "2026-11-05T10:00") as t:
        t.prompt()
        t.type("15", t.texts("ui.board.weeks"))
        t.open_first()
        t.step("handover")
        for answer, edition in (("key.stay", "2023-05-26"), ("key.change_edition", "2026-07")):
            t.type("26", t.texts("ui.edition.claims"))
            t.prompt()
            t.type("26", t.texts("ui.change.must"))
            t.prompt()
            t.pick(t.texts(answer))
            assert t.stored().edition.name == edition
        t.step("handover")

    store = tmp_path / "other"
    prepare(store, **READY, **USER_ID, **CERTIFICATE, **done)
    with Liner(store, "2026-11-22T10:00") as t:
        t.open_first()
        t.type("20", t.texts("ui.end.complete"))
        t.prompt()
        t.type("27", t.texts("ui.move.stays"))
        t.prompt()
        t.pick(t.texts("key.move"))
        sessions = everything(store)
        assert {session.edition.name: session.state for session in sessions}["2023-05-26"] == "complete"
        t.step(next(session.state for session in sessions if session.edition.name == "move"))


def test_a_secret_is_typed_unseen_and_shown_nowhere(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID, stand="user_id")
    with Liner(store, NOW, env={"XDG_RUNTIME_DIR": str(tmp_path)}) as t:
        t.open_first()
        t.open("password_kept")
        t.prompt()
        t.pick(t.texts("ui.secret.visit"), t.texts("ui.secret.agreed", place=t.texts("value.password_kept.visit")))
        t.type("鈴木", t.texts("ui.secret.type"))
        t.type("ひみつ 金糸雀")
        t.until(t.texts("value.password_kept.visit"))
        assert stored(store, id).answers["password_kept"].value == "visit"
        t.open("password_kept")
        t.prompt()
        t.pick(t.texts("ui.secret.show"))
        t.until(t.texts("ui.line.no_show"))
        assert "金糸雀" not in t.all
    assert "金糸雀".encode() not in b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (lambda t: t.terminal.kill(signal.SIGTERM), 128 + signal.SIGTERM),
        (lambda t: t.terminal.kill(signal.SIGHUP), 128 + signal.SIGHUP),
        (lambda t: t.terminal.kill(signal.SIGQUIT), 128 + signal.SIGQUIT),
        (lambda t: t.terminal.send(b"\x03"), 128 + signal.SIGINT),
        (lambda t: t.terminal.send(b"\x15\x04"), 0),
        (lambda t: t.terminal.hang_up(), 128 + signal.SIGHUP),
    ],
    ids=["SIGTERM", "SIGHUP", "SIGQUIT", "ctrl-c", "end of input", "hang-up"],
)
def test_every_end_is_stored_said_and_has_its_code(tmp_path: Path, how: Callable[[Liner], None], code: int) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="care_software")
    before = stored(store, id)
    with Liner(store, NOW) as t:
        t.open_first()
        t.open("product")
        t.until(t.texts("ui.line.leave"))
        t.terminal.send("書きかけ")
        t.until("書きかけ")
        attributes = t.terminal.attributes
        how(t)
        assert t.terminal.wait_exit() == code
        after = stored(store, id)
        assert same(before, after)
        if how is not None and code not in (0, 129):
            assert t.texts("ui.line.saved") in t.heard
            assert t.terminal.attributes[:4] != attributes[:4]  # given back as it was
        if code not in (0, 129):
            assert drafts(store, id) == {"product": "書きかけ"}
        assert after.log[-1].kind == "left"


def test_ctrl_z_stops_nothing_and_a_hostile_line_is_only_text(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **PREMISES, stand="care_software")
    with Liner(store, NOW) as t:
        t.open_first()
        t.terminal.send(b"\x1a")
        t.open("product")
        t.until(t.texts("ui.line.leave"))
        mark = len(t.terminal.raw)
        t.terminal.send(b"\x16\x1b]52;c;aGFjaw==\x16\x07[red]\xff\xe2\x80\xae\r")
        t.until("[red]")
        t.prompt()
        assert stored(store, id).answers["product"].detail.startswith("]52;c;")
        said = t.terminal.raw[mark:].split(b"\n", 1)[1]  # behind the kernel's own echo
        assert CONTROLS.findall(said) == []


def test_it_goes_to_the_full_screen_and_back_in_the_middle_of_a_step(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="care_software")
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("care_software")
        t.open_field("product")
        t.wait("> ひびきケア")
        t.press("end")
        t.terminal.send("二号")
        t.wait("二号")
        t.press("f11")
        t.wait(t.texts("ui.line.how")[:10])
        t.wait(t.texts("ui.line.prompt"))
        assert stored(store, id).log[-1].kind == "visit"  # the same sitting
        assert 1049 not in t.terminal.modes
        t.terminal.send("1\r")
        t.wait("ひびきケア二号")
        t.terminal.send("\r")
        t.wait(f"2 {t.texts('key.change')}\n{t.texts('ui.line.prompt')}")
        t.terminal.send("2\r")
        t.terminal.wait(lambda: stored(store, id).answers["product"].detail == "ひびきケア二号")
        t.terminal.send("-\r")
        t.step("care_software")
        t.terminal.wait(lambda: 1049 in t.terminal.modes)
        t.until("product", "ひびきケア二号")
        t.press("-")
        t.terminal.wait(lambda: t.terminal.raw.endswith(f"{t.texts('ui.line.prompt')} ".encode()))
        t.terminal.kill(signal.SIGTERM)
        t.wait(t.texts("ui.line.saved"))
        assert t.terminal.wait_exit() == 128 + signal.SIGTERM
    log = stored(store, id).log
    assert [event.kind for event in log].count("visit") == 2


def test_where_nobody_can_type_it_reads_a_pipe_only_when_it_is_told_to(tmp_path: Path) -> None:
    command: list[str | Path] = [COMMAND, "--store", tmp_path / "store", "--lang", "en", "--name", "Sato"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = kept | {"TERM": "dumb", "LANG": "C.UTF-8"}

    def run(*more: str) -> subprocess.CompletedProcess[bytes]:
        typed = f"12\n{NUMBER}\nAoba\n\n\n0\n0\n0\n".encode()
        return subprocess.run([*command, *more], input=typed, capture_output=True, env=env, check=False)

    assert run().returncode == 2
    ended = run("--line")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"Aoba" in ended.stdout


def test_a_second_person_looks_on_line_by_line_and_may_take_over(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, stand="care_software")
    with Liner(store, NOW, name="佐藤") as first, Liner(store, "2026-11-22T09:30", name="田中") as second:
        first.open_first()
        second.prompt()
        second.type("1", second.texts("ui.held.title"))
        second.prompt()
        second.pick(second.texts("key.watch"), "LEASE-WATCHING")
        second.prompt()
        first.open("product")
        first.until(first.texts("ui.line.leave"))
        first.type("つばめ")
        first.pick(first.texts("key.change"))
        second.type("", "つばめ")
        second.prompt()
        second.type("0")
        second.type("0")
        second.type("1", second.texts("ui.held.title"))
        second.prompt()
        second.pick(second.texts("key.take_over"))
        second.step("care_software")
        first.type("", "LEASE-LOST")
