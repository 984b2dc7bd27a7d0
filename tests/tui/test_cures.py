"""What Textual 8.2.8 does to a technician on a real terminal, and that it does not happen here.

Each cure has a test that fails without it. Tests whose name begins with `test_stock` hold the fault itself: when one
fails after an upgrade, the cure beside it may go. Time decides nothing: whatever is waited for has a generous bound.
"""

from __future__ import annotations

import asyncio
import base64
import ctypes
import gc
import os
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from textual._styles_cache import StylesCache
from textual.strip import Strip

from states.desk import Desk
from states.flow.events import JAPAN
from tests.terminal import Terminal, python
from tui.terminal import plain

if sys.platform == "win32":
    pytest.skip("a pty is needed", allow_module_level=True)

from tui.app import SetupApp
from tui.base import KioskApp
from tui.driver import LEAVE, PASTE_END, PASTE_LIMIT, PASTE_START, PasteGuard

SECRET = "hunter22"
UNDER_A_SHELL = ["/bin/sh", "-c", '"$@"; echo left=$?; read x', "sh"]
IDLE_SECONDS = 1.5  # three blinks of a cursor


@contextmanager
def form(*arguments: str, under: list[str] | None = None, env: dict[str, str] | None = None) -> Iterator[Terminal]:
    with Terminal([*(under or []), *python("-m", "tests.tui.apps.form", *arguments)], env=env) as terminal:
        terminal.wait("user=<> secret=0")
        yield terminal


@contextmanager
def showing(text: str, how: str = "ours") -> Iterator[Terminal]:
    with Terminal(python("-m", "tests.tui.apps.show", how, "--", text)) as terminal:
        yield terminal


# -- 1 keys in order ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["waiting", "lazy"])
@pytest.mark.parametrize("turn", range(3))
def test_keys_read_at_once_reach_the_field_they_were_meant_for(mode: str, turn: int) -> None:
    with form(mode) as terminal:
        terminal.send(f"user{turn}\t{SECRET}\rnote")
        terminal.wait(f"user=<user{turn}> secret={len(SECRET)} note=<note>")
        assert SECRET.encode() not in terminal.raw


def test_a_paste_keeps_its_place_among_keys() -> None:
    with form() as terminal:
        terminal.send(f"us{PASTE_START}er{PASTE_END}!\t{PASTE_START}{SECRET}{PASTE_END}\r{PASTE_START}no{PASTE_END}te")
        terminal.wait(f"user=<user!> secret={len(SECRET)} note=<note>")
        assert SECRET.encode() not in terminal.raw


def test_stock_textual_types_a_secret_into_the_wrong_field() -> None:
    def all_typed() -> re.Match[str] | None:
        status = re.search(r"user=<user(\w*)> secret=(\d+)", terminal.text)
        return status if status and len(status[1]) + int(status[2]) == len(SECRET) else None

    for _ in range(10):  # nearly always all of it, sometimes a part, for it is a race
        with form("stock") as terminal:
            terminal.send(f"user\t{SECRET}")
            terminal.wait(all_typed)
            status = all_typed()
            if status and status[1]:
                return
    pytest.fail("ten secrets in the right field: the cure may be needed no more")


# -- 2 signals ------------------------------------------------------------------------------------------------------


def process_of(terminal: Terminal) -> int:
    """The program's own id, which it shows, where a shell stands between it and us."""
    return int(terminal.text.split("FORM ")[1].split(".")[0])


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT])
def test_a_signal_flushes_and_gives_the_terminal_back(number: signal.Signals, tmp_path: Path) -> None:
    flushed = tmp_path / "flushed"
    with form(under=UNDER_A_SHELL, env={"FLUSHED": str(flushed)}) as terminal:
        os.kill(process_of(terminal), number)
        terminal.wait(f"left={128 + number}")
        assert flushed.read_text() == "flushed"
        assert {1049, 2004} & terminal.modes == set()
        assert {25, 7} <= terminal.modes
        assert echoes(terminal)


