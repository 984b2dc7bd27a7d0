"""The way between this PC's own store and the team's: handing in, after a preview; and taking along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.fault import Fault
from states.storage.handing import Pending
from states.storage.records import Row
from tui.content import fault_lines
from tui.screens.ask import AskPage
from tui.screens.carry import IncomingPage
from tui.screens.new import NamePage, ask_take_over
from tui.screens.page import Page
from tui.team import handed, previewed

if TYPE_CHECKING:
    from states.carry import Incoming
    from tui.app import SetupApp


def hand_in(app: SetupApp) -> None:
    """Show what would be handed in, and do it when that is agreed to."""
    who = app.who
    if who is None:
        app.push_screen(NamePage(), lambda named: hand_in(app) if named else None)
        return

    def asked(waiting: list[Pending]) -> None:
        if not waiting:
            say(app, "ui.team.nothing")
            return
        app.push_screen(
            AskPage(
                "ui.team.title",
                lambda: [line for line, _ in previewed(waiting, app.texts)],
                "key.not_hand_in",
                "key.hand_in",
            ),
            lambda yes: app.aside(lambda: list(handed(app.desk, waiting, app.texts, who)), done) if yes else None,
        )

    def done(lines: list[tuple[str, Fault | None]]) -> None:
        if isinstance(app.screen, Page):
            app.screen.repaint()
            app.screen.say(lambda: [app.texts("ui.team.handed"), *(line for line, _ in lines)])
        if any(fault is not None and fault.code == "bundle.forked" for _, fault in lines):
            app.aside(app.desk.to_hand_in, compare)

    def compare(left: list[Pending]) -> None:
        """Both went on with something: a person looks at the two ways beside each other, session by session."""
        forked = [one.row.id for one in left if one.relation == "forked"]
        if forked:
            app.aside(lambda: app.desk.compare_with_team(forked[0]), compared)

    def compared(incoming: Incoming) -> None:
        def chosen(way: str | None) -> None:
            if way in ("base", "tail"):
                app.aside(lambda: app.desk.join_with_team(incoming, who, way=way), joined)  # type: ignore[arg-type]

        app.push_screen(IncomingPage(incoming), chosen)

    def joined(_: Row) -> None:
        say(app, "ui.team.handed")
        app.screen.repaint() if isinstance(app.screen, Page) else None
        app.aside(app.desk.to_hand_in, compare)

    app.aside(app.desk.to_hand_in, asked)


def take_from_team(app: SetupApp, row: Row, *, take_over: bool = False) -> None:
    """Copy a session into this PC's own store; somebody else who has it open is only overtaken by choice."""
    who = app.who
    if who is None:
        app.push_screen(NamePage(), lambda named: take_from_team(app, row) if named else None)
        return

    def refused(fault: Fault) -> None:
        if fault.code == "lease.held":
            ask_take_over(app, fault, lambda: take_from_team(app, row, take_over=True))
        elif isinstance(app.screen, Page):
            app.screen.say(lambda: fault_lines(app.texts, fault))

    app.aside(
        lambda: app.desk.take_from_team(row.id, who, take_over=take_over),
        lambda _: say(app, "ui.team.taken", number=row.office_number, name=row.office_name),
        refused,
    )


def say(app: SetupApp, text: str, **values: str) -> None:
    if isinstance(app.screen, Page):
        app.screen.say(lambda: [app.texts(text, **values)])
