"""`doctor` and `secrets`: what this PC keeps passwords with, what is kept, and that wiped is wiped; none is shown."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from states.flow.session import Session
from states.storage.secrets import Secret
from states.storage.vault import Vault
from tests.tui.offices import NUMBER, READY, USER_ID, desk_at, office, stored
from tests.tui.technician import COMMAND
from tui.who import who_sits_here

NOW = "2026-11-22T09:00"
PASSPHRASE, SECRET = Secret("correct horse 7"), Secret("canary-1f77aa")


def run(store: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [COMMAND, "--store", store, "--lang", "en", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(store.parent)},  # no session bus
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "canary" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def keep(store: Path, place: str) -> str:
    """An office whose password is kept there; its session's id."""
    with desk_at(store, NOW) as desk:
        office(desk, **READY, **USER_ID).leave()
        visit = desk.resume(desk.page()[0].id, who_sits_here("佐藤"))  # on the PC that the commands run on
        if place == "vault":
            visit.custody.open_vault(PASSPHRASE)
        assert not visit.keep_secret("password_kept", SECRET, place, agreed="鈴木")
        visit.leave()
        return visit.row.id


def wiped(session: Session) -> bool:
    return any(event.kind == "wiped" for event in session.log)


def test_the_doctor_names_each_state_with_its_remedy(store: Path) -> None:
    code, said = run(store, "doctor")
    assert code == 1
    assert "(KEYRING-NO-SERVICE)" in said
    assert "passphrase makes one" in said
    assert not store.exists()
    Vault.beside(store).create(PASSPHRASE)
    Vault.beside(store).path.write_bytes(b"x")
    assert "(VAULT-DAMAGED)" in run(store, "doctor")[1]


def test_the_doctor_speaks_to_programs_too(store: Path) -> None:
    looks = json.loads(run(store, "doctor", "--json")[1])
    assert [(look["part"], look["state"], look["well"]) for look in looks][:2] == [
        ("keyring", "no_service", False),
        ("vault", "absent", True),
    ]


def test_what_was_kept_for_a_visit_only_is_listed_as_gone_and_wiped_on_record(store: Path) -> None:
    id = keep(store, "visit")
    code, said = run(store, "secrets", "list")
    assert code == 0
    assert NUMBER in said
    assert "not stored" in said
    assert run(store, "secrets", "wipe", NUMBER)[0] == 1  # nobody said --yes
    assert not wiped(stored(store, id))
    assert run(store, "secrets", "wipe", NUMBER, "--yes")[0] == 0
    assert wiped(stored(store, id))
    assert "No password is kept" in run(store, "secrets", "list")[1]


def test_a_locked_vault_is_not_wiped_where_nobody_can_be_asked_and_can_be_destroyed(store: Path) -> None:
    id = keep(store, "vault")
    assert "(VAULT-LOCKED)" in run(store, "secrets", "list")[1]
    code, said = run(store, "secrets", "wipe", NUMBER, "--yes")
    assert (code, "(VAULT-LOCKED)" in said) == (2, True)
    assert run(store, "secrets", "wipe", "--vault")[0] == 1
    assert Vault.beside(store).path.exists()
    assert run(store, "secrets", "wipe", "--vault", "--yes")[0] == 0
    assert not Vault.beside(store).path.exists()
    assert run(store, "secrets", "wipe", NUMBER, "--yes")[0] == 0  # there is nothing left, and it is on record
    assert wiped(stored(store, id))
