"""A visit over SSH, where there is no session bus: the vault is what is left, said so, and open to the next login."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from states.storage.vault import Vault
from tests.labs.ssh import Sshd
from tests.tui.offices import READY, USER_ID, prepare, stored
from tests.tui.technician import COMMAND, Technician

NOW, LATER = "2026-11-22T09:00", "2026-11-22T09:20"
PASSPHRASE, SECRET = "correct horse 7", "canary-ssh-4b17"

pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(180),
    pytest.mark.skipif(shutil.which("sshd", path="/usr/sbin:/usr/bin") is None, reason="no sshd"),
    pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh"),
]


def processes() -> Iterator[bytes]:
    """The arguments of every process."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # gone by now
            yield path.read_bytes()


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    folder = tmp_path / "ssh"
    folder.mkdir()
    with Sshd(folder) as one:
        yield one


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_over_ssh_the_vault_keeps_it_and_a_second_login_finds_it(sshd: Sshd, tmp_path: Path, lang: str) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID)

    def log_in(when: str) -> Technician:
        t = Technician(store, when, lang, program=sshd.login(COMMAND))
        t.open_first()
        t.step("user_id")
        t.open_field("password_kept")
        t.wait("(KEYRING-NO-SERVICE)")
        t.wait(t.texts("ui.keyring.remote")[:24])
        return t

    with log_in(NOW) as t:
        t.wait(t.texts("ui.vault.absent")[:20])
        assert t.texts("ui.secret.keyring") not in t.screen  # neither offered nor chosen for anybody
        t.choose(t.texts("ui.secret.vault"))
        t.wait(t.texts("ui.vault.create"))
        t.terminal.send(f"{PASSPHRASE}\r{PASSPHRASE}\r")
        t.wait(t.texts("ui.secret.type"))
        t.terminal.send(f"鈴木\r{SECRET}\r")
        t.until("password_kept", t.texts("value.password_kept.vault"))
        t.open_field("billing")
        sent = t.terminal.raw
        t.power_cut()  # of the technician's own PC: the line is dead, the office's PC is not
    end = time.monotonic() + 20
    while any(str(store).encode() in arguments for arguments in processes()):
        assert time.monotonic() < end, "the app outlives its line"
        time.sleep(0.05)
    assert SECRET.encode() not in sent
    assert Vault.beside(store).state() == "locked"

    with log_in(LATER) as t:
        t.wait(t.texts("ui.vault.locked")[:20])
        t.choose(t.texts("ui.secret.show"))
        t.wait(t.texts("ui.show.title"))
        t.press("enter")
        t.wait(t.texts("ui.vault.open"))
        t.terminal.send(f"{PASSPHRASE}\r")
        t.wait(SECRET)
        t.press("esc")
        t.wait_gone(SECRET)
    events = stored(store, id).log
    told = [event.kind for event in events if event.kind in ("consented", "vault", "shown")]
    assert told == ["vault", "consented", "vault", "shown"]
    assert all("taken_from" not in event.body for event in events), "its own dead line is nobody's window"