def test_a_stalled_link_holds_up_neither_the_flush_nor_the_end(tmp_path: Path) -> None:
    flushed = tmp_path / "flushed"
    with form(under=UNDER_A_SHELL, env={"FLUSHED": str(flushed)}) as terminal:
        process = process_of(terminal)
        with terminal.stalled():
            terminal.key("f4")
            wait_until_full(terminal)
            os.kill(process, signal.SIGTERM)
            terminal.wait(lambda: flushed.exists() and echoes(terminal))
            terminal.wait(lambda: not Path(f"/proc/{process}").exists())
        terminal.wait("left=143")
        assert LEAVE.encode() in terminal.raw
        assert {1049, 2004} & terminal.modes == set()


def test_a_stalled_link_that_is_cut_ends_the_app(tmp_path: Path) -> None:
    flushed = tmp_path / "flushed"
    with form(env={"FLUSHED": str(flushed)}) as terminal:
        with terminal.stalled():
            terminal.key("f4")
            wait_until_full(terminal)
            terminal.hang_up()
        assert terminal.wait_exit() == 128 + signal.SIGHUP
        assert flushed.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="threads are looked up in /proc")
def test_a_signal_that_another_thread_takes_ends_the_app_too(tmp_path: Path) -> None:
    """At a hang-up SIGHUP and SIGCONT come together, and the main thread is often woken for SIGCONT only."""
    flushed = tmp_path / "flushed"
    with form(env={"FLUSHED": str(flushed)}) as terminal, terminal.stalled():
        terminal.key("f4")
        wait_until_full(terminal)
        threads = sorted(int(task.name) for task in Path(f"/proc/{terminal.pid}/task").iterdir())
        ctypes.CDLL(None).tgkill(terminal.pid, threads[-1], signal.SIGTERM)
        terminal.wait(lambda: terminal.exit_code == 143)
        assert flushed.exists()


def test_a_hang_up_nobody_signals_is_noticed(tmp_path: Path) -> None:
    flushed = tmp_path / "flushed"
    # In a session of its own the app has no controlling terminal, and the kernel tells it nothing.
    with form(under=["/usr/bin/setsid", "--wait"], env={"FLUSHED": str(flushed)}) as terminal:
        process = process_of(terminal)
        terminal.hang_up()
        terminal.wait(lambda: not Path(f"/proc/{process}").exists())
        assert flushed.exists()


def test_stock_textual_dies_of_a_signal_and_leaves_the_terminal_raw(tmp_path: Path) -> None:
    flushed = tmp_path / "flushed"
    with form("stock", under=UNDER_A_SHELL, env={"FLUSHED": str(flushed)}) as terminal:
        os.kill(process_of(terminal), signal.SIGTERM)
        terminal.wait("left=143")
        assert 1049 in terminal.modes
        assert not echoes(terminal)
        assert not flushed.exists()


def test_a_continue_signal_starts_no_threads_and_a_stopped_app_paints_again() -> None:
    with form() as terminal:
        terminal.key("f5")
        terminal.wait("threads=4")
        terminal.kill(signal.SIGCONT)
        terminal.kill(signal.SIGTSTP)
        before = len(terminal.raw)
        terminal.kill(signal.SIGSTOP)
        terminal.kill(signal.SIGCONT)
        terminal.wait(lambda: b"FORM" in terminal.raw[before:])
        terminal.key("f5", "x")
        terminal.wait("user=<x> secret=0")
        terminal.key("f5")
        terminal.wait("threads=4")


def test_stock_textual_starts_threads_at_a_continue_signal() -> None:
    with form("stock") as terminal:
        terminal.kill(signal.SIGCONT)
        terminal.quiet_for(0.2)
        terminal.key("f5")
        terminal.wait("threads=5")


def echoes(terminal: Terminal) -> bool:
    flags = terminal.attributes[3]
    assert isinstance(flags, int)
    return flags & (termios.ECHO | termios.ICANON | termios.ISIG) == termios.ECHO | termios.ICANON | termios.ISIG


