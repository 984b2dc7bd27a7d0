"""The words of the flow: complete and without leftovers in both languages, and short enough for the screen.

Which ids there have to be is read from the editions and from the code that names them, never from a list kept here.
"""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from rich.cells import cell_len

from locales import FOLDER, LANGUAGES, ROOMS
from states.flow import board, identifiers, session
from states.flow.board import ENDS, WAITING, Status
from states.flow.claims import Firm
from states.flow.edition import Edition
from states.flow.editions import KNOWN, find
from states.flow.facts import Fact, Facts, Form, Holds, Meaning, Value, Who
from states.flow.session import How

GENERAL = ("unanswered", "stale", "awaited", "due", "overdue")
WAITED = ("awaited", "due", "overdue")

# Cells, where a kanji counts two. The first rule that matches an id counts.
LIMITS = (
    (r"step\.\w+", 18),
    (r"step\.\w+\.title", 44),
    (r"step\.\w+\.do", 180),
    (r"step\.\w+\.help", 700),
    (r"fact\.\w+", 24),
    (r"fact\.\w+\.hint", 46),
    (r"value\..+", 22),
    (r"reason\..+", 92),
    (r"wait\..+", 24),
    (r"bring\..+", 180),
    (r"who\..+", 14),
    (r"condition\..+", 32),
    (r"sign\..+", 5),
    (r"status\..+", 20),
    (r"move\..+", 92),
    (r"how\..+", 22),
    (r"note\..+", 92),
    (r"(intention|office_kind)\..+", 16),
    (r"edition\.[\d-]+|edition\.move", 24),
    (r"edition\.[^.]+\.about", 180),
    (r"claim\..+", 140),
    (r"firm\..+", 22),
)
# Cells of a single line of Japanese, which has no spaces to break at: the breaks are in the text.
LINES = ((r"step\.\w+\.do", 50), (r"step\.\w+\.help", 72), (r"bring\..+", 60), (r"edition\..+\.about", 60))
SENTENCES = (
    *(r"step\.\w+\.(do|help)", r"reason\..+\.remedy", r"move\..+", r"note\..+", r"edition\..+\.about"),
    r"claim\..+",
)
NEVER_FIRST = tuple("、。」』)）・ーっゃゅょ,.;:!?")


