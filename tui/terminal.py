"""The terminal below the app: what is settled before Textual is imported.

Nothing here imports Textual, for Textual reads its switches from the environment the moment it is imported.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
import unicodedata

from states.fault import Fault
from states.system import here

REPLACEMENT = "\ufffd"
UNSAFE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that move a cursor, hide or reorder text, or mean something else on each terminal."""

_NO_COLOURS_KNOWN = frozenset({"", "dumb", "unknown"})


def plain(text: str) -> str:
    """`text` from outside, fit to be shown: whatever could steer a terminal becomes U+FFFD, newlines too.

    Every string that was not written by us (typed, read from a file, an answer from a server) goes through here
    before it reaches a widget, and is shown there as `Content(text)` or with `markup=False`.
    """
    if text.isprintable():  # in C, and true for nearly everything; false for the wide space, which is fine
        return text
    return "".join(REPLACEMENT if unicodedata.category(sign) in UNSAFE else sign for sign in text)


def prepare_environment() -> None:
    """Make the environment one that Textual may read. Call it before the first import of Textual.

    Textual takes from its variables a driver to import, files to log keys and pictures to, keys to press, and
    whether Ctrl+Z suspends; none of that may come from outside. Collecting garbage waits until the first paint.
    """
    gc.disable()  # KioskApp turns it on again; imports make garbage of which nothing can be freed anyway
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        del os.environ[name]
    for name in ("COLUMNS", "LINES"):  # frozen copies of the size: with them a resize goes unnoticed
        os.environ.pop(name, None)
    os.environ["TEXTUAL_THEME"] = "ansi-dark"  # the terminal's own colours; set later, all styles are made twice
    os.environ["ESCDELAY"] = "250"  # milliseconds; Textual's 100 splits arrow keys over a slow link
    # An input method's commit of five or more characters is one sequence longer than Textual's parser looks at (32
    # characters), and is typed as garbage. Textual's driver for Windows asks whatever this says; ours takes it back.
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
    if os.environ.get("TERM", "") in _NO_COLOURS_KNOWN:
        os.environ["TEXTUAL_COLOR_SYSTEM"] = "standard"  # it would send 24 bit colour, 34 kB a frame
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def require_terminal() -> None:
    """Refuse to start where nobody sits: `ssh -T` outlives its client, `</dev/null` takes a whole core.

    Raises:
        Fault: `terminal.none` unless both standard input and standard error (Textual paints there) are terminals.
    """
    if not (os.isatty(0) and os.isatty(2)):
        raise Fault("terminal.none")


def greet(text: str) -> None:
    """Show one line at once, while Python still imports; the first frame or the next prompt takes its place."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{plain(text)}\r")  # not its bytes: a console takes those for its own code page
        sys.stderr.flush()


def shows_kanji() -> bool:
    """Whether this terminal can be expected to have glyphs for Japanese.

    The consoles of Linux and of the BSDs, serial lines and plain VTs take UTF-8 and have none; asking where the
    cursor went after a kanji cannot tell, so names decide.
    """
    return here.shows_kanji(os.environ.get("TERM", ""))


def cells_taken(text: str, seconds: float = 0.5) -> int | None:
    """How many cells the terminal moves its cursor for `text`; asked by a cursor report, before Textual starts.

    `※` takes 2 where signs of ambiguous width are wide (then only ASCII borders hold together); a kanji that takes
    more than 2 means a terminal that is not set to UTF-8.

    Args:
        text: what to try; it is wiped again.
        seconds: how long an answer may take.

    Returns:
        The number of cells, or None when no answer came in time: a serial line, a dumb terminal.
    """
    found = here.ask_terminal(f"\r{text}\x1b[6n".encode(), re.compile(rb"\x1b\[\d+;(\d+)R"), seconds)
    return int(found[1]) - 1 if found else None
