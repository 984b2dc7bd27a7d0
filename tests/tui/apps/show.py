"""Shows what comes in as the last argument, our way, or with the first argument `stock` as Textual would by itself."""

# ruff: noqa: E402
from __future__ import annotations

import sys

STOCK = sys.argv[1] == "stock"

if not STOCK:
    from tui.terminal import prepare_environment

    prepare_environment()

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Button, Static

from tui.base import KioskApp
from tui.terminal import plain

TEXT = sys.argv[-1]


class Stock(App[int]):
    def compose(self) -> ComposeResult:
        yield Static(f"<{TEXT}>")
        yield Static("shown")


class Kiosk(KioskApp):
    def compose(self) -> ComposeResult:
        text = plain(TEXT)
        yield Static(f"<{text}>", markup=False)
        yield Button(Content(f"<{text}>"))
        yield Static("shown")


if __name__ == "__main__":
    if STOCK:
        Stock().run(mouse=False)
    else:
        sys.exit(Kiosk().serve())
