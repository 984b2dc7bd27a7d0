"""Text in cells: a kanji takes two. Cutting, padding and breaking of lines for every screen."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from tui.terminal import plain

__all__ = ["cell_len", "ends", "fit", "wrap"]

NEVER_FIRST = "、。，．」』）】〉》〕］｝!?！？:：;；ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ)]}.,%"
NEVER_LAST = "「『（【〈《〔［｛([{"


def fit(text: str, width: int) -> str:
    """Exactly `width` cells: padded with spaces, or cut with two dots at the end."""
    text = plain(text)
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    return set_cell_size(text, max(width - 2, 0)) + ".."[:width]


def ends(left: str, right: str, width: int) -> str:
    """One line with something at both ends; the left gives way."""
    right = plain(right)
    return fit(left, width - cell_len(right) - 1) + " " + right


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells. Japanese breaks anywhere but before 、。」 and after 「; words stay whole.

    A paragraph that begins with spaces keeps them on every one of its lines.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" "))]
        if indent and len(indent) < width // 2:
            lines += [indent + line for line in wrap(paragraph.lstrip(" "), width - len(indent))]
            continue
        line = ""
        for piece in _pieces(plain(paragraph)):
            if cell_len(line + piece.rstrip()) <= width:
                line += piece
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = piece.lstrip()
            while cell_len(line) > width:  # a word wider than the column
                head = set_cell_size(line, width).rstrip()
                lines.append(head)
                line = line[len(head) :]
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """The smallest parts that may stand on a line of their own."""
    pieces: list[str] = []
    for sign in text:
        joined = bool(pieces) and (
            sign in NEVER_FIRST
            or sign == " "
            or pieces[-1][-1] in NEVER_LAST
            or (_latin(sign) and _latin(pieces[-1][-1]))
        )
        if joined:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _latin(sign: str) -> bool:
    return sign.isascii() and sign != " "
