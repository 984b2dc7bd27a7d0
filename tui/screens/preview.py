"""Before an answer is changed: what is to be done again, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from states.flow.session import Answer, Consequences
from tui.content.pages import change
from tui.screens.ask import AskPage

if TYPE_CHECKING:
    from tui.app import SetupApp


def with_preview(app: SetupApp, fact: str, value: str | None, detail: Any, record: Callable[[], None]) -> None:
    """Call `record` at once where nothing is re-opened, else only after the preview has been agreed to."""
    assert app.visit is not None
    consequences = app.visit.consequences(fact, value, detail)
    if consequences.worth_asking:
        app.push_screen(PreviewPage(fact, value, detail, consequences), lambda yes: record() if yes else None)
    else:
        record()


class PreviewPage(AskPage):
    """What a changed answer re-opens; the safe choice is to leave it."""

    HELP = "help.preview"

    def __init__(self, fact: str, value: str | None, detail: Any, consequences: Consequences) -> None:
        super().__init__("ui.preview.title", tuple, "key.keep", "key.change")
        self.fact, self.value, self.detail, self.consequences = fact, value, detail, consequences

    def head(self) -> tuple[str, str]:
        session = self.visit.session
        return f"{session.office_number} {session.office_name}", self.texts(self.title_text)

    def content(self) -> list[str | tuple[str, str]]:
        new = Answer(self.value or "", self.detail)
        return change(self.visit, self.wording, self.fact, new, self.consequences)
