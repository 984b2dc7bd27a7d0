"""Home: every office, the most urgent first, and what can be done about it today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

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
from tui.screens.page import Page, text
from tui.widgets.choices import Choices
from tui.widgets.fields import Field

PAGE = 50  # sessions on the list at a time; search finds the rest


class HomePage(Page[None]):
    """The list of sessions."""

    BINDINGS = [
        Binding("n,2", "new"),
        Binding("slash,3", "search"),
        Binding("1", "open"),
        Binding("b,4", "board"),
        Binding("f10,0", "quit"),
        Binding("f3,escape", "leave_search"),
    ]
    KEYS = (
        ("Enter/1", "key.open"),
        ("n/2", "key.new"),
        ("//3", "key.search"),
        ("b/4", "key.board"),
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
        widths = (7, 11, 19 + wide // 2, 16, 19 + wide - wide // 2)
        cells = (due, number, office, step, awaited)
        return "   " + " ".join(words.fit(cell, width) for cell, width in zip(cells, widths, strict=True))

    def _row(self, row: Row) -> str:
        today = day(self.kiosk.desk.now)
        due = date.fromisoformat(row.listing.due) if row.listing.due else None
        late = "!" if due is not None and due < today and row.listing.day else " "
        shown = f"{due.month:02}/{due.day:02}{late}" if due and row.listing.day else ""
        return self._line(shown, row.office_number, row.office_name, self._step(row), self._awaited(row))

    def _step(self, row: Row) -> str:
        state = row.listing.state
        # Another edition's names may have no text here; they are shown as they are.
        title = self.texts.find(f"step.{state}") or self.texts.find(f"status.{state}") or state
        return f"{self.texts.item(row.listing.item)} {title}".strip()

    def _awaited(self, row: Row) -> str:
        if row.listing.status in ("complete", "refused", "abandoned"):
            return ""
        if row.listing.awaiting:
            return self.texts.find(f"wait.{row.listing.awaiting}") or row.listing.awaiting
        return self.texts("ui.work_today")

    # -- what stands under the list

    def _about(self) -> None:
        row = self.chosen
        if row is None:
            self.put("#about", Content(""))
            return
        listing = row.listing
        lines = [f"{row.office_number} {row.office_name}"]
        if row.edition not in editions.KNOWN:
            lines.append(self.texts("ui.about.edition", name=row.edition))
        elif listing.status in ("complete", "refused", "abandoned"):
            lines.append(self.texts(f"ui.about.{listing.status}"))
        elif listing.awaiting and listing.due:
            due = date.fromisoformat(listing.due)
            late = (day(self.kiosk.desk.now) - due).days
            name = "ui.about.late" if late > 0 else "ui.about.due" if late == 0 else "ui.about.awaited"
            what = self.texts(f"wait.{listing.awaiting}")
            lines.append(self.texts(name, what=what, day=self.texts.long(due), days=late))
            if listing.work:
                lines.append(self.texts("ui.about.also_work", step=self._step(row)))
        else:
            lines.append(self.texts("ui.about.work", step=self._step(row)))
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

    def action_board(self) -> None:
        from tui.screens.board import BoardPage

        self.app.push_screen(BoardPage())

    def action_open(self) -> None:
        row = self.chosen
        if row is not None:
            self.say()
            from tui.screens.new import open_session

            open_session(self.kiosk, row)

    def action_quit(self) -> None:
        self.app.exit(0)
