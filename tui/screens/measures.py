"""Every check of the edition at once: what each is doing, what it found, and which of it answers this step."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from tui import words
from tui.content.measured import found_lines, takeable
from tui.screens.check import CheckPage, take_results
from tui.screens.page import Page, text

if TYPE_CHECKING:
    from states.checks.result import CheckResult

FOUND, SEEN = 3, 2  # findings and lines of evidence for each; all of them are on a page of its own


class MeasuresPage(Page[None]):
    """Measures off the screen's thread, side by side. Can be stopped, repeated as a whole or one by one, and taken."""

    BINDINGS = [
        Binding("f5,r", "again"),
        Binding("f8,c", "stop"),
        Binding("enter,a", "take"),
        Binding("f3,escape,q", "leave_page"),
    ]
    HELP = "help.measures"

    def __init__(self) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self.progress: dict[str, str] = {}
        self.results: dict[str, CheckResult] = {}

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(id="lines"):
            yield Static("", id="found", markup=False)

    def opened(self) -> None:
        self.query_one("#lines").focus()
        self.action_again()

    def head(self) -> tuple[str, str]:
        done = self.texts("ui.progress", done=len(self.results), all=len(self.visit.measured_facts()))
        return self.texts("ui.measures.title"), done

    def keys(self) -> list[tuple[str, str]]:
        if not self.over:
            return [("1-9", "key.detail"), ("F8/c", "key.stop"), ("Esc/F3/q", "key.back"), ("F9/l", "key.language")]
        keys = [("1-9", "key.detail"), ("F5/r", "key.again"), ("Esc/F3/q", "key.back"), ("F9/l", "key.language")]
        return [("Enter/a", "key.take_result"), *keys] if self.answers else keys

    @property
    def over(self) -> bool:
        return len(self.results) == len(self.visit.measured_facts())

    @property
    def answers(self) -> list[tuple[str, CheckResult]]:
        """What may be taken in the step the technician stands in."""
        return takeable(self.visit, self.results)

    def repaint(self) -> None:
        super().repaint()
        self.put("#found", text(*self._lines()))

    def _lines(self) -> Iterator[str | tuple[str, str]]:
        if self.over:
            named = ", ".join(self.wording.fact(fact) for fact, _ in self.answers)
            told = self.texts("ui.measures.answers", facts=named) if named else self.texts("ui.measures.no_answer")
            yield from (f" {row}\n" for row in words.wrap(told, self.columns - 3))
            yield "\n"
        said: set[str] = set()
        for number, (name, fact) in enumerate(self.visit.measured_facts().items(), 1):
            result = self.results.get(name)
            what = f" {number} {words.fit(self.texts(f'cli.check.{name}'), 16)} "
            if result is None:
                doing = f"{self.texts('ui.measures.running')} {self.progress.get(name, '')}"
                yield words.fit(what + doing, self.columns - 1).rstrip() + "\n"
                continue
            yield (what + self.texts(f"check.outcome.{result.outcome}") + "\n", "bold")
            if result.value is not None:
                value = self.wording.value(fact.name, result.value)
                yield f"   {self.wording.fact(fact.name)}: {value} {result.detail}\n"
            for part in found_lines(self.texts, result.findings[:FOUND], self.columns - 2, said):
                yield f"  {part}" if isinstance(part, str) else (f"  {part[0]}" if part[0] else "", part[1])
            if len(result.findings) > FOUND:
                yield f"   {self.texts('ui.ends.more', n=len(result.findings) - FOUND)}\n"
            for line in result.seen[:SEEN]:
                yield (f"   {words.fit(line, self.columns - 5).rstrip()}\n", "dim")

    # -- measuring

    def action_again(self) -> None:
        self.cancel.set()
        self.cancel = cancel = threading.Event()
        self.results, self.progress = {}, {}
        self.say()
        self.repaint()
        tell = self.app.call_from_thread

        self.kiosk.aside(
            lambda: self.visit.run_checks(
                progress=lambda name, line: tell(self._heard, cancel, name, line),
                ended=lambda name, result: tell(self._ended, cancel, name, result),
                cancel=cancel,
            )
        )

    def action_stop(self) -> None:
        """End those that still run; what has been measured stands."""
        self.cancel.set()

    def _heard(self, cancel: threading.Event, name: str, line: str) -> None:
        if cancel is self.cancel:
            self.progress[name] = line
            self.repaint()

    def _ended(self, cancel: threading.Event, name: str, result: CheckResult) -> None:
        if cancel is self.cancel:
            self.results[name] = result
            self.repaint()

    # -- one of them, and taking them

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character.isdigit():
            names = list(self.visit.measured_facts())
            at = int(event.character) - 1
            if 0 <= at < len(names) and names[at] in self.results:
                event.stop()
                self._look_at(names[at])

    def _look_at(self, name: str) -> None:
        page = CheckPage(self.visit.measured_facts()[name], {}, self.results[name])

        def left(_: bool | None) -> None:
            if page.result is not None:  # it may have been measured again there
                self.results[name] = page.result
            self.repaint()

        self.app.push_screen(page, left)

    def action_take(self) -> None:
        if self.over and self.answers:
            take_results(self, self.answers, lambda: self.dismiss(None))

    def action_leave_page(self) -> None:
        self.cancel.set()
        self.cancel = threading.Event()  # what the old ones still say is no longer heard
        self.dismiss(None)
