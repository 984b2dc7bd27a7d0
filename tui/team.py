"""The command `store`: the team store is made, a session is taken along, and what this PC has is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from states.fault import Fault, in_words

if TYPE_CHECKING:
    from locales import Texts
    from states.carry import Way
    from states.desk import Desk
    from states.storage.handing import Pending
    from states.visit import Who

Print = Callable[[str], None]


def schema(say: Print) -> int:
    """Print the SQL that makes a team store, for an owner who wants to read it first, or to run it by other means."""
    from states.storage.team_schema import script

    say(";\n".join(["BEGIN", *script(), "COMMIT"]) + ";")
    return 0


def init(address: str, texts: Texts, say: Print) -> int:
    """Make the tables and roles, or carry them forward."""
    from states.storage.schema import VERSION
    from states.storage.team_schema import init as make

    found = make(address)
    name = "cli.team.made" if not found else "cli.team.same" if found == VERSION else "cli.team.forward"
    say(texts(name, found=found, known=VERSION))
    return 0


def take(desk: Desk, given: Any, texts: Texts, say: Print) -> int:
    """Copy a session into this PC's own store.

    Raises:
        Fault: as `Desk.take_from_team`.
    """
    row = desk.find(given.session or "")
    taken = desk.take_from_team(row.id, _who(given), take_over=given.take_over)
    say(texts("cli.team.taken", number=taken.office_number, name=taken.office_name))
    return 0


def hand_in(desk: Desk, given: Any, texts: Texts, say: Print) -> int:
    """Say what this PC has that the team store lacks; with `--yes`, hand it in. 1 where something remains."""
    waiting = desk.to_hand_in()
    if given.session:
        waiting = [one for one in waiting if given.session in (one.row.office_number, one.row.id, one.row.id[:8])]
    if not waiting:
        say(texts("cli.team.nothing"))
        return 0
    way: Way | None = "tail" if given.goes_on == "here" else "base" if given.goes_on == "there" else None
    remain = False
    for line, fault in handed(desk, waiting, texts, _who(given), way) if given.yes else previewed(waiting, texts):
        say(line)
        remain = remain or fault is not None
    if not given.yes:
        say(texts("cli.team.would"))
    return int(remain or not given.yes)


def _who(given: Any) -> Who:
    from tui.who import user_name, who_sits_here

    return who_sits_here(given.name or user_name())


def previewed(waiting: Sequence[Pending], texts: Texts) -> Iterator[tuple[str, Fault | None]]:
    """A line for each session that could be handed in, and its fault where it could not."""
    for one in waiting:
        if one.relation == "forked":
            yield _refused(Fault("team.forked", number=one.row.office_number), texts)
        else:
            yield _said("cli.team.new" if not one.known else "cli.team.more", one, texts), None


def handed(
    desk: Desk, waiting: Sequence[Pending], texts: Texts, who: Who, way: Way | None = None
) -> Iterator[tuple[str, Fault | None]]:
    """Hand them in, one after the other; a line for each, and its fault where it was refused.

    Args:
        way: where both went on: which goes on, when that was chosen or one of them only came and went.
    """
    for one in waiting:
        try:
            if one.relation == "forked":
                desk.join_with_team(desk.compare_with_team(one.row.id), who, way=way)
            else:
                desk.hand_in(one.row.id)
        except Fault as fault:
            yield _refused(fault, texts)
        else:
            yield _said("cli.team.handed", one, texts), None


def _said(name: str, one: Pending, texts: Texts) -> str:
    row = one.row
    return texts(name, number=row.office_number, name=row.office_name, count=row.version - one.known)


def _refused(fault: Fault, texts: Texts) -> tuple[str, Fault]:
    sentence, remedy, code = in_words(texts, fault)
    return f"! {sentence} {remedy} ({code})", fault
