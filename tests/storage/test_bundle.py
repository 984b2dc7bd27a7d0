"""A bundle opens for whom it was made; whatever else comes in its place is a Fault with a code, in bounded time."""

from __future__ import annotations

import contextlib
import json
import os
import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from states.fault import Fault
from states.flow.events import Event
from states.storage import bundle
from states.storage.bundle import Keys, kind_of, seal, unseal
from states.storage.journal import Journal
from states.storage.records import START, chain
from states.storage.secrets import Secret, ThisVisit
from states.storage.transcript import LIMIT, Transcript, fingerprint, is_right, parse, transcript
from tests.storage.samples import AT, begin, go_on

PASSPHRASE = "ねこ が 3びき いる いえ"


@pytest.fixture
def text(tmp_path: Path) -> Transcript:
    journal = Journal.open(tmp_path / "store")
    row = go_on(journal, begin(journal), 4)
    made = transcript(row, journal.events(row.id), made=AT, by="佐藤", host="pc-1")
    journal.close()
    return made


@pytest.fixture
def keys() -> Keys:
    made = Keys(ThisVisit(), "installation")
    made.make()
    return made


def code(raw: bytes) -> str:
    with pytest.raises(Fault) as met:
        parse(raw)
    return met.value.code


def test_a_text_comes_back_as_it_was(text: Transcript) -> None:
    again = parse(text.encode())
    assert again == text
    assert (again.head, len(again.stored)) == (text.head, 5)


def test_every_flipped_bit_of_a_text_is_noticed_signed_or_not(text: Transcript, keys: Keys) -> None:
    for whole in (text, keys.sign(text)):
        raw = bytearray(whole.encode())
        for at in range(len(raw)):
            for bit in range(8):
                raw[at] ^= 1 << bit
                with contextlib.suppress(Fault):
                    found = parse(bytes(raw))
                    assert whole.key, f"byte {at}, bit {bit} of an unsigned text"
                    assert not is_right(found), f"byte {at}, bit {bit} of a signed text"
                raw[at] ^= 1 << bit


def test_who_makes_the_sum_and_the_chain_anew_cannot_make_the_signature(text: Transcript, keys: Keys) -> None:
    signed = keys.sign(text)
    assert is_right(signed)
    event = text.stored[2].event
    events = [one.event for one in text.stored]
    events[2] = Event(event.kind, event.at, "鈴木", event.body)
    forged = replace(signed, stored=tuple(chain(text.id, 0, START, events)))
    assert parse(forged.encode()).head != text.head
    assert not is_right(parse(forged.encode()))
    assert not is_right(parse(replace(signed, by="鈴木").encode()))
    assert not is_right(text)
    other = Keys(ThisVisit(), "another").make()
    assert not is_right(signed.signed(other.key, signed.signature))
    assert len(fingerprint(signed.key)) == 39


def spoiled(text: Transcript, **changes: object) -> bytes:
    """The text with another header, its sum made anew."""
    import hashlib

    first, _, rest = text.content.partition(b"\n")
    header = json.loads(first) | changes
    content = json.dumps(header, sort_keys=True, separators=(",", ":")).encode() + b"\n" + rest
    return content + b'{"sum":"%s"}\n' % hashlib.sha256(content).hexdigest().encode()


def test_texts_that_are_none_are_refused_by_name(text: Transcript) -> None:
    raw = text.encode()
    assert parse(spoiled(text)) == text  # the means of this test change nothing by themselves
    assert code(b"") == code(b"\n\n\n") == code(b"{}\n{}\n{}\n") == code(b"PK\x03\x04" * 999) == "record.foreign"
    assert code(raw[:-9]) == code(raw[:-1]) == code(raw + b"\n") == "record.damaged"
    assert code(b"x" * (LIMIT + 1)) == "record.too_large"
    assert code(spoiled(text, format=2)) == "record.newer"
    assert code(spoiled(text, head="00" * 32)) == code(spoiled(text, events=4)) == "record.chain"
    for changes in (
        {"id": "../../etc"},
        {"id": "A" * 99},
        {"office": ["../../../x", "y"]},
        {"office": "1372005678"},
        {"made": -1},
        {"made": 10**30},
        {"out": "yes"},
        {"format": "1"},
        {"by": None},
    ):
        assert code(spoiled(text, **changes)) == "record.damaged", changes
    deep = text.content.replace(b'"body":{', b'"body":{"deep":' + b"[" * 100_000, 1)
    assert code(deep + b'{"sum":"x"}\n') == "record.damaged"


