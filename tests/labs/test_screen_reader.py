"""Line mode as somebody hears it who does not see: through yasr, a screen reader, with a voice that writes down."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from locales import Texts
from tests.terminal import Terminal
from tests.tui.offices import READY, USER_ID, prepare, stored
from tui.technician import COMMAND

pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(120),
    pytest.mark.skipif(shutil.which("yasr") is None, reason="no yasr"),
]

READER = shutil.which("yasr") or ""
TYPED = "zq7-unheard"


class Listener:
    """Types in line mode, and hears.

    Args:
        folder: for the voice and what it wrote.
        options: the program's.
    """

    def __init__(self, folder: Path, lang: str, *options: str | Path) -> None:
        self.texts, self.record = Texts(lang), folder / "spoken"
        self.record.touch()
        scripts = {
            "voice": f"exec cat > '{self.record}'",
            "app": " ".join(["exec", *(f"'{part}'" for part in (COMMAND, "--line", "--lang", lang, *options))]),
        }
        for name, line in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
            (folder / name).chmod(0o755)
        settings = folder / "yasr.conf"
        settings.write_text(
            f"[options]\ncursor tracking=full\nsynthesizer=emacspeak server\nsynthesizer port=|{folder / 'voice'}\n",
        )
        self.terminal = Terminal([READER, "-C", settings, folder / "app"], env={"TERM": "dumb"})
        self.mark = 0

    @property
    def lines(self) -> list[str]:
        """Everything that was spoken, an utterance a row."""
        return re.findall(r"^q \{(.*)\}$", self.record.read_text(encoding="utf-8", errors="replace"), re.M)

    @property
    def heard(self) -> str:
        """What was spoken since something was last typed, without spaces: where lines are broken does not count."""
        return re.sub(r"\s", "", "".join(self.lines[self.mark :]))

    def until(self, text: str) -> None:
        self.terminal.wait(lambda: re.sub(r"\s", "", text) in self.heard)

    def type(self, text: str, then: str) -> None:
        self.mark = len(self.lines)
        self.terminal.send(f"{text}\r")
        self.until(then)


@contextmanager
def listener(folder: Path, lang: str, *options: str | Path) -> Iterator[Listener]:
    one = Listener(folder, lang, *options)
    try:
        yield one
    finally:
        one.terminal.close()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_step_is_heard_from_its_title_to_the_number_that_is_asked_for(tmp_path: Path, lang: str) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="care_software")
    with listener(tmp_path, lang, "--store", store, "--now", "2026-11-22T09:00", "--name", "Sato") as t:
        prompt = t.texts("ui.line.prompt")
        t.until(t.texts("ui.line.how"))
        t.until(prompt)
        t.type("1", prompt)
        told = t.lines[t.mark :]
        for text in ("step.care_software.title", "step.care_software.do", "fact.product", "key.next"):
            t.until(t.texts(text))
        assert told[-1].strip() == prompt.strip()  # and then it is silent
        assert len(set(told)) == len(told)  # nothing is said twice
        assert "\x1b" not in t.record.read_text(errors="replace")
        t.type("1", t.texts("fact.product"))
        t.until("ひびきケア")
        t.type("", prompt)
    assert stored(store, id).state == "care_software"


def test_a_password_is_not_spoken(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, **USER_ID, stand="user_id")
    with listener(tmp_path, "en", "--store", store, "--now", "2026-11-22T09:00", "--name", "Sato") as t:
        prompt = t.texts("ui.line.prompt")
        t.until(prompt)
        t.type("1", prompt)
        number = re.search(rf"^(\d)\W+{t.texts('fact.password_kept')}", "\n".join(t.lines[t.mark :]), re.M)
        assert number
        t.type(number[1], t.texts("ui.secret.visit"))
        t.until(prompt)
        choice = re.search(rf"^(\d) {re.escape(t.texts('ui.secret.visit'))}", "\n".join(t.lines[t.mark :]), re.M)
        assert choice
        t.type(choice[1], t.texts("ui.secret.agreed", place=t.texts("value.password_kept.visit")))
        t.type("Suzuki", t.texts("ui.secret.type"))
        t.type(TYPED, t.texts("ui.secret.storing"))
        t.until(prompt)
    assert stored(store, id).answers["password_kept"].value == "visit"
    spoken = t.record.read_text(errors="replace")
    assert "Suzuki" in spoken  # what may be seen is heard as it is typed
    assert TYPED not in spoken
    assert not any(part in spoken for part in ("zq7", "unheard"))
