"""A script as lines that the Gherkin parser reads, and every line that it would have read otherwise than meant.

The parser takes a line that begins with no keyword for a description, a misspelt `もし` too: inside of scenarios there
are none. Width is put straight as an input method leaves it: `：` and `｜`, wide spaces, CRLF, a BOM.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from gherkin.dialect import Dialect

from locales import LANGUAGES
from states.acceptance.language import forms, skeleton

MOST_BYTES, MOST_LINES, LONGEST_LINE = 4_000_000, 20_000, 1_000
MOST_SUGGESTIONS = 40  # looking for what comes nearest takes time
HEADINGS = ("feature", "background", "rule", "scenario", "scenarioOutline", "examples")
STEPS = ("given", "when", "then", "and", "but")
_LANGUAGE = re.compile(r"\s*[#＃]\s*language\s*[:：]\s*([A-Za-z-]+)\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a script that has to be mended before it can run.

    Args:
        path, line: where; lines count from 1.
        code: text id behind `accept.problem.`.
        text: what stands there.
        nearest: what may have been meant, or "".
    """

    path: Path
    line: int
    code: str
    text: str = ""
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Lines to parse in a language; what was wrong with some of them, which are left out."""

    language: str
    lines: list[str]
    problems: list[Problem]


def prepare(path: Path) -> Prepared:
    """Read a script. Raises OSError where there is none."""
    raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    if not raw and path.stat().st_size:
        return Prepared("ja", [], [Problem(path, 1, "too_large")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Prepared("ja", [], [Problem(path, raw[: error.start].count(b"\n") + 1, "not_utf8")])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_LINES:
        return Prepared("ja", [], [Problem(path, MOST_LINES + 1, "too_many_lines", str(len(lines)))])
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if _CONTROL.search(line):
            problems.append(Problem(path, number, "control", repr(_CONTROL.findall(line)[0])[1:-1]))
        elif len(line) > LONGEST_LINE:
            problems.append(Problem(path, number, "too_long", str(len(line))))
    if problems:
        return Prepared("ja", [], problems)
    language = _language(path, lines, problems)
    return Prepared(language, list(_sorted_out(path, language, lines, problems)), problems)


def _language(path: Path, lines: list[str], problems: list[Problem]) -> str:
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
    found = _LANGUAGE.fullmatch(lines[first - 1])
    if found and found[1] in LANGUAGES:
        return found[1]
    guess = "en" if any(re.match(r"\s*(Feature|Scenario)\b", line) for line in lines) else "ja"
    code, text = ("unknown_language", found[1]) if found else ("no_language", "")
    problems.append(Problem(path, first, code, text, f"# language: {guess}"))
    return guess


@cache
def headings(language: str) -> dict[str, str]:
    """Keyword to its kind."""
    return {word: kind for kind in HEADINGS for word in _words(language, kind)}


@cache
def keywords(language: str) -> tuple[str, ...]:
    """The words that begin a sentence."""
    return tuple(dict.fromkeys(word for kind in STEPS for word in _words(language, kind)))


def _words(language: str, kind: str) -> list[str]:
    dialect = Dialect.for_name(language)
    assert dialect is not None
    words: list[str] = dict(dialect.spec)[kind]  # type: ignore[assignment]
    return words


def _sorted_out(path: Path, language: str, lines: list[str], problems: list[Problem]) -> Iterator[str]:
    """Each line as the parser should see it; an empty one in place of what must not be there."""
    under, cells = "", 0  # the kind of the last heading; how many cells the rows of the table have
    described = 0
    wide = re.compile(rf"(\s*(?:{'|'.join(map(re.escape, headings(language)))}))\s*[:：]")
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith(("|", "｜")):
            row = (stripped.replace("｜", "|") if stripped[0] == "｜" else stripped).rstrip()
            bars = len(_CELL.findall(row))
            if bars < 2 or cells not in (0, bars):
                problems.append(Problem(path, number, "uneven_table", stripped[:60]))
                row = ""
            cells = cells or bars
            yield row
            continue
        cells = cells if not stripped or stripped[0] in "#＃" else 0
        heading = wide.match(line)
        if not stripped or stripped[0] in "#＃@":
            yield "" if stripped[:1] in ("#", "＃") else line
        elif heading:
            under = headings(language)[heading[1].strip()]
            yield f"{heading[1]}:{line[heading.end() :]}"
        elif stripped.startswith(('"""', "```")):
            problems.append(Problem(path, number, "doc_string", stripped[:60]))
            yield ""
        elif stripped.startswith(keywords(language)):
            yield line
        else:
            described += 1
            nearest = _meant(language, stripped) if max(described, len(problems)) < MOST_SUGGESTIONS else ""
            if under not in ("feature", "rule") or nearest:
                problems.append(Problem(path, number, "stray", stripped[:60], nearest))
            yield ""


def _meant(language: str, line: str) -> str:
    """The keyword that a line may have been meant to begin with, or ""."""
    begin = re.split(r"[:：]", line)[0].rstrip() if re.search(r"[:：]", line) else ""
    titles = [word for word in headings(language) if begin and _alike(begin, word) >= 0.6]
    if titles:
        return max(titles, key=lambda word: _alike(begin, word)) + ":"
    words = [word.strip() for word in keywords(language) if word.strip() != "*"]
    if skeleton(line)[0] in forms():
        return " / ".join(words[:3])
    best = max(words, key=lambda word: _alike(line[: len(word)], word))
    rest = line[len(best) :].strip()
    return (
        best
        if _alike(line[: len(best)], best) >= 0.5 and ("「" in rest or '"' in rest or skeleton(rest)[0] in forms())
        else ""
    )


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()
