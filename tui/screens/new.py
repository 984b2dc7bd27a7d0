"""A new office's session; and the way into one that exists, past somebody else who may have it open."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from states.fault import Fault
from states.fault import in_words as fault_words
from states.flow import editions
from states.flow.events import day, moment
from states.storage.records import Row
from tui import words
from tui.content import fault_lines
from tui.screens.ask import AskPage
from tui.screens.page import Page
from tui.who import user_name, who_sits_here
from tui.widgets.fields import Field

if TYPE_CHECKING:
    from tui.app import SetupApp


DRAFT_EVERY = 2.0  # seconds


def open_session(app: SetupApp, row: Row, *, take_over: bool = False) -> None:
    """Go on with a session; somebody else who has it open is named first, and is only overtaken by choice."""
    if app.who is None:
        app.push_screen(NamePage(), lambda named: open_session(app, row, take_over=take_over) if named else None)
        return
    try:
        visit = app.desk.resume(row.id, app.who, take_over=take_over)
    except Fault as fault:
        if fault.code in ("lease.held", "lease.checked_out"):
            watch = ("key.watch", lambda: watch_session(app, row)) if fault.code == "lease.held" else None
            ask_take_over(app, fault, lambda: open_session(app, row, take_over=True), watch)
            return
        if isinstance(app.screen, Page):
            app.screen.say_fault(fault)
        return
    app.begin_visit(visit)


def ask_take_over(
    app: SetupApp, fault: Fault, taken: Callable[[], None], other: tuple[str, Callable[[], None]] | None = None
) -> None:
    """Say who has it, where and since when; go on only when told to."""
    values = fault.values | {"since": f"{moment(int(fault.values['since'])):%m/%d %H:%M}"}
    told = Fault("lease.held" if fault.code == "lease.held" else "lease.checked_out", **values)
    app.push_screen(
        AskPage("ui.held.title", lambda: fault_words(app.texts, told), "key.not_take_over", "key.take_over", other),
        lambda yes: taken() if yes else None,
    )


def watch_session(app: SetupApp, row: Row) -> None:
    """Look on while somebody else has it open."""
    assert app.who is not None
    try:
        visit = app.desk.watch(row.id, app.who)
    except Fault as fault:
        if isinstance(app.screen, Page):
            app.screen.say_fault(fault)
        return
    app.begin_visit(visit)


class FormPage(Page[bool]):
    """Labelled one-line fields; Enter goes to the next one, and on the last one decides.

    What stands half-typed in them is stored every two seconds, when a field is left, and when the page is.
    """

    BINDINGS = [Binding("f10", "decide"), Binding("down", "next_field"), Binding("up", "field_before")]
    KEYS: tuple[tuple[str, str], ...] = (
        ("Enter", "key.next_field"),
        ("F10", "key.decide"),
        ("Esc/F3", "key.back"),
        ("F9", "key.language"),
    )
    FIELDS: tuple[str, ...] = ()
    TITLE_TEXT = ""

    def __init__(self) -> None:
        super().__init__()
        self._stored: dict[str, str] = {}
        self._settled = False  # nothing here is half-typed any more
        self._told_unkept = False

    def body(self) -> Iterator[Widget]:
        with Vertical(classes="form"):
            for name in self.FIELDS:
                yield Static("", id=f"label_{name}", classes="line", markup=False)
                with Horizontal(classes="line"):
                    yield Static("> ", classes="label", markup=False)
                    yield Field(self.first_value(name), id=name, max_length=200)
                yield Static("", id=f"note_{name}", markup=False)
            yield Static("", id="more", markup=False)

    def opened(self) -> None:
        self.query_one(f"#{self.FIELDS[0]}").focus()
        self.begin_drafts()

    def head(self) -> tuple[str, str]:
        return self.texts(self.TITLE_TEXT), ""

    # -- half-typed text

    def half_typed(self) -> dict[str, str]:
        """What is typed and not yet an answer, by the name under which it is stored. Never a secret."""
        return {}

    def store_draft(self, name: str, text: str) -> None:
        """Store one of those; an empty text forgets it."""
        self.visit.keep_draft(name, text)

    def begin_drafts(self) -> None:
        """From here on, what differs from what stands now is stored."""
        self._stored = self.half_typed()
        self.set_interval(DRAFT_EVERY, self._keep_or_say)

    def keep_draft(self) -> None:
        """Store what stands here, if it has changed."""
        if self._settled or not self.painted:
            return
        for name, text in self.half_typed().items():
            if text != self._stored.get(name):
                self.store_draft(name, text)
                self._stored[name] = text

    def settle(self) -> None:
        """What was typed has become an answer."""
        self._settled = True

    def _keep_or_say(self) -> None:
        # A timer's fault would end the app: Textual wraps it in an error of its own.
        try:
            self.keep_draft()
        except Fault as fault:
            self.say_fault(fault)

    def on_descendant_blur(self) -> None:
        self._keep_or_say()

    def first_value(self, name: str) -> str:
        del name
        return ""

    def typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).value

    def note(self, name: str, value: str) -> list[str]:
        """What is to be said about what stands in a field; none of it stops anybody."""
        del name, value
        return []

    def repaint(self) -> None:
        super().repaint()
        for name in self.FIELDS:
            self.put(f"#label_{name}", Content(self.texts(f"ui.field.{name}")))
            self._annotate(name)

    def _annotate(self, name: str) -> None:
        lines = [row for line in self.note(name, self.typed(name)) for row in words.wrap(line, self.columns - 6)]
        self.put(f"#note_{name}", Content("\n".join([*lines, ""])))

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id in self.FIELDS:
            self._annotate(event.input.id)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.submitted(event.input.id or "")

    def submitted(self, name: str) -> None:
        """Enter was pressed in a field."""
        at = self.FIELDS.index(name)
        if at + 1 < len(self.FIELDS):
            self.query_one(f"#{self.FIELDS[at + 1]}").focus()
        else:
            self.action_decide()

    def action_next_field(self) -> None:
        self.focus_next()

    def action_field_before(self) -> None:
        self.focus_previous()

    def action_decide(self) -> None:
        raise NotImplementedError

    def action_leave_page(self) -> None:
        try:
            self.keep_draft()
        except Fault as met:
            unkept = met
            if not self._told_unkept:  # said once; the second time the page is left without
                self._told_unkept = True
                self.say(lambda: [*fault_lines(self.texts, unkept), self.texts("ui.leave_unkept")])
                return
        self._settled = True
        self.dismiss(False)


class NamePage(FormPage):
    """Who the technician is: it stands behind every answer in the record."""

    FIELDS = ("technician",)
    TITLE_TEXT = "ui.name.title"

    def first_value(self, name: str) -> str:
        del name
        return self.kiosk.desk.site.technician or user_name()

    def action_decide(self) -> None:
        name = self.typed("technician").strip()
        if not name:
            self.say_fault(Fault("technician.missing"))
            return
        self.kiosk.who = who_sits_here(name)
        self.dismiss(True)


class NewPage(FormPage):
    """A new session: office number, name, technician."""

    BINDINGS = [Binding("f4,ctrl+t", "editions")]
    KEYS = (*FormPage.KEYS[:2], ("F4/^T", "key.edition"), *FormPage.KEYS[2:])
    FIELDS = ("office_number", "office_name", "technician")
    TITLE_TEXT = "ui.new.title"
    HELP = "help.new"

    def __init__(self) -> None:
        super().__init__()
        self.edition = ""  # chosen; else the one in force

    def first_value(self, name: str) -> str:
        site, journal = self.kiosk.desk.site, self.kiosk.desk.journal
        known = self.kiosk.who.name if self.kiosk.who else site.technician or user_name()
        return journal.drafts(journal.new_office).get(name, known if name == "technician" else "")

    def half_typed(self) -> dict[str, str]:
        return {name: self.typed(name) for name in self.FIELDS}

    def store_draft(self, name: str, text: str) -> None:
        if text:
            self.kiosk.desk.journal.keep_draft(self.kiosk.desk.journal.new_office, name, text)
        else:
            self.kiosk.desk.journal.drop_drafts(self.kiosk.desk.journal.new_office, [name])

    def repaint(self) -> None:
        super().repaint()
        from tui.screens.edition import warning

        lines = [self.texts("ui.new.edition", name=self.texts(f"edition.{self._edition}"))]
        lines += words.wrap(warning(self.texts, editions.find(self._edition), self.kiosk.desk.now), self.columns - 6)
        self.put("#more", Content("\n".join(lines)))

    @property
    def _edition(self) -> str:
        return self.edition or self.kiosk.desk.site.edition or editions.in_force(day(self.kiosk.desk.now))

    def action_editions(self) -> None:
        from tui.screens.edition import EditionsPage

        def chosen(name: str | None) -> None:
            if name:
                self.edition = name
                self.repaint()

        self.app.push_screen(EditionsPage(), chosen)

    def note(self, name: str, value: str) -> list[str]:
        if name != "office_number" or not value.strip():
            return []
        from tui.content.asking import office_notes

        return office_notes(self.kiosk.desk, self.texts, value)

    def action_decide(self) -> None:
        name = self.typed("technician").strip()
        if not name:
            self.say_fault(Fault("technician.missing"))
            return
        self.kiosk.who = who_sits_here(name)
        try:
            visit = self.kiosk.desk.begin(
                self.typed("office_number"), self.typed("office_name"), self._edition, self.kiosk.who
            )
        except Fault as fault:
            self.say_fault(fault)
            return
        self.settle()
        with contextlib.suppress(Fault):  # the session stands; a draft too many is wiped by hand
            self.kiosk.desk.journal.drop_drafts(self.kiosk.desk.journal.new_office, self.FIELDS)
        app = self.kiosk
        self.dismiss(True)
        app.call_later(app.begin_visit, visit)
