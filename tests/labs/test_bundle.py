"""The zip as it is built, on a PC without Python: unpacked below Japanese names, started by its starter, under wine.

What wine cannot show stands in docs/windows.md, as a list to be ticked off at a real PC.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import apsw
import pytest

from states.desk import Desk
from states.flow.events import JAPAN
from states.flow.session import Session
from tests.bundle import parts
from tests.bundle.build import MOST, Bundle, build
from tests.labs.bundle import Carried, There
from tests.labs.hunt import Canary, Watch, search_files, search_terminal
from tests.labs.test_secrets_on_screen import keep
from tests.labs.test_windows_keyring import EVERYTHING
from tests.labs.windows import path_there
from tests.labs.windows_python import ROOT, SIGNER, original, signer
from tests.tui.offices import NO_CERTIFICATE, READY, USER_ID, prepare
from tests.tui.test_main_flow import KJ_ID, NAME, OFFICE, PAPERS, eligible_and_ready, same

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]

NOW = "2026-11-22T09:00"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    try:
        return build(tmp_path_factory.mktemp("dist"))
    except LookupError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def pc(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    try:
        one = Carried(tmp_path_factory.mktemp("pc"), bundle.archive)
    except LookupError as error:
        pytest.skip(str(error))
    yield one
    one.close()


def first(store: Path) -> Session:
    desk = Desk.open(store, lambda: datetime.now(JAPAN), create=False)
    try:
        return desk.read(desk.page()[0])
    finally:
        desk.close()


# What is in it


def test_it_is_made_twice_of_the_same_bytes_is_small_and_says_what_is_in_it(bundle: Bundle, tmp_path: Path) -> None:
    again = build(tmp_path / "again")
    assert hashlib.sha256(again.archive.read_bytes()).digest() == hashlib.sha256(bundle.archive.read_bytes()).digest()
    with zipfile.ZipFile(bundle.archive) as held:
        assert sum(entry.file_size for entry in held.infolist()) <= MOST
        assert all(entry.filename.isascii() and len(entry.filename) < 130 for entry in held.infolist())
        names = set(held.namelist())
        top = {name.split("/")[1] for name in names}
        assert {"careplan-setup.cmd", "probe.cmd", "README.txt", "SHA256SUMS", "sbom.cdx.json", "python"} <= top
        assert held.read("careplan-setup/README.txt").startswith("\ufeffcareplan-setup".encode())
        listed = json.loads(held.read("careplan-setup/sbom.cdx.json"))["components"]
        assert {"CPython", "textual", "apsw", "cryptography", "pywin32-ctypes"} <= {part["name"] for part in listed}
        assert all(part["hashes"][0]["alg"] == "SHA-256" for part in listed)
        sums = [line.split("  ") for line in held.read("careplan-setup/SHA256SUMS").decode().splitlines()]
        assert {f"careplan-setup/{name}" for _, name in sums} | {"careplan-setup/SHA256SUMS"} == names
        for told, name in sums:
            assert hashlib.sha256(held.read(f"careplan-setup/{name}")).hexdigest() == told
        everything = b"".join(held.read(name) for name in names)
    assert all(str(place).encode() not in everything for place in (ROOT, bundle.archive.parent))  # where it was made


def test_a_hook_signs_before_the_sums_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bundle import build as module
    from tests.bundle.parts import Part

    def nothing(folder: Path, *_: object) -> list[object]:
        folder.mkdir(parents=True)
        return []

    signing = tmp_path / "sign.sh"
    signing.write_text('#!/bin/sh\necho signed > "$2/$1"\n')
    signing.chmod(0o755)
    monkeypatch.setenv(module.SIGN, f"{signing} signature.txt")
    monkeypatch.setattr(module, "put_python", lambda folder: nothing(folder) or Part("CPython", "3", "0" * 64))
    monkeypatch.setattr(module, "put_packages", nothing)
    with zipfile.ZipFile(build(tmp_path).archive) as held:
        assert held.read("careplan-setup/signature.txt") == b"signed\n"
        assert b"  signature.txt\n" in held.read("careplan-setup/SHA256SUMS")


def test_a_program_that_was_touched_after_it_was_signed_has_no_signer(tmp_path: Path) -> None:
    try:
        came = original()
        assert SIGNER in signer(came)
    except LookupError as error:
        pytest.skip(str(error))
    content = bytearray(came.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "python.exe").write_bytes(content)
    assert signer(tmp_path / "python.exe") == ""
    assert signer(Path(__file__)) == ""


def test_a_package_that_is_not_what_the_lock_file_says_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "windows.lock"
    lock.write_text("transitions==0.9.3 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(parts, "_locked", lambda _: lock)
    with pytest.raises(LookupError, match=r"(?i)hash"):
        parts.put_packages(tmp_path / "packages", tmp_path)


def test_it_says_its_version_and_its_parts_and_what_it_finds_on_the_pc(pc: Carried) -> None:
    told = pc.run("--version")
    assert re.match(r"careplan-setup \d+\.\d+\.\d+\r?\nPython 3\.11\.\d+, SQLite 3", told)
    assert "textual 8.2.8" in told
    pc.command(path_there(pc.bundle / "probe.cmd"), "quietly")
    [probe] = pc.bundle.glob("probe-*.json")
    assert json.loads(probe.read_text(encoding="utf-8"))["checks"]["system"]["value"] == "win10"
    probe.unlink()
    edge = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{56EB18F8-B008-4CBD-B6D2-8C97FE7E9062}"
    pc.command("reg", "add", edge, "/v", "pv", "/d", "149.0.1.1", "/f")
    found = json.loads(pc.run("check", "pc", "--json", "--now", "2026-11-22", code=1))
    assert (found["system"]["value"], found["edge"]["value"]) == ("win10", "old")


@contextmanager
def half_typed(pc: Carried, store: Path, starter: Sequence[str] = ()) -> Iterator[There]:
    prepare(store, office_kind="home_care_support", commissioned="no", stand="care_software")
    with There(pc, store, NOW, starter=starter) as t:
        t.open_first()
        t.open_field("product")
        t.terminal.wait(lambda: any(row.startswith("  >") for row in t.terminal.screen()))
        t.terminal.send("ひびきケ")
        t.wait("ひびきケ")
        yield t


def drafts(store: Path) -> str:
    connection = apsw.Connection(str(store / "sessions.db"))
    try:
        return str(list(connection.execute("SELECT * FROM draft")))
    finally:
        connection.close()


# The main job


def test_an_office_from_the_first_visit_to_hand_over_with_the_power_cut_twice(pc: Carried, tmp_path: Path) -> None:
    store = tmp_path / "記録 一"
    with There(pc, store, "2026-11-06") as t:
        t.new_office(OFFICE, NAME)
        eligible_and_ready(t, billing_pc="yes")
        t.answer("billing", "internet")
        t.type_in("kj_id", KJ_ID)
        t.answer("password", "known")
        t.power_cut()
    before = first(store)
    assert (before.state, before.answers["password"].value) == ("user_id", "known")

    with There(pc, store, "2026-11-06T09:20") as t:
        t.open_first()
        t.step("user_id")
        t.next("certificate")
        t.type_day("certificate", "usable", "2028-03-31")
        t.next("application")
        for fact, value in (("login", "ok"), ("terms", "agreed"), ("completion", "seen")):
            t.answer(fact, value)
        t.next("client_app")
        t.power_cut()
    assert first(store).state == "client_app"

    with There(pc, store, "2026-11-06T10:00") as t:
        t.open_first()
        t.step("client_app")
        for fact in ("support_site", "client_downloaded", "client_installed"):
            t.answer(fact, "yes")
        t.answer("client_login", "ok")
        t.answer("partner_ready", "yes")
        t.next("payment")
        t.answer("payment", "offset")
        t.next("handover")
        t.answer("report", "given")
        t.answer("secrets", "none")
        t.answer("acknowledged", "yes")
        t.next()
        t.wait(t.texts("ui.end.complete"))
        t.press("3")
        t.wait(t.texts("ui.papers.written"))
        t.press("0")
        t.wait(t.texts("key.new"))
        t.press("0")
        t.terminal.wait_exit()
    assert first(store).state == "complete"
    assert {path.suffix for path in (store / "papers").iterdir()} == PAPERS


# A window that is closed: Windows starts a thread at this function, with the number of the
# event. Wine has the function and nobody who calls it.
ENDED_BY = """
import ctypes, os, sys, threading, time
from tui.cli import main
event, sign = int(sys.argv.pop(1)), sys.argv.pop(1)
def wait():
    while not os.path.exists(sign):
        time.sleep(0.05)
    kernel, mode = ctypes.WinDLL("kernel32"), ctypes.c_ulong()
    kernel.GetConsoleMode(kernel.GetStdHandle(-10), ctypes.byref(mode))
    with open(sign, "w") as file:
        file.write(f"{mode.value} {kernel.GetConsoleOutputCP()}")
    ctypes.WinDLL("kernelbase").CtrlRoutine(ctypes.c_void_p(event))
