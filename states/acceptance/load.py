"""From a script to scenarios that can run. Every problem is found before anything runs, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.token_matcher import TokenMatcher

from states.acceptance.language import GIVEN, PARTS, THEN, Sentence, by_skeleton, forms, skeleton
from states.acceptance.lexicon import Lexicon, Saying, UnknownError, folded, lexicon, nearest
from states.acceptance.prepare import MOST_SUGGESTIONS, Prepared, Problem, headings, prepare
from states.acceptance.world import World
from states.fault import Fault
from states.flow.edition import Edition
from states.flow.editions import FIRST, KNOWN

MOST_SENTENCES = 200_000  # once outlines are written out

Rows = tuple[tuple[str, ...], ...]
COLUMNS = {  # headings of tables, besides the names of the slots themselves
    "fact": ("項目",),
    "value": ("答え", "answer"),
    "day": ("期日", "until"),
    "step": ("手順",),
    "status": ("状態", "state"),
    "code": ("理由", "reason"),
    "need": ("要るもの", "what"),
    "name": ("名前",),
    "office_kind": ("種類", "kind"),
    "intention": ("意向",),
}
ANSWERING = (World.answer, World.measure, World.measure_there, World.arrive, World.usually, World.answer_all)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, ready to be done.

    Args:
        number: its line in the script.
        text: as written, without keyword.
        sentence, slots: what it is, what stands in it.
        rows: its table.
    """

    number: int
    text: str
    part: str
    sentence: Sentence
    slots: dict[str, Any] = field(compare=False)
    rows: Rows = ()

    def do(self, world: World) -> None:
        self.sentence.does(world, **self.slots)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, or one row of an outline.

    Args:
        line: of its heading, or of its row.
        given: the sentences before the first that is not a given; others may share them.
    """

    path: Path
    line: int
    feature: str
    name: str
    edition: str
    given: tuple[Line, ...] = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A file that was read.

    Args:
        fails: why it is known to fail, from the `.fail.md` beside it; "" where there is none.
    """

    path: Path
    scenarios: tuple[Scenario, ...]
    problems: tuple[Problem, ...]
    fails: str = ""


