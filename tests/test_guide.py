"""The technician's guide is what the app says."""

from __future__ import annotations

from states.flow import editions
from tests.guide import GUIDE, PICTURES, TEXTS, TROUBLES, page, steps


def test_the_guide_is_what_the_app_would_write_now() -> None:
    assert GUIDE.read_text(encoding="utf-8") == page(), "make guide writes it anew"


def test_every_step_has_its_picture_and_no_picture_is_left_over() -> None:
    assert {path.stem for path in PICTURES.glob("*.png")} == {step for _, step in steps()}


def test_there_are_fifteen_troubles_each_with_words_of_the_app() -> None:
    assert len(TROUBLES) == 15
    known = {step for name in editions.KNOWN for step in editions.find(name).step}
    for title, step, codes in TROUBLES:
        assert step in known, title
        assert all(TEXTS.find(f"reason.{code}") and TEXTS.find(f"reason.{code}.remedy") for code in codes), title
