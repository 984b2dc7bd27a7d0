"""The official addresses of a step: as text, and as a QR code for the technician's telephone. Never as a link."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding

from states.flow.events import day
from tui import words
from tui.screens.page import Reading, text
from tui.terminal import draws_blocks

DARK_OVER_LIGHT = {(False, False): " ", (False, True): "▄", (True, False): "▀", (True, True): "█"}


class AddressPage(Reading):
    """Addresses and their codes, one at a time.

    Args:
        sites: addresses of this step.
    """

    BINDINGS = [Binding("f4,t,right", "turn")]
    KEYS = (("F4/t", "key.next_address"), ("Esc/F3/Enter", "key.back"), ("F9/l", "key.language"))

    def __init__(self, sites: Sequence[str]) -> None:
        super().__init__()
        self.sites, self.at = sites, 0

    def head(self) -> tuple[str, str]:
        return self.texts("ui.address.title"), f"{self.at + 1 if self.sites else 0}/{len(self.sites)}"

    def lines(self) -> list[str | tuple[str, str]]:
        from tui.content.edition import desk_today

        today = desk_today(self.texts, self.visit.edition.help_desk, day(self.visit.now))
        own = [self.kiosk.desk.site.contact] if self.kiosk.desk.site.contact else []
        return [*own, today or self.texts("ui.address.desk"), self.texts("ui.address.hours")]

    def repaint(self) -> None:
        super().repaint()
        parts: list[str | tuple[str, str]] = []
        if self.sites:
            parts.append((f" {self.sites[self.at]}\n", "bold"))
            rows = code_rows(self.sites[self.at]) if draws_blocks() else []
            parts += [part for row in rows for part in (" ", (row, "black on white"), "\n")]
        else:
            parts.append(f" {self.texts('ui.address.none')}\n\n")
        for line in self.lines():
            said = line if isinstance(line, str) else line[0]
            parts += [f" {row}\n" for row in words.wrap(said, self.columns - 3)]
        self.put("#text", text(*parts))

    def action_turn(self) -> None:
        if self.sites:
            self.at = (self.at + 1) % len(self.sites)
            self.repaint()


def code_rows(address: str) -> list[str]:
    """A QR code as text, two modules a cell high."""
    import segno

    matrix = [list(row) for row in segno.make(address, error="l", micro=False).matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    pairs = zip(matrix[::2], matrix[1::2], strict=True)
    return ["".join(DARK_OVER_LIGHT[a > 0, b > 0] for a, b in zip(up, down, strict=True)) for up, down in pairs]
