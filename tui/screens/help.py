"""What the keys of a page do, and for a step what to look for and where."""

from __future__ import annotations

from tui.content.pages import step_help
from tui.screens.page import Reading


class HelpPage(Reading):
    """Help for the page it was called from.

    Args:
        name: text id of that page's help.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name_of_text = name

    def head(self) -> tuple[str, str]:
        return self.texts("ui.help.title"), ""

    def lines(self) -> list[str | tuple[str, str]]:
        lines = step_help(self.kiosk.visit, self.wording) if self.kiosk.visit is not None else []
        lines += [(self.texts("ui.help.keys"), "bold"), self.texts(self.name_of_text), ""]
        if self.name_of_text != "help.general":
            lines.append(self.texts("help.general"))
        return lines