@cache
def texts(language: str) -> dict[str, str]:
    with (FOLDER / language / "LC_MESSAGES" / "flow.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def editions() -> list[Edition]:
    return [find(name) for name in KNOWN]


def plain(name: str) -> str:
    """The id of the words of all, behind those of one edition."""
    base, _, edition = name.rpartition(".")
    return base if edition in KNOWN and not name.startswith(("edition.", "claim.")) else name


def own() -> set[str]:
    """Ids of an edition's own words: of what it asks, or what an edition asks that shares its words."""
    ids: set[str] = set()
    for edition in editions():
        parts = {f"step.{step}.{part}" for step in edition.order for part in ("title", "do", "help")}
        for fact in edition.facts.values():
            parts.add(f"fact.{fact.name}.hint")
            codes = [*(value.name for value in fact.values), *GENERAL]
            parts |= {f"reason.{fact.name}.{code}{end}" for code in codes for end in ("", ".remedy")}
        ids |= {f"{part}.{name}" for part in parts for name in (edition.name, *edition.words)}
    return ids


def facts() -> Iterator[Fact]:
    return (fact for edition in editions() for fact in edition.facts.values() if not fact.clock)


def values() -> Iterator[tuple[Fact, Value]]:
    return ((fact, value) for fact in facts() for value in fact.values)


def named(fact: Fact, value: Value) -> bool:
    """Whether the value has a label: the one value of a text has none, what was given is shown instead."""
    return not (fact.form is Form.TEXT and value.name == "given")


class Contradicted(Facts):
    """Facts of which everything is true at once, so that every guard finds its reason."""

    def has(self, name: str, *wanted: str | None) -> bool:
        del name
        return any(value is not None for value in wanted)


def contradictions() -> set[str]:
    return {
        reason.code
        for edition in editions()
        for step in edition.steps
        for guard in step.contradictions
        for reason in guard(Contradicted(edition.facts))
    }


def particular() -> set[str]:
    """Codes of reasons that only their own words can say: what is wrong, what is worth a warning, what contradicts."""
    bad = (Meaning.FIX, Meaning.BLOCKED, Meaning.REFUSE)
    return {f"{fact.name}.{v.name}" for fact, v in values() if v.meaning in bad or v.warn} | contradictions()


def possible() -> set[str]:
    """Codes for which a better sentence than the general one may be given."""
    out = set()
    for fact in facts():
        out.add(f"{fact.name}.unanswered")
        if fact.holds is not Holds.ALWAYS:
            out.add(f"{fact.name}.stale")
        if any(v.meaning is Meaning.WAIT and v.wait and v.wait.holds_up for v in fact.values):
            out |= {f"{fact.name}.{state}" for state in WAITED}
    return out


def move_codes() -> set[str]:
    """Every code that the board gives for a closed movement: `move("…")`, and what `_no_way` returns."""
    tree = ast.parse(Path(board.__file__).read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    made = [c.args[0] for c in calls if isinstance(c.func, ast.Name) and c.func.id == "move"]
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "_no_way")
    returned = (node.value for f in functions for node in ast.walk(f) if isinstance(node, ast.Return) and node.value)
    for value in returned:
        made += [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    return {node.value for node in made if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def strings(file: str, pattern: str) -> set[str]:
    """Every string in a source file that has that form."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in found if re.fullmatch(pattern, text)}


def note_codes() -> set[str]:
    """The notes that `identifiers` gives, and those of what is judged by value (`malformed`) or in another room."""
    given = strings(identifiers.__file__, r"(text|office|id)\.[a-z_]+")
    return given | {"office.malformed", "secret.spaces", "secret.full_width"}


def closed_codes() -> set[str]:
    """Why an answer is not taken: the session says `answer.not_here`, `Wording` looks up `reason.not_here`."""
    return {code.removeprefix("answer.") for code in strings(session.__file__, r"answer\.[a-z_]+")}


def required() -> set[str]:
    ids: set[str] = set()
    for edition in editions():
        ids |= {f"edition.{edition.name}", f"edition.{edition.name}.about"}
        ids |= {f"step.{step}{part}" for step in edition.order for part in ("", ".title", ".do", ".help")}
        ids |= {f"condition.{name}" for name in edition.condition}
        ids |= {f"claim.{claim.name}" for claim in edition.claims}
    ids |= {f"fact.{fact.name}" for fact in facts()}
    ids |= {f"value.{fact.name}.{value.name}" for fact, value in values() if named(fact, value)}
    ids |= {f"{word}.{fact.name}.{v.name}" for fact, v in values() if v.wait for word in ("wait", "bring")}
    ids |= {f"reason.{code}{part}" for code in (*particular(), *GENERAL, *closed_codes()) for part in ("", ".remedy")}
    ids |= {f"who.{who}" for who in Who} | {f"firm.{firm}" for firm in Firm}
    ids |= {f"{word}.{status}" for status in (*Status, "here") for word in ("status", "sign")}
    ids |= {f"status.{state}" for state in (WAITING, *ENDS)}  # where a session stands when it stands in no step
    ids |= {f"move.{code}" for code in move_codes()}
    ids |= {f"note.{code}" for code in note_codes()}
    ids |= {f"how.{how}" for how in How}
    ids |= {f"intention.{name}" for name in ("using", "willing", "undecided", "unwilling")}
    ids |= {f"office_kind.{name}" for name in ("home_care_support", "service", "both")}
    return ids


def optional() -> set[str]:
    hints = {f"fact.{fact.name}.hint" for fact in facts()}
    return hints | {f"reason.{code}{part}" for code in possible() for part in ("", ".remedy")} | own()


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def allowed(name: str) -> set[str]:
    """The values that a program hands in with this id."""
    word, *rest = plain(name).removesuffix(".remedy").split(".")
    last = rest[-1]
    if word == "reason" and last in WAITED:
        return {"what", "whom", "day"} | ({"days"} if last == "overdue" else set())
    if word == "reason" and last in GENERAL:
        return {"fact"}
    if word == "reason" and last.startswith("contradicts_"):
        return {"fact", "other"}
    return {"move.needs": {"need"}, "move.not_done": {"step"}, "note.text.straightened": {"text"}}.get(name, set())


def longest(language: str, *patterns: str) -> str:
    fitting = (text for name, text in texts(language).items() if any(re.fullmatch(p, name) for p in patterns))
    return max(fitting, key=cell_len)


def filled(language: str, name: str) -> str:
    """The text with the longest words that can be put into it."""
    longest_of = {
        "fact": longest(language, r"fact\.\w+"),
        "other": longest(language, r"fact\.\w+"),
        "what": longest(language, r"wait\..+"),
        "whom": longest(language, r"who\..+"),
        "need": longest(language, r"condition\..+", r"step\.\w+"),
        "step": longest(language, r"step\.\w+"),
        "day": "12/31",
        "days": "999",
        "text": "KJ131372001234",
    }
    return texts(language)[name].format_map(longest_of)


def all_texts() -> Iterator[tuple[str, str, str]]:
    return chain.from_iterable(((lang, name, text) for name, text in texts(lang).items()) for lang in LANGUAGES)


def is_any(name: str, patterns: tuple[str, ...]) -> bool:
    return any(re.fullmatch(pattern, plain(name)) for pattern in patterns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_fact_value_reason_and_movement_has_its_words(language: str) -> None:
    assert required() - texts(language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_that_nothing_asks_for(language: str) -> None:
    assert texts(language).keys() - required() - optional() == set()


def test_the_languages_have_the_same_ids_in_the_same_order() -> None:
    assert list(texts("ja")) == list(texts("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_never_comes_without_its_remedy(language: str) -> None:
    for name in (name for name in texts(language) if name.startswith("reason.")):
        base = plain(name)
        both = {base.removesuffix(".remedy"), f"{base.removesuffix('.remedy')}.remedy"}
        assert {part + name.removeprefix(base) for part in both} <= texts(language).keys()


def test_what_is_required_is_really_derived() -> None:
    ids = required()
    assert "reason.billing.contradicts_billing_pc.remedy" in ids
    assert "reason.windows_update.behind" in ids
    assert "value.report.given" in ids
    assert "value.pc.given" not in ids
    assert {"move.only_waiting", "move.first_step", "move.needs", "note.id.look_alike"} <= ids
    assert {"reason.not_here", "reason.not_asked.remedy"} <= ids
    assert "bring.start_day.agreed" in ids
    assert "reason.start_day.due" not in optional()  # it holds nothing up, so it is no reason


def test_every_id_belongs_to_the_room_of_the_flow() -> None:
    assert {name.partition(".")[0] for name in texts("ja")} <= set(ROOMS["flow"])


def test_placeholders_agree_and_are_only_those_that_are_handed_in() -> None:
    for name, japanese in texts("ja").items():
        used = placeholders(japanese)
        assert used == placeholders(texts("en")[name]), name
        assert used <= allowed(name), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_its_place_with_the_longest_words_put_in(language: str) -> None:
    too_long = []
    for name in texts(language):
        limit = next(cells for pattern, cells in LIMITS if re.fullmatch(pattern, plain(name)))
        width = cell_len(filled(language, name).replace("\n", ""))
        if not 0 < width <= limit:
            too_long.append(f"{name}: {width} cells of {limit}")
    assert too_long == []


def test_japanese_lines_are_broken_at_phrases_and_fit_their_column() -> None:
    too_long = []
    for name, text in texts("ja").items():
        limit = next((cells for pattern, cells in LINES if re.fullmatch(pattern, plain(name))), 180)
        for line in text.split("\n"):
            if cell_len(line) > limit:
                too_long.append(f"{name}: {cell_len(line)} cells of {limit}: {line}")
            assert not line.startswith(NEVER_FIRST), f"{name}: {line}"
    assert too_long == []


def test_lists_of_what_to_bring_fit_their_lines_in_english_too() -> None:
    lines = [line for name, text in texts("en").items() if name.startswith("bring.") for line in text.split("\n")]
    assert [line for line in lines if cell_len(line) > 60] == []


def test_only_help_and_lists_have_line_breaks() -> None:
    for language, name, text in all_texts():
        if "\n" in text:
            assert is_any(name, tuple(pattern for pattern, _ in LINES)), f"{language} {name}"
        assert "\n\n\n" not in text, f"{language} {name}"
        assert "\n\n" not in text or plain(name).endswith(".help"), f"{language} {name}"


def test_sentences_end_as_sentences_and_labels_do_not() -> None:
    for language, name, text in all_texts():
        if is_any(name, SENTENCES):
            # An address or a quoted heading may stand at the end of a paragraph of help.
            assert plain(name).endswith(".help") or text.endswith(("。", ".", "?")), f"{language} {name}"
        elif not name.startswith(("reason.", "sign.")) and not plain(name).endswith(".hint"):
            assert not text.endswith(("。", ".")), f"{language} {name}"


def test_a_step_says_what_to_do_in_two_to_four_sentences() -> None:
    for name in (name for name in texts("ja") if re.fullmatch(r"step\.\w+\.do", plain(name))):
        assert 2 <= texts("ja")[name].count("。") <= 4, name
        assert 2 <= len(re.findall(r"[.?](?: |$)", texts("en")[name])) <= 4, name


def test_nothing_that_a_terminal_or_markup_could_take_amiss() -> None:
    for language, name, text in all_texts():
        for character in text:
            category = unicodedata.category(character)
            assert character == "\n" or (category not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")), f"{language} {name}"
            assert character not in "\u3000\u00a0[]\\", f"{language} {name}"
            # How wide these are depends on the terminal; the sign for "not needed" is one of the agreed words.
            assert unicodedata.east_asian_width(character) != "A" or name == "sign.skipped", f"{language} {name}"
            assert unicodedata.east_asian_width(character) != "H", f"{language} {name}"  # half-width katakana
        assert text == text.strip(), f"{language} {name}"
        assert not re.search(r" \n|\n |  ", text), f"{language} {name}"


def test_english_sentences_are_in_plain_ascii_but_for_the_japanese_names() -> None:
    for name, text in texts("en").items():
        for character in text:
            assert character.isascii() or unicodedata.east_asian_width(character) in "WF", f"{name}: {character!r}"


def test_what_is_not_verified_is_called_so() -> None:
    """Nobody has confirmed these; they must not read as certain."""
    steps = ("eligibility", "terminal", "certificate", "issuing_password", "client_app", "first_registration")
    own = ("eligibility.help.2026-07", "terminal.help.2026-07", "terminal.help.move")
    for name in (*(f"step.{step}.help" for step in steps), *(f"step.{name}" for name in own)):
        assert "未確認" in texts("ja")[name]
        assert "verified" in texts("en")[name]
    for claim in (claim for edition in editions() for claim in edition.claims if claim.firm is Firm.OPEN):
        assert re.search("未確認|発表されていません", texts("ja")[f"claim.{claim.name}"])
        assert re.search("not (verified|announced)", texts("en")[f"claim.{claim.name}"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_questions_never_look_alike_nor_two_answers_to_one(language: str) -> None:
    for edition in editions():
        labels = [texts(language)[f"fact.{fact.name}"] for fact in edition.facts.values() if not fact.clock]
        assert sorted(labels) == sorted(set(labels))
    for fact in facts():
        answers = [texts(language)[f"value.{fact.name}.{v.name}"] for v in fact.values if named(fact, v)]
        assert len(answers) == len(set(answers)), fact.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_a_proper_one(language: str) -> None:
    path = FOLDER / language / "LC_MESSAGES" / "flow.po"
    raw = path.read_text(encoding="utf-8")
    ids = re.findall(r'^msgid "(.+)"$', raw, re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(texts(language)), "an id stands there twice"
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z0-9_-]+)+", name) for name in ids)
    with path.open("rb") as file:
        catalogue = read_po(file)
    headers = dict(catalogue.mime_headers)
    assert headers["Language"] == language
    assert headers["Content-Type"].lower() == "text/plain; charset=utf-8"
    assert not any(message.fuzzy for message in catalogue if message.id)
