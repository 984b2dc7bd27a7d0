"""The technician of the tests: what is done at the app again and again, and what of it has been stored."""

from __future__ import annotations

from datetime import datetime

from locales import Texts
from states.desk import Desk
from states.flow.editions import FIRST, KNOWN, find
from states.flow.events import JAPAN
from states.flow.session import Session
from tui import technician, words
from tui.technician import COMMAND

__all__ = ["COMMAND", "Technician"]


class Technician(technician.Technician):
    """Drives `careplan-setup` as a person does. A context manager."""

    def step(self, name: str) -> None:
        """Wait until the technician stands in that step."""
        title = self.texts(f"step.{name}.title")
        self.wait(title[:12])

    def said(self, code: str) -> None:
        """Wait until a sentence with this code stands on the screen, with the remedy below it."""

        def remedy() -> str:
            rows = [*self.screen.split("\n"), ""]
            at = next((n for n, row in enumerate(rows) if f"({code})" in row), -1)
            return rows[at + 1].strip(" -") if at >= 0 else ""

        self.terminal.wait(remedy)

    def said_reason(self, code: str) -> None:
        """Wait until a reason with this code stands in the lines above the keys."""
        self.terminal.wait(lambda: f"({code})" in "".join(row.strip() for row in self.screen.split("\n")))

    def language(self) -> None:
        """Switch to the other language; what is looked for from here on is looked for in that one."""
        self.press("f9")
        self.texts = Texts("en" if self.texts.language == "ja" else "ja")

    def answer(self, fact: str, value: str) -> None:
        """Answer a question of the choosing kind, and see the answer on its line."""
        label = self.texts(f"value.{fact}.{value}")
        self.open_field(fact)
        self.wait("Esc")
        self.choose(label)
        self.until(fact, words.fit(label, 20).rstrip(". "))
        self.wait_gone(f"Esc {self.texts('key.not_now')}")  # else the next question is answered with this one's numbers

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

    def next(self, step: str | None = None) -> None:
        self.press("f10")
        if step:
            self.step(step)

    def new_office(self, number: str, name: str, edition: str = FIRST) -> None:
        self.press("n")
        self.wait(self.texts("ui.field.office_name"))  # its title stands among the keys of the list too
        self.follow(edition)
        self.terminal.send(number)
        self.press("enter")
        self.terminal.send(name)
        self.press("enter", "enter")
        self.step(find(edition).order[0])

    def follow(self, edition: str) -> None:
        """Choose the edition of a new office."""
        self.press("ctrl+t")  # a console under wine passes no F-keys
        self.wait(self.texts("ui.editions.title"))
        self.press(str(list(KNOWN).index(edition) + 1))
        self.wait(self.texts("ui.new.edition", name=self.texts(f"edition.{edition}"))[:30])

    def open_first(self) -> None:
        self.press("enter")
        self.wait_gone(self.texts("key.new"))

    def stored(self) -> Session:
        """The session as the store has it."""
        desk = Desk.open(self.store, lambda: datetime.now(JAPAN))
        try:
            row = desk.page()[0]
            return desk.read(row)
        finally:
            desk.close()
