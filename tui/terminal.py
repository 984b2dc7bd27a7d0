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
from typing import Final

from states.fault import Fault
from states.system import here

INTERNAL: Final = (
    "内部の誤りで止まりました。記録は保存済みです。もう一度起動し、また止まるときはこの番号を伝えてください。 / "
    "Stopped by an internal error; what was recorded is safe. Start again; if it stops again, report this code. "
    "(INTERNAL-1)"
)
"""Not in the catalogues: reading them may be what went wrong."""

REPLACEMENT = "\ufffd"
UNSAFE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that move a cursor, hide or reorder text, or mean something else on each terminal."""

_FLOOD = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{9,}|[\ufe00-\ufe0f]{2,}"
)
"""More marks on one sign than any script needs; they would stand all over the lines above and below."""

_NO_COLOURS_KNOWN = frozenset({"", "dumb", "unknown"})


def plain(text: str) -> str:
    """`text` from outside, fit to be shown: whatever could steer a terminal becomes U+FFFD, newlines too.

    Every string that was not written by us (typed, read from a file, an answer from a server) goes through here
    before it reaches a widget, and is shown there as `Content(text)` or with `markup=False`.
    """
    if not text.isascii():
        text = _FLOOD.sub(REPLACEMENT, text)
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


def require_terminal(*, full_screen: bool = True) -> None:
    """Refuse to start where nobody sits: `ssh -T` outlives its client, `</dev/null` takes a whole core.

    Args:
        full_screen: whether one is meant to be painted, on standard error; line mode speaks on standard output.

    Raises:
        Fault: `terminal.none`, where nothing can be typed or nothing be read.
    """
    if not (os.isatty(0) and os.isatty(2 if full_screen else 1)):
        raise Fault("terminal.none")


def can_place_a_cursor() -> bool:
    """Whether a full screen can be painted here at all; line mode is for where it cannot."""
    return here.can_place_a_cursor(os.environ.get("TERM", "")) and os.isatty(0) and os.isatty(2)


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
    term = os.environ.get("TERM", "")
    return _speaks_utf8() and here.shows_kanji(term)


def _speaks_utf8() -> bool:
    """Whether the locale names no other character set; one that names none (C, POSIX) says nothing of the terminal."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    charset = named.partition(".")[2].partition("@")[0]
    return charset.lower().replace("-", "") in ("", "utf8")


def draws_blocks() -> bool:
    """Whether block elements can be expected: without them a QR code is left out, for its address stands beside it."""
    return _speaks_utf8() and re.match(r"vt\d|ansi$", os.environ.get("TERM", "")) is None


def colours() -> str:
    """How many colours there are: `none`, `16`, `256` or `true`. Ours are the terminal's own 16 in any case."""
    term = os.environ.get("TERM", "")
    if os.environ.get("NO_COLOR") or term in _NO_COLOURS_KNOWN or re.match(r"vt\d", term):
        return "none"
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return "true"
    return "256" if "256" in term else "16"


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
