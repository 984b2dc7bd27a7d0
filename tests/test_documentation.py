"""The documents against the repository: links lead somewhere; files, pages and targets that are named are there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = ROOT / "docs" / "decisions"
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PAGES = sorted(page for page in DECISIONS.glob("*.md") if page.name != "README.md")
SOURCES = sorted(
    path
    for pattern in ("*.py", "*.toml", "*.sh", "*.tcss", "Makefile", "*.yaml")
    for place in (ROOT / "states", ROOT / "tui", ROOT / "locales", ROOT / "tests", ROOT)
    for path in (place.glob(pattern) if place == ROOT else place.rglob(pattern))
    if path != Path(__file__).resolve()
)

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
IN_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"(?:^|[\s`&;])make\s+([a-z][a-z-]*)")
DOCUMENT = re.compile(r"\bdocs/[\w./-]*\w")
NAMED = re.compile(r"`((?:states|tui|locales|tests|docs)/[\w./*-]+)`")
MACHINE = re.compile(r"(?<![\w.~-])/(?:work|root|tmp|home|usr/local|var)(?![\w-])")
HEADINGS = ["## Why", "## Decision", "## Measured", "## Consequences", "## Held by"]
WIDTH = 120  # columns; a row of a table cannot be broken
LONGEST = 60  # lines of a decision


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(text: str) -> str:
    """The text without what is fenced or in backticks: where a link is a link."""
    return IN_CODE.sub("", text)


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    found: set[str] = set()
    for line in FENCE.sub("", text).splitlines():
        if re.match(r"#{1,6} ", line):
            words = line.lstrip("#").strip().lower()
            kept = (sign for sign in words if sign in " -_" or unicodedata.category(sign)[0] in "LNM")
            slug = "".join(kept).replace(" ", "-")
            count = sum(1 for other in found if other == slug or re.fullmatch(re.escape(slug) + r"-\d+", other))
            found.add(f"{slug}-{count}" if count else slug)
    return found


def dead_links(paper: Path, text: str) -> Iterator[str]:
    """Relative links of `text`, which stands in `paper`, that lead to no file of the repository, or to no heading."""
    for target in LINK.findall(prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        place = (paper.parent / path).resolve()
        there = not path or (place.is_relative_to(ROOT) and place.exists())
        if there and anchor:
            there = anchor in anchors(read(place) if path else text)
        if not there:
            yield target


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))


def unknown_targets(text: str, known: set[str]) -> list[str]:
    code = " ".join(IN_CODE.findall(text))
    code = re.sub(r"(?<!&)#.*", "", code)  # a comment in a fenced block is prose
    return [target for target in MAKE.findall(code) if target not in known]


def missing(named: list[str]) -> list[str]:
    return [path for path in named if not (any(ROOT.glob(path)) if "*" in path else (ROOT / path).exists())]


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_every_relative_link_leads_somewhere(paper: Path) -> None:
    assert list(dead_links(paper, read(paper))) == []


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_every_file_that_a_document_names_exists(paper: Path) -> None:
    assert missing(NAMED.findall(read(paper))) == []


def test_every_document_that_a_source_names_exists() -> None:
    named = {(name(source), path) for source in SOURCES for path in DOCUMENT.findall(read(source))}
    assert {pair for pair in named if missing([pair[1]])} == set()
    assert ("states/flow/machine.py", "docs/decisions/0001-transitions.md") in named  # something was found


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_every_make_target_that_is_named_exists(paper: Path) -> None:
    known = targets(read(ROOT / "Makefile"))
    assert {"run", "test", "check", "labs"} <= known
    assert unknown_targets(read(paper), known) == []


def test_what_the_script_of_the_checks_makes_exists() -> None:
    script = ROOT / ".ci" / "run"
    made = re.findall(r"^run ([a-z]+)$", read(script), re.MULTILINE)
    assert made == ["check", "test", "labs"]
    assert set(made) <= targets(read(ROOT / "Makefile"))
    assert script.stat().st_mode & 0o100


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_no_document_names_a_place_on_somebodys_machine(paper: Path) -> None:
    assert MACHINE.findall(read(paper)) == []


def test_the_changelog_has_an_unreleased_section_that_says_something() -> None:
    text = read(ROOT / "CHANGELOG.md")
    _, found, rest = text.partition("\n## [Unreleased]\n")
    assert found
    assert re.search(r"^- \S", rest.partition("\n## [")[0], re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_decision_has_its_headings_and_fits_a_page(page: Path) -> None:
    lines = read(page).splitlines()
    assert [line for line in lines if line.startswith("## ")] == HEADINGS
    assert len(lines) <= LONGEST


def test_the_index_lists_every_decision_once() -> None:
    listed = re.findall(r"\]\(([\w-]+\.md)\)", read(DECISIONS / "README.md"))
    assert sorted(listed) == [page.name for page in PAGES]


@pytest.mark.parametrize("paper", [p for p in PAPERS if not p.name.startswith("README") or p.parent != ROOT], ids=name)
def test_lines_are_broken_at_120_columns(paper: Path) -> None:
    long = [line for line in read(paper).splitlines() if len(line) > WIDTH and not line.startswith("|")]
    assert long == []


def test_the_lock_file_names_no_index_and_every_requirement_has_a_hash() -> None:
    text = read(ROOT / "requirements.lock")
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert not re.search(r"https?://|^\s*(-i|--index-url|--extra-index-url|-f|--find-links)\b", text, re.MULTILINE)
    assert [one.split()[0] for one in requirements if "--hash=sha256:" not in one] == []


PLANTED = """
# A paper
[gone](docs/gone.md) and ![gone](gone.png), [here](README.md), [there](#a-paper), [nowhere](#another), `[not](one.md)`
```sh
make run
make nonsense   # make this up
```
`make also-nonsense`, and `states/flow/gone.py`, found in /work/main and /tmp/x, not in states/work.
"""


def test_planted_mistakes_are_found() -> None:
    assert list(dead_links(ROOT / "planted.md", PLANTED)) == ["docs/gone.md", "gone.png", "#another"]
    assert unknown_targets(PLANTED, targets("run: setup ## start\nVENV := x\n")) == ["nonsense", "also-nonsense"]
    assert missing(NAMED.findall(PLANTED)) == ["states/flow/gone.py"]
    assert MACHINE.findall(PLANTED) == ["/work", "/tmp"]
    assert missing(DOCUMENT.findall("see docs/gone.md, and docs/decisions.")) == ["docs/gone.md"]