def wait_until_full(terminal: Terminal) -> None:
    """The pty takes no more, and the app has had a second to fill its own queue as well."""
    seen: list[int] = []

    def full() -> bool:
        seen.append(terminal.unread)
        return len(seen) > 60 and seen[-1] > 0 and len(set(seen[-60:])) == 1

    terminal.wait(full)


# -- 3 bytes that are not UTF-8 -------------------------------------------------------------------------------------


def test_a_byte_that_is_not_utf8_is_shown_as_such() -> None:
    with form() as terminal:
        terminal.send(b"a\xff\xc0b")
        terminal.wait("user=<a��b>")


def test_a_character_may_arrive_in_pieces() -> None:
    with form() as terminal:
        for byte in "漢字".encode():
            terminal.send(bytes([byte]))
            terminal.quiet_for(0.05)  # so that each is likely to be read alone; nothing is decided by it
        terminal.wait("user=<漢字>")


def test_stock_textual_ends_at_a_byte_that_is_not_utf8() -> None:
    with form("stock") as terminal:
        terminal.send(b"\xff")
        terminal.wait_exit()
        assert b"UnicodeDecodeError" in terminal.raw


# -- 4 nothing is sent while nothing happens ------------------------------------------------------------------------


def test_an_idle_screen_sends_nothing() -> None:
    with form() as terminal:
        terminal.key("a")
        terminal.wait("user=<a>")
        assert terminal.quiet_for(IDLE_SECONDS)
        assert 25 in terminal.modes  # the cursor that shows where one types is the terminal's
        assert terminal.cursor == (1, 1)


def test_stock_textual_blinks_over_the_line() -> None:
    with form("stock") as terminal:
        terminal.key("a")
        terminal.wait("user=<a>")
        assert not terminal.quiet_for(IDLE_SECONDS, tries=5)


# -- 5 crashes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["f2", "f6"])
def test_a_crash_says_one_sentence_and_no_secret(key: str, tmp_path: Path) -> None:
    flushed = tmp_path / "flushed"
    with form(under=UNDER_A_SHELL, env={"FLUSHED": str(flushed)}) as terminal:
        terminal.send(f"user\t{SECRET}")
        terminal.wait(f"secret={len(SECRET)}")
        terminal.key(key)
        terminal.wait("left=1")
        assert "INTERNAL-1" in terminal.text
        assert "内部の誤り" in terminal.text
        for told in (SECRET, "canary", "Traceback", "RuntimeError", "textual run"):
            assert told.encode() not in terminal.raw
        assert flushed.exists()
        assert echoes(terminal)


def test_stock_textual_prints_locals_at_a_crash() -> None:
    with form("stock") as terminal:
        terminal.key("f2")
        terminal.wait_exit()
        assert b"canary-in-a-local" in terminal.raw


# -- 6 nothing is copied out, and no key leaves ---------------------------------------------------------------------


def copy_secret(terminal: Terminal, field: tuple[int, int]) -> None:
    terminal.key("tab")
    terminal.wait(lambda: terminal.cursor == field)  # for Textual's own, which would lose the race
    terminal.send(SECRET)
    terminal.wait(f"secret={len(SECRET)}")
    terminal.key("shift+home", "ctrl+c")


def test_a_secret_is_not_copied_out() -> None:
    with form() as terminal:
        copy_secret(terminal, field=(0, 2))
        terminal.key("shift+tab", "ctrl+v", "z")
        terminal.wait(f"user=<z> secret={len(SECRET)}")
        for told in (b"\x1b]52", SECRET.encode(), base64.b64encode(SECRET.encode())):
            assert told not in terminal.raw


def test_a_secret_is_not_cut_out() -> None:
    with form() as terminal:
        terminal.key("tab")
        terminal.send(SECRET)
        terminal.key("shift+home", "ctrl+x", "end", "!")
        terminal.wait(f"secret={len(SECRET) + 1}")
        assert b"\x1b]52" not in terminal.raw


