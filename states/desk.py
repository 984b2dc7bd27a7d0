"""What a technician sees before any session is open: the list, a new office, a session to go on with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from states.flow.events import day
from states.storage.journal import Journal
from states.storage.records import Counts, Row

if TYPE_CHECKING:
    from states.flow.session import Session
    from states.visit import Clock, Visit, Who


class Desk:
    """The store, as a front end may use it. The machine is imported when a session is opened, not before.

    Args:
        journal: where sessions are stored.
        clock: the time, aware.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal, self.clock = journal, clock

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, create: bool = True) -> Desk:
        """Open the store in a folder; with `create`, make it where there is none.

        Raises:
            Fault: `store.…`.
        """
        return cls(Journal.open(folder, create=create), clock)

    def close(self) -> None:
        self.journal.close()

    @property
    def now(self) -> datetime:
        return self.clock()

    def page(self, search: str = "", after: Row | None = None, limit: int = 50) -> list[Row]:
        """Sessions, the most urgent first."""
        return self.journal.page(today=self._today, search=search, limit=limit, after=after)

    def counts(self) -> Counts:
        return self.journal.counts(self._today)

    def same_office(self, number: str) -> list[Row]:
        return self.journal.by_office(number)

    def find(self, text: str) -> Row:
        """By id, the beginning of one, or the office number.

        Raises:
            Fault: `session.unknown`, `session.ambiguous`.
        """
        return self.journal.find(text)

    def read(self, row: Row) -> Session:
        """The session, to look at and not to change."""
        from states.visit import read

        return read(self.journal, row)

    def begin(self, office_number: str, office_name: str, edition: str, who: Who) -> Visit:
        from states.visit import Visit

        return Visit.create(
            self.journal,
            office_number=office_number,
            office_name=office_name,
            edition=edition,
            who=who,
            clock=self.clock,
        )

    def resume(self, id: str, who: Who, *, take_over: bool = False) -> Visit:
        from states.visit import Visit

        return Visit.resume(self.journal, id, who, self.clock, take_over=take_over)

    @property
    def _today(self) -> str:
        return day(self.now).isoformat()
