"""The three ends: how one is chosen, what it says, how it is opened again."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding

from states.fault import Fault
from states.flow import editions
from tui.content.edition import may_move
from tui.content.pages import end_lines, ends
from tui.screens.ask import AskPage
from tui.screens.new import FormPage
from tui.screens.page import Page, Reading
from tui.screens.pick import PickPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.app import SetupApp


class EndPage(Reading):
    """Complete, refused or abandoned."""

    BINDINGS = [
        Binding("f10,0,q", "close"),
        Binding("f3,escape", "nothing"),
        Binding("enter", "nothing"),
        Binding("f7,3", "papers"),
        Binding("f6,h", "history"),
        Binding("o", "reopen"),
        Binding("e", "edition"),
        Binding("m", "move"),
    ]
    KEYS = (
        ("F10/0", "key.close"),
        ("F7/3", "key.papers"),
        ("F6/h", "key.history"),
        ("o", "key.reopen"),
        ("e", "key.edition"),
        ("F9/l", "key.language"),
    )
    HELP = "help.end"

    def keys(self) -> list[tuple[str, str]]:
        return [*self.KEYS[:3], *([("m", "key.move")] if may_move(self.visit) else []), *self.KEYS[3:]]

    def head(self) -> tuple[str, str]:
        session = self.visit.session
        return f"{session.office_number} {session.office_name}", self.texts(f"status.{self.visit.state}")

    def lines(self) -> list[str | tuple[str, str]]:
        return list(end_lines(self.visit, self.wording))

    def action_close(self) -> None:
        self.kiosk.end_visit()

    def action_reopen(self) -> None:
        try:
            self.visit.move("reopen")
        except Fault as fault:
            self.say_fault(fault)
            return
        self.kiosk.show_state()

    def action_papers(self) -> None:
        write_papers(self)

    def action_edition(self) -> None:
        from tui.screens.edition import EditionPage

        self.app.push_screen(EditionPage())

    def action_move(self) -> None:
        """Go on with this office in the flow of the move; this session stays as it ended."""
        app, done = self.kiosk, self.visit.row

        def agreed(yes: bool | None) -> None:
            if yes:
                assert app.who is not None
                visit = app.desk.go_on(done, editions.MOVE, app.who)
                app.end_visit()
                app.begin_visit(visit)

        if may_move(self.visit):
            lines = [self.texts("ui.move.what"), self.texts("ui.move.stays")]
            app.push_screen(AskPage("ui.move.title", lambda: lines, "key.not_now", "key.move"), agreed)

    def action_history(self) -> None:
        from tui.screens.history import HistoryPage

        self.app.push_screen(HistoryPage())

    def action_nothing(self) -> None:
        """Esc and Enter leave nothing here; closing is said with its own key."""

    def action_leave_page(self) -> None:
        self.action_nothing()


def write_papers(page: Page[None]) -> None:
    """Write the papers beside the store, and say where."""
    app, visit = page.kiosk, page.visit
    folder = app.papers

    def writing(number: int, of: int) -> None:
        app.call_from_thread(page.say, lambda: [page.texts("ui.papers.printing", n=number, of=of)])

    def work() -> list[Path]:
        assert folder is not None
        return app.desk.write_papers(visit, app.texts, folder, writing)

    def told(paths: list[Path]) -> list[str]:
        kinds = ", ".join(sorted({path.suffix.lstrip(".") for path in paths}))
        many = page.texts("ui.papers.how_many", n=len(paths), kinds=kinds)
        return [page.texts("ui.papers.written"), str(folder), many]

    page.say_text("ui.papers.writing")
    app.aside(work, lambda paths: page.say(lambda: told(paths)))


class EndsPage(PickPage):
    """How to end: refused, where a fact says so; abandoned, by a person's decision."""

    TITLE_TEXT = "ui.ends.title"

    def entries(self) -> Sequence[tuple[str, str]]:
        return ends(self.visit, self.wording)


class WordsPage(FormPage):
    """Why a session is abandoned; the words travel with the move."""

    FIELDS = ("words",)
    TITLE_TEXT = "ui.ends.abandon"

    def first_value(self, name: str) -> str:
        return self.visit.drafts().get(name, "")

    def half_typed(self) -> dict[str, str]:
        return {"words": self.typed("words")}

    def settle(self) -> None:
        super().settle()
        with contextlib.suppress(Fault):
            self.visit.keep_draft("words", "")

    def action_decide(self) -> None:
        given = self.typed("words").strip()
        try:
            reasons = self.visit.move("abandon", given)
        except Fault as fault:
            self.say_fault(fault)
            return
        if reasons:
            self.say_reasons(reasons)
        else:
            self.settle()
            self.dismiss(True)


def end_by_choice(app: SetupApp) -> None:
    """Let the technician choose an end; nothing ends by accident."""

    def chosen(trigger: str | None) -> None:
        assert app.visit is not None
        if trigger == "abandon":
            app.push_screen(WordsPage(), lambda done: app.show_end() if done else None)
        elif trigger:
            try:
                app.visit.move(trigger)
            except Fault as fault:
                if isinstance(app.screen, Page):
                    app.screen.say_fault(fault)
                return
            app.show_end()

    app.push_screen(EndsPage(), chosen)
