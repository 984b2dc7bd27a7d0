"""Lists one picks from: a step to go to, a reason to mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from states.flow.board import Status
from tui import words
from tui.screens.page import Page
from tui.widgets.choices import Choices

LETTERS = "123456789abcdefghijkmnopqrstuvwxyz"


class PickPage(Page["str | None"]):
    """A list; each line has a digit or a letter, and Enter takes the one that is marked."""

    KEYS: tuple[tuple[str, str], ...] = (("Enter", "key.decide"), ("1-9 a-z", "key.pick"), ("Esc/F3", "key.back"))
    BINDINGS = [Binding("f9", "app.language")]
    TITLE_TEXT = ""

    def body(self) -> Iterator[Widget]:
        yield Static("", classes="line", markup=False)
        yield Choices(id="list")
        yield Static("", id="empty", markup=False)

    def opened(self) -> None:
        self.query_one("#list").focus()

    def head(self) -> tuple[str, str]:
        return self.texts(self.TITLE_TEXT), ""

    def entries(self) -> Sequence[tuple[str, str]]:
        """(what is picked, its lines)."""
        raise NotImplementedError

    def repaint(self) -> None:
        super().repaint()
        listed = self.query_one("#list", OptionList)
        at = listed.highlighted
        listed.clear_options()
        entries = self.entries()
        for letter, (_, shown) in zip(LETTERS, entries, strict=False):
            first, *more = words.wrap(shown, self.columns - 6)
            listed.add_option(Option(Content("\n".join([f" {letter} {first}", *(f"   {row}" for row in more)]))))
        if entries:
            listed.highlighted = at or 0

    def on_key(self, event: object) -> None:
        letter = getattr(event, "character", None) or ""
        if letter and letter in LETTERS and LETTERS.index(letter) < len(self.entries()):
            event.stop()  # type: ignore[attr-defined]
            self.dismiss(self.entries()[LETTERS.index(letter)][0])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.entries()[event.option_index][0])

    def action_leave_page(self) -> None:
        self.dismiss(None)


class StepsPage(PickPage):
    """Every step with its state in words; a closed one says what it lacks before anyone tries."""

    TITLE_TEXT = "ui.steps.title"
    HELP = "help.steps"

    def entries(self) -> Sequence[tuple[str, str]]:
        found = []
        for place in self.visit.standings():
            said = self.wording.status(place.status)
            if place.lacking:
                said = self.texts("ui.needs", needs=", ".join(map(self.wording.need, place.lacking)))
            elif place.by and place.status in (Status.SKIPPED, Status.UNTOLD):
                answer = self.visit.answer_to(place.by)
                why = self.wording.fact(place.by) + (f": {self.wording.answer(place.by, answer)}" if answer else "")
                said = f"{said} ({why})"
            here = f" {self.wording.sign('here')}" if place.step == self.visit.state else ""
            found.append((place.step, f"{words.fit(self.wording.step(place.step), 26)} {said}{here}"))
        return found


class ReasonsPage(PickPage):
    """All reasons, each with its remedy and who can do it; picking one leads to what mends it."""

    TITLE_TEXT = "ui.reasons.title"
    HELP = "help.step"

    def entries(self) -> Sequence[tuple[str, str]]:
        visit = self.visit
        all_told = (self.wording.reason(reason, visit.session, visit.now) for reason in visit.reasons())
        return [(told.fact, f"{told.sentence} ({told.code})\n{told.remedy} [{told.who}]") for told in all_told]

    def repaint(self) -> None:
        super().repaint()
        self.put("#empty", Content("" if self.entries() else f"  {self.texts('ui.step_done')}"))
