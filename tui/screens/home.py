"""Home: every office, the most urgent first, and what can be done about it today."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from states.fault import Fault
from states.flow import editions
from states.flow.events import day
from states.storage.records import Row
from tui import words
from tui.content import offices
from tui.screens.page import Page, text
from tui.widgets.choices import Choices
from tui.widgets.fields import Field

LOW, NARROW = 16, 60  # rows and columns below which only the list is shown
PAGE = 50  # sessions on the list at a time; search finds the rest


class HomePage(Page[None]):
    """The list of sessions."""

    BINDINGS = [
        Binding("n,2", "new"),
        Binding("slash,3", "search"),
        Binding("1", "open"),
        Binding("b,4", "bring"),
        Binding("f10,0", "quit"),
        Binding("f3,escape", "leave_search"),
        Binding("h,5", "hand_in"),
        Binding("t,6", "take_from_team"),
        Binding("w,7", "board"),
    ]
    KEYS = (
        ("Enter/1", "key.open"),
        ("n/2", "key.new"),
        ("//3", "key.search"),
        ("b/4", "key.bring"),
        ("w/7", "key.board"),
        ("F9/l", "key.language"),
        ("F1/?", "key.help"),
        ("F10/0", "key.quit"),
    )
    HELP = "help.home"

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def body(self) -> Iterator[Widget]:
        with Horizontal(classes="line"):
            yield Static("", id="counts", markup=False)
            yield Static("", id="search_label", classes="label", markup=False)
            yield Field(id="search", max_length=40)
        yield Static("", id="columns", markup=False)
        yield Choices(id="sessions")
        yield Static("", id="empty", markup=False)
        yield Static("", id="about", markup=False)

    def opened(self) -> None:
        self.query_one("#sessions").focus()
        self.kiosk.say_notices()

    def head(self) -> tuple[str, str]:
        now = self.kiosk.desk.now
        today = day(now)
        edition = self.texts("ui.edition", name=editions.in_force(today))
        return self.texts("ui.title"), f"{self.texts.long(today)}  {edition}"

    def repaint(self) -> None:
        super().repaint()
        low, narrow = self.app.size.height < LOW, self.columns < NARROW
        self.query_one("#counts").display = not narrow
        for beside in ("#columns", "#about"):
            self.query_one(beside).display = not low
        self.put("#search_label", Content(self.texts("ui.search") + " "))
        try:
            counts = self.kiosk.desk.counts()
            search = self.query_one("#search", Field).value
            self.rows = self.kiosk.desk.page(search, limit=PAGE)
        except Fault as fault:
            self.say_fault(fault)
            return
        of = {"work": counts.work, "waiting": counts.waiting, "overdue": counts.overdue, "complete": counts.complete}
        said = f" {self.texts('ui.counts', **of)}  "
        self.put("#counts", Content(said))
        self.query_one("#counts").styles.width = words.cell_len(said)  # the search field takes the rest
        columns = words.fit(self._line(*self.texts("ui.columns").split("|")), self.columns)
        self.put("#columns", text(self.rule, "\n", columns))
        listed = self.query_one("#sessions", OptionList)
        chosen = listed.highlighted
        listed.clear_options()
        listed.add_options([Option(Content(self._row(row)), id=row.id) for row in self.rows])
        listed.display = bool(self.rows)
        empty = self.query_one("#empty")
        empty.display = not self.rows
        self.put("#empty", Content("\n".join(words.wrap(self.texts("ui.empty.search" if search else "ui.empty"), 74))))
        if self.rows:
            listed.highlighted = min(chosen or 0, len(self.rows) - 1)
        self._about()

    def _line(self, due: str, number: str, office: str, step: str, awaited: str) -> str:
        wide = max(self.columns - 80, 0)
        widths = [7, 11, 19 + wide // 2, 16, 19 + wide - wide // 2]
        while 3 + sum(widths) + len(widths) - 1 > max(self.columns, 41):  # what has no room is under the list
            del widths[-1]
        cells = (due, number, office, step, awaited)
        return "   " + " ".join(words.fit(cell, width) for cell, width in zip(cells, widths, strict=False))

    def _row(self, row: Row) -> str:
        due = offices.due_of(row, day(self.kiosk.desk.now))
        step, awaited = offices.step_of(row, self.texts), offices.awaited_of(row, self.texts)
        return self._line(due, row.office_number, row.office_name, step, awaited)

    # -- what stands under the list

    def _about(self) -> None:
        row = self.chosen
        if row is None:
            self.put("#about", Content(""))
            return
        lines = offices.about(row, self.texts, day(self.kiosk.desk.now))
        self.put("#about", Content("\n".join(part for line in lines for part in words.wrap(line, self.columns - 4))))

    @property
    def chosen(self) -> Row | None:
        at = self.query_one("#sessions", OptionList).highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def on_option_list_option_highlighted(self) -> None:
        self._about()

    def on_option_list_option_selected(self) -> None:
        self.action_open()

    # -- what one can do

    def keys(self) -> list[tuple[str, str]]:
        shown = list(self.KEYS)
        desk = self.kiosk.desk
        if desk.address:
            shown[3:3] = [("h/5", "key.hand_in"), *([] if desk.alone else [("t/6", "key.take_from_team")])]
        return shown

    def label(self, field: str) -> str:
        del field
        return self.texts("ui.search").rstrip(":")

    def on_input_changed(self) -> None:
        self.repaint()

    def on_input_submitted(self) -> None:
        self.query_one("#sessions").focus()

    def action_search(self) -> None:
        self.query_one("#search").focus()

    def action_leave_search(self) -> None:
        field = self.query_one("#search", Field)
        field.value = ""
        self.query_one("#sessions").focus()

    def action_new(self) -> None:
        from tui.screens.new import NewPage

        self.app.push_screen(NewPage())

    def action_bring(self) -> None:
        from tui.screens.carry import bring_in

        self.say()
        bring_in(self.kiosk)

    def action_board(self) -> None:
        from tui.screens.board import BoardPage

        self.app.push_screen(BoardPage())

    def action_open(self) -> None:
        row = self.chosen
        if row is not None:
            self.say()
            from tui.screens.new import open_session

            open_session(self.kiosk, row)

    def action_hand_in(self) -> None:
        from tui.screens.team import hand_in

        if self.kiosk.desk.address:
            hand_in(self.kiosk)

    def action_take_from_team(self) -> None:
        from tui.screens.team import take_from_team

        if self.chosen is not None and self.kiosk.desk.address and not self.kiosk.desk.alone:
            take_from_team(self.kiosk, self.chosen)

    def action_quit(self) -> None:
        self.kiosk.quit()
