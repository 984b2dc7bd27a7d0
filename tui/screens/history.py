"""Who answered what, when and how; what was superseded stays, and says so."""

from __future__ import annotations

from tui.content.pages import history
from tui.screens.page import Reading


class HistoryPage(Reading):
    """The whole record, the newest first."""

    HELP = "help.history"

    def head(self) -> tuple[str, str]:
        session = self.visit.session
        return f"{session.office_number} {session.office_name}", self.texts("ui.history.title")

    def lines(self) -> list[str | tuple[str, str]]:
        return history(self.visit, self.wording)
