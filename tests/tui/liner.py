"""A technician in line mode on a real terminal that can do nothing: reads what was said, types numbers and Enter."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from locales import Texts
from states.desk import Desk
from states.flow.events import JAPAN
from states.flow.session import Session
from tests.terminal import Terminal
from tui.technician import COMMAND


class Liner:
    """Drives `careplan-setup` where TERM is dumb. A context manager.

    Args:
        store, now, lang, name: as `Technician` takes them.
        env: added to the terminal's environment.
        options: before those.
        program: what is started, before its options; with one, none of the others but `env` is handed on.
    """

    def __init__(
        self,
        store: Path,
        now: str,
        lang: str = "ja",
        *,
        name: str = "佐藤",
        env: Mapping[str, str] | None = None,
        options: Sequence[str | Path] = (),
        program: Sequence[str | Path] = (),
    ) -> None:
        self.store, self.texts = store, Texts(lang)
        own = [COMMAND, "--store", store, "--now", now, "--lang", lang, "--name", name, *options]
        self.terminal = Terminal([*(program or own)], env={"TERM": "dumb"} | dict(env or {}))
        self.mark = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.terminal.close()

    # -- ears

    @property
    def all(self) -> str:
        """Everything that was said."""
        return self.terminal.raw.decode(errors="replace").replace("\r\n", "\n")

    @property
    def heard(self) -> str:
        """What was said since something was last typed."""
        return self.terminal.raw[self.mark :].decode(errors="replace").replace("\r\n", "\n")

    def until(self, text: str) -> None:
        """Wait until this has been said; where lines are broken does not count."""
        wanted = text.replace(" ", "")
        self.terminal.wait(lambda: wanted in re.sub(r"[\s]", "", self.heard))

    def prompt(self) -> None:
        """Wait until a number is asked for."""
        asked = f"\n{self.texts('ui.line.prompt')} "
        self.terminal.wait(lambda: self.heard.endswith(asked))

    def number(self, label: str, *, marked: bool = False) -> str:
        """The number in front of a line that was just said."""
        mark = r"\[.\] " if marked else ""
        found = re.search(rf"^(\d+) {mark}{re.escape(label)}", self.heard, re.M)
        assert found, f"{label!r} was not said in\n{self.heard}"
        return found[1]

    # -- hands

    def type(self, text: str, then: str = "") -> None:
        """Type a line; wait for what is then said, or for the next number to be asked for."""
        self.mark = len(self.terminal.raw)
        self.terminal.send(f"{text}\r")
        self.until(then) if then else self.prompt()

    def pick(self, label: str, then: str = "") -> None:
        self.type(self.number(label), then)

    def open(self, fact: str) -> None:
        self.type(self.number(self.texts(f"fact.{fact}"), marked=True), f"== {self.texts(f'fact.{fact}')}")

    def answer(self, fact: str, value: str) -> None:
        """Answer a question of the choosing kind."""
        self.open(fact)
        self.prompt()
        self.pick(self.texts(f"value.{fact}.{value}"))
        self.until(f"{self.texts(f'fact.{fact}')}: {self.texts(f'value.{fact}.{value}')}")

    def type_in(self, fact: str, text: str, shown: str = "") -> None:
        """Answer a question that is typed."""
        self.open(fact)
        self.until(self.texts("ui.line.leave"))
        self.type(text)
        self.until(f"{self.texts(f'fact.{fact}')}: {shown or text}")

    def type_day(self, fact: str, value: str, day: str) -> None:
        self.open(fact)
        self.prompt()
        self.pick(self.texts(f"value.{fact}.{value}"), self.texts("ui.line.leave"))
        self.type(day)

    def step(self, name: str) -> None:
        """See that this is the step one stands in."""
        self.until(self.texts(f"step.{name}.title"))

    def next(self, step: str) -> None:
        self.type("20")
        self.step(step)

    def new_office(self, number: str, name: str) -> None:
        self.prompt()
        self.type("12", self.texts("ui.field.office_number"))
        self.type(number, self.texts("ui.field.office_name"))
        self.type(name, self.texts("ui.field.technician"))
        self.type("")

    def open_first(self) -> None:
        self.prompt()
        self.type("1")

    def stored(self) -> Session:
        """The session as the store has it."""
        desk = Desk.open(self.store, lambda: datetime.now(JAPAN))
        try:
            return desk.read(desk.page()[0])
        finally:
            desk.close()

    def power_cut(self) -> None:
        """The process is gone at once; nothing of it gets a chance to tidy up."""
        self.terminal.kill(signal.SIGKILL)
        self.terminal.wait_exit()
        self.terminal.close()
