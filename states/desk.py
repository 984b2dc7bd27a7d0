"""What a technician sees before any session is open: the list, a new office, a session to go on with."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from states.fault import Fault
from states.flow.events import day
from states.storage.journal import Journal
from states.storage.records import Counts, Row

if TYPE_CHECKING:
    from states.company import Overview
    from states.flow.session import Session
    from states.site import Site
    from states.storage.vault import Vault
    from states.visit import Clock, Visit, Who

SMALL = 256 << 20  # bytes of a store that is looked through at every start; a larger one when `doctor` is asked


class Desk:
    """The store, as a front end may use it. The machine is imported when a session is opened, not before.

    Args:
        journal: where sessions are stored.
        clock: the time, aware.
        folder: where this PC's vault may be; None where there can be none.
    """

    def __init__(self, journal: Journal, clock: Clock, folder: Path | None = None) -> None:
        self.journal, self.clock, self._folder = journal, clock, folder

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, create: bool = True, second_copy: Path | None = None) -> Desk:
        """Open the store in a folder; with `create`, make it where there is none.

        Args:
            second_copy: the folder for the second copy from now on; None leaves it where it is.

        Raises:
            Fault: `store.…`.
        """
        return cls(Journal.open(folder, create=create, second_copy=second_copy), clock, folder)

    def close(self) -> None:
        self.journal.close()

    @cached_property
    def vault(self) -> Vault | None:
        """The vault of this PC; nothing is read or made before it is used."""
        from states.storage.vault import Vault

        return Vault.beside(self._folder) if self._folder else None

    @cached_property
    def site(self) -> Site:
        """The organisation's own file beside the store. One that is wrong is said and left alone; nobody is stopped."""
        from states.site import NAME, Site, read_site

        try:
            return read_site(self._folder / NAME) if self._folder else Site()
        except Fault as wrong:
            self.journal.notices.append(wrong)
            return Site()

    def overview(self) -> Overview:
        """All offices at once: read one after the other, which takes a second or two for a thousand; for a thread."""
        from states.company import overview

        def read(row: Row) -> Session | None:
            try:
                return self.read(row)
            except Fault:
                return None

        return overview(self.journal.every(), read, self.now)

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def notices(self) -> list[Fault]:
        """What a person has to be told of the store: mended, or less safe than it should be. The latest last."""
        return self.journal.notices

    def check(self) -> None:
        """See that the store is whole, and have mended what is not. Takes as long as reading it; for a thread.

        Raises:
            Fault: `store.damaged`.
        """
        if self.journal.size() <= SMALL:
            self.journal.check()

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

        return self._at_site(
            Visit.create(
                self.journal,
                office_number=office_number,
                office_name=office_name,
                edition=edition,
                who=who,
                clock=self.clock,
                vault=self.vault,
            )
        )

    def go_on(self, row: Row, edition: str, who: Who) -> Visit:
        """Continue a completed session as a new one of another flow; the old one stays as it is.

        Raises:
            Fault: `edition.not_from`, `edition.not_complete`, and the store's.
        """
        from states.visit import Visit

        if row.listing.status != "complete":
            raise Fault("edition.not_complete")
        return self._at_site(
            Visit.create(
                self.journal,
                office_number=row.office_number,
                office_name=row.office_name,
                edition=edition,
                who=who,
                clock=self.clock,
                vault=self.vault,
                continues=self.read(row),
            )
        )

    def resume(self, id: str, who: Who, *, take_over: bool = False) -> Visit:
        from states.visit import Visit

        return self._at_site(Visit.resume(self.journal, id, who, self.clock, take_over=take_over, vault=self.vault))

    def _at_site(self, visit: Visit) -> Visit:
        visit.more_sites = self.site.sites
        return visit

    def watch(self, id: str, who: Who) -> Visit:
        """Look on at a session that somebody else has; `Visit.follow` brings what they do."""
        from states.visit import Visit

        return Visit.watch(self.journal, id, who, self.clock)

    def rebuild(self) -> int:
        """Make every session's row in the list from its events again; how many said something else.

        Raises:
            Fault: `store.chain`, for a session that lacks events; those before it have been made.
        """
        from states.visit import listing_of

        return sum(self.journal.rebuild(row.id, listing_of) for row in self.journal.every())

    @property
    def _today(self) -> str:
        return day(self.now).isoformat()
