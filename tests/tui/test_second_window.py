"""A second start on the same session: told who has it, taken over only by choice, and nobody writes over anybody."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import pytest

from tests.tui.offices import READY, drafts, prepare, stored
from tests.tui.technician import Technician

NOW, LATER = "2026-11-22T09:00", "2026-11-22T10:30"


@pytest.mark.timeout(180)
def test_a_second_window_on_the_same_session(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="terminal")
    with Technician(store, NOW, name="佐藤") as first, Technician(store, LATER, "en", name="Tanaka") as second:
        first.open_first()
        first.step("terminal")
        before = stored(store, id)

        # Who, where, since when; in the other language as well.
        second.press("enter")
        for lang in ("en", "ja"):
            second.wait(second.texts("ui.held.title"))
            for told in ("佐藤", platform.node(), "/dev/pts/", "11/22 09:0", "LEASE-HELD"):
                second.wait(told)
            second.wait(second.texts("key.not_take_over"))
            if lang == "en":
                second.language()
        second.language()
        second.wait(second.texts("ui.held.title"))

        # Not taking over, by Enter, by 1 and by Esc, leaves both fine.
        for key in ("enter", "1", "f3"):
            second.press(key)
            second.wait(second.texts("key.new"))
            second.press("enter")
            second.wait(second.texts("ui.held.title"))
        assert stored(store, id).log == before.log
        first.answer("windows_update", "current")

        # Meanwhile the first has opened a field. The second takes over.
        first.open_field("pc")
        first.wait("> 受付PC")
        second.press("2")
        second.step("terminal")
        second.answer("windows_update", "behind")
        taken = stored(store, id)

        # What is half-typed in the first is not stored any more, and it is told before it has answered anything.
        first.press("end")
        first.terminal.send("2")
        first.said("LEASE-LOST")
        first.wait("Tanaka")
        assert drafts(store, id) == {}
        first.retype("事務室PC")
        first.press("enter")
        first.wait(first.texts("key.change"))
        first.press("2")
        first.wait("LEASE-LOST")
        first.press("f3")
        first.wait(first.texts("ui.read_only")[:10])
        first.press("f10")
        first.said("LEASE-LOST")
        first.open_field("edge")
        first.choose(first.texts("value.edge.old"))
        first.wait(first.texts("key.change"))
        first.press("2")
        first.step("terminal")
        first.said("LEASE-LOST")
        assert "[x]" in first.field("edge")
        assert stored(store, id).log == taken.log

        # It can still look, change language, and leave.
        for key, title in (("h", "ui.history.title"), ("g", "ui.steps.title"), ("t", "ui.address.title")):
            first.press(key)
            first.wait(first.texts(title))
            first.press("f3")
            first.wait(first.texts("ui.read_only")[:10])
        first.language()
        first.wait(first.texts("ui.read_only")[:10])
        first.said("LEASE-LOST")
        first.press("p")
        first.wait(first.texts("ui.card.title"))
        first.press("0")
        first.wait(first.texts("key.new"))
        assert stored(store, id).log == taken.log
        first.press("0")
        assert first.terminal.wait_exit() == 0

        # The second goes on, undisturbed, and the record names both.
        second.open_field("edge")
        second.choose(second.texts("value.edge.old"))
        second.wait(second.texts("key.change"))
        second.press("2")
        second.until("edge", "[!]")
        second.press("h")
        second.wait(second.texts("ui.history.title"))
        for name in ("佐藤", "Tanaka"):
            line = re.compile(rf"11/22 \d\d:\d\d {name}  Visit", re.I)
            second.terminal.wait(lambda line=line: line.search(second.screen))  # type: ignore[misc]
    ended = stored(store, id)
    visits = [event for event in ended.log if event.kind == "visit"]
    assert [event.actor for event in visits[1:]] == ["佐藤", "Tanaka"]
    assert ended.answers["edge"].value == "old"
    assert ended.answers["windows_update"].value == "behind"


def test_a_window_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, stand="terminal")
    with Technician(store, NOW) as first:
        first.open_first()
        first.step("terminal")
        first.power_cut()
    with Technician(store, LATER) as second:
        second.open_first()
        second.step("terminal")


def test_a_window_left_open_is_told_with_its_first_answer(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="terminal")
    # Tall, so that the choices stay in sight under what is said when the take-over is seen first.
    with Technician(store, NOW, rows=40) as first, Technician(store, LATER, name="Tanaka") as second:
        first.open_first()
        first.step("terminal")
        second.press("enter")
        second.wait(second.texts("ui.held.title"))
        second.press("2")
        second.step("terminal")
        taken = stored(store, id)
        first.open_field("windows_update")
        first.choose(first.texts("value.windows_update.current"))
        first.said("LEASE-LOST")
        first.wait("Tanaka")
        assert "[ ]" in first.field("windows_update")
        assert stored(store, id).log == taken.log
        first.press("x")
        first.wait(first.texts("ui.ends.title"))
        first.press("3")
        first.wait(first.texts("ui.field.words")[:6])
        first.terminal.send("どうしても\r")
        first.said("LEASE-LOST")
        assert stored(store, id).log == taken.log
        assert drafts(store, id) == {}
