"""The README says what the program says."""

from __future__ import annotations

from tests.pictures import README, diagram


def test_the_flow_diagram_of_the_readme_is_the_one_the_program_prints() -> None:
    assert diagram() in README.read_text(encoding="utf-8"), "make pictures writes it anew"


def test_the_readme_opens_with_what_it_does_a_picture_and_the_two_commands() -> None:
    opening = README.read_text(encoding="utf-8").partition("## ")[0]
    assert (
        opening.index("Takes a technician")
        < opening.index("![")
        < opening.index("make run")
        < opening.index("make test")
    )
