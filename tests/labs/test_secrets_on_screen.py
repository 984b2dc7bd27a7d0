"""A password typed on the real screen into the real GNOME keyring: it is there afterwards, and nowhere else."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from states.storage.secrets import OsKeyring, Secret, Slot
from tests.labs.test_keyring import Desktop, pytestmark  # noqa: F401  (the marks)
from tests.labs.test_keyring import desktop as desktop_fixture
from tests.tui.offices import NO_CERTIFICATE, NUMBER, READY, USER_ID, prepare, stored
from tests.tui.technician import Technician

desktop = desktop_fixture
NOW = "2026-11-22T09:00"
ASCII, JAPANESE = "canary-9b41-Ab#7", "秘密の鍵９ｂ４１カナリア"
PASSWORD, ISSUING = Slot(NUMBER, "password"), Slot(NUMBER, "issuing_password")
MOMENT = 1.0  # seconds a person waits without wondering


def forms(secret: str) -> list[bytes]:
    """The encodings in which a secret might be left somewhere."""
    plain = secret.encode()
    return [
        plain,
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        base64.b64encode(plain).rstrip(b"="),
        plain.hex().encode(),
        quote(secret).encode(),
        json.dumps(secret)[1:-1].encode(),
        *([secret.encode("euc-jp"), secret.encode("cp932")] if not secret.isascii() else []),
    ]


def holds(content: bytes, secrets: tuple[str, ...]) -> bool:
    return any(form in content for secret in secrets for form in forms(secret))


def files_with(secrets: tuple[str, ...], *folders: Path) -> list[Path]:
    """Every file below these folders that holds one of them."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and holds(path.read_bytes(), secrets):
                found.append(path)
    return found


class Processes:
    """Looks at the arguments and the environment of every process, again and again, in a thread of its own."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self.secrets = secrets
        self.found: set[str] = set()
        self.rounds = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._stop.is_set():
            for path in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        content = (path / name).read_bytes()
                    except OSError:  # gone by now
                        continue
                    if holds(content, self.secrets):
                        self.found.add(f"{path.name}/{name}")
            self.rounds += 1
            self._stop.wait(0.01)

    def __enter__(self) -> Processes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


@contextmanager
def at_screen(folder: Path, **env: str) -> Iterator[Technician]:
    """A technician whose program sees this process's session bus and folders, with a folder for temporary files."""
    names = ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
    kept: Mapping[str, str] = {name: os.environ[name] for name in names if name in os.environ}
    (folder / "tmp").mkdir(exist_ok=True)
    with Technician(folder / "store", NOW, env={**kept, "TMPDIR": str(folder / "tmp"), **env}) as t:
        t.open_first()
        t.wait(t.texts("key.park"))
        yield t


def keep(t: Technician, step: str, fact: str, place: str, secret: str) -> None:
    """As the office's person does it: a place, a name, the secret."""
    t.press("g")
    t.choose_step(step)
    t.step(step)
    t.open_field(fact)
    t.choose(t.texts(f"ui.secret.{place}"))
    t.wait(t.texts("ui.secret.type")[:12])
    if "> 山田" not in t.screen:
        t.terminal.send("山田\r")
        t.wait("> 山田")
    t.terminal.send(secret)
    t.wait("*" * len(secret))
    t.press("enter")
    t.until(fact, "[x]")


def items_of(slot: Slot) -> int:
    """How many items of that name the keyring has."""
    command = ["secret-tool", "search", "--all", "service", "careplan-setup", "username", slot.username]
    found = subprocess.run(command, capture_output=True, check=False)
    return (found.stdout + found.stderr).count(b"secret = ")


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    """Else the tests below would show nothing."""
    for secret in (ASCII, JAPANESE):
        for at, form in enumerate(forms(secret)):
            (tmp_path / f"leak-{at}").write_bytes(b"before " + form + b" after")
        assert len(files_with((secret,), tmp_path)) == len(forms(secret))
        command = [sys.executable, "-c", "import sys, time; time.sleep(60)", secret]
        child = subprocess.Popen(command, env={"LEAK": secret, "PATH": os.environ["PATH"]})
        try:
            with Processes((secret,)) as seen:
                end = time.monotonic() + 10
                while len(seen.found) < 2 and time.monotonic() < end:
                    time.sleep(0.01)
            assert {f"{child.pid}/cmdline", f"{child.pid}/environ"} <= seen.found
        finally:
            child.kill()
            child.wait()


