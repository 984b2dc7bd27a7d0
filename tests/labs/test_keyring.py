"""The real GNOME keyring on a session bus of its own: unlocked, locked, empty, silent, and not there at all."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from states.fault import Fault
from states.storage.secrets import OsKeyring, Secret
from tests.storage.secret_contract import PASSWORD, keep_the_contract
from tests.tui.offices import READY, USER_ID, prepare
from tests.tui.technician import Technician

NEEDED = ("dbus-daemon", "gnome-keyring-daemon", "secret-tool", "Xvfb")
CANARY = "canary-c4e19a02"

pytestmark = [
    pytest.mark.lab,
    *(pytest.mark.skipif(shutil.which(name) is None, reason=f"no {name}") for name in NEEDED),
]

# The bus may start the prompter on its own, and nothing else behind the test's back.
PROMPTERS = sorted(Path("/usr/share/dbus-1/services").glob("*Prompter.service"))
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth>
<servicedir>{folder}/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""


class Desktop:
    """A user's session bus in folders of its own; its address is in this process's environment while it lives."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack, *, display: bool) -> None:
        self.home = folder
        self._stack = stack
        (folder / "services").mkdir()
        for prompter in PROMPTERS:
            shutil.copy(prompter, folder / "services")
        (folder / "bus.conf").write_text(BUS.format(folder=folder))
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(name, str(folder))
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        if display:
            monkeypatch.setenv("DISPLAY", self._unwatched_display())
        bus = self.start("dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--print-address")
        assert bus.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().decode().strip())

    def start(self, *command: str, text: bytes = b"") -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.home
        )
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def log_in(self, password: bytes | None) -> subprocess.Popen[bytes]:
        """Start the daemon, and unlock the login keyring (made at the first time) where a password is given."""
        unlock = [] if password is None else ["--unlock"]
        daemon = self.start(
            "gnome-keyring-daemon", "--foreground", "--components=secrets", *unlock, text=password or b""
        )
        end = time.monotonic() + 10
        while OsKeyring().state() == "no_service":
            assert time.monotonic() < end, "the daemon never came"
            time.sleep(0.05)
        return daemon

    def log_out(self, daemon: subprocess.Popen[bytes]) -> None:
        daemon.terminate()
        daemon.wait(10)

    def _unwatched_display(self) -> str:
        server = self.start("Xvfb", "-displayfd", "1", "-nolisten", "tcp")
        assert server.stdout is not None
        return f":{server.stdout.readline().decode().strip()}"


