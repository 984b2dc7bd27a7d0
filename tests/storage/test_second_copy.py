"""Either copy alone holds every acknowledged step; the longer mends the other, and what is not ours is left alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from states.fault import Fault
from states.storage import blackbox
from states.storage.blackbox import NAME as COPY
from states.storage.blackbox import Blackbox, Mark, Reading
from states.storage.embedded import NAME
from states.storage.journal import Journal, Row
from states.system import here
from tests.storage.samples import COLLEAGUE, begin, event, go_on, listing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed store with two sessions of five and three events."""
    journal = Journal.open(tmp_path / "store")
    go_on(journal, begin(journal), 4)
    go_on(journal, begin(journal, "s-0002", name="別の事業所"), 2)
    journal.keep_draft("s-0001", "pc", "受付")
    journal.close()
    return tmp_path / "store"


def opened(folder: Path, second_copy: Path | None = None) -> tuple[list[str], dict[str, Row]]:
    """What is said at opening, and the sessions, each verified."""
    journal = Journal.open(folder, second_copy=second_copy)
    try:
        rows = {row.id: row for row in journal.every()}
        assert {id: journal.verify(id) for id in rows} == {id: row.version for id, row in rows.items()}
        return [notice.code for notice in journal.notices], rows
    finally:
        journal.close()


def step(folder: Path, id: str = "s-0001", times: int = 1) -> None:
    journal = Journal.open(folder)
    go_on(journal, journal.row(id), times)
    journal.close()


@pytest.fixture
def before(folder: Path) -> dict[str, Row]:
    said, rows = opened(folder)
    assert said == []
    return rows


def lines(folder: Path) -> list[bytes]:
    return (folder / COPY).read_bytes().splitlines(keepends=True)


def test_every_step_is_one_line_that_names_it(folder: Path) -> None:
    step(folder)
    assert len(lines(folder)) == 1 + 5 + 3 + 1
    assert b'"id":"s-0001"' in lines(folder)[-1]


# The database is the one to be mended


def without_holder(rows: dict[str, Row]) -> dict[str, tuple[object, ...]]:
    return {id: (row.version, row.head, row.epoch, row.listing, row.created, row.updated) for id, row in rows.items()}


def test_a_lost_database_is_made_again_from_the_copy(folder: Path, before: dict[str, Row]) -> None:
    (folder / NAME).unlink()
    said, rows = opened(folder)
    assert said == ["store.mended_alone"]
    assert without_holder(rows) == without_holder(before)
    assert rows["s-0002"].office_name == "別の事業所"
    assert opened(folder)[0] == []


@pytest.mark.parametrize("damage", [b"", b"\0" * 8192, b"notes\n" * 900])
def test_a_destroyed_database_is_made_again_and_kept_aside(folder: Path, before: dict[str, Row], damage: bytes) -> None:
    (folder / NAME).write_bytes(damage)
    said, rows = opened(folder)
    assert said == ["store.mended_alone"]
    assert without_holder(rows) == without_holder(before)
    assert (folder / f"{NAME}.aside-1").read_bytes() == damage


def test_damage_in_the_middle_is_mended_in_front_of_the_user(folder: Path, before: dict[str, Row]) -> None:
    path = folder / NAME
    whole = path.read_bytes()
    path.write_bytes(whole.replace("値4".encode("unicode_escape"), b"\\u00004"))
    journal = Journal.open(folder)
    assert journal.notices == []
    assert len(journal.events("s-0001")) == 5
    assert [notice.code for notice in journal.notices] == ["store.mended"]
    assert journal.drafts("s-0001") == {"pc": "受付"}
    assert go_on(journal, before["s-0001"]).version == 6
    journal.close()
    assert opened(folder)[0] == []


def test_a_window_that_is_open_while_another_mends_writes_nothing_into_the_old_file(folder: Path) -> None:
    first = Journal.open(folder)
    row = first.row("s-0001")
    shutil.copy(folder / NAME, folder / "restored")
    (folder / "restored").rename(folder / NAME)
    with pytest.raises(Fault, match=r"store\.replaced"):
        go_on(first, row)
    first.close()
    assert opened(folder)[1]["s-0001"].version == 5


