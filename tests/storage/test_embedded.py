"""Whatever stands where the store should be, it is opened as it was left or refused by name; never half, never wide."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from states.fault import Fault
from states.storage import embedded
from states.storage.blackbox import NAME as COPY
from states.storage.embedded import NAME, Embedded
from states.storage.journal import Event, Journal, Row
from states.storage.room import NAME as BALLAST
from states.system import here
from tests.storage.samples import AT, begin, go_on

posix = pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")


def refusal(folder: Path, *, create: bool = True, any_ground: bool = False) -> str:
    with pytest.raises(Fault) as caught:
        Journal.open(folder, create=create, any_ground=any_ground)
    assert caught.value.values["path"].startswith(str(folder))
    return caught.value.code


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A closed store with a session of forty events, in one file."""
    journal = Journal.open(tmp_path / "store")
    go_on(journal, begin(journal), 39)
    journal.close()
    assert {file.name for file in (tmp_path / "store").iterdir()} == {NAME, COPY, BALLAST}
    (tmp_path / "store" / COPY).unlink()  # what mends it is tested beside
    return tmp_path / "store"


# Making and opening


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_folder_and_files_are_the_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "new" / "deep"
    before = os.umask(umask)
    try:
        journal = Journal.open(folder)
        begin(journal)
    finally:
        os.umask(before)
    modes = {place.name: stat.S_IMODE(place.stat().st_mode) for place in (folder.parent, folder, *folder.iterdir())}
    assert modes == {
        "new": 0o700,
        "deep": 0o700,
        **dict.fromkeys((NAME, f"{NAME}-wal", f"{NAME}-shm", COPY, BALLAST), 0o600),
    }
    journal.close()


@posix
def test_a_file_that_others_could_read_is_closed_to_them(store: Path) -> None:
    (store / NAME).chmod(0o644)
    Journal.open(store).close()
    assert stat.S_IMODE((store / NAME).stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_new_name_is_synced_into_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))  # noqa: PTH115
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    Journal.open(tmp_path / "a" / "b").close()
    folders = [place for place in synced if Path(place).is_dir()]
    assert folders == [str(tmp_path), str(tmp_path / "a"), *[str(tmp_path / "a" / "b")] * 2]  # database, second copy


