"""What somebody may have put into a field, a file or an answer so that it acts where it is shown."""

from __future__ import annotations

import re
import unicodedata

from tui.terminal import UNSAFE

FLOOD = 8  # combining marks on one sign; no script of ours needs so many

CORPUS: dict[str, str] = {
    # what Textual and Rich take for markup
    "markup: closing nothing": "[/]",
    "markup: half open": "[/",
    "markup: mismatched": "[bold]x[/italic]",
    "markup: an action": "[@click=app.exit()]x[/]",
    "markup: a link": "[link=https://example.invalid]x[/link]",
    "markup: blink": "[blink red on white]x[/]",
    "markup: an address": "[fe80::1%eth0]",
    "markup: escaped": r"\[/\]",
    # what a terminal does
    "ESC: clear the screen": "\x1b[2J\x1b[H",
    "ESC: leave the other screen": "\x1b[?1049l",
    "ESC: colours": "\x1b[5;31;48;2;255;0;0mx",
    "ESC: report the cursor": "\x1b[6n\x1b[c",
    "ESC: insert keys": "\x1bP$q\x1b\\\x1b[21t",
    "ESC: reset": "\x1bc",
    "ESC: unfinished": "x\x1b[",
    "OSC 52: the clipboard": "\x1b]52;c;aGFjaw==\x07",
    "OSC 8: a link": "\x1b]8;;https://example.invalid\x1b\\x\x1b]8;;\x1b\\",
    "OSC 0: the title": "\x1b]0;owned\x07",
    "C1: CSI": "\x9b2J",
    "C1: OSC": "\x9d52;c;eA==\x9c",
    "bell, backspace, delete": "\x07\x08\x08\x7f",
    "NUL": "a\x00b",
    "carriage return": "shown\rhidden",
    "newlines, tabs": "a\nb\tc\x0bd\x0ce\x85f",
    "line separators": "a\u2028b\u2029c",
    # what turns, hides or floods
    "bidi: override": "\u202eexe.gnp\u202c",
    "bidi: isolates": "\u2066\u2067x\u2069\u2069",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "tags": "x" + "".join(chr(0xE0000 + ord(sign)) for sign in "hidden"),
    "soft hyphen, private use": "a\u00adb\ue000c",
    "variation selectors": "x" + "\ufe0f" * 50,
    "combining flood": "z" + "\u0301\u0489\u20dd" * 300,
    "ambiguous width": "①※→°±×÷" * 5,
    # what others would execute
    "shell": "$(id)`id`;id|id&&id",
    "SQL": "'; DROP TABLE session; --",
    "formats": "{0} {x.__class__} %s %n \\",
    "HTML": "<script>alert(1)</script><!--",
    "path": "../../../../etc/passwd",
    "spreadsheet": '=cmd|"/c calc"!A1',
    # sizes
    "10,000 characters": "長" * 10_000,
    "10,000 characters, one word": "x" * 10_000,
    "nothing but spaces": "\u3000\u2003\u00a0 ",
}


_MARKS = re.compile(
    rf"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{{FLOOD + 1},}}"
)


def acts(text: str) -> list[str]:
    """What in a text that is shown would act; newlines are ours."""
    found = [f"U+{ord(sign):04X}" for sign in set(text) - {"\n"} if unicodedata.category(sign) in UNSAFE]
    return found + (["flood"] if _MARKS.search(text) else [])


# Of what goes to a terminal: our own sequences move, colour and set modes; none of these may be among them.
FORBIDDEN = re.compile(
    rb"\x1b\]|\x1b[PX^_c]|\x07|\x00|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf"
    rb"|\xf3\xa0\x81|\x1b\[\d*[nc]|\x1b\[[0-9;]*t|\x1b\[(?:\d+;)*5(?:;\d+)*m|\x1b\[[0-9;]*[34]8;2"
)
