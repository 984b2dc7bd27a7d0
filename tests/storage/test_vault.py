"""A vault opens for its passphrase and for nothing else, says what is wrong with it, and is never half written."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from states import child
from states.fault import Fault
from states.storage import vault_child
from states.storage.secrets import Secret, Slot
from states.storage.vault import COST, IDLE, PASSPHRASE, STATES, Vault
from states.storage.vault_file import LIMIT, Cost, Refused, data_key, opened, parse
from tests.storage import vault_vectors
from tests.storage.secret_contract import PASSWORD, keep_the_contract

VERDICTS: dict[str, Any] = json.loads((vault_vectors.FOLDER / "verdicts.json").read_text(encoding="utf-8"))
RIGHT, OTHER = Secret("correct horse 7"), Secret("battery staple 8")
CHEAP = (19_456, 1, 1)
FRONT = 124  # bytes before the body's nonce


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process's work, done in this one: ten times as quick, and the tests of `states.child` are elsewhere."""

    def call(_module: str, request: child.Json, *, seconds: float) -> child.Json:
        del seconds
        answer: child.Json = json.loads(json.dumps(vault_child.handle(json.loads(json.dumps(request)), None)))
        return answer

    monkeypatch.setattr(child, "call", call)


@pytest.fixture
def vault(tmp_path: Path, direct: None) -> Vault:
    del direct
    one = Vault(tmp_path / "vault" / "secrets.vault", cost=CHEAP)
    one.create(RIGHT)
    return one


def raw(name: str) -> bytes:
    return (vault_vectors.FOLDER / f"{name}.vault").read_bytes()


def code(act: Any, *given: Any) -> str:
    with pytest.raises(Fault) as caught:
        act(*given)
    return caught.value.code


# -- the format


@pytest.mark.parametrize("name", VERDICTS)
def test_every_vector_has_its_verdict(name: str, tmp_path: Path) -> None:
    said = VERDICTS[name]
    path = tmp_path / "a.vault"
    path.write_bytes(raw(name))
    request = {"do": "open", "path": str(path), "seen": said["seen"], "passphrase": said["passphrase"]}
    assert vault_child.handle(request, None)["state"] == said["verdict"]
    assert said["verdict"] in STATES
    if said["verdict"] == "ok":
        sealed = parse(raw(name))
        assert opened(sealed, data_key(sealed, said["passphrase"])) == said["kept"]


def test_there_is_a_vector_for_every_verdict_and_no_other_file() -> None:
    assert {said["verdict"] for said in VERDICTS.values()} >= {
        *("ok", "damaged", "altered", "newer", "excessive", "rolled_back", "wrong_passphrase")
    }
    assert {path.stem for path in vault_vectors.FOLDER.glob("*.vault")} == set(VERDICTS) == {*vault_vectors.vectors()}


def unlock(content: bytes) -> dict[str, str]:
    sealed = parse(content)
    return opened(sealed, data_key(sealed, RIGHT.reveal()))