def find_scripts(paths: Iterable[Path]) -> list[Path]:
    """Files as named, and all `*.feature` below folders, in order.

    Raises:
        Fault: `accept.no_script`.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.feature")) if path.is_dir() else [path] if path.is_file() else []
        if not inside:
            raise Fault("accept.no_script", path=path)
        found += inside
    return found


def load(path: Path, edition: str = "") -> Script:
    """Read one script.

    Args:
        edition: for scenarios that name none; "" for the one that a folder around the script is named after, else
            for the first, which scripts were written for before there was another.
    """
    prepared = prepare(path)
    edition = edition or next((name for name in reversed(path.absolute().parent.parts) if name in KNOWN), FIRST)
    reader = _Reader(path, prepared, edition)
    scenarios = list(reader.scenarios())
    problems = sorted({*prepared.problems, *reader.problems}, key=lambda p: (p.line, p.code, p.text))
    beside = path.with_suffix(".fail.md")
    fails = beside.read_text(encoding="utf-8").strip() if beside.is_file() else ""
    if beside.is_file() and not fails:
        problems.append(Problem(beside, 1, "fails_for_no_reason"))
    return Script(path, () if problems else tuple(scenarios), tuple(problems), fails)


class _Reader:
    def __init__(self, path: Path, prepared: Prepared, edition: str) -> None:
        self.path, self.prepared, self.edition = path, prepared, edition
        self.problems: list[Problem] = []
        self.sentences = 0
        self.bound: dict[Any, Line | None] = {}

    def note(self, line: int, code: str, text: str = "", nearest: str = "") -> None:
        self.problems.append(Problem(self.path, line, code, text, nearest))

    def suggest(self, text: str, names: Iterable[str]) -> str:
        return nearest(text, names) if len(self.problems) < MOST_SUGGESTIONS else ""

    def _sentence_like(self, key: str) -> str:
        """The sentence of the script's language whose skeleton is nearest."""
        mine = by_skeleton(self.prepared.language)
        return mine.get(self.suggest(key, mine), "")

    # -- the tree

    def scenarios(self) -> Iterator[Scenario]:
        feature = self._parse().get("feature")
        if not feature:
            if not self.problems and not self.prepared.problems:
                self.note(1, "no_scenario")
            return
        some = False
        for background, scenario in _flat(feature["children"], ()):
            some = True
            yield from self._outline(feature["name"], background, scenario)
        if not some:
            self.note(feature["location"]["line"], "no_scenario")

    def _parse(self) -> Mapping[str, Any]:
        lines = self.prepared.lines
        if not any(lines):
            return {}
        try:
            return dict(Parser().parse("\n".join(lines), TokenMatcher(self.prepared.language)))
        except CompositeParserException as many:
            errors: list[Any] = list(many.errors)
        except ParserException as one:
            errors = [one]
        for error in errors:
            number = min(error.location["line"], len(lines))
            self.note(number, "misplaced", lines[number - 1].strip()[:60])
        return {}

    def _outline(self, feature: str, background: tuple[Any, ...], scenario: Any) -> Iterator[Scenario]:
        at, name = scenario["location"]["line"], scenario["name"]
        steps = (*background, *scenario["steps"])
        if not scenario["steps"]:
            self.note(at, "empty_scenario", name)
            return
        blocks = [block for block in scenario["examples"] if block.get("tableHeader")]
        rows = [
            (row["location"]["line"], dict(zip(_cells(block["tableHeader"]), _cells(row), strict=True)))
            for block in blocks
            for row in block["tableBody"]
        ]
        written_out = "".join(f"{s['text']}{_table(s)}" for s in steps) + name
        if blocks:
            self._columns(at, [_cells(block["tableHeader"]) for block in blocks], written_out)
        outline = headings(self.prepared.language).get(scenario["keyword"].strip()) == "scenarioOutline"
        if not rows and (blocks or outline):
            self.note(at, "no_examples", name)
            return
        for line, values in rows or [(at, {})]:
            self.sentences += len(steps)
            if self.sentences > MOST_SENTENCES:
                self.note(line, "too_many_sentences", str(MOST_SENTENCES))
                return
            told = f"{_filled(name, values)} [{line}]" if rows else name
            yield self._scenario(feature, told, line, steps, values)

    def _columns(self, at: int, headers: list[tuple[str, ...]], text: str) -> None:
        used = set(re.findall(r"<([^<>]+)>", text))
        for header in headers:
            for name in sorted(used - set(header)):
                self.note(at, "unknown_column", name, self.suggest(name, header))
            for name in sorted(set(header) - used):
                self.note(at, "unused_column", name)

    def _scenario(self, feature: str, name: str, at: int, steps: tuple[Any, ...], values: dict[str, str]) -> Scenario:
        part, parts, lines = GIVEN, set[str](), list[Line]()
        edition = self._edition(steps, values)
        for step in steps:
            kind = step["keywordType"]
            if kind == GIVEN and part != GIVEN:
                self.note(step["location"]["line"], "given_too_late", step["text"][:60])
            part = kind if kind in PARTS.values() else part
            parts.add(part)
            line = self._bind(step, part, values, edition)
            if line is not None:
                lines.append(line)
        if THEN not in parts:
            self.note(at, "expects_nothing", name)
        given = [line for line in lines if line.part == GIVEN]
        return Scenario(self.path, at, feature, name, edition, tuple(given), tuple(lines[len(given) :]))

    def _edition(self, steps: tuple[Any, ...], values: dict[str, str]) -> str:
        """The one a scenario names first; names in all its sentences are read as that edition's."""
        for step in steps:
            key, found = skeleton(_filled(step["text"], values))
            if key in forms() and forms()[key][0].does is World.follow:
                try:
                    return str(lexicon(self.edition).read("edition", found[0], {}))
                except UnknownError:
                    break
        return self.edition

    # -- one sentence

    def _bind(self, step: Any, part: str, values: dict[str, str], edition: str) -> Line | None:
        text = _filled(step["text"], values)
        rows = tuple(tuple(_filled(cell, values) for cell in row) for row in _table(step))
        number = step["location"]["line"]
        key = (number, text, rows, part, edition)
        if key not in self.bound:
            before = len(self.problems)
            try:
                self.bound[key] = self._read(number, text, rows, part, lexicon(edition))
            except UnknownError as unknown:
                self.note(number, unknown.code, unknown.text[:60], unknown.nearest)
                self.bound[key] = None
            if len(self.problems) > before:
                self.bound[key] = None
        return self.bound[key]

    def _read(self, number: int, text: str, rows: Rows, part: str, names: Lexicon) -> Line | None:
        key, found = skeleton(text)
        if key not in forms():
            self.note(number, "unknown_sentence", text[:80], self._sentence_like(key))
            return None
        sentence, order = forms()[key]
        if part not in (PARTS[letter] for letter in sentence.parts):
            self.note(number, f"not_in_{part.lower()}", text[:80])
            return None
        slots: dict[str, Any] = {}
        for name, written_there in sorted(zip(order, found, strict=True), key=lambda pair: pair[0] == "value"):
            slots[name] = names.read(name, written_there, slots)
        self._answerable(number, sentence, slots, names.edition)
        if sentence.table:
            if not rows:
                self.note(number, "table_missing", text[:60])
                return None
            slots["rows"] = self._rows(number, sentence, rows, names)
        elif rows:
            self.note(number, "table_not_taken", text[:60])
        return Line(number, text, part, sentence, slots, rows)

    def _rows(self, number: int, sentence: Sentence, rows: Rows, names: Lexicon) -> list[dict[str, Any]]:
        """A table as slots by row. Its own lines count from the one below the sentence."""
        columns = {name.strip("()"): name.startswith("(") for name in sentence.table}
        known = {folded(label): name for name in columns for label in (name, *COLUMNS.get(name, ()))}
        header = [known.get(folded(cell), "") for cell in rows[0]]
        for cell, name in zip(rows[0], header, strict=True):
            if not name:
                self.note(number + 1, "unknown_heading", cell, self.suggest(cell, known))
        for name, optional in columns.items():
            if not optional and name not in header:
                self.note(number + 1, "heading_missing", COLUMNS[name][0])
        if len(rows) < 2:
            self.note(number, "table_missing", rows[0][0])
        read: list[dict[str, Any]] = []
        for at, row in enumerate(rows[1:], number + 2):
            slots: dict[str, Any] = {}
            for name, cell in sorted(zip(header, row, strict=True), key=lambda pair: pair[0] == "value"):
                if name and (cell or not columns[name]) and (name != "value" or "fact" in slots):
                    try:
                        slots[name] = names.read(name, cell, slots)
                    except UnknownError as unknown:
                        self.note(at, unknown.code, unknown.text[:60], unknown.nearest)
            if "value" in slots:
                self._answerable(at, sentence, slots, names.edition)
            read.append(slots)
        return read

    def _answerable(self, number: int, sentence: Sentence, slots: Mapping[str, Any], edition: Edition) -> None:
        """Whether a person could say so: with a day where one belongs to it, measured where that can be."""
        if "fact" not in slots:
            return
        fact = edition.facts[slots["fact"]]
        said = slots.get("value")
        if isinstance(said, Saying) and sentence.does in ANSWERING:
            dated, day = fact.value(said.value).dated, slots.get("day")
            if dated and day is None and sentence.does is not World.usually:
                self.note(number, "day_missing", f"{fact.name} {said.value}")
            if day is not None and not dated:
                self.note(number, "day_not_taken", f"{fact.name} {said.value}")
        if sentence.does in (World.measure, World.measure_there) and not fact.check:
            self.note(number, "not_measured", fact.name)
        if sentence.does is World.chase and not any(value.wait for value in fact.values):
            self.note(number, "never_awaited", fact.name)


def _flat(children: Iterable[Any], background: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every scenario with the background steps that come before it."""
    for child in children:
        if "background" in child:
            background = (*background, *child["background"]["steps"])
        elif "rule" in child:
            yield from _flat(child["rule"]["children"], background)
        else:
            yield background, child["scenario"]


def _cells(row: Any) -> tuple[str, ...]:
    return tuple(cell["value"] for cell in row["cells"])


def _table(step: Any) -> Rows:
    return tuple(_cells(row) for row in step.get("dataTable", {}).get("rows", ()))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"<([^<>]+)>", lambda slot: values.get(slot[1], slot[0]), text) if values else text