threading.Thread(target=wait, daemon=True).start()
sys.exit(main())
"""


@pytest.mark.parametrize("event", [2, 5, 6])
def test_a_closed_window_a_sign_out_and_a_shutdown_keep_what_is_half_typed(
    pc: Carried, tmp_path: Path, event: int
) -> None:
    program, sign = tmp_path / "ended_by.py", tmp_path / "now"
    program.write_text(ENDED_BY)
    starter = [str(pc.exe), "-X", "utf8", path_there(program), str(event), path_there(sign)]
    with half_typed(pc, tmp_path / "store", starter) as t:
        sign.touch()
        assert t.terminal.wait_exit() == 128 + event
    mode, page = map(int, sign.read_text().split())
    assert (mode & 0x40, page) == (0, 65001)  # no QuickEdit: a click freezes nothing
    assert "ひびきケ" in drafts(tmp_path / "store")


def test_the_end_of_the_session_is_heard_by_a_window_nobody_sees(pc: Carried, tmp_path: Path) -> None:
    with half_typed(pc, tmp_path / "store") as t:
        pc.command("wineboot", "--end-session")
        t.terminal.wait_exit()
    assert "ひびきケ" in drafts(tmp_path / "store")


# Line by line


def test_line_mode_answers_keeps_a_secret_unseen_and_gives_the_console_back(pc: Carried, tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, **USER_ID, **NO_CERTIFICATE, stand="user_id")
    with There(pc, store, NOW, wait=False, line=True) as t:

        def typed(text: str, then: str) -> None:
            t.terminal.send(f"{text}\r")
            t.wait(then)

        t.wait(t.texts("ui.line.how")[:12])
        t.wait(f"\n{t.texts('ui.line.prompt')}")
        typed("1", t.texts("step.user_id.title"))
        t.terminal.wait(lambda: t.screen.rstrip().endswith(t.texts("ui.line.prompt").rstrip()))
        number = re.search(rf"^(\d+) \[.\] {t.texts('fact.password_kept')}", t.screen, re.M)
        assert number
        typed(number[1], f"1 {t.texts('ui.secret.keyring')}")
        typed("1", t.texts("ui.secret.agreed", place=t.texts("value.password_kept.keyring")))
        typed("鈴木", t.texts("ui.secret.type"))
        typed("unseen-Kn4r7", t.texts("ui.secret.storing"))
        t.wait(f"{t.texts('fact.password_kept')}: {t.texts('value.password_kept.keyring')}")
        assert b"Kn4r7" not in t.terminal.raw
        typed("0", t.texts("ui.card.title"))
        typed("0", t.texts("ui.counts", work=1, waiting=0, overdue=0, complete=0))
        t.terminal.send("0\r")
        assert t.terminal.wait_exit() == 0
    assert first(store).answers["password_kept"].value == "keyring"
    assert any("Kn4r7" in entry[1] for entry in json.loads(pc.python("-c", EVERYTHING)))
    pc.run("--store", path_there(store), "--now", NOW, "secrets", "wipe", OFFICE, "--yes")


def test_a_line_that_ends_and_one_that_is_left_alone_are_heard(pc: Carried) -> None:
    told = pc.python(
        "-c",
        "import os, sys\n"
        "from states.system import here\n"
        "line = here.Line(); line.take()\n"
        "heard = [line.read(None), line.read(None), line.read(None)]\n"
        "read, write = os.pipe(); sys.stdin = os.fdopen(read)\n"
        "heard.append(line.read(0.3)); os.write(write, b'2' + os.linesep.encode()); heard.append(line.read(None))\n"
        "print(ascii(heard))",
        text="1\nあおば\n",
    )
    assert told.strip() == ascii(["1\n", "あおば\n", "", None, "2\n"])


# As a kiosk


def test_a_kiosk_has_a_pin_no_way_out_by_the_keyboard_and_looks_at_no_argument(pc: Carried, tmp_path: Path) -> None:
    kiosk = [str(pc.exe), "-X", "utf8", "-m", "tui", "--kiosk"]  # not by cmd.exe, which has a word at Ctrl+C
    with There(pc, tmp_path / "not looked at", NOW, starter=kiosk) as t:
        t.press("n")
        for name, text in (("office_number", OFFICE), ("office_name", NAME), ("technician", "佐藤")):
            t.wait(t.texts(f"ui.field.{name}"))
            t.terminal.send(f"{text}\r")
        t.wait(t.texts("ui.kiosk.pin"))
        t.terminal.send("2468\r")
        t.wait(t.texts("ui.kiosk.field.again"))
        t.terminal.send("2468\r")
        t.wait(t.texts("key.park"))
        for key in (b"\x03", b"\x1a", b"\x11", b"\x10"):  # by Ctrl+\\ the Unix below ends wine
            t.terminal.send(key)
            t.press("?")
            t.wait(t.texts("help.step")[:12])
            t.press("enter")
            t.wait(t.texts("key.park"))
        t.press("p")
        t.wait(t.texts("key.close"))
        t.press("0")
        t.wait(t.texts("key.new"))
        t.press("0")
        t.wait(t.texts("key.leave"))
        t.press("2")
        assert t.terminal.wait_exit() == 0
    assert not (tmp_path / "not looked at").exists()
    assert b"2468" not in t.terminal.raw


# Passwords


def test_a_password_is_kept_changed_and_wiped_and_is_nowhere_else(pc: Carried, tmp_path: Path) -> None:
    store = tmp_path / "store"
    old, new = Canary("canary-4e7b-Qx!", "秘密の鍵４ｅ７ｂカナリア"), Canary("second-9d02-Wz?", "二番目の鍵９ｄ０２")
    prepare(store, **READY, **USER_ID, **NO_CERTIFICATE, stand="user_id")
    raw = b""
    with Watch([pc.user, store], [old, new]) as watch:  # of the whole disk a round would take too long
        for secret in (old, new):
            with There(pc, store, NOW) as t:
                t.open_first()
                keep(t, "user_id", "password_kept", "keyring", secret.text)
                raw += t.terminal.raw
                t.close()
            kept = json.loads(pc.python("-c", EVERYTHING))
            assert [entry[1] for entry in kept if OFFICE in entry[0]] == [secret.text]  # and no older one
        assert pc.run("--store", path_there(store), "secrets", "list").count(OFFICE)
        pc.run("--store", path_there(store), "--now", NOW, "secrets", "wipe", OFFICE, "--yes")
    pc.python("-c", EVERYTHING, code=1)  # "not found": there is none at all
    assert watch.rounds > 5
    assert watch.found == set()
    assert list(search_files([pc.folder, store], [old, new])) == []
    assert list(search_terminal(raw, [old, new])) == []
    planted = pc.user / "planted.log"
    planted.write_text(f"password={old.text}", encoding="utf-16-le")
    assert {found.canary for found in search_files([pc.folder], [old, new])} == {old.ascii}
    planted.unlink()


# Where data is


def test_portable_is_chosen_once_and_the_second_copy_is_on_the_pc(bundle: Bundle, pc: Carried, tmp_path: Path) -> None:
    home = pc.bundle
    stick = pc.unpack(bundle.archive, tmp_path / "stick")
    try:
        with There(pc, None, NOW, wait=False) as t:
            t.wait(t.texts("ui.portable.which").strip())
            t.terminal.send("1\r")
            t.wait(t.texts("key.new"))
            t.new_office(OFFICE, NAME)
            t.power_cut()
        chosen = json.loads((stick / "where.json").read_text())
        assert chosen["data"] == "data"
        assert first(stick / "data").answers == {}
        copy = pc.user / "careplan-setup-copy" / chosen["id"] / "second-copy.log"
        assert copy.read_bytes().count(b"\n") > 1
        with There(pc, None, NOW) as t:  # nobody is asked again
            t.open_first()
            t.step("eligibility")
            t.power_cut()
        shutil.rmtree(stick / "data")  # the stick's own data is lost: what the PC has is enough
        with There(pc, None, NOW) as t:
            t.wait(OFFICE)
            t.power_cut()
    finally:
        pc.at(home)


def test_on_the_pc_it_is_in_the_users_local_data_and_only_this_user_may_look(pc: Carried) -> None:
    (pc.bundle / "where.json").write_text('{"data": "pc", "id": "0a0b"}')
    with There(pc, None, NOW) as t:
        t.new_office(OFFICE, NAME)
        t.power_cut()
    (pc.bundle / "where.json").unlink()
    assert first(pc.user / "careplan-setup").state == "eligibility"
    folder = path_there(pc.user / "careplan-setup").replace(path_there(pc.prefix / "drive_c"), "C:")
    told = pc.said(
        f"""
