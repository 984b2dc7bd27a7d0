"""The one place where a kept secret is seen: for seconds, on request, and never to be copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui.terminal import plain

if TYPE_CHECKING:
    from states.storage.secrets import Secret


class ShownSecret(Static):
    """Empty, but for the seconds after `show`; it hides by itself.

    Args:
        seconds: how long it shows.
        hidden: called when it has hidden.
    """

    def __init__(self, seconds: float, hidden: Callable[[], None], id: str) -> None:
        super().__init__("", id=id, markup=False)
        self.seconds, self._hidden = seconds, hidden
        self._timer: Timer | None = None

    def show(self, secret: Secret) -> None:
        """Between bars, so that a space at either end is seen."""
        self.update(Content(f"|{plain(secret.reveal())}|"))
        self._timer = self.set_timer(self.seconds, self.hide)

    def hide(self) -> None:
        """Show nothing any more; harmless when nothing was shown."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
            self.update(Content(""))
            self._hidden()
