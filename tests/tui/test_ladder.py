"""The ladder: what a terminal can do is found out, said, and lived with, down to a sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from locales import Texts
from tests.terminal import Terminal
from tests.tui.offices import READY, prepare
from tests.tui.technician import COMMAND, Technician
from tests.tui.test_line_mode import NOW
from tui import terminal

COLOUR = re.compile(rb"\x1b\[[0-9;]*?\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])(?=[;m])[0-9;]*m")


@pytest.mark.parametrize(
    ("env", "colours", "kanji", "blocks"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "true", True, True),
        ({"TERM": "xterm-256color"}, "256", True, True),
        ({"TERM": "xterm"}, "16", True, True),
        ({"TERM": "linux"}, "16", False, True),
        ({"TERM": "vt220"}, "none", False, False),
        ({"TERM": "dumb"}, "none", False, True),
        ({"TERM": ""}, "none", False, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none", True, True),
        ({"TERM": "xterm", "LANG": "ja_JP.eucJP"}, "16", False, False),
        ({"TERM": "xterm", "LANG": "ja_JP.eucJP", "LC_ALL": "C.UTF-8"}, "16", True, True),
        ({"TERM": "xterm", "LANG": "C"}, "16", True, True),
    ],
)
def test_each_rung_is_known_by_names(
    env: dict[str, str], colours: str, kanji: bool, blocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("os.ttyname", lambda _: "/dev/pts/1")
    assert (terminal.colours(), terminal.shows_kanji(), terminal.draws_blocks()) == (colours, kanji, blocks)


def test_doctor_shows_the_ladder_and_asks_the_terminal(tmp_path: Path) -> None:
    texts = Texts("ja")
    with Terminal([COMMAND, "doctor", "--store", tmp_path / "store", "--lang", "ja"], columns=79) as t:
        t.wait(lambda: b"\x1b[6n" in t.raw)
        t.send("\x1b[1;3R")  # signs of ambiguous width take two cells here
        t.wait(lambda: t.raw.count(b"\x1b[6n") == 2)
        t.send("\x1b[1;3R")
        for said in ("screen.full", "colours.256", "kanji.yes", "signs.wide", "size.narrow"):
            t.wait(texts(f"ui.ladder.{said}")[:12])
        t.wait_exit()
    with Terminal([COMMAND, "doctor", "--json", "--store", tmp_path / "store"], env={"TERM": "dumb"}) as t:
        t.wait_exit()
        parts = {look["part"]: look["state"] for look in json.loads(t.raw.decode().strip().split("\n")[-1])}
    assert (parts["terminal.screen"], parts["terminal.kanji"]) == ("line", "no")


@pytest.mark.parametrize(
    ("env", "coloured"), [({"TERM": "xterm"}, True), ({"NO_COLOR": "1"}, False)], ids=["16 colours", "NO_COLOR"]
)
def test_colours_are_the_terminals_own_or_none(tmp_path: Path, env: dict[str, str], coloured: bool) -> None:
    store = tmp_path / "store"
    prepare(store, **READY)
    with Technician(store, NOW, env=env) as t:
        t.open_first()
        t.step("terminal")
        t.press("f8")
        t.wait(t.texts("ui.card.title"))
        raw = t.terminal.raw
    found = set(COLOUR.findall(raw))
    assert not found & {b"38", b"48"}  # neither 256 nor true colour is ever sent
    assert bool(found) is coloured


def test_a_window_that_is_too_small_says_so_and_loses_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, stand="terminal")
    with Technician(store, NOW) as t:
        t.open_first()
        t.open_field("pc")
        t.wait("> 受付PC")
        t.press("end")
        t.terminal.send("ば")
        t.wait("受付PCば")
        t.terminal.resize(39, 12)
        t.wait(t.texts("ui.small", columns=40, rows=12)[:10])
        assert "受付" not in t.screen
        t.press("enter", "esc", "f10")
        t.terminal.resize(40, 12)
        t.wait("受付PCば")
        t.terminal.resize(80, 11)
        t.wait(t.texts("ui.small", columns=40, rows=12)[:10])
        t.terminal.resize(80, 24)
        t.wait("受付PCば")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_in_40_by_12_a_question_is_answered_and_the_step_is_left(tmp_path: Path, lang: str) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, stand="terminal")
    with Technician(store, NOW, lang, columns=40, rows=12) as t:
        t.open_first()
        t.wait(t.texts("fact.pc"))
        t.press("6")
        t.wait("Esc")
        t.wait(t.texts("value.windows_update.current")[:12])
        t.press("3")
        t.wait(t.texts("ui.step_done"))
        t.press("f2")
        t.wait(t.texts("ui.steps.title"))
        t.press("esc")
        t.wait(t.texts("ui.step_done"))
        t.press("f8")
        t.wait(t.texts("ui.card.title")[:8])
        t.press("0")
        t.wait("F10/0")