from pathlib import Path
from states.system import here
listed = here._granted(here._rights_of(Path({folder!r})))
said = [sorted(who for _, _, who in listed), here._own_sid(), here.open_to_others(Path({folder!r}))]
"""
    )
    assert told == [[told[1], "SY"], told[1], False]
    assert told[1].startswith("S-1-5-21-")


@pytest.mark.parametrize(
    ("folder", "code"),
    [(r"C:\users\Public\OneDrive - Office\kit", "STORE-SYNCED"), (r"\\server\share\kit", "STORE-NETWORK")],
)
def test_a_folder_that_is_synced_or_on_the_network_is_refused(pc: Carried, folder: str, code: str) -> None:
    key = r"HKCU\Software\Microsoft\OneDrive\Accounts\Business1"
    pc.command("reg", "add", key, "/v", "UserFolder", "/d", r"C:\users\Public\OneDrive - Office", "/f")
    assert code in pc.said(
        f"""
from pathlib import Path
from states.storage.journal import Journal
from states.fault import Fault, shown_code
try:
    Journal.open(Path({folder!r}))
    said = ""
except Fault as fault:
    said = shown_code(fault.code)
"""
    )


def test_paths_longer_than_windows_own_limit_are_fine(pc: Carried, tmp_path: Path) -> None:
    store = tmp_path / ("長い名前のフォルダー" * 2) / ("x" * 120) / ("y" * 100)  # Linux reads up to 512 bytes
    assert len(path_there(store)) > 260
    with There(pc, store, NOW) as t:
        t.new_office(OFFICE, NAME)
        t.power_cut()
    assert first(store).state == "eligibility"


def test_a_stick_that_is_pulled_is_told_and_work_goes_on_when_it_is_back(pc: Carried, tmp_path: Path) -> None:
    store = tmp_path / "stick" / "data"
    prepare(store, office_kind="home_care_support", stand="eligibility")
    with There(pc, store, NOW) as t:
        t.open_first()
        t.step("eligibility")
        store.parent.rename(tmp_path / "pocket")
        t.open_field("commissioned")
        t.wait("Esc")
        t.choose(t.texts("value.commissioned.no"))
        t.wait("(STORE-AWAY)")
        (tmp_path / "pocket").rename(store.parent)
        t.press("esc")
        t.answer("commissioned", "no")
        t.power_cut()
    assert first(store).answers["commissioned"].value == "no"


def test_a_file_that_a_virus_scanner_holds_for_a_moment_is_replaced_all_the_same(pc: Carried, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    assert pc.said(
        f"""