@pytest.fixture(params=[False], ids=["no display"])
def desktop(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Desktop]:
    """Without a display, unless the test asks for one by its parameter."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        yield Desktop(folder, monkeypatch, stack, display=request.param)


def refusals() -> set[str]:
    """What each of the calls is refused with; none of them may take long."""
    codes = set()
    keyring = OsKeyring()
    acts: list[Callable[[], object]] = [
        lambda: keyring.put(PASSWORD, Secret(CANARY)),
        lambda: keyring.get(PASSWORD),
        lambda: keyring.wipe(PASSWORD),
    ]
    for act in acts:
        begin = time.monotonic()
        with pytest.raises(Fault) as caught:
            act()
        assert time.monotonic() - begin < 4
        codes.add(caught.value.code)
    return {*codes, f"keyring.{keyring.test()}"}


def test_an_unlocked_keyring_keeps_the_contract(desktop: Desktop) -> None:
    desktop.log_in(b"login")
    keep_the_contract(OsKeyring())
    assert OsKeyring().test() == "ok"


def test_a_secret_lies_under_its_own_name_and_nowhere_in_the_clear(desktop: Desktop) -> None:
    desktop.log_in(b"login")
    OsKeyring().put(PASSWORD, Secret(CANARY))
    found = subprocess.run(
        ["secret-tool", "lookup", "service", "careplan-setup", "username", "1312345678/password"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == CANARY
    stored = [file.read_bytes() for file in desktop.home.rglob("*") if file.is_file()]
    assert len(stored) > 1
    assert not any(CANARY.encode() in content for content in stored)


def test_a_secret_is_there_again_at_the_next_login(desktop: Desktop) -> None:
    first = desktop.log_in(b"login")
    OsKeyring().put(PASSWORD, Secret(CANARY))
    desktop.log_out(first)
    assert OsKeyring().state() == "no_service"
    desktop.log_in(b"login")
    assert OsKeyring().get(PASSWORD) == Secret(CANARY)


@pytest.mark.parametrize("password", [None, b"wrong"])
@pytest.mark.parametrize("desktop", [False, True], indirect=True, ids=["no display", "unwatched display"])
def test_a_locked_keyring_says_so_and_never_prompts(desktop: Desktop, password: bytes | None) -> None:
    desktop.log_out(desktop.log_in(b"login"))
    desktop.log_in(password)
    assert OsKeyring().state() == "locked"
    assert refusals() == {"keyring.locked"}


@pytest.mark.skipif(not PROMPTERS, reason="no prompter")
@pytest.mark.parametrize("desktop", [True], indirect=True, ids=["unwatched display"])
def test_the_library_alone_would_prompt_for_ever(desktop: Desktop) -> None:
    """Else the test above would show nothing."""
    desktop.log_out(desktop.log_in(b"login"))
    desktop.log_in(None)
    ask = "from keyring.backends.SecretService import Keyring; Keyring().get_password('careplan-setup', 'x')"
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", ask], timeout=3, capture_output=True, check=False)


def test_a_keyring_without_a_collection_says_so_and_makes_none(desktop: Desktop) -> None:
    desktop.log_in(None)
    assert OsKeyring().state() == "no_collection"
    assert refusals() == {"keyring.no_collection"}
    assert OsKeyring().state() == "no_collection"


@pytest.mark.usefixtures("desktop")
def test_a_bus_without_a_keyring_is_no_service() -> None:
    assert OsKeyring().state() == "no_service"
    assert refusals() == {"keyring.no_service"}


@pytest.mark.usefixtures("desktop")
@pytest.mark.parametrize("address", [None, "", "unix:path=/nowhere/bus", "tcp:host=localhost,port=1", "nonsense"])
def test_no_bus_a_dead_one_and_a_strange_one_are_no_service(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert OsKeyring().state() == "no_service"


def test_a_bus_that_takes_calls_and_never_answers_is_no_absence(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(desktop.home / "silent"))
        silent.listen()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={desktop.home}/silent")
        assert OsKeyring().state() == "timed_out"


def test_a_keyring_killed_in_the_middle_of_a_call_is_said_to_be_gone(desktop: Desktop) -> None:
    daemon = desktop.log_in(b"login")
    daemon.send_signal(signal.SIGSTOP)
    states: list[str] = []
    asking = threading.Thread(target=lambda: states.append(OsKeyring().state()))
    asking.start()
    time.sleep(1)  # it waits for the answer by then
    daemon.kill()
    asking.join(5)
    assert states in (["no_service"], ["failed"])
    assert OsKeyring().state() == "no_service"


def test_a_keyring_that_never_answers_is_given_up_in_time(desktop: Desktop) -> None:
    daemon = desktop.log_in(b"login")
    daemon.send_signal(signal.SIGSTOP)
    begin = time.monotonic()
    assert OsKeyring(seconds=1).state() == "timed_out"
    with pytest.raises(Fault, match=r"keyring\.timed_out"):
        OsKeyring(seconds=1).get(PASSWORD)
    assert time.monotonic() - begin < 4
    daemon.send_signal(signal.SIGCONT)
    assert OsKeyring().state() == "ok"


def test_no_variable_and_no_file_of_the_user_chooses_another_keyring(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.log_in(b"login")
    (desktop.home / "python_keyring").mkdir()
    (desktop.home / "python_keyring" / "keyringrc.cfg").write_text(
        "[backend]\ndefault-keyring=keyring.backends.null.Keyring\n"
    )
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("KEYRING_PROPERTY_PREFERRED_COLLECTION", "/nowhere")
    assert "keyring.backends.null" in os.environ["PYTHON_KEYRING_BACKEND"]
    OsKeyring().put(PASSWORD, Secret(CANARY))
    assert OsKeyring().get(PASSWORD) == Secret(CANARY)


def test_the_app_ends_within_a_second_while_a_keyring_hangs(desktop: Desktop, tmp_path: Path) -> None:
    daemon = desktop.log_in(b"login")
    prepare(tmp_path / "store", **READY, **USER_ID)
    daemon.send_signal(signal.SIGSTOP)
    env = {"DBUS_SESSION_BUS_ADDRESS": os.environ["DBUS_SESSION_BUS_ADDRESS"]}
    with Technician(tmp_path / "store", "2026-11-22T09:00", env=env) as t:
        t.open_first()
        t.open_field("password_kept")
        t.wait(t.texts("ui.keyring.looking"))
        t.press("esc", "f8")
        t.wait(t.texts("ui.card.title"))
        t.press("f10")
        t.wait(t.texts("key.new"))
        begin = time.monotonic()
        t.press("0")
        assert t.terminal.wait_exit() == 0
        assert time.monotonic() - begin < 1
