"""Two fields, then a second screen: ours, or with the argument `stock` the same of Textual's own classes.

The status line says what is where: `user=<…> secret=<length> note=<…>`. F2 and F6 crash with a secret in a local, F4
paints without end, F5 shows the number of threads, F9 leaves. With the argument `lazy` nobody waits for the second
screen. What `flush` makes durable is written to the file named by FLUSHED.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

STOCK = "stock" in sys.argv
LAZY = "lazy" in sys.argv  # screens are switched without waiting for the switch

if not STOCK:
    from states.system import here
    from tui.terminal import prepare_environment

    prepare_environment()
    here.ignore_keyboard_signals()

# ruff: noqa: E402
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from tui.base import KioskApp
from tui.widgets.fields import Field, SecretField

FILE = os.environ.get("FLUSHED")
CANARY = "canary-" + "in-a-local"

plain_field: Any = Input if STOCK else Field
secret_field: Any = partial(Input, password=True) if STOCK else SecretField


def flush() -> None:
    if FILE:
        Path(FILE).write_text("flushed")


class Form(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Static(f"FORM {os.getpid()}.", markup=False)
        yield plain_field(id="user")
        yield secret_field(id="secret")
        yield Static("", id="status", markup=False)

    def on_mount(self) -> None:
        self.say()

    @on(Input.Changed)
    def say(self) -> None:
        user, secret = self.query_one("#user", Input).value, self.query_one("#secret", Input).value
        self.query_one("#status", Static).update(Content(f"user=<{user}> secret={len(secret)}"))

    @on(Input.Submitted, "#secret")
    def done(self) -> None:
        field = self.query_one("#secret", Input)
        secret = field.take() if isinstance(field, SecretField) else field.value
        following = Following(self.query_one("#user", Input).value, len(secret))
        if LAZY:
            self.app.switch_screen(following)
        else:
            self.post_message(Done(following))


class Done(Message):
    def __init__(self, following: Screen[None]) -> None:
        super().__init__()
        self.following = following


class Following(Screen[None]):
    def __init__(self, user: str, length: int) -> None:
        super().__init__()
        self.before = f"user=<{user}> secret={length}"

    def compose(self) -> ComposeResult:
        yield Static("FOLLOWING", markup=False)
        yield plain_field(id="note")
        yield Static(Content(self.before), id="status", markup=False)

    @on(Input.Changed)
    def say(self, event: Input.Changed) -> None:
        self.query_one("#status", Static).update(Content(f"{self.before} note=<{event.value}>"))


KEYS: list[BindingType] = [
    ("f2", "fall", "fall"),
    ("f4", "storm", "storm"),
    ("f5", "threads", "threads"),
    Binding("f6", "fall", priority=True),
    ("f9", "leave", "leave"),
]


class Common:
    """What the keys of both apps do."""

    def on_mount(self: Any) -> None:
        self.push_screen(Form())

    async def on_done(self: Any, message: Done) -> None:
        await self.switch_screen(message.following)

    def action_fall(self) -> None:
        local = CANARY
        raise RuntimeError(f"what was in hand: {local}")

    def action_storm(self: Any) -> None:
        self.set_interval(0.01, lambda: self.screen.refresh(layout=True))

    def action_threads(self: Any) -> None:
        self.screen.query_one("#status", Static).update(Content(f"threads={threading.active_count()}"))

    def action_leave(self: Any) -> None:
        self.exit(0)


class Stock(Common, App[int]):
    BINDINGS: ClassVar[list[BindingType]] = KEYS


class Kiosk(Common, KioskApp):
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__(flush=flush)


if __name__ == "__main__":
    if STOCK:
        stock = Stock()
        stock.run(mouse=False)
        sys.exit(stock.return_code or 0)
    sys.exit(Kiosk().serve())