import threading, time
from pathlib import Path
from states.storage.folders import replace_file
from states.system import here
tries = []
once = Path.replace
def counted(self, target):
    tries.append(1)
    return once(self, target)
Path.replace = counted
path = Path({path_there(tmp_path / "file")!r})
held = open(path, "rb")
threading.Timer(0.5, held.close).start()
replace_file(path, b"new")
said = [path.read_bytes().decode(), len(tries) > 1]
"""
    ) == ["new", True]


# Versions


def test_a_newer_bundle_opens_an_older_store_and_an_older_one_refuses_a_newer_store(
    bundle: Bundle, pc: Carried, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, stand="user_id")
    before = first(store)
    older = pc.bundle
    newer = pc.unpack(bundle.archive, tmp_path / "newer")
    schema = newer / "python" / "packages" / "states" / "storage" / "schema.py"
    source = (Path(__file__).parents[2] / "states" / "storage" / "schema.py").read_text(encoding="utf-8")
    source = source.replace("VERSION: Final = 1 ", "VERSION: Final = 2 ")
    step = "ALTER TABLE session ADD COLUMN note TEXT NOT NULL DEFAULT ''"
    schema.write_text(source.replace("tuple[str, ...]]] = {}", f'tuple[str, ...]]] = {{1: ("{step}",)}}'))
    try:
        assert OFFICE in pc.run("--store", path_there(store), "sessions")
        assert (store / "sessions.db.v1").exists()  # the copy, read back before anything was changed
        content = {path.name: path.read_bytes() for path in store.iterdir() if path.suffix in (".db", ".log")}
        pc.at(older)
        refused = pc.run("--store", path_there(store), "--lang", "en", "sessions", code=2)
        assert refused == ""
        assert {path.name: path.read_bytes() for path in store.iterdir() if path.suffix in (".db", ".log")} == content
        pc.at(newer)
        assert OFFICE in pc.run("--store", path_there(store), "sessions")
    finally:
        pc.at(older)
    (store / "sessions.db.v1").replace(store / "sessions.db")  # and the way back, by the copy
    assert same(first(store), before)
