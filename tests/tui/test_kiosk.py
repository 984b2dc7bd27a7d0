"""The kiosk: what the client brings along, the PIN and the lock, the way out. Attempts to escape: tests/labs."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from states.fault import Fault
from states.system import here
from tests.tui.liner import Liner
from tests.tui.offices import READY, prepare, stored
from tests.tui.technician import COMMAND, Technician
from tui.kiosk.guard import Guard
from tui.kiosk.settings import Settings, hashed, load, matches
from tui.kiosk.start import clean

pytestmark = pytest.mark.lab  # minutes, all on real terminals: run by `make labs`

root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="the settings have to be root's")
WORD = "保守 maintenance"
PARKED = {"billing": "agent", "kj_id": ("kj", "KJ131372005678"), "password": "lost", "id_request": "sent"}


def write(place: Path, store: Path, **more: object) -> Path:
    """Settings in a folder that is root's alone."""
    path = place / "kiosk.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in {"store": str(store), "language": "ja", **more}.items()]
    path.write_text("\n".join([*lines, "[maintenance]", f'word = "{hashed(WORD)}"', ""]), encoding="utf-8")
    path.chmod(0o600)
    return path


def with_pin(t: Technician, pin: str = "4649") -> None:
    t.wait(t.texts("ui.kiosk.pin"))
    t.terminal.send(f"{pin}\r{pin}\r")


# -- what comes from outside


def test_of_the_clients_environment_only_what_is_harmless_stays() -> None:
    brought = {
        "TERM": "xterm-256color", "LC_ALL": "C", "LD_PRELOAD": "/x.so", "PYTHONPATH": "/x", "PYTHONINSPECT": "1",
        "SHELL": "/bin/sh", "EDITOR": "vi", "TEXTUAL_DRIVER": "x:y", "SSH_ORIGINAL_COMMAND": "sh", "PATH": "/x",
        "HOME": "/x", "CAREPLAN_SETUP_STORE": "/x", "HTTPS_PROXY": "x", "PAGER": "sh",
    }  # fmt: skip
    kept = clean(brought)
    assert kept["TERM"] == "xterm-256color"
    assert not set(kept) & set(brought) - {"TERM", "LC_ALL", "PATH", "HOME"}
    assert not any(value in ("/x", "C", "sh") for value in kept.values())
    for term in ("../../x", "a;b", "", "x" * 99, "\x1b[2J"):
        assert clean({"TERM": term})["TERM"] == "dumb"


@root
def test_settings_that_others_can_write_or_that_say_something_else_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, tmp_path / "store", idle_minutes=2.5, files="/srv")
    assert load(path) == Settings(str(tmp_path / "store"), language="ja", idle=150, files="/srv", word=load(path).word)
    assert matches(WORD, load(path).word)
    assert not matches(WORD + " ", load(path).word)

    def refused(to: Path = path) -> None:
        with pytest.raises(Fault) as met:
            load(to)
        assert met.value.code == "kiosk.settings"

    good = path.read_text(encoding="utf-8")
    for bad in (
        'shell = "sh"',
        "idle_minutes = 'x'",
        "store = 1",
        "[maintenance]\nrun = ['sh']",
        "[maintenance]\nx = 1",
        "x",
    ):
        path.write_text(bad, encoding="utf-8")
        refused()
    path.write_text(good, encoding="utf-8")
    path.chmod(0o620)
    refused()
    path.chmod(0o600)
    os.chown(path, 65534, 0)
    refused()
    os.chown(path, 0, 0)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    refused(link)
    tmp_path.chmod(0o777)
    refused()
    tmp_path.chmod(0o700)
    refused(tmp_path / "none.toml")
    load(path)


def test_without_settings_it_locks_after_ten_minutes_reads_no_file_and_has_no_maintenance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here, "KIOSK", tmp_path / "none.toml")
    found = load()
    assert (found.idle, found.word, found.run) == (600, "", ())
    with pytest.raises(Fault):
        found.may_read("/etc/passwd")
    assert not Guard(found).maintains("")


def test_files_are_read_below_the_folder_that_was_named_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    one = Settings(files=str(tmp_path / "in"))
    one.may_read(str(tmp_path / "in" / "x.pfx"))
    for path in ("x.pfx", "../x", "in/../../x", "in/link/x", ""):
        with pytest.raises(Fault):
            one.may_read(str(tmp_path / path))


# -- the guard, with a clock that is told what time it is


def test_it_locks_when_nothing_was_typed_for_ten_minutes() -> None:
    now = [1000.0]
    guard = Guard(Settings(), lambda: now[0])
    now[0] += 599
    assert guard.left() == 1
    guard.touched()
    assert guard.left() == 600
    now[0] += 600
    assert guard.left() == 0


