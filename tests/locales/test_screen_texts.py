"""Every text of the screens is there in both languages, and none is there for nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from locales import FOLDER, LANGUAGES, ROOMS

ROOT = FOLDER.parent
WORDS = "|".join(ROOMS["screen"])
NAME = re.compile(rf"(?:{WORDS})\.[a-z0-9_.]*[a-z0-9_]")
PLACES = ("tui", "states", "locales")


def catalogue(language: str) -> dict[str, str]:
    with (FOLDER / language / "LC_MESSAGES" / "screen.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def names_in(source: str) -> Iterator[tuple[str, bool]]:
    """(name or pattern, whether it is whole) of every text a source asks for; an f-string gives a pattern."""
    tree = ast.parse(source)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            if isinstance(parts[0], str) and re.match(rf"(?:{WORDS})\.", parts[0]):
                yield "".join(".+" if part is None else re.escape(str(part)) for part in parts), False
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            if NAME.fullmatch(node.value):
                yield node.value, True
            elif re.fullmatch(rf"(?:{WORDS})\.[a-z_.]*\.", node.value):  # put together with +
                yield f"{re.escape(node.value)}.+", False


def asked() -> tuple[set[str], set[str]]:
    names: set[str] = set()
    patterns: set[str] = set()
    for place in PLACES:
        for path in (ROOT / place).rglob("*.py"):
            for name, whole in names_in(path.read_text(encoding="utf-8")):
                (names if whole else patterns).add(name)
    return names, patterns


def test_names_are_found_in_a_source() -> None:
    source = 'texts("ui.title"); texts(f"ui.end.{state}"); x = "ui.secret." + place; y = "no.text"'
    assert set(names_in(source)) == {("ui.title", True), (r"ui\.end\..+", False), (r"ui\.secret\..+", False)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language: str) -> None:
    there = catalogue(language)
    names, patterns = asked()
    assert sorted(names - set(there)) == []
    assert [p for p in patterns if not any(re.fullmatch(p, name) for name in there)] == []
    assert [name for name, text in there.items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_there_for_nothing(language: str) -> None:
    names, patterns = asked()
    unused = [
        name
        for name in catalogue(language)
        if name not in names and not any(re.fullmatch(pattern, name) for pattern in patterns)
    ]
    assert unused == []


def test_both_languages_have_the_same_names_and_the_same_places_for_values() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    japanese, english = (catalogue(language) for language in LANGUAGES)
    assert list(japanese) == list(english)
    assert {n for n in japanese if places(japanese[n]) != places(english[n])} == set()


def test_every_catalogue_file_has_a_room() -> None:
    files = {path.stem for path in Path(FOLDER).glob("*/LC_MESSAGES/*.po")}
    assert files == set(ROOMS)