def test_plain_text_is_not_copied_out_either() -> None:
    with form() as terminal:
        terminal.send("user")
        terminal.key("shift+home", "ctrl+c", "ctrl+x", "end", "!")
        terminal.wait("user=<user!>")
        assert b"\x1b]52" not in terminal.raw


def test_neither_text_nor_an_address_leaves_by_the_app() -> None:
    app = KioskApp()
    app.copy_to_clipboard("text")
    app.open_url("https://example.invalid/")  # would raise: there is no driver
    app.action_suspend_process()
    assert app.clipboard == ""


def test_stock_textual_copies_a_secret_out() -> None:
    with form("stock") as terminal:
        copy_secret(terminal, field=(4, 5))
        terminal.wait(lambda: b"\x1b]52;c;" + base64.b64encode(SECRET.encode()) in terminal.raw)


def test_control_keys_do_nothing_by_themselves() -> None:
    with form() as terminal:
        terminal.key("a", "ctrl+c", "ctrl+q", "ctrl+z", "ctrl+\\", "ctrl+p", "b")
        terminal.wait("user=<ab>")
        assert terminal.exit_code is None
        assert terminal.text.split("\n")[1:] == ["ab", "", "user=<ab> secret=0"] + [""] * 20


def test_stock_textual_leaves_at_ctrl_q() -> None:
    with form("stock") as terminal:
        terminal.key("ctrl+q")
        assert terminal.wait_exit() == 0


def test_variables_of_textual_have_no_effect() -> None:
    with form(env={"TEXTUAL_PRESS": "f9", "COLUMNS": "40"}) as terminal:
        terminal.key("a")
        terminal.wait("user=<a>")
        assert terminal.quiet_for(IDLE_SECONDS)
        assert terminal.exit_code is None


def test_stock_textual_presses_keys_from_the_environment() -> None:
    with Terminal(python("-m", "tests.tui.apps.form", "stock"), env={"TEXTUAL_PRESS": "f9"}) as terminal:
        assert terminal.wait_exit() == 0


def test_without_a_terminal_it_refuses_to_start() -> None:
    program = "from tui.terminal import require_terminal; require_terminal(full_screen=True)"
    ended = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "terminal.none" in ended.stderr


def test_no_memory_is_left_behind_once_a_secret_can_be_typed() -> None:
    with form() as terminal:
        limits = Path(f"/proc/{terminal.pid}/limits").read_text()
        assert next(line for line in limits.splitlines() if "core" in line).split()[4:6] == ["0", "0"]


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_other_programs_may_not_read_the_memory() -> None:
    asked = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
    program = f"{asked}; from states.system import here; here.forbid_core_dumps(); {asked}"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split() == ["1", "0"]


# -- 7 text from outside --------------------------------------------------------------------------------------------

MARKUP = ["[/", "[/]", "[b]x[/i]", "[@click=app.quit]x[/]", "[fe80::1]", r"\[b]", "[red", "]"]
STEERING = ["\x1b[2J", "\x1b]52;c;eA==\x07", "\x9b31m", "a\x7fb", "a\rb", "\u202eabc", "a\u2028b", "\x1b[?1049l"]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_shown_as_it_is(text: str) -> None:
    with showing(text) as terminal:
        terminal.wait("shown")
        assert terminal.text.count(f"<{text}>") == 2


@pytest.mark.parametrize("text", STEERING)
def test_control_characters_are_made_visible(text: str) -> None:
    with showing(text) as terminal:
        terminal.wait("shown")
        assert terminal.text.count(f"<{plain(text)}>") == 2
        assert text.encode() not in terminal.raw[: terminal.raw.rfind(b"shown")]


def test_stock_textual_ends_at_markup_that_is_none() -> None:
    with showing("[/", "stock") as terminal:
        terminal.wait_exit()
        assert b"MarkupError" in terminal.raw


def test_stock_textual_hands_control_characters_on() -> None:
    with showing("\u202eabc", "stock") as terminal:
        terminal.wait("shown")
        assert "\u202eabc".encode() in terminal.raw


