"""A technician at the real app on a real terminal: presses keys, reads the screen, knows facts by their names."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from locales import Texts
from states.desk import Desk
from states.flow.events import JAPAN
from states.flow.session import Session
from tests.terminal import Terminal
from tui import words
from tui.screens.step import LABEL

COMMAND = Path(sys.executable).with_name("careplan-setup")


class Technician:
    """Drives `careplan-setup` as a person does. A context manager.

    Args:
        store: the data folder.
        now: where the clock starts, as `--now` takes it.
        lang: ja or en.
        columns, rows: of the terminal.
        env: added to the terminal's environment.
    """

    def __init__(
        self,
        store: Path,
        now: str,
        lang: str = "ja",
        *,
        name: str = "佐藤",
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.store, self.now, self.texts, self.name = store, now, Texts(lang), name
        command: list[str | Path] = [COMMAND, "--store", store, "--now", now, "--lang", lang, "--name", name]
        self.terminal = Terminal(command, columns=columns, rows=rows, env=env)
        self.wait(self.texts("key.new"))

    def __enter__(self) -> Technician:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.terminal.close()

    # -- eyes

    @property
    def screen(self) -> str:
        return self.terminal.text

    def wait(self, text: str) -> None:
        self.terminal.wait(text)

    def wait_gone(self, text: str) -> None:
        self.terminal.wait(lambda: text not in self.screen)

    def step(self, name: str) -> None:
        """Wait until the technician stands in that step."""
        title = self.texts(f"step.{name}.title")
        self.wait(title[:12])

    def field(self, fact: str) -> str:
        """What the line of a question shows: its number, its mark, its answer."""
        label = words.fit(self.texts(f"fact.{fact}"), LABEL).rstrip()
        for line in self.terminal.screen():
            right = line.partition("|")[2]
            if re.match(r"\s*\d \[.\] ", right) and right.strip()[6:].startswith(label):
                return right.strip()
        raise AssertionError(f"no question {label!r} on\n{self.screen}")

    def until(self, fact: str, shown: str) -> None:
        """Wait until the line of a question shows this."""
        self.terminal.wait(lambda: self._shows(fact) and shown in self.field(fact))

    def said(self, code: str) -> None:
        """Wait until a sentence with this code stands on the screen, with the remedy below it."""
        self.wait(f"({code})")
        rows = self.screen.split("\n")
        at = next(n for n, row in enumerate(rows) if code in row)
        assert rows[at + 1].strip(" -"), f"no remedy under {code} on\n{self.screen}"

    # -- hands

    def language(self) -> None:
        """Switch to the other language; what is looked for from here on is looked for in that one."""
        self.press("f9")
        self.texts = Texts("en" if self.texts.language == "ja" else "ja")

    def retype(self, text: str) -> None:
        """Put `text` in the place of what stands in the field."""
        self.press("end", "ctrl+u")
        self.terminal.send(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.terminal.send(key) if len(key) == 1 else self.terminal.key(key)

    def open_field(self, fact: str) -> None:
        self.terminal.wait(lambda: self._shows(fact))
        self.press(self.field(fact)[0])

    def _shows(self, fact: str) -> bool:
        try:
            return bool(self.field(fact))
        except AssertionError:
            return False

    def choose(self, label: str) -> None:
        """Take the line of the open question that begins with this label."""
        found = re.compile(rf"^\s*(\d) {re.escape(label)}", re.M)

        def line() -> str | None:
            for row in self.terminal.screen():
                match = found.match(row.partition("|")[2] or row)
                if match:
                    return match[1]
            return None

        self.terminal.wait(line)
        digit = line()
        assert digit is not None
        self.press(digit)

    def answer(self, fact: str, value: str) -> None:
        """Answer a question of the choosing kind, and see the answer on its line."""
        label = self.texts(f"value.{fact}.{value}")
        self.open_field(fact)
        self.wait("Esc")
        self.choose(label)
        self.until(fact, words.fit(label, 20).rstrip(". "))

    def type_in(self, fact: str, text: str, shown: str | None = None) -> None:
        """Answer a question that is typed."""
        self.open_field(fact)
        self.terminal.wait(lambda: any(row.startswith("  >") for row in self.terminal.screen()))
        self.terminal.send(text)
        self.wait(text[-6:])
        self.press("enter")
        self.until(fact, (shown or text)[:12])

    def type_day(self, fact: str, value: str, day: str) -> None:
        """Answer with a value that carries a day."""
        self.open_field(fact)
        self.choose(self.texts(f"value.{fact}.{value}"))
        self.wait(self.texts("ui.day.form")[:10])
        self.terminal.send(day)
        self.press("enter")
        self.until(fact, "[x]")

    def choose_step(self, name: str) -> None:
        """Pick a step on the page of steps."""
        line = re.compile(rf"^ (\w) \S* ?{re.escape(self.texts(f'step.{name}'))}", re.M)
        self.terminal.wait(lambda: line.search(self.screen))
        found = line.search(self.screen)
        assert found is not None
        self.press(found[1])

    def next(self, step: str | None = None) -> None:
        self.press("f10")
        if step:
            self.step(step)

    def new_office(self, number: str, name: str) -> None:
        self.press("n")
        self.wait(self.texts("ui.new.title"))
        self.terminal.send(number)
        self.press("enter")
        self.terminal.send(name)
        self.press("enter", "enter")
        self.step("eligibility")

    def open_first(self) -> None:
        self.press("enter")
        self.wait_gone(self.texts("key.new"))

    # -- what happens to them

    def power_cut(self) -> None:
        """The process is gone at once; nothing of it gets a chance to tidy up."""
        self.terminal.kill(signal.SIGKILL)
        self.terminal.wait_exit()
        self.terminal.close()

    def stored(self) -> Session:
        """The session as the store has it."""
        from datetime import datetime

        desk = Desk.open(self.store, lambda: datetime.now(JAPAN))
        try:
            row = desk.page()[0]
            return desk.read(row)
        finally:
            desk.close()