def test_a_missing_store_is_not_made_unless_asked_for(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none", create=False) == "store.missing"
    assert refusal(tmp_path, create=False) == "store.missing"
    assert list(tmp_path.iterdir()) == []


def test_many_first_openings_at_once_make_one_store(tmp_path: Path) -> None:
    folder, failures = tmp_path / "store", []

    def first(number: int) -> None:
        try:
            journal = Journal.open(folder)
            begin(journal, f"s-{number:04}")
            journal.close()
        except Fault as fault:
            failures.append(str(fault))

    threads = [threading.Thread(target=first, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    journal = Journal.open(folder)
    assert len(journal.page(today="2023-11-15")) == 6
    journal.close()
    assert {file.name for file in folder.iterdir()} == {NAME, COPY, BALLAST}


def test_what_durability_hangs_on_is_set_and_read_back(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(apsw.Connection):
        def pragma(self, name: str, value: apsw.SQLiteValue | None = None, *, schema: str | None = None) -> object:
            if name == "synchronous" and value is not None:
                return super().pragma(name, "NORMAL", schema=schema)
            return super().pragma(name, schema=schema) if value is None else super().pragma(name, value, schema=schema)

    Journal.open(store).close()
    monkeypatch.setattr(apsw, "Connection", Deaf)
    with pytest.raises(Fault, match=r"store\.not_durable .*setting=synchronous"):
        Journal.open(store)


def test_a_second_writer_waits_its_turn_and_is_told_when_it_does_not_come(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "BUSY", 50)
    first, second = Embedded.open(store, create=False), Journal.open(store)
    with first.writing(), pytest.raises(Fault, match=r"store\.busy"):
        begin(second, "s-0002")
    begin(second, "s-0002")
    first.close()
    second.close()


def test_threads_take_turns_at_one_journal(store: Path) -> None:
    journal = Journal.open(store)

    def work(number: int) -> None:
        go_on(journal, begin(journal, f"t-{number}"), 10)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [journal.verify(f"t-{number}") for number in range(4)] == [11] * 4
    journal.close()


def test_a_block_that_fails_has_written_nothing_and_the_next_one_works(store: Path) -> None:
    one = Embedded.open(store, create=False)

    def fail_half_way() -> None:
        with one.writing():
            one.run("DELETE FROM event")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_half_way()
    with one.reading():
        assert one.run("SELECT count(*) FROM event") == [(40,)]
    one.close()


# What is not our store


@pytest.mark.parametrize("content", [b"notes\n", b"\x00" * 4096, b"PK\x03\x04" + b"z" * 8000])
def test_a_file_of_somebody_else_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert refusal(tmp_path) == "store.foreign"
    assert (tmp_path / NAME).read_bytes() == content


def test_a_database_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = apsw.Connection(str(tmp_path / NAME))
    other.execute("CREATE TABLE session (id TEXT); PRAGMA user_version = 99")
    other.close()
    content = (tmp_path / NAME).read_bytes()
    assert refusal(tmp_path) == "store.foreign"
    assert (tmp_path / NAME).read_bytes() == content


def test_a_folder_in_the_place_of_the_file_or_a_file_in_that_of_the_folder_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "one" / NAME).mkdir(parents=True)
    assert refusal(tmp_path / "one") == "store.foreign"
    (tmp_path / "two").write_text("")
    assert refusal(tmp_path / "two") == "store.foreign"


def test_a_store_of_a_newer_program_is_refused(store: Path) -> None:
    newer = apsw.Connection(str(store / NAME))
    newer.execute("PRAGMA user_version = 2")
    newer.close()
    with pytest.raises(Fault, match=r"store\.newer .*found=2 known=1"):
        Journal.open(store)


# Damage


def verdict(folder: Path, expected: list[Event]) -> str:
    """'right', or the code of the refusal; an answer that is not the one stored, or anything raised else, fails."""
    (folder / COPY).unlink(missing_ok=True)
    try:
        journal = Journal.open(folder, create=False)
    except Fault as fault:
        return fault.code
    try:
        assert [stored.event for stored in journal.events("s-0001")] == expected
    except Fault as fault:
        return fault.code
    finally:
        with contextlib.suppress(Fault):
            journal.close()
    return "right"


@pytest.fixture
def expected(store: Path) -> list[Event]:
    journal = Journal.open(store)
    events = [stored.event for stored in journal.events("s-0001")]
    journal.close()
    return events


def test_a_truncated_file_is_damaged_and_never_an_empty_store(store: Path, expected: list[Event]) -> None:
    size = (store / NAME).stat().st_size
    for length in [0, 1, 50, 99, 100, 4095, 4096, size // 2, size - 4096, size - 1]:
        copy = store.with_name(f"cut-{length}")
        shutil.copytree(store, copy)
        os.truncate(copy / NAME, length)
        said = verdict(copy, expected)
        # without the mark that says whose it is it cannot be told from somebody else's
        possible = {"store.foreign", "store.damaged"} if length < 100 else {"store.damaged", "store.chain"}
        possible |= {"right"} if length == size - 1 else set()  # a byte of what the store knows of itself
        assert said in possible, length


def test_flipped_bits_are_refused_by_name_or_did_no_harm(store: Path, expected: list[Event]) -> None:
    chance = random.Random(11)
    whole = (store / NAME).read_bytes()
    verdicts = set()
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        (store / NAME).write_bytes(broken)
        verdicts.add(verdict(store, expected))
    assert verdicts <= {"right", "store.damaged", "store.chain", "store.foreign", "store.newer", "session.unknown"}
    assert {"right", "store.chain"} <= verdicts


# What the system does not allow


# Everything is imported while it may be: what an interpreter has at home is no ordinary user's to read.
ORDINARY = """
import hashlib, os, sys, tempfile
import states.storage.mending
from pathlib import Path
from states.fault import Fault
from states.storage.journal import Journal
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    Journal.open(Path(sys.argv[1]))
    print("opened")
except Fault as fault:
    print(fault.code)
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder below which an ordinary user may be let in or not."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    for inner in place.rglob("*"):
        inner.chmod(0o700)
    shutil.rmtree(place)


@posix
@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "code"),
    [
        (0o555, 0o444, "store.read_only"),
        (0o555, 0o666, "store.read_only"),
        (0o777, 0o444, "store.read_only"),
        (0o000, 0o666, "store.forbidden"),
        (0o777, 0o000, "store.forbidden"),
        (0o777, 0o666, "opened"),
    ],
)
def test_what_an_ordinary_user_may_not_do_is_said_by_name(
    public: Path, store: Path, folder_mode: int, file_mode: int, code: str
) -> None:
    folder = public / "store"
    shutil.copytree(store, folder)
    (folder / NAME).chmod(file_mode)
    folder.chmod(folder_mode)
    said = subprocess.run([sys.executable, "-c", ORDINARY, str(folder)], capture_output=True, text=True, check=True)
    assert said.stdout == f"{code}\n"


@posix
def test_a_folder_that_may_not_be_made_is_forbidden(public: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", ORDINARY, str(public / "a" / "b")], capture_output=True, text=True, check=True
    )
    assert said.stdout == ("store.forbidden\n" if os.geteuid() == 0 else "opened\n")


@contextlib.contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """A real mount at `place`; the test is skipped by name where none may be made."""
    place.mkdir(exist_ok=True)
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a mount needs root on Linux")
    if subprocess.run(["mount", *options, str(place)], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mount")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_read_only_medium_is_said_by_name(store: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "medium", "--bind", str(store)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(tmp_path / "medium")], check=True)
        assert refusal(tmp_path / "medium") == "store.read_only"
        assert refusal(tmp_path / "medium" / "deeper") == "store.read_only"


def go_on_for_ever(journal: Journal, rows: list[Row]) -> None:
    """Append large answers without end, and note each acknowledged row."""
    while True:
        row = rows[-1]
        answer = Event("answered", AT, "佐藤", {"value": "x" * 3_000, "number": row.version})
        rows.append(journal.append(row.id, version=row.version, epoch=row.epoch, events=[answer], listing=row.listing))


def test_a_full_disk_is_said_by_name_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=1m", "careplan-setup-test"):
        ballast = tmp_path / "small" / "ballast"
        ballast.write_bytes(bytes(200_000))
        journal = Journal.open(tmp_path / "small" / "store", any_ground=True)
        rows = [begin(journal)]
        with pytest.raises(Fault, match=r"store\.full"):
            go_on_for_ever(journal, rows)
        row = rows[-1]
        assert row.version > 20
        assert journal.verify(row.id) == row.version
        ballast.unlink()
        row = go_on(journal, row)
        journal.close()
        again = Journal.open(tmp_path / "small" / "store", any_ground=True)
        assert again.verify(row.id) == row.version
        again.close()


def test_a_store_that_finds_no_room_leaves_nothing_half_made(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=64k", "careplan-setup-test"):
        (tmp_path / "small" / "store").mkdir()
        with contextlib.suppress(OSError), (tmp_path / "small" / "ballast").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        assert refusal(tmp_path / "small" / "store", any_ground=True) == "store.full"
        assert list((tmp_path / "small" / "store").iterdir()) == []


# A stick that is pulled


def test_a_disk_that_is_taken_out_is_told_and_work_goes_on_when_it_is_back(tmp_path: Path) -> None:
    stick, pocket = tmp_path / "stick", tmp_path / "pocket"
    journal = Journal.open(stick, second_copy=tmp_path)
    row = begin(journal)
    stick.rename(pocket)
    for _ in range(2):
        with pytest.raises(Fault, match=r"store\.away"):
            go_on(journal, row, 1)
    pocket.rename(stick)
    assert go_on(journal, row, 1).version == row.version + 1
    assert journal.verify(row.id) == row.version + 1
    journal.close()


def test_another_trouble_is_not_taken_for_a_disk_that_is_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal.open(tmp_path)
    row = begin(journal)

    def fail(_: object) -> int:
        raise OSError(5, "EIO")

    with monkeypatch.context() as patch:
        patch.setattr(here, "identity", fail)
        with pytest.raises(Fault, match=r"store\.io"):
            go_on(journal, row, 1)
    go_on(journal, row, 1)
    journal.close()
