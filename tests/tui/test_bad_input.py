"""What must not be typed, what a file must not be, and a store that fails: a sentence with code and remedy, no more."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from states.flow.events import Event, instant
from states.storage.records import Listing
from tests.certificates import make_pem, make_pfx
from tests.terminal import Terminal
from tests.tui.offices import NAME, NO_CERTIFICATE, NUMBER, READY, USER_ID, desk_at, office, prepare, stored
from tests.tui.technician import COMMAND, Technician
from tui import words
from tui.terminal import plain

NOW = "2026-11-22T09:00"
LONG = "長" * 10_000

# What steers a terminal, what Textual would take for markup, and what turns a line around.
HOSTILE = (
    "[/]", "[@click=app.quit]x[/]", "[b", "\x1b]52;c;eA==\x07", "\x1b[2J\x1b[?1049l", "\x9b31m", "\u202eabc\u2066",
    "a\u2028b", "\x07\x08\x7f", "{0} %s \\", "'; DROP TABLE session; --",
)  # fmt: skip
HOSTILE_BYTES = [text.encode() for text in HOSTILE if plain(text) != text]


def untouched(t: Technician, since: int = 0) -> None:
    """Nothing hostile has reached the terminal, and the app lives."""
    assert t.terminal.exit_code is None
    raw = t.terminal.raw[since:]
    for told in HOSTILE_BYTES:
        assert told not in raw, told


def try_in_field(t: Technician, typed: str, said: str) -> None:
    """Put `typed` in the field and wait for what is said about it."""
    t.retype(typed)
    t.terminal.wait(lambda: said in "".join(row.strip() for row in t.screen.split("\n")))


# -- numbers, days, texts ------------------------------------------------------------------------------------------


@pytest.mark.timeout(180)
def test_wrong_numbers_days_and_texts_are_told_and_nothing_is_lost(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID, **NO_CERTIFICATE, stand="user_id")
    with Technician(store, NOW) as t:
        # A user ID: judged as it is typed.
        t.open_first()
        t.open_field("kj_id")
        t.wait(t.texts("key.no_id"))
        for typed, told in (
            ("KJ13137200567", "reason.kj_id.malformed"),
            ("HD131372005678", "reason.kj_id.hd"),
            ("J12345678901", "reason.kj_id.isdn"),
            ("ＫＪ１３１３７２００５６７８", "note.text.straightened"),
            ("KJ1313720O5678", "note.id.look_alike"),
            ("KJ141372005678", "note.id.prefecture"),
            ("KJ131372001234", "note.id.other_office"),
            ("KJ13あいうえおかきくけこ", "reason.kj_id.malformed"),
        ):
            try_in_field(t, typed, t.texts(told, text="").partition("{")[0].strip()[:10])
        t.retype("")
        t.press("enter")
        t.said("ANSWER-EMPTY")
        t.terminal.paste(LONG)
        t.said("ANSWER-TOO-LONG")
        assert stored(store, id).answers["kj_id"].detail == f"KJ13{NUMBER}"
        t.retype("HD131372005678")
        t.press("enter")
        t.wait(t.texts("key.change"))
        t.press("2")
        t.until("kj_id", "HD")
        t.wait("KJ-ID-HD")

        # A day.
        t.press("g")
        t.choose_step("certificate")
        t.step("certificate")
        t.open_field("certificate")
        t.choose(t.texts("value.certificate.usable"))
        t.wait(t.texts("ui.day.form")[:10])
        for typed, code in (
            ("2026-02-30", "ANSWER-NO-DAY"), ("2026-13-01", "ANSWER-NO-DAY"), ("0000-00-00", "ANSWER-NO-DAY"),
            ("９９９９-12-31", "ANSWER-NO-DAY"), ("明日", "ANSWER-NO-DAY"), ("", "ANSWER-NO-DAY"),
            ("2026-11-21", "ANSWER-PAST-DAY"), ("R1.5.1", "ANSWER-PAST-DAY"),
        ):  # fmt: skip
            t.retype(typed)
            t.press("enter")
            t.said(code)
            if typed:
                t.wait(f"> {typed}")  # still there, to be mended
        assert stored(store, id).answers["certificate"].value == "none"
        t.press("f3")
        t.step("certificate")

        # A text, and the name of a partner.
        t.press("g")
        t.choose_step("care_software")
        t.step("care_software")
        t.open_field("vendor")
        t.wait(t.texts("key.next_field"))
        t.retype(" 　 ")
        t.press("enter")
        t.said("ANSWER-EMPTY")
        t.terminal.paste(LONG)
        t.said("ANSWER-TOO-LONG")
        t.press("f3")
        t.press("g")
        t.choose_step("eligibility")
        t.step("eligibility")
        t.open_field("partners")
        t.wait(t.texts("ui.partner.add")[:8])
        t.terminal.paste(LONG)
        t.said("ANSWER-TOO-LONG")
        t.press("tab", "f8")
        t.wait(t.texts("ui.partner.none"))
        t.press("f10")
        t.said("PARTNERS-NONE")


def test_a_wrong_new_office_is_told_and_the_form_stays(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Technician(store, NOW) as t:
        t.press("n")
        t.wait(t.texts("ui.new.title"))
        t.terminal.send("\rなまえ")
        for typed in ("", "123", "137200567X", "13720O5678", "１３７２００５６７８９"):
            t.press("up")
            t.retype(typed)
            t.press("f10")
            t.said("OFFICE-MALFORMED")
            t.press("down")
        t.press("up")
        t.retype("9972005671")
        t.wait(t.texts("note.office.prefecture")[:10])
        t.retype("1372005671")
        t.wait(t.texts("note.office.check_digit")[:10])  # said, and no stop
        t.press("down")
        t.retype(" ")
        t.press("f10")
        t.said("OFFICE-NAME-MISSING")
        t.terminal.paste(LONG)
        t.said("ANSWER-TOO-LONG")
        t.retype("あおば")
        t.press("down")
        t.retype("")
        t.press("f10")
        t.said("TECHNICIAN-MISSING")
        t.terminal.send("田中")
        t.press("f10")
        t.step("eligibility")
        assert (t.stored().office_number, t.stored().office_name) == ("1372005671", "あおば")
        assert {event.actor for event in t.stored().log} == {"田中"}


# -- hostile text --------------------------------------------------------------------------------------------------


@pytest.mark.timeout(180)
def test_hostile_text_typed_or_stored_is_shown_harmless_everywhere(tmp_path: Path) -> None:
    store = tmp_path / "store"
    evil = "".join(HOSTILE)
    partners = [{"name": evil, "kind": "service", "intention": "willing"}]
    facts = READY | {"partners": ("willing", partners), "product": ("given", evil), "pc": ("given", evil)}
    with desk_at(store, "2026-11-20T09:00") as desk:  # stored as another program might have
        visit = office(desk, number="1372001234", name=evil, **facts)
        assert not visit.move("abandon", evil)
        visit.leave()
    with desk_at(store, "2026-11-21T09:00") as desk:
        visit = office(desk, name=evil, **facts, stand="terminal")
        for name in ("vendor", "kj_id", "certificate", "words", "partners"):
            visit.keep_draft(name, evil)
        visit.leave()
        id = visit.row.id
    with Technician(store, NOW, name="".join(HOSTILE).replace("\x00", "")) as t:
        t.wait("[/][@click=app.quit]x[/]"[:12])
        untouched(t)
        t.press("/")
        t.terminal.paste(evil)
        t.said("ANSWER-TOO-LONG")
        t.terminal.paste(evil[:40])
        t.wait(t.texts("ui.empty.search")[:8])
        t.press("f3")
        t.wait(NUMBER)
        t.open_first()
        t.step("terminal")
        t.wait("[/]")
        t.open_field("pc")
        t.wait("DROP TABLE session; --\n")
        untouched(t)
        t.retype("")
        t.terminal.paste(evil)
        t.wait("[@click=app.quit]x[/][b")
        t.press("enter")
        t.wait(t.texts("key.change"))
        t.press("1")
        t.wait(t.texts("key.next_field"))
        t.press("f3")
        t.step("terminal")
        for step, fact in (("user_id", "kj_id"), ("care_software", "vendor"), ("eligibility", "partners")):
            t.press("g")
            t.choose_step(step)
            t.step(step)
            t.open_field(fact)
            t.wait("DROP TABLE session; --\n")
            untouched(t)
            t.press("f3")
            t.wait(t.texts("key.park"))
        t.press("x")
        t.wait(t.texts("ui.ends.title"))
        t.press("3")
        t.wait("DROP TABLE session; --\n")
        t.press("f3")
        t.press("h")
        t.wait(t.texts("ui.history.title"))
        t.wait("[@click=app.quit]x[/]")
        t.press("f3", "p")
        t.wait(t.texts("ui.card.title"))
        t.press("f7")
        t.wait(t.texts("ui.papers.written"))
        t.press("0")
        t.wait(t.texts("key.new"))
        t.press("end")
        t.open_first()
        t.wait(t.texts("ui.end.abandoned"))
        t.wait("[@click=app.quit]x[/]")
        untouched(t)
        for row in t.terminal.screen():
            assert words.cell_len(row) <= 80
    assert stored(store, id).answers["pc"].detail == evil
    for paper in (store / "papers").iterdir():
        assert not any(told in paper.read_bytes() for told in HOSTILE_BYTES)
    # The same by the command line, into a pipe.
    for command in (["sessions"], ["show", id], ["report", id], ["report", id, "--format", "html"]):
        told = subprocess.run([COMMAND, *command, "--store", store], capture_output=True, check=True).stdout
        assert told
        assert not any(told_here in told for told_here in HOSTILE_BYTES), command


# -- certificate files ---------------------------------------------------------------------------------------------


@pytest.mark.timeout(120)
def test_a_certificate_file_that_will_not_do_is_told_apart(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID, stand="certificate")
    files = tmp_path / ("a-path-wider-than-the-field-" * 3)
    files.mkdir()
    now = datetime(2026, 11, 22, tzinfo=UTC)
    good = make_pfx(files / "good.pfx")
    (files / "corrupt.pfx").write_bytes(good.read_bytes()[:200] + bytes(100))
    (files / "text.pem").write_text("ひみつではない")
    (files / "folder.pfx").mkdir()
    make_pfx(files / "agent.pfx", subject="CN=1310000001 代理人証明書,C=JP", issuer="CN=CA,C=JP")
    make_pfx(files / "strange.pfx", subject="CN=example,C=JP", issuer="CN=Somebody,C=XX")
    make_pfx(files / "old.pfx", not_after=now - timedelta(days=1))
    make_pem(files / "keyless.pem", key=None)
    cases = (
        ("good.pfx", "wrong", "CERT-PASSWORD"),
        ("good.pfx", "", "CERT-PASSWORD-NEEDED"),
        ("corrupt.pfx", "secret", "CERT-"),
        ("text.pem", "", "CERT-NOT-A-CERTIFICATE"),
        ("nowhere.pfx", "", "CERT-FILE-MISSING"),
        ("folder.pfx", "", "CERT-FILE-UNREADABLE"),
        ("agent.pfx", "secret", "CERT-WRONG-KIND"),
        ("strange.pfx", "secret", "CERT-LOOK"),
        ("old.pfx", "secret", "CERT-EXPIRED"),
        ("keyless.pem", "", "CERT-NO-KEY"),
    )
    with Technician(store, NOW) as t:
        t.open_first()
        t.open_field("certificate")
        t.choose(t.texts("ui.choice.check.certificate"))
        t.wait(t.texts("ui.certificate.title"))
        t.press("down")
        for name, password, code in cases:
            t.wait(t.texts("ui.certificate.title"))
            t.press("up")
            t.retype(str(files / name))
            t.wait(f"{name}\n")  # to its end, however long the path
            t.press("enter")
            t.terminal.send(password)
            t.press("enter")
            t.wait(f"({code}" if code != "CERT-" else "(CERT-")
            t.wait(t.texts("key.again"))
            if t.texts("key.take_result") not in t.screen:
                t.press("enter")  # nothing was measured, so there is nothing to be taken
            t.press("f3")
        t.wait(t.texts("ui.certificate.title"))
        assert "certificate" not in stored(store, id).answers
        t.press("f3")
        t.step("certificate")
        assert b"wrong" not in b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())


# -- the store -----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes; skipped where it cannot be had."""
    image, disk = tmp_path / "image", tmp_path / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(8 << 20)
    made = shutil.which("mke2fs") and os.geteuid() == 0 and does("mke2fs", "-q", "-t", "ext2", "-m", "0", image)
    if not made or not does("mount", "-o", "loop", image, disk):
        pytest.skip("a small disk: only where this may mount one")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def does(*command: str | Path) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def fill(disk: Path) -> Path:
    """Leave no room at all; returns the file to delete for some."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 10):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    assert shutil.disk_usage(disk).free == 0
    return filler


@pytest.mark.timeout(120)
def test_a_full_disk_is_told_and_the_answer_is_taken_when_there_is_room(small_disk: Path) -> None:
    store = small_disk / "store"
    id = prepare(store, **READY, stand="terminal")
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("terminal")
        t.open_field("pc")
        t.wait("> 受付PC")
        before = stored(store, id)
        filler = fill(small_disk)
        # Half-typed text: told every two seconds, and Esc does not keep anybody here.
        t.terminal.send("2")
        t.said("STORE-FULL")
        t.press("enter")
        t.wait(t.texts("key.change"))
        t.press("2", "f3")
        t.wait(t.texts("ui.leave_unkept")[:10])
        t.said("STORE-FULL")
        t.press("f3")
        t.step("terminal")
        t.open_field("windows_update")
        t.choose(t.texts("value.windows_update.current"))
        t.said("STORE-FULL")
        assert "[ ]" in t.field("windows_update")
        t.press("]", "h")  # the second key is heard when the first has done what it does
        t.wait(t.texts("ui.history.title"))
        t.press("f3")
        t.step("terminal")
        t.said("STORE-FULL")
        t.language()
        t.wait(t.texts("key.park"))
        t.said("STORE-FULL")
        assert stored(store, id).log == before.log
        # Room again: the same answer.
        filler.unlink()
        t.answer("windows_update", "current")
        assert stored(store, id).answers["windows_update"].value == "current"
        # Full again, while somebody begins a new office, and while one leaves.
        filler = fill(small_disk)
        t.press("p")
        t.wait(t.texts("ui.card.title"))
        t.press("0")
        t.wait(t.texts("key.new"))
        t.said("STORE-FULL")
        t.press("n")
        t.wait(t.texts("ui.new.title"))
        t.terminal.send("1471100021\rかもめ")
        t.press("f10")
        t.said("STORE-FULL")
        filler.unlink()
        t.press("f10")
        t.step("eligibility")


@pytest.mark.timeout(120)
def test_a_store_that_has_turned_read_only_is_told(small_disk: Path) -> None:
    store = small_disk / "store"
    id = prepare(store, **READY, stand="terminal")
    before = stored(store, id)
    assert does("mount", "-o", "remount,ro", small_disk)
    ended = subprocess.run([COMMAND, "sessions", "--store", store], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "STORE-READ-ONLY" in ended.stderr
    assert "Traceback" not in ended.stderr
    with Terminal([COMMAND, "--store", store]) as terminal:
        assert terminal.wait_exit() == 2
        assert "STORE-READ-ONLY" in terminal.text.replace("\n", "")
    assert does("mount", "-o", "remount,rw", small_disk)
    assert stored(store, id).log == before.log


def sql(store: Path, statement: str) -> None:
    connection = apsw.Connection(str(store / "sessions.db"))
    connection.execute(statement)
    connection.close()


def test_a_session_of_an_unknown_edition_is_listed_and_said_to_be_so(tmp_path: Path) -> None:
    store, id, edition = tmp_path / "store", "5e551017", "2031-04-01"
    with desk_at(store, "2026-11-20T09:00") as desk:
        at = instant(desk.now)
        known = {"office_number": NUMBER, "office_name": NAME, "edition": edition}
        moved = {"trigger": "go_shiny", "source": "eligibility", "dest": "shiny"}
        events = [Event("created", at, "佐藤", known), Event("moved", at, "佐藤", moved)]
        listing = Listing("shiny", "waiting", False, "2031-05-01", "shiny.thing")
        desk.journal.create(id, NUMBER, NAME, edition, events, listing, None)
    with Technician(store, NOW) as t:
        t.wait("2031-04-01")
        assert "wait." not in t.screen
        t.press("enter")
        t.said("EDITION-UNKNOWN")
        t.language()
        t.said("EDITION-UNKNOWN")
        t.press("n")
        t.wait(t.texts("ui.new.title"))
    for command in ("show", "report"):
        ended = subprocess.run([COMMAND, command, id, "--store", store], capture_output=True, text=True, check=False)
        assert (ended.returncode, "EDITION-UNKNOWN" in ended.stderr) == (2, True)
    listed = subprocess.run([COMMAND, "sessions", "--store", store], capture_output=True, text=True, check=True)
    assert NUMBER in listed.stdout
    assert "wait." not in listed.stdout


SECOND_COPY = "second-copy.log"


def test_an_altered_record_is_mended_from_the_second_copy_or_refused(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="terminal")
    alter = "UPDATE event SET body = replace(body, 'win11', 'win10')"
    sql(store, alter)
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("terminal")
        t.said_reason("STORE-MENDED")
        t.until("windows", "[x]")
    assert stored(store, id).answers["windows"].value == "win11"
    sql(store, alter)
    (store / SECOND_COPY).unlink()
    with Technician(store, NOW) as t:
        t.press("enter")
        t.said("STORE-CHAIN")
        t.press("0")
        assert t.terminal.wait_exit() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "STORE-DAMAGED"),
        (b"SQLite format 3\0" + bytes(500), "STORE-FOREIGN"),
        (b"<html>", "STORE-FOREIGN"),
        (None, "STORE-DAMAGED"),
    ],
)
def test_a_damaged_store_ends_the_start_with_one_sentence(content: bytes | None, code: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY)
    file = store / "sessions.db"
    file.write_bytes(file.read_bytes()[:5000] if content is None else content)
    for name in ("sessions.db-wal", "sessions.db-shm", SECOND_COPY):
        (store / name).unlink(missing_ok=True)
    with Terminal([COMMAND, "--store", store, "--lang", "en"]) as terminal:
        assert terminal.wait_exit() == 2
        assert code in terminal.text.replace("\n", "")
        assert "Traceback" not in terminal.text
        assert len([row for row in terminal.text.split("\n") if row.strip()]) <= 6


def test_a_folder_in_the_place_of_the_store_and_a_store_in_no_place(tmp_path: Path) -> None:
    (tmp_path / "store" / "sessions.db").mkdir(parents=True)
    (tmp_path / "file").write_text("")
    for store, code in ((tmp_path / "store", "STORE-FOREIGN"), (tmp_path / "file", "STORE-FOREIGN")):
        with Terminal([COMMAND, "--store", store, "--lang", "en"]) as terminal:
            assert terminal.wait_exit() == 2
            assert code in terminal.text.replace("\n", "")
            assert "Traceback" not in terminal.text