def test_plain_makes_visible_what_steers_and_leaves_the_rest() -> None:
    assert plain("かな　漢字 ｶﾅ abc é 葛\U000e0100") == "かな　漢字 ｶﾅ abc é 葛\U000e0100"
    assert plain("a\x00b\x1bc\nd\x7fe\x9bf\xadg\u200bh\u2066i\ue000j\ud800k\u2028l\u2029m\ufeffn") == "�".join(
        "abcdefghijklmn"
    )


def test_an_escape_in_a_paste_presses_no_key() -> None:
    with form() as terminal:
        terminal.paste("ab\x1b[20~cd\x1b" + "e" * 40 + "\x07f\nnext line")
        terminal.key("!")
        terminal.wait("user=<ab[20~cd" + "e" * 40 + "f!>")


def test_stock_textual_types_what_follows_an_escape_in_a_paste() -> None:
    with form("stock") as terminal:
        terminal.paste("ab\x1b" + "c" * 40)
        terminal.key("!")
        terminal.wait("!>")
        assert "user=<ab" not in terminal.text


@pytest.mark.parametrize("size", range(1, 9))
def test_a_paste_is_cleaned_however_it_is_cut(size: int) -> None:
    text = f"k\x1b[A{PASTE_START}a\x1bb\x1b[20c\x1b[201\n{PASTE_END}\x1b[B{PASTE_START}{PASTE_END}l\x1b"
    guard = PasteGuard()
    cleaned = "".join(guard.clean(text[at : at + size]) for at in range(0, len(text), size))
    assert cleaned == f"k\x1b[A{PASTE_START}ab[20c[201\n{PASTE_END}\x1b[B{PASTE_START}{PASTE_END}l\x1b"


def test_a_paste_without_an_end_does_not_fill_the_memory() -> None:
    guard = PasteGuard()
    cleaned = guard.clean(PASTE_START) + "".join(guard.clean("x" * 1000) for _ in range(1000))
    assert len(cleaned) == len(PASTE_START) + PASTE_LIMIT
    assert guard.clean(f"y{PASTE_END}z") == f"{PASTE_END}z"


# -- 8 Japanese -----------------------------------------------------------------------------------------------------


def test_an_input_method_may_commit_ten_kanji_at_once() -> None:
    with form() as terminal:
        terminal.send("居宅介護支援事業所様")
        terminal.wait("user=<居宅介護支援事業所様>")
        assert b"\x1b[>" not in terminal.raw  # no kitty keyboard: there a commit is one sequence, and garbled


def test_stock_textual_asks_for_the_kitty_keyboard() -> None:
    with form("stock") as terminal:
        assert b"\x1b[>" in terminal.raw


def test_the_wide_space_can_be_typed_and_pasted() -> None:
    with form() as terminal:
        terminal.send("山田　太郎")
        terminal.paste("（　）\tx")
        terminal.wait("user=<山田　太郎（　）x>")


def test_stock_textual_drops_the_wide_space() -> None:
    with form("stock") as terminal:
        terminal.send("山田　太郎")
        terminal.wait("user=<山田太郎>")


def test_an_input_method_opens_at_the_end_of_the_text() -> None:
    with form() as terminal:
        terminal.send("漢字ab")
        terminal.wait(lambda: "user=<漢字ab>" in terminal.text and terminal.cursor == (6, 1))
        terminal.key("left", "left", "left")
        terminal.wait(lambda: terminal.cursor == (2, 1))


def test_an_input_method_opens_in_the_field_when_the_text_is_wider() -> None:
    with form() as terminal:
        terminal.send("漢字" * 30)
        terminal.wait("字> secret=0")
        terminal.wait(lambda: terminal.cursor == (79, 1) and terminal.screen()[1].endswith("漢字 "))


def test_an_input_method_opens_in_the_field_after_one_long_paste() -> None:
    with form() as terminal:
        terminal.paste("漢字" * 30)
        terminal.wait(lambda: terminal.cursor == (79, 1) and terminal.screen()[1].endswith("漢字 "))