@pytest.mark.timeout(180)
def test_on_consent_a_password_is_in_the_keyring_and_nowhere_else(desktop: Desktop, tmp_path: Path) -> None:
    desktop.log_in(b"login")
    id = prepare(tmp_path / "store", "2026-11-22T08:00", **READY, **USER_ID, **NO_CERTIFICATE)
    secrets = (ASCII, JAPANESE, "replaced-by-this-1")
    with Processes(secrets) as seen, at_screen(tmp_path) as t:
        keep(t, "user_id", "password_kept", "keyring", ASCII)
        keep(t, "issuing_password", "issuing_password_kept", "keyring", JAPANESE)
        assert OsKeyring().get(PASSWORD) == Secret(ASCII)
        assert OsKeyring().get(ISSUING) == Secret(JAPANESE)
        # In place of the old one, and none of the old one left.
        keep(t, "user_id", "password_kept", "keyring", "replaced-by-this-1")
        t.terminal.wait(lambda: OsKeyring().get(PASSWORD) == Secret("replaced-by-this-1"))
        assert items_of(PASSWORD) == 1
        t.press("h")
        t.wait(t.texts("ui.history.title"))
        t.press("f3")
        # The office thinks better of it: gone from the keyring, and the record says so.
        t.open_field("password_kept")
        t.choose(t.texts("ui.secret.not_kept"))
        t.until("password_kept", t.texts("value.password_kept.not_kept")[:6])
        t.terminal.wait(lambda: items_of(PASSWORD) == 0)
        t.terminal.wait(lambda: any(event.kind == "wiped" for event in stored(tmp_path / "store", id).log))
        assert items_of(ISSUING) == 1
        raw = t.terminal.raw
    assert seen.rounds > 20
    assert not seen.found
    assert not holds(raw, secrets)
    assert files_with(secrets, tmp_path, desktop.home) == []
    answers = stored(tmp_path / "store", id).answers
    assert (answers["password_kept"].value, answers["issuing_password_kept"].value) == ("not_kept", "keyring")


@pytest.mark.usefixtures("desktop")
def test_without_a_session_bus_no_keyring_is_offered_and_the_page_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    id = prepare(tmp_path / "store", "2026-11-22T08:00", **READY, **USER_ID)
    with at_screen(tmp_path) as t:
        t.open_field("password_kept")
        t.wait("KEYRING-NO-SERVICE")
        t.wait(t.texts("ui.secret.visit"))
        assert t.texts("ui.secret.keyring") not in t.screen
        t.press("f3")
        t.wait(t.texts("key.park"))
        keep(t, "user_id", "password_kept", "visit", ASCII)
        raw = t.terminal.raw
    assert not holds(raw, (ASCII,))
    assert files_with((ASCII,), tmp_path) == []
    assert stored(tmp_path / "store", id).answers["password_kept"].value == "visit"


def in_a_moment(t: Technician, key: str, text: str) -> None:
    """A key does what it does, whatever the keyring does."""
    begin = time.monotonic()
    t.press(key)
    t.wait(text)
    assert time.monotonic() - begin < MOMENT, key


@pytest.mark.timeout(120)
@pytest.mark.parametrize("trouble", ["silent", "locked"])
@pytest.mark.parametrize("desktop", [True], indirect=True, ids=["unwatched display"])
def test_a_keyring_that_hangs_holds_up_neither_the_screen_nor_the_exit(
    desktop: Desktop,
    trouble: str,
    tmp_path: Path,
) -> None:
    daemon = desktop.log_in(b"login")
    if trouble == "locked":
        desktop.log_out(daemon)
        daemon = desktop.log_in(None)
    prepare(tmp_path / "store", "2026-11-22T08:00", **READY, **USER_ID)
    with at_screen(tmp_path) as t:
        if trouble == "silent":
            daemon.send_signal(signal.SIGSTOP)
        t.open_field("password_kept")
        t.wait(t.texts("ui.secret.not_kept"))
        for _ in range(3):
            in_a_moment(t, "f1", t.texts("ui.help.title"))
            in_a_moment(t, "f3", t.texts("ui.secret.not_kept"))
        if trouble == "locked":
            t.wait("KEYRING-LOCKED")
            assert t.texts("ui.secret.keyring") not in t.screen
        # Leave the page, the visit and the program while it still hangs.
        in_a_moment(t, "f3", t.texts("key.park"))
        in_a_moment(t, "p", t.texts("ui.card.title"))
        in_a_moment(t, "0", t.texts("key.new"))
        begin = time.monotonic()
        t.press("0")
        assert t.terminal.wait_exit() == 0
        assert time.monotonic() - begin < MOMENT
    daemon.send_signal(signal.SIGCONT)


@pytest.mark.timeout(120)
def test_a_keyring_that_goes_silent_while_it_stores_is_told_and_leaves_nothing_on_record(
    desktop: Desktop,
    tmp_path: Path,
) -> None:
    daemon = desktop.log_in(b"login")
    id = prepare(tmp_path / "store", "2026-11-22T08:00", **READY, **USER_ID)
    with at_screen(tmp_path) as t:
        t.open_field("password_kept")
        t.choose(t.texts("ui.secret.keyring"))
        t.wait(t.texts("ui.secret.type")[:12])
        t.terminal.send("山田\r")
        t.terminal.send(ASCII)
        t.wait("*" * len(ASCII))
        daemon.send_signal(signal.SIGSTOP)
        in_a_moment(t, "enter", t.texts("ui.secret.storing")[:4])
        in_a_moment(t, "f1", t.texts("ui.help.title"))
        t.press("f3")
        t.said("KEYRING-TIMED-OUT")
        assert "password_kept" not in stored(tmp_path / "store", id).answers
        daemon.send_signal(signal.SIGCONT)
        # Left while it stores: the page of the step is not taken away by what comes late.
        t.press("f3")
        t.wait(t.texts("key.park"))
        daemon.send_signal(signal.SIGSTOP)
        t.open_field("password_kept")
        t.wait(t.texts("ui.secret.not_kept"))
        in_a_moment(t, "f3", t.texts("key.park"))
        daemon.send_signal(signal.SIGCONT)
        t.press("h")
        t.wait(t.texts("ui.history.title"))
        raw = t.terminal.raw
    assert not holds(raw, (ASCII,))
