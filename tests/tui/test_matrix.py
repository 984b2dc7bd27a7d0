"""Each screen in each language, size and terminal: nothing cut, no other language, the focus and a way out seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.injection import acts
from tests.pictures import offices
from tests.sheet import SIZES, TERMINALS, WALK, line_screens, screens, wrong
from tests.sheet import Shown as Screen

EVERY = [(lang, size, terminal) for lang in ("ja", "en") for size in SIZES for terminal in TERMINALS]
HERE = [("ja", (60, 20), "16"), ("en", (80, 24), "ascii")]  # the default suite's part of it


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix") / "store"
    offices(folder)
    return folder


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("lang", "size", "terminal"),
    [pytest.param(*one, marks=() if one in HERE else (pytest.mark.lab,)) for one in EVERY],
    ids=lambda part: f"{part[0]}x{part[1]}" if isinstance(part, tuple) else part,
)
def test_every_screen_is_whole(store: Path, lang: str, size: tuple[int, int], terminal: str) -> None:
    found = {shown.name: list(wrong(shown, *size)) for shown in screens(store, lang, *size, terminal)}
    assert set(found) == set(WALK)
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page_is_whole_in_line_mode(store: Path, lang: str) -> None:
    said = line_screens(store, lang)
    assert acts(said) == []
    assert max(map(len, said.split("\n"))) <= 80
    assert ("番号:" in said) is (lang == "ja")


def test_planted_mistakes_are_found() -> None:
    rows = ["Title".ljust(60), "-" * 60, *["x" * 61], *[" " * 60] * 16, "手順".ljust(58)]
    found = list(wrong(Screen("home", "en", rows, False, (0, 0), ""), 60, 20))
    assert len(found) >= 3, found