def test_the_cursor_stands_on_what_has_the_focus() -> None:
    with showing("x") as terminal:
        terminal.wait("shown")
        terminal.wait(lambda: terminal.cursor == (0, 1) and 25 in terminal.modes)  # the button, for a screen reader


def test_stock_textual_opens_an_input_method_one_cell_too_far() -> None:
    with form("stock") as terminal:
        terminal.send("漢字ab")
        terminal.wait("user=<漢字ab>")
        terminal.wait(lambda: terminal.cursor == (3 + 6 + 1, 2))


# -- what a key costs on the line -----------------------------------------------------------------------------------


def test_a_field_paints_little_and_shows_all() -> None:
    """Only cells that differ are painted; after every edit the row must be as if all of it had been."""
    edits = ["漢字a", "left", "b", "left", "left", "delete", "かな", "home", "ｘ", "backspace", "shift+end", "c漢"]
    edits += ["shift+home", "end", "　d", "shift+left", "shift+left", "delete", "left", "backspace", "home", "z"]
    with form() as terminal:
        value, at, anchor = "", 0, None
        for edit in edits:
            terminal.key(edit)
            value, at, anchor = edited(edit, value, at, anchor)
            terminal.wait(f"user=<{value}> secret=0")
            terminal.wait(partial(shows, terminal, value, at, selected=anchor not in (None, at)))
        terminal.key("end")
        sent = len(terminal.sends)
        for letter in "qwxz":
            terminal.key(letter)
            value += letter
            terminal.wait(f"user=<{value}>")
            terminal.wait(partial(shows, terminal, value, len(value), selected=False))
        # The least of four, for a frame may be late; 150 are the status line's. Painted whole, the field takes 130.
        assert min(terminal.bytes_per_send[sent:-1]) < 68 + 150


def edited(edit: str, value: str, at: int, anchor: int | None) -> tuple[str, int, int | None]:
    """What a line editor makes of `edit`: the value, the cursor, and where a selection began."""
    first, last = sorted((at, at if anchor is None else anchor))
    moves = {"left": max(0, at - 1), "home": 0, "end": len(value)}
    if edit in moves:
        return value, first if edit == "left" and first != last else moves[edit], None
    if edit.startswith("shift+"):
        return value, moves[edit.removeprefix("shift+")], at if anchor is None else anchor
    if edit in ("delete", "backspace"):
        if first == last:
            first, last = (at, at + 1) if edit == "delete" else (max(0, at - 1), at)
        return value[:first] + value[last:], first, None
    return value[:first] + edit + value[last:], first + len(edit), None


def shows(terminal: Terminal, value: str, at: int, *, selected: bool) -> bool:
    """Whether the row of the field, its looks and the cursor are those of `value` with the cursor before `at`."""
    row = "".join(cell.text for cell in terminal.cells()[1])
    column = sum(2 if ord(sign) > 0x2000 else 1 for sign in value[:at])
    highlighted = len({cell.background for cell in terminal.cells()[1]}) > 1
    return (row.rstrip(" "), terminal.cursor, highlighted) == (value, (column, 1), selected)


# -- what pages leave behind ----------------------------------------------------------------------------------------


def lines_held(folder: Path) -> int:
    """Painted lines that are still held after six pages came and went."""
    desk = Desk.open(folder, lambda: datetime.now(JAPAN))

    async def walk() -> int:
        app = SetupApp(desk, "en")
        async with app.run_test(size=(80, 24)) as pilot:
            for key in ("n", "f3") * 6:
                await pilot.press(key)
                await pilot.pause()
            gc.collect()
            return sum(isinstance(each, Strip) for each in gc.get_objects())

    try:
        return asyncio.run(walk())
    finally:
        desk.close()


def test_the_painted_lines_of_pages_that_were_left_are_not_held(tmp_path: Path) -> None:
    assert lines_held(tmp_path / "store") < 300


def test_stock_holds_the_painted_lines_of_pages_that_were_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StylesCache.get_inner_outer, "cache_clear", lambda: None)
    assert lines_held(tmp_path / "store") > 500
