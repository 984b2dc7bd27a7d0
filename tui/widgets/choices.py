"""A list one chooses from, whose marked line is reversed: the one mark every terminal can draw."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip
from textual.widgets import OptionList

MARKED = Style(reverse=True)


class Choices(OptionList):
    """An option list; its text is shown as it is, its marked line in reverse while it has the focus."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, markup=False)

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        row = self.scroll_offset.y + y
        if self.has_focus and row < len(self._lines) and self._lines[row][0] == self.highlighted:
            return strip.apply_style(MARKED)
        return strip
