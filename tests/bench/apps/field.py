"""The same as `minimal`, of our own parts."""

# ruff: noqa: E402
from tui.terminal import prepare_environment

prepare_environment()

from textual.app import ComposeResult
from textual.widgets import Static

from tui.base import KioskApp
from tui.widgets.fields import Field


class Ours(KioskApp):
    def compose(self) -> ComposeResult:
        yield Static("label shown", markup=False)
        yield Field()


if __name__ == "__main__":
    raise SystemExit(Ours().serve())
