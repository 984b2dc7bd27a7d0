"""Exported files by their names: kind, month, offices, a set that is complete. None is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui import words
from tui.content.measured import found_lines
from tui.screens.new import FormPage
from tui.screens.page import text

if TYPE_CHECKING:
    from states.checks.result import CheckResult

DRAFT = "csv_names"  # under which the path is kept


class FilesPage(FormPage):
    """Where the files are, and what their names say."""

    FIELDS = ("files",)
    TITLE_TEXT = "ui.files.title"
    HELP = "help.files"

    def __init__(self) -> None:
        super().__init__()
        self.result: CheckResult | None = None

    def first_value(self, name: str) -> str:
        del name
        return self.visit.drafts().get(DRAFT, "")

    def half_typed(self) -> dict[str, str]:
        return {DRAFT: self.typed("files")}

    def repaint(self) -> None:
        super().repaint()
        if self.result is None:
            how = "\n".join(words.wrap(self.texts("ui.files.how"), self.columns - 6))
            self.put("#more", Content(how))
            return
        outcome = (self.texts(f"check.outcome.{self.result.outcome}") + "\n", "bold")
        seen = [f"   {words.fit(line, self.columns - 8)}\n" for line in self.result.seen]
        self.put("#more", text(outcome, *found_lines(self.texts, self.result.findings, self.columns - 4), *seen))

    def action_decide(self) -> None:
        self.keep_draft()
        path = self.typed("files").strip().strip('"')
        self.kiosk.aside(lambda: self.visit.check_names(path), self._judged)

    def _judged(self, result: CheckResult) -> None:
        self.result = result
        self.repaint()
