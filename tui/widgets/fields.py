"""Fields that take what Japanese hands type and give nothing secret back.

No text of their own: whatever a person reads is passed in.
"""

from __future__ import annotations

import unicodedata
from itertools import takewhile
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive, var
from textual.timer import Timer
from textual.widgets import Input
from textual.widgets._input import Selection

from tui.terminal import UNSAFE, plain

_MASK = "*"  # Textual's bullet is two cells wide where ambiguous signs are, and the cursor then one field too far


class Field(Input, inherit_bindings=False):
    """One line of text. Takes what `Input` takes, but no tooltip and no suggestions; always compact.

    The cursor is the terminal's own (see `KioskApp._display`): it blinks, if it does, without a byte sent, where a
    drawn one costs 1.6 kB/s and keeps sshd's `ClientAliveInterval` from ever firing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in Input.BINDINGS
        if isinstance(binding, Binding) and binding.action not in {"copy", "cut", "paste"}
    ]

    _cursor_visible = var(False)
    cursor_blink = var(False)
    # Textual paints the whole field for each key; here the cells that differ are painted.
    value = reactive("", init=False, repaint=False)
    selection = reactive(Selection.cursor(0), repaint=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, compact=True, **kwargs)

    class TooLong(Message):
        """What was typed or pasted has no room; the field is as it was."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def validate_value(self, value: str) -> str:
        """What is put here by the program, such as a draft from the store, is fit to be shown as well."""
        return plain(value)

    def restricted(self) -> None:
        self.post_message(self.TooLong(self))

    def _restart_blink(self) -> None: ...
    def _pause_blink(self, visible: bool = False) -> None: ...

    def watch_value(self, before: str, after: str) -> None:
        if self._cursor_offset >= self.size.width:
            # Textual does not scroll for the first value a field gets, which may be a paste wider than the field.
            self.scroll_to_region(Region(self._cursor_offset, 0, 1, 1), force=True, animate=False)
        if self.placeholder and not (before and after):
            self.refresh()  # the placeholder comes or goes
            return
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
        self._paint(same, max(len(before), len(after)))

    def watch_selection(self, before: Selection, after: Selection) -> None:
        # Also where nothing changes its looks: only a frame moves the terminal's cursor.
        self._paint(min(before + after), max(before + after))

    def _paint(self, first: int, last: int) -> None:
        """Paint the characters from `first` to `last` in the old or the new value, one more for the cursor."""
        begin = self._position_to_cell(first)
        # A character no longer there took two cells at most.
        self.refresh(Region(begin - self.scroll_offset.x, 0, 2 * (last - first) + 2, 1).intersection(self.size.region))

    @property
    def content_width(self) -> int:
        # Not the text's: a virtual size that changes with each key has Textual lay out the whole screen anew.
        return max(super().content_width, self.size.width)

    @property
    def _cursor_offset(self) -> int:
        """Where an input method opens; Textual's is one cell too far right at the end of the text."""
        return self._position_to_cell(self.cursor_position)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return super().check_consume_key(key, character) or _is_space(character)

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        # str.isprintable, which Input asks, says no to every space but the ASCII one, U+3000 among them.
        if event.character is not None and _is_space(event.character):
            event.stop()
            event.prevent_default()
            self.replace(event.character, *self.selection)

    def _on_paste(self, event: events.Paste) -> None:
        """The first line that holds anything, without its control characters."""
        event.stop()
        event.prevent_default()
        line = next((line for line in event.text.splitlines() if line), "")
        kept = "".join(sign for sign in line if unicodedata.category(sign) not in UNSAFE)
        self.replace(plain(kept), *self.selection)  # as it will stand there: the cursor counts characters


class SecretField(Field):
    """A secret: shown as marks, never copied, in no message; `take()` is the only way to its value."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, password=True, **kwargs)
        self._glimpse: Timer | None = None  # runs while what is typed is seen

    def take(self) -> str:
        """The secret as typed (never folded or trimmed: a password is what it is); the field is empty after it."""
        self._hide()
        value = self.value
        self.value = ""
        return value

    def glimpse(self, seconds: float = 1.0) -> None:
        """Show what is typed for a moment; asked again meanwhile, as by a key held down, it stays."""
        if self._glimpse is not None:
            self._glimpse.stop()
        self._glimpse = self.set_timer(seconds, self._hide)
        self.refresh()

    def _hide(self) -> None:
        if self._glimpse is not None:
            self._glimpse.stop()
            self._glimpse = None
            self.refresh()

    def remarks(self) -> list[str]:
        """What is unusual about what is typed, of `spaces` and `full_width`; it is taken as it is all the same."""
        from tui.content.keeping import remarks

        return remarks(self.value)

    def validate_value(self, value: str) -> str:
        return value  # shown as marks, whatever it is

    def post_message(self, message: Message) -> bool:
        if isinstance(message, (Input.Changed, Input.Submitted, Input.Blurred)):
            message.value = ""  # messages are kept, compared and shown by whoever handles them
        return super().post_message(message)

    def _position_to_cell(self, position: int) -> int:
        return position if self._glimpse is None else super()._position_to_cell(position)  # of the marks, as a rule

    @property
    def _value(self) -> Text:
        if self._glimpse is not None:
            return Text(plain(self.value), no_wrap=True, overflow="ignore", end="")
        return Text(_MASK * len(self.value), no_wrap=True, overflow="ignore", end="")


def _is_space(character: str | None) -> bool:
    return character is not None and len(character) == 1 and unicodedata.category(character) == "Zs"
