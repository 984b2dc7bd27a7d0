"""A session in a file, and looking on, as people meet them: on two real terminals, and on the command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from states.carry import Seal
from states.flow.session import How
from states.storage.branches import held
from states.storage.secrets import Secret
from states.visit import Who
from tests.pictures import say
from tests.tui.offices import NUMBER, READY, desk_at, prepare, stored
from tests.tui.technician import COMMAND, Technician

pytestmark = pytest.mark.lab  # minutes, all on real terminals: run by `make labs`

NOW, LATER = "2026-11-22T09:00", "2026-11-22T10:30"
PASSPHRASE = "canary-passphrase-7h3q"


def leaked(folder: Path) -> list[Path]:
    """Files that hold the passphrase in some form."""
    forms = [PASSPHRASE.encode(encoding) for encoding in ("utf-8", "utf-16-le")]
    return [path for path in folder.rglob("*") if path.is_file() and any(f in path.read_bytes() for f in forms)]


def events(store: Path, id: str) -> set[bytes]:
    with desk_at(store, NOW) as desk:
        return held(id, desk.journal.events(id))


def sealed(store: Path, path: Path, name: str, host: str, **facts: object) -> str:
    """Somebody goes on at the only office of a store, and takes a copy along; returns its session's id."""
    with desk_at(store, NOW) as desk:
        who = Who(name, host, "tty1")
        visit = desk.resume(desk.page()[0].id, who)
        say(visit, **facts)
        visit.leave()
        desk.take_along(visit.row.id, path, Seal(Secret(PASSPHRASE)), who)
        return visit.row.id


def imported(store: Path, path: Path) -> None:
    with desk_at(store, NOW) as desk:
        desk.bring_in(desk.look_into(path, Secret(PASSPHRASE)), Who("鈴木", "laptop-b", "tty1"))


def bring(person: Technician, path: Path, passphrase: str = PASSPHRASE) -> None:
    person.press("b")
    person.wait(person.texts("ui.carry.field.file"))
    person.terminal.send(str(path))
    person.press("enter")
    person.terminal.send(passphrase)
    person.press("enter")


@pytest.mark.timeout(180)
def test_a_colleague_looks_on_live_then_takes_over_and_the_first_window_only_shows(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="terminal")
    with Technician(store, NOW, name="佐藤") as first, Technician(store, LATER, "en", name="Tanaka") as second:
        first.open_first()
        first.step("terminal")
        second.press("enter")
        second.wait(second.texts("ui.held.title"))
        second.press("3")
        second.step("terminal")
        second.wait(second.texts("ui.watching", name="佐藤"))
        first.wait("Tanaka")  # who is looked at is told

        # Each answer and each movement is seen, and nothing can be done.
        first.answer("windows_update", "behind")
        second.until("windows_update", second.texts("value.windows_update.behind")[:8])
        first.press("f2")
        first.choose_step("care_software")
        first.step("care_software")
        second.step("care_software")
        second.open_field("interface")
        second.choose(second.texts("value.interface.no"))
        second.wait(second.texts("key.change"))
        second.press("2")
        second.said("LEASE-WATCHING")
        assert stored(store, id).answers["interface"].value == "yes"

        # By choice the second takes over; the first is told without pressing a key, and follows from there on.
        second.press("p")
        second.wait(second.texts("ui.card.title"))
        second.press("0")
        second.wait(second.texts("key.new"))
        second.press("enter")
        second.wait(second.texts("ui.held.title"))
        second.press("2")
        second.step("care_software")
        first.said("LEASE-LOST")
        first.wait(first.texts("ui.read_only")[:10])
        second.press("f2")
        second.choose_step("terminal")
        second.step("terminal")
        first.step("terminal")
        second.answer("windows_update", "current")
        first.until("windows_update", first.texts("value.windows_update.current")[:4])
    log = stored(store, id).log
    assert [(e.actor, e.body["by"]) for e in log if e.kind == "watched"] == [("佐藤", "Tanaka")]
    assert [e.body["taken_from"]["name"] for e in log if "taken_from" in e.body] == ["佐藤"]


