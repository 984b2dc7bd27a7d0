"""A question with two answers; the safe one is first, and is what Esc means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui import words
from tui.screens.page import Page, text
from tui.widgets.choices import Choices


class AskPage(Page[bool]):
    """Yes or no.

    Args:
        title: text id.
        lines: what is asked, in the words of the moment.
        no, yes: text ids of the two answers.
        other: text id of a third one, and what it does when the page has been left.
    """

    BINDINGS = [
        Binding("1", "no"),
        Binding("2", "yes"),
        Binding("3", "other"),
        Binding("pageup", "page(-1)"),
        Binding("pagedown", "page(1)"),
    ]
    KEYS = (("Enter", "key.decide"), ("1", "key.no"), ("2", "key.yes"), ("Esc", "key.no"))

    def __init__(
        self,
        title: str,
        lines: Callable[[], Sequence[str]],
        no: str,
        yes: str,
        other: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        super().__init__()
        self.title_text, self.asked, self.no, self.yes, self.other = title, lines, no, yes, other

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(id="lines", can_focus=False):
            yield Static("", id="asked", markup=False)
        yield Choices(id="answers")

    def opened(self) -> None:
        self.query_one("#answers").focus()

    def head(self) -> tuple[str, str]:
        return self.texts(self.title_text), ""

    def keys(self) -> list[tuple[str, str]]:
        keys = [("Enter", "key.decide"), ("1/Esc", self.no), ("2", self.yes)]
        return [*keys, ("3", self.other[0])] if self.other else keys

    def content(self) -> list[str | tuple[str, str]]:
        return list(self.asked())

    def repaint(self) -> None:
        super().repaint()
        parts: list[str | tuple[str, str]] = []
        for line in self.content():
            said, style = line if isinstance(line, tuple) else (line, "")
            parts.extend((f"  {row}\n", style) for row in words.wrap(said, self.columns - 4))
        self.put("#asked", text("\n", *parts))
        answers = self.query_one("#answers", OptionList)
        at = answers.highlighted or 0
        answers.clear_options()
        named = [("no", 1, self.no), ("yes", 2, self.yes)]
        if self.other:
            named.append(("other", 3, self.other[0]))
        answers.add_options([Option(Content(f"   {n} [ {self.texts(name)} ]"), id=id) for id, n, name in named])
        answers.highlighted = at

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == "other":
            self.action_other()
        else:
            self.dismiss(event.option_id == "yes")

    def action_page(self, pages: int) -> None:
        """Where what is asked has no room, it scrolls; the answers stay."""
        lines = self.query_one("#lines", VerticalScroll)
        lines.scroll_page_down(animate=False) if pages > 0 else lines.scroll_page_up(animate=False)

    def action_no(self) -> None:
        self.dismiss(False)

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_other(self) -> None:
        if self.other is not None:
            self.dismiss(False)
            self.app.call_later(self.other[1])

    def action_leave_page(self) -> None:
        self.dismiss(False)
