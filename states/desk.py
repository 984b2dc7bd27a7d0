"""What a technician sees before any session is open: the list, a new office, a session to go on with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from states.fault import Fault
from states.flow.events import day
from states.storage.journal import Journal
from states.storage.records import Counts, Row

if TYPE_CHECKING:
    from locales import Texts
    from states.carry import Incoming, Seal, Way
    from states.company import Overview
    from states.flow.session import Session
    from states.site import Site
    from states.storage.bundle import Public
    from states.storage.handing import Pending
    from states.storage.secrets import Secret
    from states.storage.transcript import Transcript
    from states.storage.vault import Vault
    from states.visit import Clock, Visit, Who

SMALL = 256 << 20  # bytes of a store that is looked through at every start; a larger one when `doctor` is asked


class Desk:
    """The store, as a front end may use it. The machine is imported when a session is opened, not before.

    Args:
        journal: where sessions are stored.
        clock: the time, aware.
        folder: where this PC's vault and its own store may be; None where there can be none.
        address: of the team store, where there is one.
        alone: the team store could not be reached; `journal` is this PC's own.
    """

    def __init__(
        self, journal: Journal, clock: Clock, folder: Path | None = None, *, address: str = "", alone: bool = False
    ) -> None:
        self.journal, self.clock, self._folder = journal, clock, folder
        self.address, self.alone = address, alone
        self.prints = True  # whether a browser of this PC may be started, to make PDF
        self.may_read: Callable[[str], None] = lambda _: None
        """Called before a visit has a file read that somebody named; raises a `Fault` where it may not be."""

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, create: bool = True, second_copy: Path | None = None) -> Desk:
        """Open the store in a folder; with `create`, make it where there is none.

        Args:
            second_copy: the folder for the second copy from now on; None leaves it where it is.

        Raises:
            Fault: `store.…`.
        """
        return cls(Journal.open(folder, create=create, second_copy=second_copy), clock, folder)

    @classmethod
    def join(cls, address: str, folder: Path, clock: Clock, *, or_alone: bool = False) -> Desk:
        """Sit down at the store of a team.

        Args:
            address: `postgresql://…`.
            folder: of this PC's own store.
            or_alone: where the server cannot be reached, go on with this PC's own store; a notice says so.

        Raises:
            Fault: `team.…`, `store.…`.
        """
        from states.storage.handing import Accompanied

        try:
            return cls(Accompanied(Journal.join(address).store, folder), clock, folder, address=address)
        except Fault as fault:
            if fault.code != "team.unreachable" or not or_alone:
                raise
            journal = Journal.open(folder)
            journal.notices.append(Fault("team.alone", server=fault.values["server"]))
            return cls(journal, clock, folder, address=address, alone=True)

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
        """See that the store is whole, and have mended what is not; beside a team store, whether this PC has more.

        Takes as long as reading it; for a thread.

        Raises:
            Fault: `store.damaged`, and the stores'.
        """
        if self.journal.size() <= SMALL:
            self.journal.check()
        waiting = self.to_hand_in() if self.address and not self.alone else []
        if waiting:
            self.notices.append(Fault("team.pending", count=len(waiting)))

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
        visit.may_read = self.may_read
        visit.more_sites = self.site.sites
        return visit

    def watch(self, id: str, who: Who) -> Visit:
        """Look on at a session that somebody else has; `Visit.follow` brings what they do."""
        from states.visit import Visit

        return Visit.watch(self.journal, id, who, self.clock)

    def to_hand_in(self) -> list[Pending]:
        """The sessions of this PC's own store that the team store has not, or not all of. Asks the server for each.

        Raises:
            Fault: `team.…`, `store.…`.
        """
        from states.storage.handing import pending

        with self._both() as (own, team):
            return list(pending(own, team)) if own and team else []

    def hand_in(self, id: str) -> Row:
        """Give the team store what it lacks of a session of this PC's own store.

        Raises:
            Fault: `team.forked`, where both went on: a person compares. `team.behind`, and the stores'.
        """
        from states.storage.handing import receive

        with self._both() as (own, team):
            if own is None or team is None:
                raise Fault("session.unknown", id=id)
            return receive(team, own.row(id), own.events(id))

    def compare_with_team(self, id: str) -> Incoming:
        """What the team store has of a session that went on there and here; nothing is brought yet.

        Raises:
            Fault: `session.unknown`, and the stores'.
        """
        from states import carry

        with self._both() as (own, team):
            if own is None or team is None:
                raise Fault("session.unknown", id=id)
            return carry.read_text(own, carry.as_text(team, id, self.now))

    def join_with_team(self, incoming: Incoming, who: Who, *, way: Way | None = None) -> Row:
        """Go on from what the team store has, the chosen way going on and the other kept; then hand it in.

        Raises:
            Fault: `bundle.forked`, where a person has to choose; as `hand_in`.
        """
        from states import carry

        with self._both() as (own, _):
            assert own is not None
            carry.bring_in(own, incoming, who, self.now, way=way, take_over=True)
        return self.hand_in(incoming.row.id)

    def take_from_team(self, id: str, who: Who, *, take_over: bool = False) -> Row:
        """Copy a session of the team store into this PC's own, to go on with it where the server is away.

        In the team store it is ours from then on, so that a colleague who opens it is told who has it.

        Raises:
            Fault: `lease.held`, as `resume`; `team.forked`, and the stores'.
        """
        from states.storage.handing import receive
        from states.visit import taken

        with self._both(create=True) as (own, team):
            if own is None or team is None:
                raise Fault("session.unknown", id=id)
            row = taken(team, id, who, self.clock(), take_over=take_over)
            return receive(own, row, team.events(id))

    @contextlib.contextmanager
    def _both(self, *, create: bool = False) -> Iterator[tuple[Journal | None, Journal | None]]:
        """This PC's own store and the team's; None for one that is not there."""
        from states.storage.handing import Accompanied

        if self.alone and self._folder is not None:
            team = Journal.join(self.address)
            try:
                yield self.journal, team
            finally:
                team.close()
        elif isinstance(self.journal, Accompanied):
            yield self.journal.own(create=create), self.journal
        else:
            yield None, None

    # -- carried by hand

    def look_into(self, path: Path, passphrase: Secret | None = None) -> Incoming:
        """What a bundle would bring; nothing is brought yet. Blocks; without a passphrase it is for our own key.

        Raises:
            Fault: `bundle.<state>`, `record.<what>`; `store.chain`, and the store's.
        """
        from states import carry
        from states.storage.bundle import unseal

        keys = carry.keys_of(self.journal, self.vault) if passphrase is None else None
        text = unseal(path, passphrase=passphrase, identity=keys.identity() if keys else None)
        return carry.read_text(self.journal, text)

    def bring_in(self, incoming: Incoming, who: Who, *, way: Way | None = None, take_over: bool = False) -> Row:
        """Take in what came; see `carry.bring_in`."""
        from states import carry

        return carry.bring_in(self.journal, incoming, who, self.now, way=way, take_over=take_over)

    def take_along(self, id: str, path: Path, seal: Seal, who: Who) -> Transcript:
        """Write a copy of a session into a new sealed file, signed where this installation has a key. Blocks."""
        from states import carry

        keys = carry.keys_of(self.journal, self.vault)
        return carry.take_along(self.journal, id, path, seal, who, self.now, keys)

    def check_out(self, id: str, path: Path, seal: Seal, who: Who) -> Transcript:
        """The same, and from here on it is shown as checked out. Blocks."""
        visit = self.resume(id, who)
        try:
            return self.check_out_from(visit, path, seal)
        except BaseException:
            visit.leave()
            raise

    def check_out_from(self, visit: Visit, path: Path, seal: Seal) -> Transcript:
        """End a sitting by checking its session out; it goes on if that fails. Blocks."""
        from states import carry

        return carry.check_out(visit, path, seal, carry.keys_of(self.journal, self.vault))

    def keyring_usable(self) -> bool:
        """Whether the OS keyring of this PC keeps what it is given. Blocks."""
        from states.storage.secrets import OsKeyring

        return OsKeyring().state() == "ok"

    def public_keys(self, *, make: bool = False) -> Public | None:
        """What everybody may know of this installation's keys; None where it has none. Blocks.

        Raises:
            Fault: with `make`, where nothing here can keep them.
        """
        from states import carry

        keys = carry.keys_of(self.journal, self.vault, make=make)
        return keys.public() if keys else None

    def write_papers(
        self, visit: Visit, texts: Texts, folder: Path, progress: Callable[[int, int], None] = lambda *_: None
    ) -> list[Path]:
        """Write every paper of a session into the folder, the report as Markdown too, and the record. Blocks.

        Args:
            progress: as `write_all` calls it.

        Raises:
            Fault: `papers.not_written`; `record.too_large`.
        """
        from states.handover.folder import put, stem
        from states.handover.papers import write_all
        from states.handover.report import render

        session, row, now, own = visit.session, visit.row, visit.now, self.site.contact
        record = self.write_record(row.id, visit.who, folder)
        name = f"{stem(session.office_number, now)}.report.{texts.language}.md"
        plain = put(folder, name, render(session, row, now, texts, "md"))
        written = write_all(session, row, now, texts, folder, own, pdf=self.prints, progress=progress)
        return [*written.paths, plain, record]

    def write_record(self, id: str, who: Who, folder: Path) -> Path:
        """Write the record of a session beside its papers, signed where this installation has a key. Blocks.

        Raises:
            Fault: `papers.not_written`; `record.too_large`.
        """
        from states import carry
        from states.handover.folder import put, stem

        text = carry.record(self.journal, id, who, self.now, carry.keys_of(self.journal, self.vault))
        return put(folder, f"{stem(text.office_number, self.now)}.record", text.encode().decode("ascii"))

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
