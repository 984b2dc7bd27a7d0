"""The leak hunt: canaries typed as every secret on a real terminal, and looked for everywhere, also after a crash.

Where a secret may be for a moment is cut out by name: the ten seconds on the screen that somebody asked for.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.labs.hunt import Canary, Found, Watch, search_files, search_processes, search_terminal
from tests.terminal import python
from tests.tui.offices import NO_CERTIFICATE, NUMBER, READY, USER_ID, prepare
from tests.tui.technician import COMMAND, Technician

NOW = "2026-11-22T09:00"
PASSWORD = Canary("canary-pw-7f3a", "金糸雀壱番")
NEW_PASSWORD = Canary("canary-new-19c4", "金糸雀弐番")
ISSUING = Canary("canary-iss-b02e", "金糸雀参番")
PASSPHRASE = Canary("canary-phrase-55d1", "金糸雀四番")
WRONG = Canary("canary-wrong-e8a7", "金糸雀五番")
HALF = Canary("canary-half-c6f0", "金糸雀六番")
FILE = Canary("canary-pfx-a41d", "金糸雀七番")  # of a certificate's file
CANARIES = (PASSWORD, NEW_PASSWORD, ISSUING, PASSPHRASE, WRONG, HALF, FILE)

pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


class Place:
    """A home of its own, with every switch set that is known to make something talk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "data" / "store"
        self.names = {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_RUNTIME_DIR": "run", "TMPDIR": "tmp"}
        for name in self.names.values():
            (folder / name).mkdir()
        (folder / "run").chmod(0o700)
        self.env = {name: str(folder / place) for name, place in self.names.items()} | {
            "TEXTUAL_LOG": str(folder / "home" / "textual.log"),
            "TEXTUAL": "debug,devtools",
            "TEXTUAL_DEBUG": "1",
            "TEXTUAL_SCREENSHOT": "1,2,3",
            "TEXTUAL_SCREENSHOT_LOCATION": str(folder / "home"),
            "PYTHONASYNCIODEBUG": "1",
            "PYTHONDEVMODE": "1",
            "PYTHONFAULTHANDLER": "1",
        }

    def start(self, *command: str | Path) -> Technician:
        """The app in this home."""
        return Technician(self.store, NOW, program=command or (COMMAND,), env=self.env)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [COMMAND, "--store", self.store, *arguments],
            env={"PATH": os.environ["PATH"], **self.env},
            capture_output=True,
            check=False,
        )
        return (done.stdout + done.stderr).decode()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))  # what is started may leave a core dump, if it lets it
    here = Path.cwd()
    one = Place(tmp_path)
    prepare(one.store, **READY, **USER_ID, **NO_CERTIFICATE, stand="user_id")
    os.chdir(tmp_path)
    yield one
    os.chdir(here)
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def go_in(t: Technician) -> None:
    t.open_first()
    t.step("user_id")


def open_secret(t: Technician, fact: str = "password_kept") -> None:
    """Until it is known what can be chosen."""
    t.open_field(fact)
    t.wait(t.texts("ui.secret.not_kept"))
    t.wait_gone(t.texts("ui.keyring.looking"))


def keep_in_vault(t: Technician, secret: Canary, *, new: bool) -> None:
    open_secret(t)
    t.choose(t.texts("ui.secret.vault"))
    if new:
        t.wait(t.texts("ui.vault.create"))
        t.terminal.send(f"{PASSPHRASE.text}\r{PASSPHRASE.text}\r")
    t.wait(t.texts("ui.secret.type"))
    t.terminal.send(f"{'鈴木' if new else ''}\r{secret.text}\r")
    t.until("password_kept", t.texts("value.password_kept.vault"))


def shown(t: Technician, secret: Canary) -> tuple[int, int]:
    """Ask to see it; from which to which byte the terminal may hold it."""
    open_secret(t)
    t.choose(t.texts("ui.secret.show"))
    t.wait(t.texts("ui.show.title"))
    begin = len(t.terminal.raw)
    t.press("enter")
    t.terminal.wait(lambda: secret.text in t.terminal.text)
    t.press("esc")
    t.terminal.wait(lambda: secret.text not in t.terminal.text)
    end = len(t.terminal.raw)
    t.press("esc")
    return begin, end


