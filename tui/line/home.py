"""The list of offices in line mode: what is due, a search, a new office, all of them; and from it into a visit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from states.fault import Fault, in_words
from states.flow import editions
from states.flow.events import day, moment
from states.storage.records import Row
from tui.content import asking, offices
from tui.line.talk import BACK, Key
from tui.who import user_name, who_sits_here

if TYPE_CHECKING:
    from tui.line.mode import LineMode

PAGE: Final = 9  # offices at a time: a digit each, and a second's worth of a slow line
FIELDS: Final = ("office_number", "office_name", "technician")


class Home:
    """The list.

    Args:
        mode: whose list it is.
    """

    def __init__(self, mode: LineMode) -> None:
        self.mode, self.desk, self.talk = mode, mode.desk, mode.talk
        self._searched = ""
        self._after: Row | None = None

    def show(self) -> bool:
        """Show the list and do what is asked for; False to end."""
        rows = self.mode.doing(self._list)
        keys = [Key(("12", "n"), "key.new", self._new), Key(("13", "/"), "key.search", self._search)]
        if rows and len(rows) == PAGE:
            keys.append(Key(("14", "m"), "key.more", lambda: self._more(rows[-1])))
        keys.append(Key(("15", "w"), "key.board", self._board))
        keys += self.mode.everywhere("help.home")
        keys.append(Key(("0", "q"), "key.quit", self.mode.may_quit))
        lines = {str(at): self._opener(row) for at, row in enumerate(rows or (), 1)}
        return self.mode.doing(lambda: self.talk.menu(keys, lines)) is not False

    def _list(self) -> list[Row]:
        counts = self.desk.counts()
        today = day(self.desk.now)
        of = {"work": counts.work, "waiting": counts.waiting, "overdue": counts.overdue, "complete": counts.complete}
        edition = self.talk.texts("ui.edition", name=editions.in_force(today))
        self.talk.say("", f"== {self.talk.texts.long(today)}  {edition}")
        self.mode.notices()
        self.talk.say(self.talk.texts("ui.counts", **of))
        rows = self.desk.page(self._searched, after=self._after, limit=PAGE)
        for at, row in enumerate(rows, 1):
            told = (offices.due_of(row, today), row.office_number, row.office_name)
            more = (offices.step_of(row, self.talk.texts), offices.awaited_of(row, self.talk.texts))
            self.talk.say(" ".join(filter(None, (str(at), *told, *more))))
        if not rows:
            self.talk.say_text("ui.line.none" if self._searched or self._after else "ui.line.empty")
        self._searched, self._after = "", None
        return rows

    def _more(self, last: Row) -> None:
        self._after = last

    def _board(self) -> None:
        from tui.company import lines

        self.talk.say("", f"== {self.talk.texts('ui.board.title')}", self.talk.texts("ui.board.reading"))
        self.talk.say(*lines(self.talk.texts, self.desk.overview()))

    def _search(self) -> None:
        self._searched = self.talk.ask(self.talk.texts("ui.search"), limit=40)

    def _opener(self, row: Row) -> Callable[[], None]:
        return lambda: self._open(row)

    def _open(self, row: Row, *, take_over: bool = False) -> None:
        """Go on with a session; somebody else who has it open is named first, and is only overtaken by choice."""
        self.talk.say(*offices.about(row, self.talk.texts, day(self.desk.now)))
        if self.mode.who is None and not self._named():
            return
        assert self.mode.who is not None
        try:
            self.mode.visit = self.desk.resume(row.id, self.mode.who, take_over=take_over)
        except Fault as fault:
            if fault.code != "lease.held":
                raise
            since = f"{moment(int(fault.values['since'])):%m/%d %H:%M}"
            told = in_words(self.talk.texts, Fault("lease.held", **{**fault.values, "since": since}))
            said = [f"{told[0]} ({told[2]})", told[1]]
            lines = [self.talk.texts("ui.held.title"), *said]
            how = self.talk.decide(lines, "key.not_take_over", "key.take_over", "key.watch")
            if how == 1:
                self._open(row, take_over=True)
            if how != 2:
                return
            self.mode.visit = self.desk.watch(row.id, self.mode.who)
        self.mode.sit()

    def _named(self) -> bool:
        name = self._field("technician", user_name())
        if name:
            self.mode.who = who_sits_here(name)
        return bool(name)

    def _field(self, name: str, first: str) -> str:
        """What was typed into a field of the list's forms; "" where it was left."""
        label = self.talk.texts(f"ui.field.{name}")

        def keep(half: str) -> None:
            self.desk.journal.keep_draft(self.desk.journal.new_office, name, half)

        typed = self.talk.ask(f"{label} [{first}]:" if first else f"{label}:", keep, 200) or first
        return "" if typed == BACK else typed

    def _new(self) -> None:
        drafts = self.desk.journal.drafts(self.desk.journal.new_office)
        known = {"technician": self.mode.who.name if self.mode.who else self.desk.site.technician or user_name()}
        self.talk.say("", f"== {self.talk.texts('ui.new.title')}", self.talk.texts("ui.line.leave"))
        proposed = self.desk.site.edition or editions.in_force(day(self.desk.now))
        given: dict[str, str] = {}
        for name in FIELDS:
            given[name] = self._field(name, drafts.get(name, known.get(name, "")))
            if not given[name]:
                return
            self.desk.journal.keep_draft(self.desk.journal.new_office, name, given[name])
            if name == "office_number":
                self.talk.say(*asking.office_notes(self.desk, self.talk.texts, given[name]))
        label = self.talk.texts("ui.line.edition", names=", ".join(editions.KNOWN))
        chosen = self.talk.ask(f"{label} [{proposed}]:", lambda _: None, 40) or proposed
        if chosen == BACK:
            return
        self.mode.who = who_sits_here(given["technician"])
        self.mode.visit = self.desk.begin(given["office_number"], given["office_name"], chosen, self.mode.who)
        with contextlib.suppress(Fault):  # the session stands; a draft too many is wiped by hand
            self.desk.journal.drop_drafts(self.desk.journal.new_office, FIELDS)
        self.mode.sit()
