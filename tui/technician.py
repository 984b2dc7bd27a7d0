"""A person at the real app on a real terminal: presses keys, reads the screen, knows facts by their names."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from locales import Texts
from tui import words
from tui.pty import Terminal
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
        program: what is started, before its options.
        address: of a team store, to be joined in place of the folder.
    """

    TERMINAL: ClassVar[type[Terminal]] = Terminal

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
        program: Sequence[str | Path] = (COMMAND,),
        address: str = "",
    ) -> None:
        self.store, self.now, self.texts, self.name = store, now, Texts(lang), name
        place = address or store
        command: list[str | Path] = [*program, "--store", place, "--now", now, "--lang", lang, "--name", name]
        self.terminal = self.TERMINAL(command, columns=columns, rows=rows, env=env)
        self.wait(self.texts("key.new"))

    def __enter__(self) -> Self:
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

    def field(self, fact: str) -> str:
        """What the line of a question shows: its number, its mark, its answer."""
        label = words.fit(self.texts(f"fact.{fact}"), LABEL).rstrip()
        for line in self.terminal.screen():
            right = line.partition("|")[2]
            if re.match(r"\s*\d \[.\] ", right) and right.strip()[6:].startswith(label):
                return right.strip()
        raise AssertionError(f"no question {label!r} on\n{self.screen}")

    def shows(self, fact: str) -> bool:
        """Whether the step on the screen asks it."""
        try:
            return bool(self.field(fact))
        except AssertionError:
            return False

    def until(self, fact: str, shown: str) -> None:
        """Wait until the line of a question shows this."""
        self.terminal.wait(lambda: self.shows(fact) and shown in self.field(fact))

    # -- hands

    def press(self, *keys: str) -> None:
        for key in keys:
            self.terminal.send(key) if len(key) == 1 else self.terminal.key(key)

    def retype(self, text: str) -> None:
        """Put `text` in the place of what stands in the field."""
        self.press("end", "ctrl+u")
        self.terminal.send(text)

    def open_field(self, fact: str) -> None:
        self.terminal.wait(lambda: self.shows(fact))
        self.press(self.field(fact)[0])

    def choose(self, label: str) -> None:
        """Take the line of the open question that is this label, or else begins with it."""

        def line() -> str | None:
            rows = [row.partition("|")[2] or row for row in self.terminal.screen()]
            for ending in (r"\s*$", ""):
                found = re.compile(rf"\s*(\d) {re.escape(label)}{ending}")
                for match in filter(None, map(found.match, rows)):
                    return match[1]
            return None

        self.terminal.wait(line)
        digit = line()
        assert digit is not None
        self.press(digit)

    def choose_step(self, name: str) -> None:
        """Pick a step on the page of steps."""
        line = re.compile(rf"^ (\w) \S* ?{re.escape(self.texts(f'step.{name}'))}", re.M)
        self.terminal.wait(lambda: line.search(self.screen))
        found = line.search(self.screen)
        assert found is not None
        self.press(found[1])

    def power_cut(self) -> None:
        """The process is gone at once; nothing of it gets a chance to tidy up."""
        self.terminal.kill(signal.SIGKILL)
        self.terminal.wait_exit()
        self.terminal.close()
