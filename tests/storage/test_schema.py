"""A store of an older program is carried forward, after a copy that was read back; and where a store may stand."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import apsw
import pytest

from states.fault import Fault
from states.storage import ground, room, schema
from states.storage.embedded import NAME
from states.storage.health import examine
from states.storage.journal import Journal
from states.storage.room import NAME as BALLAST
from states.system import here
from tests.storage.samples import begin, go_on, listing


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of this program, which seen from the one of the test is two versions old."""
    journal = Journal.open(tmp_path)
    go_on(journal, begin(journal), 3)
    journal.close()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 2)
    more = "CREATE TABLE more (n {int} PRIMARY KEY){tail}"
    steps = {1: ("ALTER TABLE session ADD COLUMN note TEXT NOT NULL DEFAULT ''",), 2: (more,)}
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    return tmp_path


def version(path: Path) -> object:
    connection = apsw.Connection(str(path))
    try:
        return connection.pragma("user_version")
    finally:
        connection.close()


def test_an_older_store_is_carried_forward_step_by_step_each_after_a_copy(older: Path) -> None:
    journal = Journal.open(older)
    assert journal.verify("s-0001") == 4
    journal.close()
    assert [version(older / name) for name in (NAME, f"{NAME}.v1", f"{NAME}.v2")] == [3, 1, 2]
    assert (older / f"{NAME}.v1").stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_a_step_that_fails_leaves_the_store_as_it_was(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", {1: ("CREATE TABLE one (n {int} PRIMARY KEY){tail}", "nonsense")})
    with pytest.raises(Fault, match=r"store\.io"):
        Journal.open(older)
    assert version(older / NAME) == 1
    monkeypatch.setattr(schema, "VERSION", 1)
    Journal.open(older).close()


def test_a_copy_that_is_not_the_same_stops_the_migration(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful(apsw.Connection):
        def execute(self, statement: str, *more: Any, **named: Any) -> apsw.Cursor:  # type: ignore[override]
            made = super().execute(statement, *more, **named)
            if statement.startswith("VACUUM INTO"):
                copy = apsw.Connection(str(older / f"{NAME}.v1"))
                copy.execute("DELETE FROM event")
                copy.close()
            return made

    monkeypatch.setattr(apsw, "Connection", Forgetful)
    with pytest.raises(Fault, match=r"store\.not_copied"):
        Journal.open(older)
    monkeypatch.undo()
    assert version(older / NAME) == 1


# The row, from the events


def test_a_row_is_made_again_from_its_events(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    row = go_on(journal, begin(journal), 3)
    assert not journal.rebuild(row.id, lambda row, _: row.listing)
    right = listing("waiting", work=False)
    assert journal.rebuild(row.id, lambda *_: right)
    assert journal.row(row.id).listing == right
    assert journal.verify(row.id) == 4
    journal.close()
    assert Journal.open(tmp_path).notices == []


# Where it stands


@pytest.mark.skipif(sys.platform != "linux", reason="reads the list of mounts")
def test_memory_and_network_shares_are_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "1 0 0:1 / / rw - ext4 /dev/a rw\n"
        "2 1 0:2 / /mnt/a\\040share rw shared:1 - cifs //server/a rw\n"
        "3 1 0:3 / /mnt/a\\040share/memory rw - tmpfs none rw\n"
        "4 1 0:4 / /mnt/over rw - nfs4 server:/ rw\n"
        "5 1 0:5 / /mnt/over rw - xfs /dev/b rw\n"
    )
    monkeypatch.setattr(here, "_MOUNTS", mounts)
    kinds = {
        "/home/x": "ext4",
        "/mnt/a share/x": "cifs",
        "/mnt/a sharex": "ext4",
        "/mnt/a share/memory": "tmpfs",
        "/mnt/over/x": "xfs",
    }
    assert {place: here.kind_of_ground(Path(place)) for place in kinds} == kinds
    with pytest.raises(Fault, match=r"store\.network"):
        Journal.open(Path("/mnt/a share/x"))
    with pytest.raises(Fault, match=r"store\.memory"):
        Journal.open(Path("/mnt/a share/memory/x"))


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no RAM disk at /dev/shm")
def test_a_real_ram_disk_is_refused() -> None:
    if here.kind_of_ground(Path("/dev/shm")) not in ground.MEMORY:
        pytest.skip("/dev/shm is no RAM disk here")
    with pytest.raises(Fault, match=r"store\.memory"):
        Journal.open(Path("/dev/shm/careplan-setup-test"))
    assert not Path("/dev/shm/careplan-setup-test").exists()


def test_a_folder_that_is_kept_in_step_with_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here, "kind_of_ground", lambda _: ground.SYNCED)
    with pytest.raises(Fault, match=r"store\.synced"):
        Journal.open(tmp_path / "OneDrive")
    assert not (tmp_path / "OneDrive").exists()


# How it is


def test_a_sound_store_is_found_sound_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "store")
    begin(journal)
    assert {finding.level for finding in examine(journal)} == {"ok"}
    assert [finding.check for finding in examine(journal)] == [
        *("chain", "settings", "second_copy", "permissions", "ground", "space"),
    ]
    (tmp_path / "store").chmod(0o755)
    (tmp_path / "store" / BALLAST).unlink()
    journal.store.run("PRAGMA synchronous=NORMAL")
    copy = tmp_path / "store" / "second-copy.log"
    copy.write_bytes(copy.read_bytes().replace(b"answered", b"answerer"))
    raw = apsw.Connection(str(tmp_path / "store" / NAME))
    raw.execute("UPDATE event SET actor = 'x'")
    raw.close()
    wrong = {(found.check, found.level, found.fault.code) for found in examine(journal) if found.fault}
    assert wrong == {
        ("chain", "fail", "store.chain"),
        ("settings", "fail", "store.not_durable"),
        ("second_copy", "warn", "store.copy_damaged"),
        ("permissions", "warn", "store.open_to_others"),
        ("space", "warn", "store.little_room"),
    }
    journal.close()


def test_the_ballast_is_refilled_when_there_is_room_again(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    assert (tmp_path / BALLAST).stat().st_size == room.SIZE
    assert room.release(tmp_path)
    assert not room.release(tmp_path)
    Journal.open(tmp_path).close()
    assert (tmp_path / BALLAST).exists()
