"""A form for what nobody may read over a shoulder: a passphrase, a PIN, a word."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tui import words
from tui.screens.page import Page
from tui.widgets.fields import SecretField


class HiddenForm(Page[bool]):
    """What it is for, and a few fields below; closes with True when that was done, with False when it was left.

    A page says which fields in `names`, what they are called in `label`, and takes them in `action_decide`.
    """

    BINDINGS = [Binding("f10", "decide")]
    KEYS: tuple[tuple[str, str], ...] = (("Enter/F10", "key.decide"), ("Esc/F3", "key.back"), ("F9", "key.language"))

    def names(self) -> tuple[str, ...]:
        """The ids of the fields, from above."""
        raise NotImplementedError

    def entry(self, name: str) -> Input:
        """The field of that name."""
        return SecretField(id=name, max_length=1024)

    def about(self) -> str:
        """What stands over the fields."""
        raise NotImplementedError

    def action_decide(self) -> None:
        """The last field has been left."""
        raise NotImplementedError

    def body(self) -> Iterator[Widget]:
        with Vertical(classes="form"):
            yield Static("", id="told", markup=False)
            for name in self.names():
                yield Static("", id=f"label_{name}", classes="line", markup=False)
                with Horizontal(classes="line"):
                    yield Static("> ", classes="label", markup=False)
                    yield self.entry(name)

    def opened(self) -> None:
        self._focus(0)

    def _focus(self, at: int) -> None:
        self.query_one(f"#{self.names()[at]}").focus()

    def repaint(self) -> None:
        super().repaint()
        self.put("#told", Content("\n".join([*words.wrap(self.about(), self.columns - 6), ""])))
        for name in self.names():
            self.put(f"#label_{name}", Content(self.label(name)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        names = self.names()
        at = names.index(event.input.id or names[0])
        if at + 1 < len(names):
            self._focus(at + 1)
        else:
            self.action_decide()

    def take(self) -> list[str]:
        """What was typed into the hidden fields, which are empty after it."""
        typed = [field.take() for field in self.query(SecretField)]
        self.query(SecretField).first().focus()
        return typed

    def action_glimpse(self) -> None:
        """Show a hidden field for a moment; only a page with a key for it lets anybody."""
        if isinstance(self.focused, SecretField):
            self.focused.glimpse()

    def action_leave_page(self) -> None:
        self.take()
        self.dismiss(False)