def everything(folders: list[Path], *watches: Watch, terminal: bytes = b"") -> set[Found]:
    """What is found, there now or seen while it ran."""
    found = set().union(*(watch.found for watch in watches)) if watches else set()
    found |= {*search_files(folders, CANARIES), *search_processes(CANARIES)}
    return found | set(search_terminal(terminal, CANARIES))


def nothing(place: Place, *watches: Watch, terminal: bytes = b"", more: tuple[Path, ...] = ()) -> None:
    assert everything([place.folder, *more], *watches, terminal=terminal) == set()
    assert not list(place.folder.rglob("core*"))
    assert not list(place.folder.rglob("textual.log"))


def test_stored_shown_changed_moved_exported_and_wiped_it_is_nowhere(place: Place) -> None:
    with Watch([place.folder], CANARIES) as watch, place.start() as t:
        go_in(t)
        keep_in_vault(t, PASSWORD, new=True)
        begin, end = shown(t, PASSWORD)
        keep_in_vault(t, NEW_PASSWORD, new=False)
        open_secret(t)
        t.choose(t.texts("ui.secret.passphrase"))
        t.wait(t.texts("ui.vault.change"))
        t.terminal.send(f"{WRONG.text}\r{PASSPHRASE.text}\r{PASSPHRASE.text}\r")
        t.wait("(VAULT-WRONG-PASSPHRASE)")
        t.press("esc")
        t.press("esc")
        t.press("f2")
        t.wait(t.texts("ui.steps.title"))
        t.choose_step("issuing_password")
        t.step("issuing_password")
        open_secret(t, "issuing_password_kept")
        t.choose(t.texts("ui.secret.visit"))
        t.wait(t.texts("ui.secret.type"))
        t.terminal.send(f"\r{ISSUING.text}\r")
        t.until("issuing_password_kept", "[x]")
        t.press("f6")
        t.wait(t.texts("ui.history.title"))
        t.press("esc", "f8")
        t.wait(t.texts("ui.card.title"))
        t.press("f7")
        t.wait(t.texts("ui.papers.written"))
        said = [place.run(*words) for words in (
            ("show", NUMBER), ("show", NUMBER, "--json"), ("report", NUMBER), ("report", NUMBER, "--format", "html"),
            ("sessions", "--json"), ("doctor",), ("secrets", "list"), ("secrets", "wipe", NUMBER, "--yes"),
            ("secrets", "wipe", "--vault", "--yes"),
        )]  # fmt: skip
        assert not list(search_terminal("".join(said).encode(), CANARIES))
        raw = t.terminal.raw
        assert list(search_terminal(raw[begin:end], CANARIES)), "it was on the screen, and has to be found there"
        t.press("f10")
        t.wait(t.texts("key.new"))
    assert watch.rounds > 20
    nothing(place, watch, terminal=raw[:begin] + raw[end:])
    print(f"looked {watch.rounds} times; {len(raw)} bytes of terminal")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV, signal.SIGABRT])
def test_killed_while_it_is_typed_it_is_nowhere(place: Place, number: signal.Signals) -> None:
    with Watch([place.folder], CANARIES) as watch, place.start() as t:
        go_in(t)
        keep_in_vault(t, PASSWORD, new=True)
        open_secret(t)
        t.choose(t.texts("ui.secret.visit"))
        t.wait(t.texts("ui.secret.type"))
        t.terminal.send(f"\r{HALF.text}")
        t.terminal.wait(lambda: "*" * len(HALF.text) in t.terminal.text)
        t.terminal.kill(number)
        t.terminal.wait_exit()
        raw = t.terminal.raw
    nothing(place, watch, terminal=raw)


def test_after_a_crash_with_the_secret_in_hand_it_is_nowhere(place: Place) -> None:
    place.env["PYTHONPATH"] = str(Path(__file__).parents[2])
    with Watch([place.folder], CANARIES) as watch, place.start(*python("-m", "tests.labs.crashing", "crash")) as t:
        go_in(t)
        open_secret(t)
        t.choose(t.texts("ui.secret.visit"))
        t.wait(t.texts("ui.secret.type"))
        t.terminal.send(f"鈴木\r{PASSWORD.text}\r")
        assert t.terminal.wait_exit() == 1
        raw = t.terminal.raw
    assert b"INTERNAL-1" in raw
    nothing(place, watch, terminal=raw)


