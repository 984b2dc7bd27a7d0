"""Editions in line mode: what the session's own says, another one gone into, and the move of a completed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.flow import editions
from tui.content.edition import change_lines, edition_lines, later_edition
from tui.line.talk import Key

if TYPE_CHECKING:
    from tui.line.mode import LineMode


def show(mode: LineMode) -> None:
    """Say what the edition holds to be so; where there is a later one, offer it."""
    talk, visit = mode.talk, mode.the_visit
    talk.say("", f"== {mode.texts('ui.edition.title')}  {mode.texts(f'edition.{visit.edition.name}')}")
    talk.say(*edition_lines(mode.texts, visit.edition, visit.now))
    if later_edition(visit):
        talk.menu(
            [Key(("26", "u"), "key.change_edition", lambda: _change(mode)), Key(("0",), "key.back", lambda: None)]
        )


def _change(mode: LineMode) -> None:
    talk, visit, target = mode.talk, mode.the_visit, later_edition(mode.the_visit)
    names = " > ".join(mode.texts(f"edition.{name}") for name in (visit.edition.name, target))
    told = [f"== {mode.texts('ui.change.title')}  {names}", *change_lines(mode.texts, visit.edition_change(target))]
    if talk.agree(["", *told], "key.stay", "key.change_edition"):
        visit.follow_edition(target)


def move_on(mode: LineMode) -> None:
    """Go on with this office in the flow of the move; this session stays as it ended."""
    lines = ["", *(mode.texts(f"ui.move.{name}") for name in ("title", "what", "stays"))]
    if mode.talk.agree(lines, "key.not_now", "key.move"):
        assert mode.who is not None
        done = mode.the_visit.row
        visit = mode.desk.go_on(done, editions.MOVE, mode.who)
        mode.leave()
        mode.go_on_with(visit)