def test_a_bundle_opens_with_its_passphrase_however_it_was_typed_and_with_no_other(
    text: Transcript, tmp_path: Path
) -> None:
    path = tmp_path / "office.age"
    seal(text, path, passphrase=Secret(PASSPHRASE))
    assert bundle.asks_for(path) == "passphrase"
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    assert unseal(path, passphrase=Secret("ねこ　が　３びき いる いえ")) == text
    with pytest.raises(Fault, match=r"bundle\.wrong_passphrase"):
        unseal(path, passphrase=Secret("another passphrase"))
    with pytest.raises(Fault, match=r"bundle\.exists"):
        seal(text, path, passphrase=Secret(PASSPHRASE))
    with pytest.raises(Fault, match=r"bundle\.passphrase_short limit=12"):
        seal(text, tmp_path / "other", passphrase=Secret("short"))
    for word in ("佐藤", "ケアプランセンター東", "kj_id", text.head.hex()):
        assert word.encode() not in path.read_bytes()


def test_a_bundle_for_an_installation_opens_there_and_nowhere_else(
    text: Transcript, keys: Keys, tmp_path: Path
) -> None:
    path = tmp_path / "office.age"
    public, other = keys.make(), Keys(ThisVisit(), "another")
    assert public == keys.public()  # made once
    other.make()
    seal(keys.sign(text), path, recipients=[public.recipient])
    assert bundle.asks_for(path) == "key"
    found = unseal(path, identity=keys.identity())
    assert found.stored == text.stored
    assert is_right(found)
    with pytest.raises(Fault, match=r"bundle\.not_for_us"):
        unseal(path, identity=other.identity())
    with pytest.raises(Fault, match=r"bundle\.no_key"):
        unseal(path)
    with pytest.raises(Fault, match=r"bundle\.no_recipient"):
        seal(text, tmp_path / "other", recipients=["age1nobody"])


def test_cut_and_flipped_bundles_are_refused(text: Transcript, keys: Keys, tmp_path: Path) -> None:
    path = tmp_path / "office.age"
    seal(text, path, recipients=[keys.make().recipient])
    whole, chance = path.read_bytes(), random.Random(7)
    for number in range(24):
        raw = bytearray(whole)
        if number % 3 == 0:
            del raw[chance.randrange(len(raw)) :]
        elif number % 3 == 1:
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        else:
            raw += b"x" * chance.randint(1, 99)
        path.write_bytes(raw)
        with pytest.raises(Fault) as met:
            unseal(path, identity=keys.identity())
        assert met.value.code in ("bundle.damaged", "bundle.foreign", "bundle.not_for_us")


def test_a_file_that_would_take_all_memory_or_for_ever_is_refused_first(tmp_path: Path) -> None:
    path = tmp_path / "bomb.age"
    greedy = b"age-encryption.org/v1\n-> scrypt c2FsdHNhbHRzYWx0c2FsdA %d\n" + b"A" * 43 + b"\n--- " + b"A" * 43 + b"\n"
    begun = time.monotonic()
    for work in (21, 22, 63, 999_999_999):
        path.write_bytes(greedy % work)
        assert kind_of(path.read_bytes()) == ("passphrase", work)
        with pytest.raises(Fault, match=r"bundle\.excessive"):
            unseal(path, passphrase=Secret(PASSPHRASE))
    path.write_bytes(greedy % 18 + greedy % 30)
    with pytest.raises(Fault, match=r"bundle\.(damaged|excessive|wrong_passphrase)"):
        unseal(path, passphrase=Secret(PASSPHRASE))
    with path.open("wb") as file:
        file.truncate(20 << 30)
    with pytest.raises(Fault, match=r"bundle\.too_large"):
        unseal(path, passphrase=Secret(PASSPHRASE))
    assert time.monotonic() - begun < bundle.SECONDS


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
def test_what_is_no_file_is_no_bundle(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(Fault, match=r"bundle\.foreign"):
            unseal(path, passphrase=Secret(PASSPHRASE))
        with pytest.raises(Fault, match=r"bundle\.foreign"):
            bundle.asks_for(path)
    with pytest.raises(Fault, match=r"bundle\.missing"):
        bundle.asks_for(tmp_path / "nothing")


def test_a_library_that_hangs_is_killed_in_time(
    text: Transcript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "SECONDS", 0.01)
    with pytest.raises(Fault, match=r"bundle\.timed_out"):
        seal(text, tmp_path / "office.age", passphrase=Secret(PASSPHRASE))