def test_an_older_database_put_back_from_a_backup_is_brought_up_to_the_copy(folder: Path) -> None:
    backup = (folder / NAME).read_bytes()
    step(folder, times=3)
    (folder / NAME).write_bytes(backup)
    said, rows = opened(folder)
    assert said == ["store.mended"]
    assert rows["s-0001"].version == 8


def altered(folder: Path, *statements: str) -> None:
    """Change the database below the program, as damage does."""
    for statement in statements:
        connection = apsw.Connection(str(folder / NAME))
        connection.pragma("writable_schema", True)
        connection.execute(statement)
        connection.close()


def test_an_empty_field_is_damage_and_no_crash(folder: Path, before: dict[str, Row]) -> None:
    strict, loose = "'version INTEGER NOT NULL'", "'version INTEGER'"
    altered(
        folder,
        f"UPDATE sqlite_schema SET sql = replace(sql, {strict}, {loose}) WHERE name = 'session'",
        "UPDATE session SET version = NULL WHERE id = 's-0001'",
        f"UPDATE sqlite_schema SET sql = replace(sql, {loose}, {strict}) WHERE name = 'session'",
    )
    said, rows = opened(folder)
    assert said == ["store.mended"]
    assert without_holder(rows) == without_holder(before)


@pytest.mark.parametrize("damage", ["hash = zeroblob(32)", "body = '{}'", "session = 's-0003'"])
def test_damage_in_the_database_is_not_taken_for_another_way(folder: Path, before: dict[str, Row], damage: str) -> None:
    content = (folder / COPY).read_bytes()
    altered(
        folder,
        f"UPDATE event SET {damage} WHERE session = 's-0001' AND seq = 2",
        "UPDATE meta SET value = replace(value, '\"version\":', '\"vorsion\":') WHERE name = 'copy'",  # not in step
    )
    said, rows = opened(folder)
    assert said == ["store.mended"]
    assert without_holder(rows) == without_holder(before)
    assert (folder / COPY).read_bytes() == content


def test_a_version_that_nobody_will_have_made_is_damage(folder: Path, before: dict[str, Row]) -> None:
    altered(folder, "PRAGMA user_version = 16777217")
    said, rows = opened(folder)
    assert said == ["store.mended"]
    assert without_holder(rows) == without_holder(before)


def test_a_damaged_mark_is_not_written_into_the_copy(folder: Path, before: dict[str, Row]) -> None:
    content = (folder / COPY).read_bytes()
    altered(folder, "UPDATE meta SET value = replace(value, ' {', '({') WHERE name = 'copy'")
    said, rows = opened(folder)
    assert said == ["store.mended_alone"]
    assert without_holder(rows) == without_holder(before)
    assert (folder / COPY).read_bytes() == content


# The second copy is the one to be mended


def test_a_copy_that_lacks_the_last_step_or_a_part_of_it_gets_it_without_a_word(
    folder: Path, before: dict[str, Row]
) -> None:
    whole = (folder / COPY).read_bytes()
    last = len(lines(folder)[-1])
    for length in (len(whole) - last, len(whole) - last + 1, len(whole) - 1):
        (folder / COPY).write_bytes(whole[:length])
        assert opened(folder) == ([], before)
        assert (folder / COPY).read_bytes() == whole


def test_a_lost_or_damaged_copy_is_made_again_and_said(folder: Path, before: dict[str, Row]) -> None:
    (folder / COPY).unlink()
    assert opened(folder) == (["store.copy_made"], before)
    for damage in (b"", b"\0" * 3000, (folder / COPY).read_bytes()[:100], b"".join(lines(folder)[:-1])[:-50]):
        (folder / COPY).write_bytes(damage)
        assert opened(folder) == (["store.copy_mended"], before)
    (folder / NAME).unlink()
    assert opened(folder)[1].keys() == before.keys()


def test_both_damaged_is_refused_and_nothing_is_touched(folder: Path) -> None:
    broken = lines(folder)
    broken[4] = broken[4].replace("値".encode("unicode_escape"), b"\\u0000")
    (folder / COPY).write_bytes(b"".join(broken))
    (folder / NAME).write_bytes(b"")
    with pytest.raises(Fault, match=r"store\.damaged"):
        Journal.open(folder)
    assert (folder / NAME).read_bytes() == b""
    assert (folder / COPY).read_bytes() == b"".join(broken)


