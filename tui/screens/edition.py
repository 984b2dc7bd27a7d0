"""The edition a session follows; another one gone into, and chosen for a new session."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding

from states.fault import Fault
from states.flow import editions
from states.flow.events import day
from states.flow.upgrade import Change
from tui.content.edition import Line, change_lines, edition_lines, held, later_edition
from tui.content.odd import past
from tui.screens.ask import AskPage
from tui.screens.page import Reading
from tui.screens.pick import PickPage


class EditionPage(Reading):
    """What the session's edition says of itself; what is not verified comes first."""

    BINDINGS = [Binding("u", "change")]
    HELP = "help.edition"

    def keys(self) -> list[tuple[str, str]]:
        change = [("u", "key.change_edition")] if later_edition(self.visit) else []
        return [*change, ("Esc/F3/Enter", "key.back"), ("F9/l", "key.language")]

    def head(self) -> tuple[str, str]:
        return self.texts("ui.edition.title"), self.texts(f"edition.{self.visit.edition.name}")

    def lines(self) -> list[Line]:
        return ["", *edition_lines(self.texts, self.visit.edition, self.visit.now)]

    def action_change(self) -> None:
        target = later_edition(self.visit)
        if target:
            found = self.visit.edition_change(target)
            self.app.push_screen(ChangePage(found), self._changed)

    def _changed(self, yes: bool | None) -> None:
        target = later_edition(self.visit)
        if not yes or not target:
            return
        try:
            self.visit.follow_edition(target)
        except Fault as fault:
            self.say_fault(fault)
            return
        app = self.kiosk
        self.dismiss()
        app.call_later(app.show_state)


class ChangePage(AskPage):
    """Before a session goes into another edition: what is new, what is set aside; the safe choice is to stay."""

    HELP = "help.edition"

    def __init__(self, found: Change) -> None:
        super().__init__("ui.change.title", tuple, "key.stay", "key.change_edition")
        self.found = found

    def head(self) -> tuple[str, str]:
        old, new = (self.texts(f"edition.{edition.name}") for edition in (self.found.source, self.found.target))
        return self.texts(self.title_text), f"{old} > {new}"

    def content(self) -> list[Line]:
        return list(change_lines(self.texts, self.found))


class EditionsPage(PickPage):
    """Which edition a new session follows; the one in force is marked."""

    TITLE_TEXT = "ui.editions.title"

    def entries(self) -> Sequence[tuple[str, str]]:
        now = self.kiosk.desk.now
        proposed = editions.in_force(day(now))
        found = []
        for name in editions.KNOWN:
            edition = editions.find(name)
            said = f"{self.texts(f'edition.{name}')} {held(self.texts, edition)}"
            if name == proposed:
                said += f" {self.texts('ui.editions.proposed')}"
            more = past(self.texts, edition, now) or self.texts(f"edition.{name}.about").replace("\n", "")
            found.append((name, f"{said}\n{more}"))
        return found
