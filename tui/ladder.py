"""The terminal as `doctor` shows it: what it can be expected to do, and what the program does with that."""

from __future__ import annotations

import os
from collections.abc import Iterator

from locales import Texts
from tui import terminal

FULL, LEAST = (80, 24), (40, 12)  # columns and rows of the whole layout, and of the least


def rungs() -> dict[str, str]:
    """Each rung and where this terminal stands on it, in one word.

    Asks the terminal how wide it draws a sign of ambiguous width and a kanji, where somebody sits at one.
    """
    full_screen = terminal.can_place_a_cursor()
    asked = os.isatty(0) and os.isatty(2) and full_screen
    ambiguous, kanji = (terminal.cells_taken(sign) if asked else None for sign in ("\u203b", "\u6f22"))
    try:
        columns, rows = os.get_terminal_size(2)
    except OSError:
        columns, rows = FULL
    fits = "full" if columns >= FULL[0] and rows >= FULL[1] else "narrow"
    return {
        "screen": "full" if full_screen else "line",
        "colours": terminal.colours(),
        "kanji": "yes" if terminal.shows_kanji() and kanji in (None, 2) else "no",
        "signs": "unknown" if ambiguous is None else "wide" if ambiguous > 1 else "narrow",
        "blocks": "yes" if terminal.draws_blocks() else "no",
        "size": fits if columns >= LEAST[0] and rows >= LEAST[1] else "small",
    }


def lines(texts: Texts, found: dict[str, str]) -> Iterator[str]:
    """Each rung in words."""
    for rung, stands in found.items():
        yield f"[{'!' if stands == 'small' else 'x'}] {texts(f'ui.ladder.{rung}.{stands}')}"
