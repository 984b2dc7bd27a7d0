"""What a paper is, and how it is drawn: sentences, tables and lists, with one template a form.

A paper holds words only, and any of them may come from outside. Both templates are filled through one gate a form
(`finalize`), so that no word can act and none can be forgotten.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jinja2 import Environment

Form = Literal["md", "html"]
FORMS: tuple[Form, ...] = ("md", "html")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words under columns of words; the first word of a row names it.

    Args:
        by_hand: its empty cells are filled in with a pen, and are drawn high enough for that.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A number that is shown as long as it is great."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands below it, in this order: sentences, a code, a table, bars, a list.

    Args:
        code: what a QR code says, for a telephone; it has to stand in words as well, for a form without pictures.
        level: 2, or 3 for a part of the part before.
    """

    heading: str
    sentences: tuple[str, ...] = ()
    table: Table | None = None
    points: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    code: str = ""
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in one language.

    Args:
        language: `ja` or `en`.
        name: what it is called where only one line is shown: a browser's tab, the foot of a print.
    """

    language: str
    name: str
    title: str
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def print_it(self) -> str:
        """How to print it, for who reads it on a screen."""
        from locales import Texts

        return Texts(self.language)("paper.print")


def draw(paper: Paper, form: Form) -> str:
    """The paper as one text, complete in itself: nothing else is loaded, nothing in it runs."""
    return _environment(form).get_template(f"paper.{form}").render(paper=paper)


class _Drawn(str):
    """Markup of this program's own: made of numbers, with no word from outside in it."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _code(said: str) -> str:
    """A QR code as SVG."""
    import segno

    return _Drawn(segno.make(said, error="m", micro=False).svg_inline(border=4, omitsize=True))


def _share(number: int, bars: Sequence[Bar]) -> str:
    """How long a bar is, in hundredths of the longest."""
    return str(number * 100 // max(max((bar.number for bar in bars), default=0), 1))


@cache
def _environment(form: Form) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    gates: dict[Form, Callable[[str], str]] = {"md": for_markdown, "html": _unless_drawn}
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=form == "html",  # it escapes what the gate has let through
        finalize=gates[form],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(code=_code, share=_share)
    return environment


def _unless_drawn(text: str) -> str:
    """What this program has drawn itself is let through; every word goes through the gate."""
    return text if isinstance(text, _Drawn) else visible(text)


def visible(text: str) -> str:
    """`text` with a sign in place of whatever moves a cursor, breaks a line, or hides or reorders what is read.

    Those are the control and format characters, the lone surrogates (no file can hold them) and private ones.
    """
    hidden = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in hidden else sign for sign in text)


_ACTS = re.compile(
    r"[\\`*_\[\]<>&|~!@#$^{}]"  # emphasis, links, HTML, entities, columns, formulas, mentions
    r"|:(?! )(?!(?<=\d\d:)\d\d)"  # addresses and names of pictures, but neither `: ` nor a time of day
    r"|\.(?=[^\W\d_])"  # names of sites, which some readers turn into links
    r"|^[-+=]"  # lists and headings, where a word stands first on its line
)
_NUMBERED = re.compile(r"^(\s*\d+)([.)])")


def for_markdown(text: str) -> str:
    """`text` as words of Markdown (CommonMark, and GitHub's tables and links): on one line, and nothing in it acts."""
    return _NUMBERED.sub(r"\1\\\2", _ACTS.sub(r"\\\g<0>", visible(text).strip()))
