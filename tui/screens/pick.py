"""Lists one picks from: a step to go to, a reason to mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui import words
from tui.content.pages import all_reasons, steps
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
        listed.styles.height = "1fr"  # it scrolls before the keys are pushed out
        listed.display = bool(entries)
        self.query_one("#empty").display = not entries
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
        return steps(self.visit, self.wording)


class ReasonsPage(PickPage):
    """All reasons, each with its remedy and who can do it; picking one leads to what mends it."""

    TITLE_TEXT = "ui.reasons.title"
    HELP = "help.step"

    def entries(self) -> Sequence[tuple[str, str]]:
        return all_reasons(self.visit, self.wording)

    def repaint(self) -> None:
        super().repaint()
        self.put("#empty", Content("" if self.entries() else f"  {self.texts('ui.step_done')}"))
