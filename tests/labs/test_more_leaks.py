"""The leak hunt where the keyring of the system holds the secret, and for the password of a certificate's file."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from states.storage.secrets import OsKeyring, Secret, Slot
from tests.certificates import make_pfx
from tests.labs import test_keyring, test_leaks
from tests.labs.hunt import Watch, search_terminal
from tests.labs.test_keyring import Desktop
from tests.labs.test_leaks import (
    CANARIES,
    FILE,
    HALF,
    ISSUING,
    NEW_PASSWORD,
    NOW,
    PASSWORD,
    WRONG,
    Place,
    everything,
    go_in,
    nothing,
    open_secret,
    shown,
)
from tests.terminal import Terminal, python
from tests.tui.offices import NUMBER
from tests.tui.technician import COMMAND, Technician

place, desktop = test_leaks.place, test_keyring.desktop
pytestmark = [*test_leaks.pytestmark, *test_keyring.pytestmark]


@pytest.fixture
def keyring(desktop: Desktop, place: Place) -> Desktop:
    """One that is open, on a session bus that the app of this place sees; and a certificate's file."""
    desktop.log_in(b"login")
    place.env["DBUS_SESSION_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    place.env["PYTHONPATH"] = str(Path(__file__).parents[2])
    make_pfx(place.folder / "office.pfx", password=FILE.text)
    return desktop


@pytest.fixture
def watch(place: Place, keyring: Desktop) -> Iterator[Watch]:
    with Watch([place.folder, keyring.home], CANARIES) as one:
        yield one


def keep(t: Technician, fact: str, secret: str) -> None:
    open_secret(t, fact)
    t.choose(t.texts("ui.secret.keyring"))
    t.wait(t.texts("ui.secret.type"))
    if "> 鈴木" not in t.screen:
        t.terminal.send("鈴木\r")
        t.wait("> 鈴木")
    t.terminal.send(f"{secret}\r")
    t.until(fact, t.texts(f"value.{fact}.keyring")[:4])


def go_to(t: Technician, step: str) -> None:
    t.press("f2")
    t.wait(t.texts("ui.steps.title"))
    t.choose_step(step)
    t.step(step)


def open_file(t: Technician, file: Path) -> None:
    """The page on which a certificate's file and its password are typed."""
    t.open_field("certificate")
    t.choose(t.texts("ui.choice.check.certificate"))
    t.wait(t.texts("ui.certificate.title"))
    t.retype(str(file))
    t.press("enter")


def test_in_the_keyring_and_for_a_certificate_it_is_nowhere_else(place: Place, keyring: Desktop, watch: Watch) -> None:
    slot = Slot(NUMBER, "password")
    with place.start() as t:
        go_in(t)
        keep(t, "password_kept", PASSWORD.text)
        assert OsKeyring().get(slot) == Secret(PASSWORD.text)
        begin, end = shown(t, PASSWORD)
        keep(t, "password_kept", NEW_PASSWORD.text)
        assert OsKeyring().get(slot) == Secret(NEW_PASSWORD.text)
        go_to(t, "issuing_password")
        keep(t, "issuing_password_kept", ISSUING.text)
        go_to(t, "certificate")
        open_file(t, place.folder / "office.pfx")
        t.terminal.send(f"{WRONG.text}\r")
        t.said("CERT-PASSWORD-OR-DAMAGED")
        t.press("f3")
        t.wait(t.texts("ui.certificate.title"))
        t.terminal.send(f"{FILE.text}\r")
        t.wait(t.texts("key.take_result"))
        t.press("f5")  # it is still in hand
        t.wait_gone(t.texts("key.take_result"))
        t.wait(t.texts("key.take_result"))
        t.press("enter")
        t.wait(t.texts("ui.preview.title"))
        t.press("2")
        t.until("certificate", "[x]")
        t.press("f6")
        t.wait(t.texts("ui.history.title"))
        t.press("esc", "f8")
        t.wait(t.texts("ui.card.title"))
        t.press("f7")
        t.wait(t.texts("ui.papers.written"))
        said = [place.run(*words) for words in (
            ("show", NUMBER), ("show", NUMBER, "--json"), ("report", NUMBER), ("report", NUMBER, "--format", "html"),
            ("record", NUMBER), ("sessions", "--json"), ("doctor",), ("secrets", "list"),
        )]  # fmt: skip
        raw = t.terminal.raw
        t.power_cut()
    said.append(place.run("secrets", "wipe", NUMBER, "--yes"))
    assert not list(search_terminal("".join(said).encode(), CANARIES))
    assert OsKeyring().get(slot) is None
    assert list(search_terminal(raw[begin:end], CANARIES)), "it was on the screen, and has to be found there"
    assert watch.rounds > 20
    nothing(place, watch, terminal=raw[:begin] + raw[end:], more=(keyring.home,))


def test_asked_for_by_the_command_line_the_password_of_a_file_is_nowhere(
    place: Place, keyring: Desktop, watch: Watch
) -> None:
    command: list[str | Path] = [COMMAND, "--now", NOW, "check", "certificate", place.folder / "office.pfx"]
    with Terminal(command, env=place.env) as terminal:
        terminal.wait("パスワード")
        terminal.send(f"{FILE.text}\r")
        assert terminal.wait_exit() == 0
        raw = terminal.raw
    assert "確認できました".encode() in raw
    nothing(place, watch, terminal=raw, more=(keyring.home,))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_killed_while_the_password_of_a_file_is_typed_it_is_nowhere(
    place: Place, keyring: Desktop, watch: Watch, number: signal.Signals
) -> None:
    with place.start() as t:
        go_in(t)
        keep(t, "password_kept", PASSWORD.text)
        go_to(t, "certificate")
        open_file(t, place.folder / "office.pfx")
        t.terminal.send(HALF.text)
        t.terminal.wait(lambda: "*" * len(HALF.text) in t.terminal.text)
        t.terminal.kill(number)
        t.terminal.wait_exit()
        raw = t.terminal.raw
    nothing(place, watch, terminal=raw, more=(keyring.home,))


def test_after_a_crash_with_the_password_of_a_file_in_hand_it_is_nowhere(
    place: Place, keyring: Desktop, watch: Watch
) -> None:
    with place.start(*python("-m", "tests.labs.crashing", "crash")) as t:
        go_in(t)
        keep(t, "password_kept", PASSWORD.text)
        go_to(t, "certificate")
        open_file(t, place.folder / "office.pfx")
        t.terminal.send(f"{FILE.text}\r")
        assert t.terminal.wait_exit() == 1
        raw = t.terminal.raw
    assert b"INTERNAL-1" in raw
    nothing(place, watch, terminal=raw, more=(keyring.home,))


def test_a_log_planted_between_the_app_and_its_children_is_found(place: Place, keyring: Desktop, watch: Watch) -> None:
    """Else the tests above would show nothing: the same way, with one line of somebody's debugging in it."""
    with place.start(*python("-m", "tests.labs.crashing", "log")) as t:
        go_in(t)
        keep(t, "password_kept", PASSWORD.text)
        go_to(t, "certificate")
        open_file(t, place.folder / "office.pfx")
        t.terminal.send(f"{FILE.text}\r")
        t.wait(t.texts("key.take_result"))
    found = everything([place.folder, keyring.home], watch)
    assert {leak.canary for leak in found} == {PASSWORD.ascii, FILE.ascii}
    assert {leak.where for leak in found} == {str(place.folder / "tmp" / "debug.log")}
