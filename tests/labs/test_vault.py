"""The vault's file under what a disk and a kill can do to it; every refusal is a word, and nothing is half written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from states.fault import Fault
from states.storage.secrets import Secret
from states.storage.vault import STATES, Vault
from tests.labs.vault_writer import ask, calls_of
from tests.storage.secret_contract import ISSUING, PASSWORD

CHEAP = (19_456, 1, 1)
RIGHT = Secret("correct horse 7")
OLD, NEW = Secret("the old one"), Secret("the new one")

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]
strace = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    one = Vault(tmp_path / "vault" / "secrets.vault", cost=CHEAP)
    one.create(RIGHT)
    one.put(PASSWORD, OLD)
    return one


def write(vault: Vault) -> dict[str, Any]:
    """The request that puts the new one in place of the old one."""
    assert vault._key is not None
    asked = {"path": str(vault.path), "seen": {}, "key": vault._key.reveal()}
    return {"do": "put", "username": PASSWORD.username, "secret": NEW.reveal(), **asked}


def as_before(vault: Vault) -> None:
    vault.put(PASSWORD, OLD)
    assert vault.get(PASSWORD) == OLD


def beside(vault: Vault) -> set[str]:
    return {path.name for path in vault.path.parent.iterdir()}


@strace
def test_killed_at_every_system_call_of_a_write_the_old_or_the_new_one_is_there(vault: Vault, tmp_path: Path) -> None:
    request = write(vault)
    calls = calls_of(request, tmp_path / "log")
    assert {"flock", "fsync", "rename"} <= {call.name for call in calls}
    found = {"old": 0, "new": 0}
    for call in calls:
        as_before(vault)
        inject = f"inject={call.name}:signal=KILL:when={call.nth}"
        _, said = ask(request, "strace", "-f", "-o", "/dev/null", "-e", f"trace={call.name}", "-e", inject)
        again = Vault(vault.path)
        again.open(RIGHT)
        there = again.get(PASSWORD)
        assert there in (OLD, NEW), call
        assert not said or there == NEW, f"{call}: acknowledged and lost"
        found["new" if there == NEW else "old"] += 1
    assert min(found.values()) > 0
    as_before(vault)
    assert beside(vault) == {"secrets.vault", "secrets.lock"}
    print(f"killed at {len(calls)} system calls: {found}")


@strace
@pytest.mark.parametrize(("error", "state"), [("ENOSPC", "full"), ("EIO", "failed"), ("EROFS", "read_only")])
def test_refused_at_every_system_call_of_a_write_it_is_said_and_nothing_is_lost(
    vault: Vault, tmp_path: Path, error: str, state: str
) -> None:
    request = write(vault)
    calls = calls_of(request, tmp_path / "log")
    said_so = 0
    for call in calls:
        as_before(vault)
        inject = f"inject={call.name}:error={error}:when={call.nth}"
        _, said = ask(request, "strace", "-f", "-o", "/dev/null", "-e", f"trace={call.name}", "-e", inject)
        there = vault.get(PASSWORD)
        assert there in (OLD, NEW), call
        if said.get("state") == "ok":
            assert there == NEW, f"{call}: acknowledged and lost"
        elif said:
            assert said["state"] in STATES, call
            said_so += said["state"] == state
    assert said_so >= 3  # opening, writing, syncing
    as_before(vault)
    assert beside(vault) == {"secrets.vault", "secrets.lock"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("no file system can be mounted")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(place: Path) -> None:
    with (place / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(512)):
                pass
        except OSError:
            pass


def test_on_a_full_disk_nothing_is_lost_and_it_is_said(small_disk: Path) -> None:
    vault = Vault(small_disk / "vault" / "secrets.vault", cost=CHEAP)
    vault.create(RIGHT)
    vault.put(PASSWORD, OLD)
    fill(small_disk)
    acts: list[Callable[[], None]] = [
        lambda: vault.put(PASSWORD, NEW),
        lambda: vault.put(ISSUING, NEW),
        lambda: vault.change(RIGHT, RIGHT),
    ]
    for act in acts:
        with pytest.raises(Fault, match=r"vault\.full"):
            act()
    assert vault.get(PASSWORD) == OLD
    (small_disk / "ballast").unlink()
    vault.put(PASSWORD, NEW)
    assert vault.get(PASSWORD) == NEW


def test_a_vault_cannot_be_made_on_a_full_disk_and_can_later(small_disk: Path) -> None:
    fill(small_disk)
    vault = Vault(small_disk / "vault" / "secrets.vault", cost=CHEAP)
    with pytest.raises(Fault, match=r"vault\.full"):
        vault.create(RIGHT)
    assert vault.state() == "absent"
    (small_disk / "ballast").unlink()
    vault.create(RIGHT)


def test_in_a_read_only_folder_it_is_read_and_a_change_is_refused(small_disk: Path) -> None:
    vault = Vault(small_disk / "vault" / "secrets.vault", cost=CHEAP)
    vault.create(RIGHT)
    vault.put(PASSWORD, OLD)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    acts: list[Callable[[], None]] = [
        lambda: vault.put(PASSWORD, NEW),
        lambda: vault.wipe(PASSWORD),
        lambda: vault.change(RIGHT, RIGHT),
    ]
    for act in acts:
        with pytest.raises(Fault, match=r"vault\.read_only"):
            act()
    assert vault.get(PASSWORD) == OLD
    assert Vault(vault.path).state() == "locked"
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