# -- what is there is found


def a_file(content: bytes) -> Callable[[Path], contextlib.AbstractContextManager[bytes]]:
    @contextlib.contextmanager
    def plant(folder: Path) -> Iterator[bytes]:
        (folder / "home" / "planted").write_bytes(b"before " + content + b" after")
        yield b""

    return plant


@contextlib.contextmanager
def a_file_for_a_moment(folder: Path) -> Iterator[bytes]:
    path = folder / "tmp" / "planted"
    path.write_bytes(PASSWORD.text.encode())
    yield b""
    path.unlink()


@contextlib.contextmanager
def a_name_of_a_file(folder: Path) -> Iterator[bytes]:
    (folder / "tmp" / f"draft-{PASSWORD.ascii}").write_bytes(b"")
    yield b""


@contextlib.contextmanager
def a_row_deleted_from_a_database(folder: Path) -> Iterator[bytes]:
    database = sqlite3.connect(folder / "data" / "planted.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE t (x)")
    database.execute("INSERT INTO t VALUES (?)", (PASSWORD.text,))
    database.commit()
    database.execute("DELETE FROM t")
    database.commit()
    yield b""
    database.close()


def a_process(**how: bool) -> Callable[[Path], contextlib.AbstractContextManager[bytes]]:
    @contextlib.contextmanager
    def plant(_: Path) -> Iterator[bytes]:
        arguments = [
            sys.executable,
            "-c",
            "import time; time.sleep(60)",
            *([PASSWORD.text] if how.get("argument") else []),
        ]
        env = {"PLANTED": PASSWORD.text} if how.get("environment") else {}
        with subprocess.Popen(arguments, env=env) as process:
            yield b""
            process.kill()

    return plant


def a_terminal(content: bytes) -> Callable[[Path], contextlib.AbstractContextManager[bytes]]:
    @contextlib.contextmanager
    def plant(_: Path) -> Iterator[bytes]:
        yield b"\x1b[2J" + content + b"\x1b[0m"

    return plant


RAW = PASSWORD.text.encode()
PLANTS: dict[str, Callable[[Path], contextlib.AbstractContextManager[bytes]]] = {
    "utf-8": a_file(RAW),
    "utf-16-le": a_file(PASSWORD.text.encode("utf-16-le")),
    "utf-16-be": a_file(PASSWORD.text.encode("utf-16-be")),
    "hex": a_file(RAW.hex().encode()),
    "url": a_file(quote(PASSWORD.text).encode()),
    "json": a_file(json.dumps({"password": PASSWORD.text}).encode()),
    "base64": a_file(base64.b64encode(b"user:" + RAW)),
    "base64, one byte on": a_file(base64.b64encode(b"user::" + RAW)),
    "base64, two bytes on": a_file(base64.b64encode(b"user:::" + RAW)),
    "the Japanese half alone": a_file(PASSWORD.japanese.encode()),
    "a file for a moment": a_file_for_a_moment,
    "a file's name": a_name_of_a_file,
    "a deleted row": a_row_deleted_from_a_database,
    "an argument": a_process(argument=True),
    "the environment": a_process(environment=True),
    "the terminal": a_terminal(RAW),
    "the terminal, key by key": a_terminal(
        b"".join(b"\x1b[5;%dH%c" % pair for pair in enumerate(PASSWORD.ascii.encode()))
    ),
    "a clipboard sequence": a_terminal(b"\x1b]52;c;" + base64.b64encode(RAW) + b"\x07"),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_leak_is_found(tmp_path: Path, plant: str) -> None:
    Place(tmp_path)
    with Watch([tmp_path], CANARIES) as watch, PLANTS[plant](tmp_path) as terminal:
        watch.look_around()
    found = watch.found | set(search_terminal(terminal, CANARIES))
    assert {leak.canary for leak in found} == {PASSWORD.ascii}, plant