def flips(content: bytes) -> Iterator[bytes]:
    for at in range(len(content) * 8):
        flipped = bytearray(content)
        flipped[at // 8] ^= 1 << at % 8
        yield bytes(flipped)


@pytest.mark.parametrize("name", ["opens", "opens_two_blocks"])
def test_no_single_bit_flip_opens_and_none_reads_as_a_wrong_passphrase(name: str) -> None:
    count = 0
    for flipped in flips(raw(name)):
        with pytest.raises(Refused) as caught:
            parse(flipped)
        assert caught.value.state == "damaged"
        count += 1
    assert count == len(raw(name)) * 8


def test_no_bit_that_somebody_flipped_who_mended_the_sum_opens_either() -> None:
    good = raw("opens")
    key = data_key(parse(good), RIGHT.reveal())
    for flipped in flips(good[FRONT:-32]):
        with pytest.raises(Refused, match="altered"):
            opened(parse(vault_vectors.mended(good[:FRONT] + flipped)), key)
    for at in range(FRONT):
        forged = vault_vectors.changed(good, at, bytes([good[at] ^ 1]))
        with pytest.raises(Refused, match=r"damaged|newer|excessive|wrong_passphrase|altered"):
            unlock(forged)


def test_a_file_of_more_than_a_mebibyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.vault"
    path.write_bytes(raw("opens").ljust(LIMIT + 1, b"\0"))
    assert vault_child.handle({"do": "state", "path": str(path), "seen": {}}, None) == {"state": "damaged"}


def test_how_many_secrets_there_are_and_how_long_they_are_is_not_to_be_seen(vault: Vault) -> None:
    empty = vault.path.stat().st_size
    vault.put(PASSWORD, Secret("x" * 300))
    vault.put(Slot("1399999999", "password"), Secret("y"))
    assert vault.path.stat().st_size == empty
    assert b"1312345678" not in vault.path.read_bytes()


def test_the_usual_cost_is_what_the_specification_says() -> None:
    assert Cost(*COST) == Cost() == Cost(128 * 1024, 3, 4)


# -- the place


def test_a_vault_keeps_the_contract(vault: Vault) -> None:
    keep_the_contract(vault)


def test_a_vault_keeps_half_a_character(vault: Vault) -> None:
    vault.put(PASSWORD, Secret("ひ\udc80🔑"))
    assert vault.get(PASSWORD) == Secret("ひ\udc80🔑")


def test_a_vault_in_its_own_process_keeps_and_gives_back(tmp_path: Path) -> None:
    one = Vault(tmp_path / "new" / "secrets.vault")
    assert one.state() == "absent"
    one.create(RIGHT)
    one.put(PASSWORD, Secret("ひみつ"))
    again = Vault(one.path)
    assert again.state() == "locked"
    again.open(RIGHT)
    assert again.get(PASSWORD) == Secret("ひみつ")
    assert again.names() == [PASSWORD.username]


def test_where_there_is_no_vault_there_is_nothing_in_it(tmp_path: Path, direct: None) -> None:
    del direct
    one = Vault(tmp_path / "vault" / "secrets.vault")
    assert one.state() == code(one.get, PASSWORD).removeprefix("vault.") == "absent"
    one.wipe(PASSWORD)
    one.destroy()
    assert not one.path.parent.exists()


def test_only_its_passphrase_opens_it_and_nothing_is_kept_or_given_before(vault: Vault) -> None:
    again = Vault(vault.path)
    for act, given in ((again.get, (PASSWORD,)), (again.put, (PASSWORD, OTHER)), (again.wipe, (PASSWORD,))):
        assert code(act, *given) == "vault.locked"
    assert code(again.names) == "vault.locked"
    assert code(again.open, OTHER) == "vault.wrong_passphrase"
    assert again.state() == "locked"


def test_a_second_vault_is_not_made_over_the_first(vault: Vault) -> None:
    before = vault.path.read_bytes()
    assert code(Vault(vault.path, cost=CHEAP).create, OTHER) == "vault.exists"
    assert vault.path.read_bytes() == before


@pytest.mark.parametrize("short", ["", "eleven char", "ﾊﾟ" * 11])
def test_a_short_passphrase_is_refused_as_it_counts_composed(tmp_path: Path, vault: Vault, short: str) -> None:
    assert PASSPHRASE == 12
    assert code(Vault(tmp_path / "b" / "b.vault", cost=CHEAP).create, Secret(short)) == "vault.passphrase_short"
    assert code(vault.change, RIGHT, Secret(short)) == "vault.passphrase_short"


def test_a_changed_passphrase_leaves_the_secrets_and_new_keys(vault: Vault) -> None:
    vault.put(PASSWORD, Secret("kept"))
    elsewhere = Vault(vault.path, cost=CHEAP)
    elsewhere.open(RIGHT)
    old = parse(vault.path.read_bytes())
    old_key = data_key(old, RIGHT.reveal())
    assert code(vault.change, OTHER, RIGHT) == "vault.wrong_passphrase"
    vault.change(RIGHT, OTHER)
    assert vault.get(PASSWORD) == Secret("kept")
    new = parse(vault.path.read_bytes())
    assert (new.id, new.generation) == (old.id, old.generation + 1)
    with pytest.raises(Refused):
        opened(new, old_key)
    assert code(elsewhere.get, PASSWORD) == "vault.locked"
    assert elsewhere.state() == "locked"
    assert code(elsewhere.open, RIGHT) == "vault.wrong_passphrase"
    elsewhere.open(OTHER)


def test_an_idle_vault_is_locked_again(tmp_path: Path, direct: None) -> None:
    del direct
    clock = Clock()
    one = Vault(tmp_path / "vault" / "secrets.vault", cost=CHEAP, clock=clock)
    one.create(RIGHT)
    for _ in range(3):  # use keeps it open
        clock.now += IDLE
        one.put(PASSWORD, Secret("x"))
    clock.now += IDLE + 1
    assert one.state() == "locked"
    assert code(one.get, PASSWORD) == "vault.locked"


def test_a_copy_put_back_is_noticed(vault: Vault) -> None:
    copy = vault.path.read_bytes()
    vault.put(PASSWORD, Secret("newer"))
    mark = vault.mark
    assert mark is not None
    vault.path.write_bytes(copy)
    assert code(vault.get, PASSWORD) == "vault.rolled_back"
    again = Vault(vault.path)
    again.open(RIGHT)  # nobody told it
    again.lock()
    again.expect({mark.id: mark.generation})
    assert again.state() == "rolled_back"
    assert code(again.open, RIGHT) == "vault.rolled_back"


def test_a_destroyed_vault_is_gone_with_what_a_kill_left_of_it(vault: Vault) -> None:
    (vault.path.parent / f".{vault.path.name}.left").write_bytes(b"x")
    vault.destroy()
    assert [path.suffix for path in vault.path.parent.iterdir()] == [".lock"]
    assert vault.state() == "absent"


def test_a_vault_has_room_for_what_fits_and_says_so_otherwise(vault: Vault) -> None:
    before = vault.path.read_bytes()
    assert code(vault.put, PASSWORD, Secret("x" * LIMIT)) == "vault.too_large"
    assert vault.path.read_bytes() == before


# -- the file


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_only_its_owner_may_read_it(vault: Vault) -> None:
    old = os.umask(0)
    try:
        vault.put(PASSWORD, Secret("x"))
    finally:
        os.umask(old)
    assert vault.path.stat().st_mode & 0o777 == 0o600
    assert vault.path.parent.stat().st_mode & 0o777 == 0o700


def test_what_a_kill_left_beside_it_is_cleared_away_by_the_next_write(vault: Vault) -> None:
    (vault.path.parent / f".{vault.path.name}.left").write_bytes(b"x")
    vault.put(PASSWORD, Secret("x"))
    assert {path.name for path in vault.path.parent.iterdir()} == {"secrets.vault", "secrets.lock"}


def test_two_programs_that_write_at_once_lose_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_child, "TURN", 30)
    others = []
    for _ in range(4):
        other = Vault(vault.path)
        other.open(RIGHT)
        others.append(other)

    def work(mine: Vault, nth: int) -> None:
        for at in range(5):
            mine.put(Slot(f"{nth}{at}", "password"), Secret("x"))

    threads = [threading.Thread(target=work, args=(other, nth)) for nth, other in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(vault.names()) == 20


@pytest.mark.skipif(os.name == "nt", reason="locks by flock")
def test_a_vault_that_somebody_else_holds_is_busy(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    monkeypatch.setattr(vault_child, "TURN", 0.1)
    with vault.path.with_suffix(".lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert code(vault.put, PASSWORD, Secret("x")) == "vault.busy"
        assert vault.get(PASSWORD) is None  # reading waits for nobody
    vault.put(PASSWORD, Secret("x"))


def test_a_disk_that_does_not_give_back_what_was_written_is_noticed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_child, "replace_file", lambda *_: None)
    assert code(vault.put, PASSWORD, Secret("x")) == "vault.not_kept"
