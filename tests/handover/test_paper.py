"""Whatever stands in a paper's words, they stay words."""

from __future__ import annotations

import string

import pytest

from states.handover.paper import FORMS, Form, Paper, Part, Table, draw, for_markdown, visible
from tests.handover.reading import Document, Page

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style></title>",
    "<!-- hidden",
    "]]><![CDATA[<?php",
    "&lt;b&gt; &amp; &#x3c; &copy;",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/p.png)",
    "[x][y] [x]: http://evil.example",
    "<https://evil.example>",
    "https://evil.example/ and http://evil.example",
    "www.evil.example evil.example",
    "mailto:a@evil.example",
    "a | b || c |",
    "\\| \\\\| \\",
    "`code` ``` ~~~",
    "**b** __i__ ~~s~~ ***",
    "$x$ :smile: @name #1",
    "line\nbreak\r\n\r\n# heading\n| a |\n| - |",
    "# heading",
    "- point",
    "+ point",
    "1. point",
    "2) point",
    "> quoted",
    "---",
    "===",
    "\tindented",
    "    indented",
    "\x1b[31mred\x1b]8;;http://evil.example\x07\x9b2J\x00\x7f",
    "\u202egnp.exe \u2066x\u2069 \u200bhidden\ufeff\u00ad",
    "\u2028\u2029\x85\x0b\x0c",
    "\ud800 \ue000",
    "{{ 7 * 7 }} {% for x in y %} {# no #} {0} {words} %s %(x)s",
    string.punctuation,
    "x" * 10_000,
    "あ" * 10_000,
    "|" * 10_000,
)
HIDDEN = "\x00\x07\x0b\x0c\x1b\x7f\x85\x9b\u00ad\u200b\u2028\u2029\u202e\u2066\u2069\ufeff\ud800\ue000"
READERS: dict[Form, type[Page] | type[Document]] = {"html": Page, "md": Document}


def paper(word: str) -> Paper:
    """A paper with the word in every place there is."""
    table = Table((word, word), ((word, word), (word, word)))
    parts = (Part(word, (word,), table, (word, word)), Part(word, level=3), Part(word, table=table))
    return Paper("ja", word, word, (word, word), parts)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word[:20]))
def test_no_word_changes_the_shape_of_a_paper_or_is_lost(word: str, form: Form) -> None:
    harmless, hostile = (READERS[form](draw(paper(text), form)) for text in ("word", word))
    assert hostile.shape == harmless.shape
    assert hostile.words == [visible(word).strip() if said == "word" else said for said in harmless.words]


@pytest.mark.parametrize("form", FORMS)
def test_the_readers_notice_words_that_act(form: Form) -> None:
    """The negative control: put in without a gate, so many of these words act."""
    drawn = draw(paper("word"), form)
    harmless, read = READERS[form](drawn).shape, READERS[form]
    acting = [word for word in HOSTILE if read(drawn.replace("word", word)).shape != harmless]
    assert len(acting) >= {"html": 7, "md": 25}[form], [word[:20] for word in HOSTILE if word not in acting]


@pytest.mark.parametrize("form", FORMS)
def test_whatever_moves_a_cursor_hides_or_reorders_is_shown_as_a_sign(form: Form) -> None:
    drawn = draw(paper(f"a{HIDDEN}b"), form)
    assert not any(sign in drawn for sign in HIDDEN)
    assert "a" + "\N{REPLACEMENT CHARACTER}" * len(HIDDEN) + "b" in drawn
    drawn.encode()


def test_usual_words_stay_as_they_are_in_markdown() -> None:
    for usual in ("あおば訪問介護(本店)", "2026年11月8日(日) 14:02", "build 22631.4", "4-3 証明書: 待", "5/5, O'Brien"):
        assert for_markdown(usual) == usual


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    drawn = draw(paper("word"), "html")
    page = Page(drawn)
    assert page.open == []
    assert {tag for tag, *_ in page.shape}.isdisjoint({"script", "link", "img", "iframe", "a", "form", "object"})
    assert "url(" not in drawn
    assert "@import" not in drawn
    assert "default-src 'none'" in drawn


def test_a_page_names_its_language_and_its_headings_follow_each_other() -> None:
    page = Page(draw(paper("word"), "html"))
    assert ("html", "lang=ja") in page.shape
    assert [tag for tag, *_ in page.shape if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h3", "h2"]


def test_cells_to_be_filled_in_by_hand_are_drawn_for_it() -> None:
    table = Table(("役割", "署名"), (("事業所", ""),), by_hand=True)
    drawn = Paper("ja", "x", "x", (), (Part("署名", table=table),))
    assert ("table", "class=by-hand") in Page(draw(drawn, "html")).shape
    assert "| 事業所 |  |" in draw(drawn, "md")
