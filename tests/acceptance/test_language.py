"""The set of sentences: closed, the same in both languages, told apart, documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from states.acceptance.language import PARTS, SENTENCES, escaped, forms, skeleton, slots, written
from states.acceptance.lexicon import MOVEMENT_CODES, UnknownError, codes, lexicon, people
from states.flow.editions import FIRST, find
from states.flow.editions.oracle_2023_05_26 import ORACLE
from states.flow.facts import Form
from states.flow.standing import warnings

EVERY = [sentence for group in SENTENCES.values() for sentence in group]
DOCUMENT = Path(__file__).parents[2] / "docs" / "acceptance.md"


def test_every_sentence_is_there_in_both_languages_with_the_same_slots() -> None:
    for sentence in EVERY:
        named = {frozenset(slots(form)) for form in (*sentence.ja, *sentence.en)}
        assert len(named) == 1, sentence.ja


def test_every_form_is_told_to_be_its_own_sentence() -> None:
    for sentence in EVERY:
        for form in (*sentence.ja, *sentence.en):
            filled = form.format(**{name: {"day": "2026-04-01", "time": "2026-04-01 09:00", "n": "3"}.get(name, "x")
                                    for name in slots(form)})  # fmt: skip
            assert forms()[skeleton(filled)[0]][0] is sentence, filled


def test_every_sentence_has_a_part_and_only_known_ones() -> None:
    assert all(sentence.parts and set(sentence.parts) <= set(PARTS) for sentence in EVERY)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_document_has_every_sentence(language: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [form for form in written(language) if form not in text] == []


def test_what_stands_in_a_slot_comes_back_as_it_was_written() -> None:
    for text in ("「かぎ」", '"quoted"', "back\\slash", "two\nlines", "plain ｜ bar"):
        assert skeleton(f"「{escaped(text)}」という理由で中止する")[1] == [text]


@pytest.mark.parametrize(
    "line",
    ["日時は２０２６-０４-０１　09：00", "日時は 2026-04-01 09:00。", "日時は2026-04-01 09:00"],
)
def test_width_spaces_and_full_stops_make_no_difference(line: str) -> None:
    assert skeleton(line)[0] in forms()


def test_the_codes_are_those_that_the_edition_can_give() -> None:
    edition = find(FIRST)
    warned = {f"{fact.name}.{value.name}" for fact in people(edition) for value in fact.values if value.warn}
    answers = {"answer.not_here", "answer.not_asked"}
    assert set(codes(edition)) - warned - answers == set(ORACLE.codes) | ORACLE.movement_codes
    assert {f"move.{code}" for code in MOVEMENT_CODES} == ORACLE.movement_codes
    assert callable(warnings)


def test_no_label_stands_for_two_things() -> None:
    for kind, names in lexicon(FIRST).kinds.items():
        ambiguous = {label: ids for label, ids in names.ids.items() if len(ids) > 1}
        assert kind == "status" or not ambiguous, (kind, ambiguous)


def test_every_label_of_both_catalogues_can_be_said() -> None:
    names = lexicon(FIRST)
    for fact in people(find(FIRST)):
        for texts in names.texts:
            assert names.read("fact", texts(f"fact.{fact.name}"), {}) == fact.name
            for value in fact.values if fact.form is not Form.TEXT else ():
                said = names.read("value", texts(f"value.{fact.name}.{value.name}"), {"fact": fact.name})
                assert said.value == value.name


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownError) as told:
        lexicon(FIRST).read("fact", "ユーザID", {})
    assert (told.value.code, told.value.nearest) == ("unknown_fact", "ユーザーID")
