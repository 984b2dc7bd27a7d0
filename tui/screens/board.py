"""All offices at once: where they stand, what is late, who waits for whom, and how it went week by week."""

from __future__ import annotations

from states.company import Overview
from tui.screens.page import Reading


class BoardPage(Reading):
    """The company view. It reads every session, so that is done aside."""

    KEYS = (("Esc/F3/Enter", "key.back"), ("F9/l", "key.language"))
    HELP = "help.board"

    def __init__(self) -> None:
        super().__init__()
        self.found: Overview | None = None

    def opened(self) -> None:
        self.query_one("#lines").focus()

        def shown(found: Overview) -> None:
            self.found = found
            self.repaint()

        self.kiosk.aside(self.kiosk.desk.overview, shown)

    def head(self) -> tuple[str, str]:
        return self.texts("ui.board.title"), self.found.today if self.found else ""

    def lines(self) -> list[str | tuple[str, str]]:
        from tui.company import lines

        if self.found is None:
            return ["", self.texts("ui.board.reading")]
        return ["", *lines(self.texts, self.found)]
