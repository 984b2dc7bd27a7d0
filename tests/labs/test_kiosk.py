"""The kiosk over a real sshd, as its own account: the main flow with cuts, a second login, every way out."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from states.flow.editions import FIRST
from tests.labs.escapes import ATTEMPTS, INSIDE, attempt
from tests.labs.kiosk import Kiosk
from tests.tui.technician import Technician
from tests.tui.test_kiosk import with_pin

pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("sshd", path="/usr/sbin:/usr/bin") is None, reason="no sshd"),
]
CUTS = int(os.environ.get("KIOSK_CUTS", "8"))  # of 50, when it is to be known; a cut takes about 3 s
OFFICE, KJ_ID = "1372005678", "KJ131372005678"


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Kiosk]:
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        with Kiosk(folder) as one:
            yield one
    except LookupError as error:
        pytest.skip(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty(kiosk: Kiosk) -> Kiosk:
    kiosk.until_gone()
    shutil.rmtree(kiosk.store, ignore_errors=True)
    return kiosk


def begin(t: Technician) -> None:
    t.press("n")
    t.wait(t.texts("ui.new.title"))
    t.follow(FIRST)
    t.terminal.send(f"{OFFICE}\rあおば訪問介護\r")
    t.retype("佐藤")
    t.press("enter")
    with_pin(t)
    t.step("eligibility")


def go_on(t: Technician, step: str) -> None:
    t.press("enter")
    t.wait(t.texts("ui.field.technician"))
    t.retype("佐藤")
    t.press("enter")
    with_pin(t)
    t.step(step)


def cut(t: Technician, kiosk: Kiosk) -> None:
    """The line is dead; what was stored is what was seen."""
    t.power_cut()
    kiosk.until_gone()


def test_the_main_flow_over_ssh_with_the_line_cut_on_the_way(empty: Kiosk) -> None:
    with empty.sit() as t:
        begin(t)
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
        t.open_field("product")
        t.wait("  >")
        t.terminal.send("ひびきケ")
        t.wait("ひびきケ")
        half = {"product": "ひびきケ"}
        t.terminal.wait(lambda: empty.drafts() == half)  # stored every two seconds
        cut(t, empty)
    with empty.sit() as t:
        go_on(t, "care_software")
        t.open_field("product")
        t.wait("> ひびきケ")
        t.press("end")
        t.terminal.send("ア\r")
        t.until("product", "ひびきケア")
        t.answer("makes_plans", "yes")
        t.answer("interface", "yes")
        t.next("terminal")
        t.type_in("pc", "事務室PC")
        t.answer("billing_pc", "yes")
        t.answer("windows", "win11")
        t.answer("edge", "newest")
        t.answer("sites", "reached")
        cut(t, empty)
    with empty.sit() as t:
        go_on(t, "terminal")
        t.next("user_id")
        t.answer("billing", "internet")
        t.type_in("kj_id", "kj131372005678", KJ_ID)
        t.answer("password", "known")
        t.next("certificate")
        t.type_day("certificate", "usable", "2039-03-31")
        t.next("application")
        for fact, value in (("login", "ok"), ("terms", "agreed"), ("completion", "seen")):
            t.answer(fact, value)
        t.next("client_app")
        for fact in ("support_site", "client_downloaded", "client_installed"):
            t.answer(fact, "yes")
        t.answer("client_login", "ok")
        t.answer("partner_ready", "yes")
        cut(t, empty)
    with empty.sit() as t:
        go_on(t, "client_app")
        t.next("payment")
        t.answer("payment", "offset")
        t.next("handover")
        for fact, value in (("report", "given"), ("secrets", "none"), ("acknowledged", "yes")):
            t.answer(fact, value)
        t.next()
        t.wait(t.texts("ui.end.complete"))
        t.press("0")
        t.wait(t.texts("key.new"))
        t.press("0")
        t.wait(t.texts("key.leave"))
        t.press("2")
        assert t.terminal.wait_exit() == 0
    assert empty.stored().state == "complete"


def test_cut_at_any_moment_what_was_seen_is_stored_and_it_goes_on(empty: Kiosk) -> None:
    chance = random.Random()
    with empty.sit() as t:
        begin(t)
        cut(t, empty)
    wrong = []
    for number in range(CUTS):
        before = len(empty.stored().log)
        seen = 0
        with empty.sit() as t:
            go_on(t, "eligibility")
            end = time.monotonic() + chance.random() * 1.5
            while time.monotonic() < end:
                t.answer("office_kind", ("home_care_support", "service")[seen % 2])
                seen += 1
            t.open_field("office_kind")
            t.press(str(1 + seen % 2))  # in flight, when the line goes
            time.sleep(chance.random() * 0.02)
            cut(t, empty)
        given = [event.body["value"] for event in empty.stored().log[before:] if event.kind == "answered"]
        expected = [("home_care_support", "service")[at % 2] for at in range(seen + 1)]
        if given not in (expected, expected[:-1]):
            wrong.append((number, seen, given))
    print(f"\nthe line cut {CUTS} times: {len(wrong)} wrong")
    assert wrong == []


def test_a_second_login_meets_the_lease(empty: Kiosk) -> None:
    with empty.sit() as first, empty.sit() as second:
        begin(first)
        first.answer("office_kind", "service")
        second.press("f3")
        second.language()
        second.language()  # the list is shown anew
        second.wait(OFFICE)
        second.press("enter")
        second.wait(second.texts("ui.field.technician"))
        second.retype("鈴木")
        second.press("enter")
        second.wait(second.texts("ui.held.title"))
        for told in ("佐藤", "/dev/pts/", "LEASE-HELD"):
            second.wait(told)
        second.press("2")
        with_pin(second)
        second.step("eligibility")
        first.open_field("office_kind")
        first.choose(first.texts("value.office_kind.both"))
        first.said("LEASE-LOST")
    assert empty.stored().answers["office_kind"].value == "service"


@pytest.mark.parametrize(
    "option",
    [
        ("-L", "{free}:127.0.0.1:{port}"),
        ("-R", "{free}:127.0.0.1:{port}"),
        ("-D", "{free}"),
        ("-w", "0:0"),
    ],
    ids=lambda option: option[0],
)
def test_nothing_is_forwarded(empty: Kiosk, option: tuple[str, str]) -> None:
    forward = [option[0], option[1].format(free=empty.port + 1, port=empty.port)]
    login = empty.client("ssh", "-N", "-o", "ExitOnForwardFailure=yes", *forward, "-p", str(empty.port), empty.account)
    process = subprocess.Popen(login, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        if option[0] in ("-R", "-w"):
            assert process.wait(20) != 0
            return
        asked = _connected(empty.port + 1)
        assert asked() == b""  # sshd refuses the channel: nothing answers behind the client's own listener
    finally:
        process.kill()
        process.wait()


def _connected(port: int) -> Callable[[], bytes]:
    import socket

    end = time.monotonic() + 20
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port), 5)
            break
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)

    def read() -> bytes:
        with line:
            line.settimeout(10)
            line.sendall(b"\x05\x01\x00")
            try:
                answer = line.recv(100)
                line.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + port.to_bytes(2))
                return line.recv(100)[:0] if answer == b"\x05\x00" and line.recv(100) == b"" else answer
            except OSError:
                return b""

    return read


@pytest.mark.parametrize("name", ATTEMPTS)
def test_no_attempt_leads_out(empty: Kiosk, name: str) -> None:
    found = attempt(empty, name)
    assert found.where in INSIDE, found
