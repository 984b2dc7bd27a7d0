"""The least one can do with Textual: a Static and an Input that does not blink. What the figures are compared with."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Static


class Minimal(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("label shown", markup=False)
        field = Input(compact=True)
        field.cursor_blink = False
        yield field


if __name__ == "__main__":
    Minimal().run(mouse=False)
