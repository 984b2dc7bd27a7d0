"""That is all for today: what is awaited, when to come again, what to bring. And the way out of a visit."""

from __future__ import annotations

from textual.binding import Binding

from states.fault import Fault
from states.flow.board import WAITING
from tui.content.pages import card_lines
from tui.screens.page import Reading


class CardPage(Reading):
    """The next-visit card; shown in the lobby, and over a step that is left before everything is done."""

    BINDINGS = [
        Binding("f10,0,q", "close"),
        Binding("f3,escape,left_square_bracket", "back"),
        Binding("f6,h", "history"),
        Binding("f7,3", "papers"),
        Binding("t,4", "take"),
        Binding("right_square_bracket,n", "next"),
        Binding("x", "end"),
        Binding("f2,g", "steps"),
        Binding("e", "edition"),
        Binding("enter", "nothing"),
    ]
    HELP = "help.card"

    def keys(self) -> list[tuple[str, str]]:
        keys = [
            ("F10/0", "key.close"),
            ("F3/[", "key.to_step"),
            ("F7/3", "key.papers"),
            ("t/4", "key.take"),
            ("F6/h", "key.history"),
        ]
        keys += [("F2/g", "key.steps"), ("e", "key.edition"), ("x", "key.end"), ("F9/l", "key.language")]
        if self.lobby and self.visit.leads_to("next"):
            keys.insert(1, ("]/n", "key.next"))
        return keys

    @property
    def lobby(self) -> bool:
        return self.visit.state == WAITING

    def head(self) -> tuple[str, str]:
        session = self.visit.session
        return f"{session.office_number} {session.office_name}", self.texts("ui.card.title")

    def lines(self) -> list[str | tuple[str, str]]:
        return card_lines(self.visit, self.wording, self.columns)

    # -- what one can do

    def action_close(self) -> None:
        self.kiosk.end_visit()

    def action_back(self) -> None:
        if not self.lobby:
            self.dismiss()
            return
        self._move("back")

    def action_next(self) -> None:
        if self.lobby:
            self._move("next")
        else:
            self.dismiss()

    def _move(self, trigger: str) -> None:
        try:
            reasons = self.visit.move(trigger)
        except Fault as fault:
            self.say_fault(fault)
            return
        if reasons:
            self.say_reasons(reasons)
        else:
            self.kiosk.show_state()

    def action_steps(self) -> None:
        from tui.screens.pick import StepsPage

        if self.lobby:
            self.app.push_screen(StepsPage(), lambda step: self._move(f"go_{step}") if step else None)

    def action_history(self) -> None:
        from tui.screens.history import HistoryPage

        self.app.push_screen(HistoryPage())

    def action_edition(self) -> None:
        from tui.screens.edition import EditionPage

        self.app.push_screen(EditionPage())

    def action_papers(self) -> None:
        from tui.screens.end import write_papers

        write_papers(self)

    def action_take(self) -> None:
        from tui.screens.carry import TakePage

        if self.visit.read_only is not None:
            self.say_fault(self.visit.read_only)
        else:
            self.app.push_screen(TakePage())

    def action_end(self) -> None:
        from tui.screens.end import end_by_choice

        end_by_choice(self.kiosk)

    def action_leave_page(self) -> None:
        self.action_back()

    def action_nothing(self) -> None:
        """Enter does nothing here: a page left by one key too many would be a visit closed by accident."""