def test_a_pin_is_folded_kept_as_a_hash_alone_and_has_three_tries() -> None:
    guard = Guard(Settings())
    for pin, again, code in (("123", "123", "kiosk.pin_short"), ("1234", "1235", "kiosk.pin_differs")):
        with pytest.raises(Fault) as met:
            guard.choose(pin, again)
        assert met.value.code == code
    assert not guard.has_pin
    assert not guard.opens("")
    guard.choose("ｐｉｎ９９", "pin99")
    assert "pin99" not in repr(vars(guard))
    assert guard.opens("pin99")
    assert not guard.opens("pin9")
    assert [guard.failed().values["left"] for _ in range(3)] == ["2", "1", "0"]
    guard.forget()
    assert not guard.opens("pin99")


# -- on a terminal


@root
@pytest.mark.timeout(120)
def test_the_screen_is_hidden_opened_by_the_pin_and_parked_after_three_tries(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, "2026-11-06T10:00", **READY, **PARKED, certificate="none", certificate_elsewhere="no")
    conf = write(tmp_path, store, idle_minutes=0.05)
    with Technician(store, "", program=(COMMAND, f"--kiosk={conf}")) as t:
        t.press("enter")
        t.wait(t.texts("ui.field.technician"))
        t.retype("佐藤")
        t.press("enter")
        with_pin(t)
        t.step(stored(store, id).state)
        t.wait(t.texts("ui.kiosk.locked"))
        assert "1372005678" not in t.screen
        for key in ("esc", "f1", "f3", "f10", "f11", "ctrl+c", "ctrl+z", "ctrl+q", "ctrl+p"):
            t.press(key)
        t.terminal.send("9999\r")
        t.said("KIOSK-PIN-WRONG")
        assert "1372005678" not in t.screen
        t.terminal.send("4649\r")
        t.step(stored(store, id).state)
        t.wait(t.texts("ui.kiosk.locked"))
        for left in ("2", "1"):
            t.terminal.send("9999\r")
            t.wait(t.texts("fault.kiosk.pin_wrong", left=left))
        t.terminal.send("9999\r")
        assert t.terminal.wait_exit() == 0
        assert t.texts("ui.kiosk.parked")[:10] in t.screen
    assert stored(store, id).log[-1].kind == "left"


@root
@pytest.mark.timeout(120)
def test_leaving_says_what_it_does_and_only_the_administrators_word_leads_to_maintenance(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY)
    conf = write(tmp_path, store)
    with Technician(store, "", program=(COMMAND, f"--kiosk={conf}")) as t:
        t.press("0")
        t.wait(t.texts("ui.kiosk.leaving.about")[:10])
        t.wait(t.texts("ui.kiosk.open"))
        t.press("1")
        t.wait(t.texts("key.new"))
        t.press("0")
        t.wait(t.texts("key.maintain"))
        t.press("3")
        t.wait(t.texts("ui.kiosk.maintenance.about")[:10])
        t.terminal.send("guess\r")
        t.said("KIOSK-PIN-WRONG")
        t.terminal.send(f"{WORD}\r")
        assert t.terminal.wait_exit() == 75
    conf.write_text(conf.read_text(encoding="utf-8") + 'run = ["/bin/echo", "maintained"]\n', encoding="utf-8")
    with Technician(store, "", program=(COMMAND, f"--kiosk={conf}")) as t:
        t.press("0")
        t.wait(t.texts("key.maintain"))
        t.press("3")
        t.wait(t.texts("ui.kiosk.maintenance.about")[:10])
        t.terminal.send(f"{WORD}\r")
        t.wait("maintained")
        assert t.terminal.wait_exit() == 0


@root
@pytest.mark.timeout(120)
def test_line_mode_locks_as_well_and_goes_on_with_the_same_pin(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY)
    conf = write(tmp_path, store, idle_minutes=0.05, files=str(tmp_path / "stick"))
    with Liner(store, "", program=(COMMAND, f"--kiosk={conf}", "--store", "/nowhere", "doctor")) as t:
        t.prompt()
        t.type("1", t.texts("ui.field.technician"))
        t.type("佐藤", t.texts("ui.kiosk.field.pin"))
        t.type("4649", t.texts("ui.kiosk.field.again"))
        t.type("4649")
        t.until(t.texts("ui.kiosk.locked.about"))
        assert "\n" * 150 in t.heard  # out of sight
        t.type("4648", "KIOSK-PIN-WRONG")
        t.type("4649")
        assert "464" not in t.all
        t.until(t.texts("ui.kiosk.locked.about"))
        for left in ("2", "1"):
            t.type("x", t.texts("fault.kiosk.pin_wrong", left=left))
        t.type("x", t.texts("ui.kiosk.parked"))
        assert t.terminal.wait_exit() == 0
    assert stored(store, id).log[-1].kind == "left"


@root
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_with_nobody_there_it_ends_and_signals_end_it_too(tmp_path: Path, number: signal.Signals) -> None:
    conf = write(tmp_path, tmp_path / "store", idle_minutes=0.05 if number == signal.SIGTERM else 10)
    with Technician(tmp_path / "store", "", program=(COMMAND, f"--kiosk={conf}")) as t:
        if number == signal.SIGTERM:
            assert t.terminal.wait_exit() == 0
            assert t.texts("ui.kiosk.idle_end")[:10] in t.screen
        else:
            t.terminal.kill(number)
            assert t.terminal.wait_exit() == 128 + number
