"""That is all for today: what is awaited, when to come again, what to bring. And the way out of a visit."""

from __future__ import annotations

from textual.binding import Binding

from states.fault import Fault
from states.flow.board import WAITING
from states.flow.session import Awaited
from states.handover.card import Card, card_of
from tui import words
from tui.screens.page import Reading


class CardPage(Reading):
    """The next-visit card; shown in the lobby, and over a step that is left before everything is done."""

    BINDINGS = [
        Binding("f10,0,q", "close"),
        Binding("f3,escape,left_square_bracket", "back"),
        Binding("f6,h", "history"),
        Binding("f7,3", "papers"),
        Binding("right_square_bracket,n", "next"),
        Binding("x", "end"),
        Binding("f2,g", "steps"),
        Binding("e", "edition"),
        Binding("enter", "nothing"),
    ]
    HELP = "help.card"

    def keys(self) -> list[tuple[str, str]]:
        keys = [("F10/0", "key.close"), ("F3/[", "key.to_step"), ("F7/3", "key.papers"), ("F6/h", "key.history")]
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
        card = card_of(self.visit.session, self.visit.row, self.visit.now)
        lines: list[str | tuple[str, str]] = [""]
        lines += self._first(card)
        if card.waits:
            columns = self.texts("ui.card.columns").split("|")
            lines += ["", (self.texts("ui.card.waits"), "bold"), self._row(*columns)]
            for wait in card.waits:
                said = self.wording.awaited(wait, self.visit.now)
                note = self.texts(f"ui.card.{_lateness(wait, int(said['days']))}", days=said["days"])
                lines.append(self._row(said["what"], said["whom"], said["since"], said["day"], note))
        if card.blocked:
            lines += ["", (self.texts("ui.card.blocked"), "bold")]
            for reason in card.blocked:
                told = self.wording.reason(reason, self.visit.session, self.visit.now)
                lines += [f"  - {told.sentence} ({told.code})", f"    {told.remedy}"]
        bring = [line for name in card.bring for line in self.texts(f"bring.{name}").split("\n")]
        if bring:
            lines += ["", (self.texts("ui.card.bring"), "bold"), *(f"  - {line}" for line in dict.fromkeys(bring))]
        head = " ".join((card.head[:4], card.head[4:8], card.head[8:12]))
        lines += ["", self.texts("ui.card.record", n=card.events, head=head)]
        return lines

    def _first(self, card: Card) -> list[str | tuple[str, str]]:
        lines: list[str | tuple[str, str]] = []
        if card.work:
            steps = ", ".join(map(self.wording.step, card.work))
            lines.append((self.texts("ui.card.still_open", steps=steps), "bold"))
        elif card.next_day is not None:
            lines.append((self.texts("ui.card.done_today", day=self.texts.long(card.next_day)), "bold"))
        else:
            lines.append((self.texts("ui.card.nothing"), "bold"))
        return lines

    def _row(self, what: str, whom: str, since: str, expected: str, late: str) -> str:
        room = self.columns - 4 - 12 - 10 - 8 - 18
        return (
            f"  {words.fit(what, room)}{words.fit(whom, 12)}{words.fit(since, 10)}{words.fit(expected, 8)}"
            f"{words.fit(late, 17)}"
        )

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

    def action_end(self) -> None:
        from tui.screens.end import end_by_choice

        end_by_choice(self.kiosk)

    def action_leave_page(self) -> None:
        self.action_back()

    def action_nothing(self) -> None:
        """Enter does nothing here: a page left by one key too many would be a visit closed by accident."""


def _lateness(wait: Awaited, days: int) -> str:
    if not wait.holds_up:
        return "listed"
    return "overdue" if wait.overdue or days > 0 else "due" if wait.due else "waiting"