def test_a_copy_that_cannot_be_written_is_said_once_and_the_steps_stand(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "EIO")

    (folder / "ballast").unlink()
    journal = Journal.open(folder)
    (folder / "ballast").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(here, "sync_file", fail)
        row = go_on(journal, journal.row("s-0001"), 3)
    assert [notice.code for notice in journal.notices] == ["store.copy_behind"]
    row = go_on(journal, row)  # it works again: what it lacked is written first
    journal.close()
    assert opened(folder)[0] == []
    (folder / NAME).unlink()
    assert opened(folder)[1]["s-0001"].version == row.version == 9


# Never merged silently


def forked(folder: Path) -> None:
    """The database goes one way, the copy another."""
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    step(other, times=2)
    journal = Journal.open(folder)
    row = journal.row("s-0001")
    for number in (70, 71, 72):
        row = journal.append(
            row.id, version=row.version, epoch=row.epoch, events=[event(number)], listing=listing("waiting")
        )
    journal.close()
    shutil.copy(other / COPY, folder / COPY)


def test_a_forked_copy_is_recognised_and_left_alone(folder: Path) -> None:
    forked(folder)
    content = (folder / COPY).read_bytes()
    for version in (8, 9):
        said, rows = opened(folder)
        assert (said, rows["s-0001"].version) == (["store.copy_forked"], version)
        step(folder)
    assert (folder / COPY).read_bytes() == content


def test_where_each_holds_a_session_that_the_other_has_not_it_is_a_fork(folder: Path) -> None:
    backup = (folder / NAME).read_bytes()
    step(folder)
    copied = (folder / COPY).read_bytes()
    (folder / NAME).write_bytes(backup)
    (folder / COPY).unlink()
    step(folder, "s-0002")
    (folder / COPY).write_bytes(copied)
    assert opened(folder)[0] == ["store.copy_forked"]


def test_a_copy_of_another_installation_is_recognised_and_left_alone(folder: Path, tmp_path: Path) -> None:
    begin(other := Journal.open(tmp_path / "other"))
    other.close()
    content = (tmp_path / "other" / COPY).read_bytes()
    assert opened(folder, second_copy=tmp_path / "other")[0] == ["store.copy_other"]
    assert (tmp_path / "other" / COPY).read_bytes() == content
    assert opened(folder)[0] == []


def test_a_copy_by_a_newer_program_is_recognised_and_left_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(blackbox, "FORMAT", blackbox.FORMAT + 1)
        content = Mark.first("0123456789abcdef").line
    (tmp_path / COPY).write_text(content)
    assert opened(folder, second_copy=tmp_path)[0] == ["store.copy_newer"]
    assert (tmp_path / COPY).read_text() == content


# Where it is


def test_another_drive_is_remembered_and_missed(folder: Path, tmp_path: Path, before: dict[str, Row]) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert opened(folder, second_copy=stick)[0] == ["store.copy_made"]
    assert not (folder / COPY).exists()
    step(folder)
    stick.rename(tmp_path / "pocket")
    assert opened(folder)[0] == ["store.copy_away"]
    step(folder, times=2)
    (tmp_path / "pocket").rename(stick)
    assert opened(folder)[0] == ["store.copy_mended"]
    (folder / NAME).unlink()
    assert opened(folder, second_copy=stick)[1]["s-0001"].version == before["s-0001"].version + 3


def test_two_processes_leave_one_chain(folder: Path) -> None:
    first, second = Journal.open(folder), Journal.open(folder)
    one, two = first.row("s-0001"), second.row("s-0002")
    for _ in range(5):
        one, two = go_on(first, one), go_on(second, two)
    taken = second.take("s-0001", COLLEAGUE, epoch=one.epoch)
    go_on(second, taken)
    first.close()
    second.close()
    reading = Reading()
    assert len(list(Blackbox(folder / COPY).lines(reading))) == 8 + 10 + 1
    assert reading.mark.end == (folder / COPY).stat().st_size
    assert opened(folder)[0] == []