@pytest.mark.timeout(180)
def test_begun_on_one_laptop_checked_out_on_its_card_and_gone_on_with_on_another(tmp_path: Path) -> None:
    one, other, path = tmp_path / "one", tmp_path / "other", tmp_path / "office.age"
    id = prepare(one, **READY, stand="terminal")
    with Technician(one, NOW) as first:
        first.open_first()
        first.step("terminal")
        first.press("p")
        first.wait(first.texts("ui.card.title"))
        first.press("t")
        first.wait(first.texts("ui.carry.field.recipient"))
        first.retype(str(path))
        first.press("enter")
        first.terminal.send(PASSPHRASE + "\r" + PASSPHRASE)
        first.press("enter", "enter")
        first.wait(first.texts("ui.carry.how.copy")[:10])
        first.press("1")
        first.wait(first.texts("ui.carry.out", path="")[:6])
        first.wait(first.texts("ui.checked_out"))
        first.press("enter")
        first.wait("LEASE-CHECKED-OUT")
        first.press("1")
        first.wait(first.texts("key.new"))
        assert PASSPHRASE not in first.screen

        with Technician(other, LATER, "en", name="Tanaka") as second:
            bring(second, path, "not the passphrase")
            second.said("BUNDLE-WRONG-PASSPHRASE")
            second.terminal.send(PASSPHRASE)
            second.press("enter")
            second.wait(second.texts("ui.carry.new", n=0)[:24])
            second.wait(second.texts("ui.carry.is_out"))
            second.press("1")
            second.wait(second.texts("ui.carry.brought", n=0, head="")[:10])
            second.open_first()
            second.step("terminal")
            second.answer("windows_update", "current")
    assert stored(other, id).answers["windows_update"].by == "Tanaka"
    back = tmp_path / "back.age"
    sealed(other, back, "Tanaka", "laptop-b")
    with Technician(one, LATER) as first:
        bring(first, back)
        first.wait(first.texts("ui.carry.ahead", n=0)[:8])
        first.press("1")
        first.wait(first.texts("ui.carry.brought", n=0, head="")[:6])
        first.wait_gone(first.texts("ui.checked_out"))
        first.open_first()
        first.step("terminal")
        first.until("windows_update", "[x]")
    assert leaked(tmp_path) == []


def test_on_another_pc_it_is_said_by_name_what_was_measured_on_the_first(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, stand="terminal")
    with desk_at(store, NOW) as desk:
        visit = desk.resume(desk.page()[0].id, Who("佐藤", "laptop-a", "tty1"))
        assert not visit.answer("windows", "win11", "build 22631", how=How.MEASURED_HERE)
        visit.leave()
    with Technician(store, LATER) as second:
        second.open_first()
        second.step("terminal")
        second.wait(second.texts("ui.notice.other_pc", facts=second.texts("fact.windows"))[:30])
        second.until("windows", "[?]")
        second.until("edge", "[x]")  # a person said so: it stays


@pytest.fixture
def forked(tmp_path: Path) -> Iterator[tuple[Path, Path, str]]:
    """Two stores whose people both went on, and the file that comes from the second to the first."""
    one, other, first, second = (tmp_path / name for name in ("one", "other", "first.age", "second.age"))
    prepare(one, **READY, stand="terminal")
    sealed(one, first, "佐藤", "laptop-a")
    imported(other, first)
    id = sealed(other, second, "鈴木", "laptop-b", windows="win10", billing="agent")
    sealed(one, tmp_path / "unused.age", "佐藤", "laptop-a", windows="other")
    yield one, second, id
    assert leaked(tmp_path) == []


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("lang", "key", "windows"), [("ja", "2", "other"), ("en", "3", "win10")])
def test_where_both_went_on_a_person_compares_and_chooses(
    forked: tuple[Path, Path, str], lang: str, key: str, windows: str
) -> None:
    store, path, id = forked
    before = events(store, id)
    with Technician(store, LATER, lang) as person:
        bring(person, path)
        person.wait(person.texts("ui.carry.choose.tail")[:20])
        for shown in ("佐藤", "鈴木", person.texts("fact.windows")[:6], person.texts("value.windows.win10")[:8]):
            person.wait(shown)
        person.press("enter")  # the first line chooses nothing
        person.wait(person.texts("ui.carry.field.file"))
        assert events(store, id) == before  # looking has changed nothing
        person.press("end")
        person.terminal.send(PASSPHRASE)
        person.press("enter")
        person.wait(person.texts("ui.carry.choose.tail")[:20])
        person.press(key)
        person.wait(person.texts("key.new"))
        person.open_first()
        person.press("h")
        person.wait(person.texts("ui.history.title"))
        person.wait(person.texts("ui.history.joined." + ("tail" if key == "2" else "base"), n=3)[:12])
    assert stored(store, id).answers["windows"].value == windows
    assert events(store, id) > before


