"""Results that another PC has measured, read from its file and taken as answers to this step's questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui import words
from tui.content.measured import found_lines
from tui.screens.check import take_results
from tui.screens.new import FormPage
from tui.screens.page import Page, text

if TYPE_CHECKING:
    from states.checks.result import CheckResult

DRAFT = "probe"  # under which the path is kept


class ProbePage(FormPage):
    """Where the file is."""

    FIELDS = ("path",)
    TITLE_TEXT = "ui.probe.title"
    HELP = "help.probe"

    def first_value(self, name: str) -> str:
        del name
        return self.visit.drafts().get(DRAFT, "")

    def half_typed(self) -> dict[str, str]:
        return {DRAFT: self.typed("path")}

    def repaint(self) -> None:
        super().repaint()
        self.put("#label_path", Content(self.texts("ui.field.probe")))
        self.put("#more", Content("\n".join(words.wrap(self.texts("ui.probe.how"), self.columns - 6))))

    def action_decide(self) -> None:
        self.keep_draft()
        path = self.typed("path").strip().strip('"')
        self.kiosk.aside(lambda: self.visit.import_probe(path), self._read)

    def _read(self, results: dict[str, CheckResult]) -> None:
        self.app.push_screen(ProbeResultsPage(results), self._taken)

    def _taken(self, taken: bool | None) -> None:
        if taken:
            self.settle()
            self.dismiss(True)


class ProbeResultsPage(Page[bool]):
    """What was measured there; all of it is taken, or nothing."""

    BINDINGS = [Binding("enter,1", "take"), Binding("f3,escape,3", "leave_page")]
    KEYS = (("Enter/1", "key.take_result"), ("Esc/F3/3", "key.back"), ("F9/l", "key.language"))
    HELP = "help.probe"

    def __init__(self, results: dict[str, CheckResult]) -> None:
        super().__init__()
        self.results = results

    def body(self) -> Iterator[Widget]:
        yield Static("", id="lines", markup=False)

    def head(self) -> tuple[str, str]:
        return self.texts("ui.probe.title"), ""

    def repaint(self) -> None:
        super().repaint()
        self.put("#lines", text(*self._lines()))

    def _lines(self) -> Iterator[str | tuple[str, str]]:
        from_there = next(iter(self.results.values())).seen[0]
        yield f"\n {words.fit(from_there, self.columns - 2)}\n"
        for fact, result in self.results.items():
            label = self.wording.value(fact, str(result.value))
            yield (f"\n {self.wording.fact(fact)}: {label} {result.detail}\n", "bold")
            yield from found_lines(self.texts, result.findings, self.columns)

    def action_take(self) -> None:
        take_results(self, list(self.results.items()), lambda: self.dismiss(True))

    def action_leave_page(self) -> None:
        self.dismiss(False)