def run(*arguments: object, fd: str | None = None) -> subprocess.CompletedProcess[str]:
    """The program on the command line; `fd`: what it can read from the descriptor of `--passphrase-fd`."""
    given = [str(COMMAND), *map(str, arguments), "--lang", "en", "--now", NOW, "--name", "佐藤"]
    if fd is None:
        return subprocess.run(given, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    reading, writing = os.pipe()
    os.write(writing, f"{fd}\n".encode())
    os.close(writing)
    try:
        return subprocess.run(
            [*given, "--passphrase-fd", str(reading)], capture_output=True, text=True, pass_fds=[reading]
        )
    finally:
        os.close(reading)


@pytest.mark.skipif(os.name == "nt", reason="descriptors are not handed down there")
def test_the_same_on_the_command_line(forked: tuple[Path, Path, str], tmp_path: Path) -> None:
    store, path, id = forked
    said = run("bundle", "look", path, "--store", store, fd=PASSPHRASE)
    assert said.returncode == 0
    assert "Both went on" in said.stdout
    refused = run("bundle", "import", path, "--store", store, fd=PASSPHRASE)
    assert (refused.returncode, "BUNDLE-FORKED" in refused.stderr) == (2, True)
    asked = run("bundle", "import", path, "--store", store)
    assert (asked.returncode, "BUNDLE-PASSPHRASE-MISSING" in asked.stderr) == (2, True)
    done = run("bundle", "import", path, "--goes-on", "there", "--store", store, fd=PASSPHRASE)
    assert done.returncode == 0, done.stderr
    assert stored(store, id).answers["windows"].value == "win10"
    again = run("bundle", "import", path, "--store", store, fd=PASSPHRASE)
    assert (again.returncode, "nothing new" in again.stdout) == (0, True)
    out = run("bundle", "export", NUMBER, "--to", tmp_path / "out.age", "--out", "--store", store, fd=PASSPHRASE)
    assert out.returncode == 0, out.stderr
    with desk_at(store, NOW) as desk:
        holder = desk.journal.row(id).holder
        assert holder is not None
        assert holder.away


@pytest.mark.skipif(os.name == "nt", reason="descriptors are not handed down there")
def test_a_record_is_verified_by_anybody_and_a_flipped_byte_is_no_record(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY)
    assert run("key", "--store", store).returncode == 1
    written = run("report", NUMBER, "--store", store, "--output", tmp_path / "papers")
    record = Path(written.stdout.split()[-1])
    assert run("verify-record", record).returncode == 3
    made = run("key", "--make", "--store", store, fd=PASSPHRASE)
    assert made.returncode == 0, made.stderr
    fingerprint = made.stdout.splitlines()[0].partition(": ")[2]
    assert leaked(tmp_path) == []
    with desk_at(store, NOW) as desk:
        assert desk.vault is not None
        desk.vault.open(Secret(PASSPHRASE))
        record = desk.write_record(desk.page()[0].id, Who("佐藤", "pc-1", "tty1"), tmp_path / "papers")
        head = desk.page()[0].head.hex()
    good = run("verify-record", record, "--head", f"{head[:4]} {head[4:8]} {head[8:12]}", "--key", fingerprint)
    assert (good.returncode, fingerprint in good.stdout) == (0, True)
    assert run("verify-record", record, "--head", "0000 0000 0000").returncode == 1
    assert run("verify-record", record, "--head", head[:4]).returncode == 1
    assert run("verify-record", record, "--key", fingerprint[:-1]).returncode == 1
    assert run("verify-record", tmp_path / "nothing").returncode == 2
    whole = record.read_bytes()
    for at in (5, 300, len(whole) // 2, len(whole) - 30, len(whole) - 120):
        record.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert run("verify-record", record).returncode in (1, 2), at
