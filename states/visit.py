"""One sitting at one session: the only way in which a front end changes anything.

The order of every step is: explain, append durably, acknowledge, move in memory, paint. A front end paints what a
method returns; a method that has returned has been stored.
"""

from __future__ import annotations

import secrets as random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from states.custody import Custody
from states.fault import Fault
from states.flow import editions
from states.flow.board import ENDS, WAITING, WORK, Board, Status, resolve
from states.flow.edition import Edition
from states.flow.events import Event, day, instant, moment
from states.flow.facts import Fact, Form, Holds
from states.flow.guards import Kind, Reason
from states.flow.machine import Mover
from states.flow.session import Answer, Awaited, Consequences, How, Session, written
from states.flow.standing import Standing, standings
from states.storage.journal import Journal
from states.storage.lease import Holder, held_elsewhere
from states.storage.records import Listing, Row

if TYPE_CHECKING:
    from states.checks.result import CheckResult
    from states.flow.upgrade import Change
    from states.storage.secrets import Secret
    from states.storage.vault import Vault

Clock = Callable[[], datetime]
DETAIL_LIMIT = 500  # characters of a typed answer
WATCHED = "watched by\n"  # begins the name under which who looks on is kept, where no fact's name can be


@cache
def mover(edition: str) -> Mover:
    """The machine of an edition, built once.

    Raises:
        Fault: `edition.unknown`.
    """
    return Mover(editions.find(edition))


@dataclass(frozen=True, slots=True)
class Who:
    """Who sits here, and where: from the start of the visit, for the record."""

    name: str
    host: str
    terminal: str


class Visit:
    """One technician at one session.

    Args:
        journal: where it is stored.
        row: the session's row, taken by this visit.
        session: restored from its events.
        who: the technician.
        clock: the time, aware; handed in.
        vault: the one of this PC, where there may be one.
    """

    def __init__(
        self, journal: Journal, row: Row, session: Session, who: Who, clock: Clock, vault: Vault | None = None
    ) -> None:
        self.journal, self.row, self.session, self.who, self.clock = journal, row, session, who, clock
        self.mover = mover(session.edition.name)
        self.mover.attach(session)
        self.read_only: Fault | None = None
        self.may_read: Callable[[str], None] = lambda _: None
        self.more_sites: tuple[str, ...] = ()  # of the organisation; measured besides the edition's
        self.custody = Custody(session, vault, self._note)
        self.watchers: list[str] = []
        """Who looks on, as far as `follow` has seen."""
        self._watching = ""
        self._over = False
        self._appending = threading.RLock()  # what speaks to a keyring records from a thread of its own

    # -- beginning and ending

    @classmethod
    def create(
        cls,
        journal: Journal,
        *,
        office_number: str,
        office_name: str,
        edition: str,
        who: Who,
        clock: Clock,
        vault: Vault | None = None,
        continues: Session | None = None,
    ) -> Visit:
        """Begin an office's introduction.

        Args:
            continues: a completed session of the office; what still stands of it, and is asked here, is taken along.

        Raises:
            Fault: `office.malformed`, `office.name_missing`, `edition.unknown`, `edition.not_from`, and the store's.
        """
        judged = _office(office_number)
        name = office_name.strip()
        if not name:
            raise Fault("office.name_missing")
        table = editions.find(edition)
        now = clock()
        session = Session(random.token_hex(8), judged, name[:DETAIL_LIMIT], table)
        body: dict[str, Any] = {"office_number": judged, "office_name": name, "edition": edition}
        if continues is not None:
            body |= _brought(continues, table, now)
        events = [Event("created", instant(now), who.name, body), _begun(who, now)]
        for event in events:
            session.apply(event)
        row = journal.create(session.id, judged, name, edition, events, listing(session, now), _holder(who, now))
        return cls(journal, row, session, who, clock, vault)

    @classmethod
    def resume(
        cls,
        journal: Journal,
        id: str,
        who: Who,
        clock: Clock,
        *,
        take_over: bool = False,
        vault: Vault | None = None,
    ) -> Visit:
        """Go on where the last acknowledged answer left it.

        Raises:
            Fault: `lease.held` when somebody else has it open and `take_over` is not set; `session.unknown`,
                `edition.unknown`, `store.chain`, and the store's.
        """
        row = journal.row(id)
        now = clock()
        before = _held(row, who, now, take_over=take_over)
        session = read(journal, row)
        row = journal.take(id, _holder(who, now), epoch=row.epoch)
        journal.drop_drafts(id, [name for name in journal.drafts(id) if name.startswith(WATCHED)])
        if row.version != len(session.log):  # who held it went on between the two; from here on nobody else can
            session = read(journal, row)
        visit = cls(journal, row, session, who, clock, vault)
        visit._append([_begun(who, now, before)])
        return visit

    @classmethod
    def watch(cls, journal: Journal, id: str, who: Who, clock: Clock) -> Visit:
        """Look on while somebody else has it: nothing can be changed from here, and `follow` brings what they do.

        Who holds it is told, and puts it on record.

        Raises:
            Fault: `session.unknown`, `edition.unknown`, `store.chain`, and the store's.
        """
        row = journal.row(id)
        visit = cls(journal, row, read(journal, row), who, clock)
        by = row.holder
        visit._watching = f"{who.name}\n{who.host}\n{who.terminal}"
        journal.keep_draft(id, WATCHED + visit._watching, str(instant(clock())))
        visit.read_only = Fault(
            "lease.watching",
            name=by.name if by else "",
            host=by.host if by else "",
            terminal=by.terminal if by else "",
        )
        return visit

    def moved_on(self) -> bool:
        """Whether there is anything to `follow`.

        Only looks: it may be asked beside the screen's thread, which a store on the network would keep waiting.
        """
        if self._over:
            return False
        row = self.journal.row(self.row.id)
        if (row.version, row.epoch) != (len(self.session.log), self.row.epoch):
            return True
        return self.read_only is None and self._watched_by() != self.watchers

    def follow(self) -> bool:
        """Take in what somebody else did; whether there was anything.

        A window that was overtaken is read-only from here on, and may go on following.
        """
        with self._appending:
            return not self._over and self._follow()

    def _follow(self) -> bool:
        row = self.journal.row(self.row.id)
        if self.read_only is None:
            if row.epoch == self.row.epoch:
                return self._see_watchers()
            self.read_only = _lost(row.holder)
        if self._watching and row.epoch != self.row.epoch:  # whoever has it from here on is told as well
            self.journal.keep_draft(row.id, WATCHED + self._watching, str(instant(self.now)))
        if (row.version, row.epoch) == (len(self.session.log), self.row.epoch):
            return False
        if row.epoch != self.row.epoch:  # it may have been brought in from elsewhere, by another way
            again = read(self.journal, row)
            for name in ("edition", "state", "answers", "log", "host"):
                setattr(self.session, name, getattr(again, name))
        else:
            for stored in self.journal.events(row.id, after=len(self.session.log)):
                self.session.apply(stored.event)
        self.row = row
        self._attach()
        return True

    def _see_watchers(self) -> bool:
        """Put on record who has begun to look on; whether that changed."""
        names = self._watched_by()
        if names == self.watchers:
            return False
        for name in set(names) - set(self.watchers):
            watcher, host, terminal = name.split("\n")
            self._note("watched", by=watcher, host=host, terminal=terminal)
        self.watchers = names
        return True

    def _watched_by(self) -> list[str]:
        return [name.removeprefix(WATCHED) for name in self.drafts(every=True) if name.startswith(WATCHED)]

    def leave(self) -> None:
        """End the sitting: said in the record, and the session given free."""
        if self.read_only is None:
            self._note("left")
            self.journal.drop_drafts(self.row.id, [WATCHED + watcher for watcher in self.watchers])
            self.journal.release(self.row.id, self.row.epoch)
        elif self._watching:
            self.journal.drop_drafts(self.row.id, [WATCHED + self._watching])
        self._end()

    def note_check_out(self) -> None:
        """Say in the record that the session leaves this machine in a file."""
        self._note("checked_out", host=self.who.host)

    def hand_out(self) -> None:
        """Leave the session to the file it was written into: it is shown as checked out, and this sitting is over."""
        with self._appending:
            self.journal.take(self.row.id, Holder.gone(self.who.name, instant(self.now)), epoch=self.row.epoch)
            self._end()

    def _end(self) -> None:
        self._over = True
        self.mover.machine.remove_model(self.session)

    # -- what stands

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def edition(self) -> Edition:
        return self.session.edition

    @property
    def state(self) -> str:
        return self.session.state

    @property
    def ended(self) -> bool:
        return self.state in ENDS

    def board(self) -> Board:
        return self.session.board(self.now)

    def standings(self) -> list[Standing]:
        """Every step with its status, in order."""
        return standings(self.session, self.now)

    def reasons(self, step: str | None = None) -> tuple[Reason, ...]:
        """Every reason why a step (this one, unless named) is not done; what it needs comes first."""
        step = step or self.state
        if step not in self.edition.step:
            return ()
        board = self.board()
        if board.is_(step, Status.SKIPPED, Status.UNTOLD):
            return self.mover.explain(WAITING, f"go_{step}", board)
        needs: tuple[Reason, ...] = ()
        if board.shut(step) and not board.is_(step, Status.DONE):
            needs = tuple(r for r in self.mover.explain(WAITING, f"go_{step}", board) if r.code == "move.needs")
        return (*needs, *self.edition.reasons(step, board.facts))

    def questions(self) -> list[Fact]:
        """What this step asks now, in order."""
        if self.state not in self.edition.step:
            return []
        return self.edition.asked_in(self.state, self.session.facts(self.now))

    def answer_to(self, fact: str) -> Answer | None:
        """The answer that stands, or None; a dormant one does not."""
        return self.session.answers.get(fact) if self.session.facts(self.now).known(fact) else None

    def earlier_answer(self, fact: str) -> Answer | None:
        """The last answer ever given, for a field to start from."""
        if fact in self.session.answers:
            return self.session.answers[fact]
        for event in reversed(self.session.log):
            if event.kind == "answered" and event.body.get("fact") == fact and event.body["value"]:
                return Answer(event.body["value"], event.body.get("detail", ""), event.at, event.actor)
        return None

    def waits(self) -> list[Awaited]:
        return self.session.waits(self.now)

    def refusals(self) -> tuple[Reason, ...]:
        """Every reason, of any step, that refuses."""
        board = self.board()
        steps = [step for step in self.edition.order if board.is_(step, Status.REFUSED)]
        return tuple(r for step in steps for r in self.edition.reasons(step, board.facts) if r.kind is Kind.REFUSE)

    def dates_to_remember(self) -> list[tuple[str, date]]:
        from states.handover.remember import dates_to_remember

        return dates_to_remember(self.session, self.now)

    # -- moving

    def explain(self, trigger: str, words: str = "") -> tuple[Reason, ...]:
        return self.mover.explain(self.state, trigger, self.board(), words)

    def leads_to(self, trigger: str) -> str:
        """Where `next` or `back` would go: a `go_<step>`, `park`, `complete`, or ""."""
        return resolve(self.state, trigger, self.board())

    def move(self, trigger: str, words: str = "") -> tuple[Reason, ...]:
        """Go somewhere; () when it was done and stored, else why not.

        Args:
            trigger: `go_<step>`, `next`, `back`, `park`, `complete`, `refuse`, `abandon`, `reopen`.
            words: a person's reason, for `abandon`.

        Raises:
            Fault: the store's; then nothing has moved.
        """
        with self._appending:
            board = self.board()
            reasons = self.mover.explain(self.state, trigger, board, words)
            if reasons:
                return reasons
            row = resolve(self.state, trigger, board)
            dest = next(r.dest for r in self.mover.rows if (r.source, r.trigger) == (self.state, row))
            body = {"trigger": row, "source": self.state, "dest": dest} | ({"words": words} if words else {})
            event = Event("moved", instant(self.now), self.who.name, body)
            self._store([event])
            self.mover.fire(self.session, row, board, words)
            self.session.apply(event)
            return ()

    # -- answering

    def consequences(self, fact: str, value: str | None, detail: Any = "") -> Consequences:
        return self.session.consequences(fact, value, detail, self.now)

    def closed_to(self, fact: str) -> tuple[Reason, ...]:
        return self.session.closed_to(fact, self.board())

    def answer(
        self,
        fact: str,
        value: str | None,
        detail: Any = "",
        *,
        until: date | None = None,
        how: How = How.ATTESTED,
        seen: tuple[str, ...] = (),
    ) -> tuple[Reason, ...]:
        """Give, change, refresh or (with None) take back an answer; () when stored, else why it is refused.

        Raises:
            Fault: `answer.unknown_value`, `answer.date_missing`, `answer.too_long`, and the store's; nothing changed.
                `secret.still_kept`, for an answer at the hand-over that nothing is kept while something is.
        """
        asked = self.edition.facts[fact]
        if value is not None:
            _check(asked, value, detail, until)
        with self._appending:  # what another thread answers is taken into account, or comes after
            board = self.board()
            reasons = self.session.closed_to(fact, board, taking_back=value is None)
            if reasons:
                return reasons
            if self.custody.closed_to(fact, value):
                raise Fault("secret.still_kept")
            if how is How.ATTESTED and self.session.ends_wait(fact, value, self.now):
                how = How.ARRIVED
            given = Answer(
                value or "", detail, instant(self.now), self.who.name, how, self.who.host, until=until, seen=seen
            )
            event = self.session.answered(fact, given)
            self._append([event], dropped=(fact,))
            return ()

    def chase(self, fact: str) -> tuple[Reason, ...]:
        """It was asked for and has not come: from now on it is overdue."""
        reasons = self.session.closed_to(fact, self.board())
        if not reasons and all(awaited.fact != fact for awaited in self.waits()):
            reasons = (Reason("answer.not_asked", Kind.FIX, fact),)
        if not reasons:
            self._note("chased", fact=fact)
        return reasons

    # -- editions

    def edition_change(self, name: str) -> Change:
        """What going into that edition would do; nothing is done.

        Raises:
            Fault: `edition.unknown`; `edition.pinned` for a session that has ended; `edition.not_from`.
        """
        from states.flow.upgrade import change

        if self.ended:
            raise Fault("edition.pinned", edition=self.edition.name)
        return change(self.session, _from(self.edition.name, name, "upgrades"), self.now)

    def follow_edition(self, name: str) -> Change:
        """Go into that edition: a person's word, recorded with its effects.

        Raises:
            Fault: as `edition_change`, and the store's; then nothing has changed.
        """
        from states.flow.upgrade import event_of

        with self._appending:
            found = self.edition_change(name)
            event = event_of(found, self.session, self.now, self.who.name)
            self._store([event], edition=name)
            self.session.apply(event)
            self._attach()
        return found

    def _attach(self) -> None:
        """Make the session a model of its edition's machine, which may be another one now."""
        now = mover(self.session.edition.name)
        if now is not self.mover:
            self.mover.machine.remove_model(self.session)
            now.attach(self.session)
            self.mover = now

    # -- half-typed answers

    def keep_draft(self, fact: str, text: str) -> None:
        """Store what stands in a field that has not been answered yet; never one of a secret.

        Args:
            fact: its name, or another one for what is typed and answers no fact.

        Raises:
            Fault: `lease.lost` once, and the store's.
        """
        known = self.edition.facts.get(fact)
        if self.read_only is not None or (known is not None and known.form is Form.SECRET):
            return
        now = self.journal.row(self.row.id)
        if now.epoch != self.row.epoch:
            self.read_only = _lost(now.holder)
            raise self.read_only
        if text:
            self.journal.keep_draft(self.row.id, fact, text)
        else:
            self.journal.drop_drafts(self.row.id, [fact])

    def drafts(self, *, every: bool = False) -> dict[str, str]:
        """What is half-typed, by fact; with `every`, what is kept in the same place besides."""
        found = self.journal.drafts(self.row.id)
        return found if every else {name: text for name, text in found.items() if not name.startswith(WATCHED)}

    # -- checks

    def run_check(
        self,
        name: str,
        request: Mapping[str, Any],
        *,
        progress: Callable[[str], None] = lambda _: None,
        cancel: threading.Event | None = None,
    ) -> CheckResult:
        """Measure. Blocks (call it in a thread); ends when `cancel` is set, and within the check's bound anyway."""
        from states.checks.run import run

        if request.get("path"):
            self.may_read(request["path"])
        return run(name, {**self._asked(name), **request}, progress=progress, cancel=cancel or threading.Event())

    def run_checks(
        self,
        *,
        progress: Callable[[str, str], None],
        ended: Callable[[str, CheckResult], None],
        cancel: threading.Event,
    ) -> dict[str, CheckResult]:
        """Measure all that this edition measures, side by side; blocks and ends as `run_check`.

        Args:
            progress, ended: called with a check's name and a line of its own, or its result.
        """
        from states.checks.run import run_all

        asked = {name: self._asked(name) for name in self.measured_facts()}
        return run_all(asked, progress=progress, ended=ended, cancel=cancel)

    def measured_facts(self) -> dict[str, Fact]:
        """Each check of this edition with the fact it measures; of several the one that is asked here."""
        found: dict[str, Fact] = {}
        for fact in self.edition.facts.values():
            if fact.check:
                found.setdefault(fact.check, fact)
        return found | {fact.check: fact for fact in self.questions() if fact.check}

    def _asked(self, name: str) -> dict[str, Any]:
        from states.checks.asking import request_for

        pc = self.session.answers.get("pc")
        called = str(pc.detail) if pc else None
        number = self.session.office_number
        asked = request_for(name, self.edition, day(self.now), office_number=number, pc=called)
        if "sites" in asked:
            asked["sites"] += self.more_sites
        return asked

    def import_probe(self, path: str) -> dict[str, CheckResult]:
        """What a file measured on another PC says of this step's facts, for `record_check`; nothing is recorded yet.

        What holds for a day only counts on that day.

        Raises:
            Fault: `probe.other_pc`, when another PC was measured before; `probe.nothing`, when it has no result for
                this step; and those of `read_probe`.
        """
        from states.checks.probe import for_session, read_probe

        self.may_read(path)
        probe = for_session(read_probe(path, self.edition.name, self.now), self.session.answers)
        found = {
            fact.name: probe.results[fact.check]
            for fact in self.questions()
            if fact.check in probe.results
            and any(value.name == probe.results[fact.check].value for value in fact.values)
            and (fact.holds is not Holds.DAY or day(probe.at) == day(self.now))
        }
        if not found:
            raise Fault("probe.nothing")
        return found

    def record_check(self, fact: str, result: CheckResult) -> tuple[Reason, ...]:
        """Take a measurement as the answer. Only for a result that has a value."""
        assert result.value is not None, "nothing was measured"
        until = date.fromisoformat(result.until) if result.until else None
        if not self.edition.facts[fact].value(result.value).dated:
            until = None
        how = How.MEASURED_HERE if result.here else How.MEASURED_THERE
        return self.answer(fact, result.value, result.detail, until=until, how=how, seen=result.seen)

    def check_names(self, path: str) -> CheckResult:
        """What the names of exported files say; a folder's, or one that is typed. No file is opened."""
        from states.checks.bounded import names_at
        from states.checks.csv_names import MOST, judge

        if Path(path).is_dir():
            self.may_read(path)
        partners = self.session.answers.get("partners")
        named = [str(p.get("name", "")) for p in partners.detail if isinstance(p, dict)] if partners else []
        return judge(names_at(path, MOST), self.session.office_number, named)

    # -- secrets

    def keep_secret(self, fact: str, secret: Secret, place: str, *, agreed: str) -> tuple[Reason, ...]:
        """Put a secret where the office agreed to have it, then record where it is; never what it is. Blocks.

        Args:
            place: `keyring`, `vault` or `visit`.
            agreed: who of the office agreed.

        Raises:
            Fault: `keyring.<state>`, `vault.<state>`; then no answer has been recorded.
        """
        with self.custody.turn:
            reasons = self.closed_to(fact)
            if not reasons:
                self.custody.put(fact, secret, place, agreed=agreed)
                reasons = self.answer(fact, place)
            return reasons

    # -- storing

    def _note(self, kind: str, **body: Any) -> None:
        self._append([Event(kind, instant(self.now), self.who.name, body)])

    def _append(self, events: list[Event], dropped: tuple[str, ...] = ()) -> None:
        with self._appending:
            self._store(events, dropped)
            for event in events:
                self.session.apply(event)

    def _store(self, events: list[Event], dropped: tuple[str, ...] = (), edition: str = "") -> None:
        if self.read_only is not None:
            raise self.read_only
        try:
            self.row = self.journal.append(
                self.row.id,
                version=self.row.version,
                epoch=self.row.epoch,
                head=self.row.head,
                events=events,
                listing=listing(self.session.after(events), self.now),
                drop_drafts=dropped,
                edition=edition,
            )
        except Fault as fault:
            if fault.code.startswith("lease."):
                self.read_only = fault
            raise


def taken(journal: Journal, id: str, who: Who, now: datetime, *, take_over: bool = False) -> Row:
    """Take the lease of a session, without sitting down at it.

    Raises:
        Fault: `lease.held`, as `Visit.resume`; `session.unknown`, and the store's.
    """
    row = journal.row(id)
    _held(row, who, now, take_over=take_over)
    return journal.take(id, _holder(who, now), epoch=row.epoch)


def read(journal: Journal, row: Row) -> Session:
    """The session behind a row, restored from its verified events."""
    return _restored(row, [stored.event for stored in journal.events(row.id)])


def listing_of(row: Row, events: list[Event]) -> Listing:
    """What the list shows of a session with these events, as it did when the last of them came."""
    if row.edition not in editions.KNOWN:
        return row.listing
    return listing(_restored(row, events), moment(events[-1].at))


def listing(session: Session, now: datetime) -> Listing:
    """What the list of sessions shows, derived from the session."""
    board = session.board(now)
    waits = [] if session.state in ENDS else session.waits(now)
    # What holds things up decides the date; where nothing does, what is merely awaited.
    first = next((wait for wait in waits if wait.holds_up), waits[0] if waits else None)
    ended = session.state in ENDS
    return Listing(
        state=session.state,
        status=session.state if session.state in (*ENDS, "waiting") else "open",  # type: ignore[arg-type]
        work=not ended and (board.any(*WORK) or board.any(Status.REFUSED) or board.all(Status.DONE, Status.SKIPPED)),
        due=first.expected.isoformat() if first else None,
        awaiting=f"{first.fact}.{first.value}" if first else "",
        item=session.edition.step[session.state].item if session.state in session.edition.step else "",
    )


def _restored(row: Row, events: list[Event]) -> Session:
    return Session.restore(row.id, row.office_number, row.office_name, editions.find(row.edition), events)


def _from(source: str, target: str, by: Literal["upgrades", "continues"]) -> Edition:
    """The edition of that name, where one may come into it so.

    Raises:
        Fault: `edition.unknown`, `edition.not_from`.
    """
    table = editions.find(target)
    if source not in getattr(table, by):
        raise Fault("edition.not_from", edition=source, known=target)
    return table


def _brought(done: Session, table: Edition, now: datetime) -> dict[str, Any]:
    """What goes along from a completed session, each answer with its evidence; and the names of what is left there."""
    from states.flow.upgrade import carry, standing

    _from(done.edition.name, table.name, "continues")
    stands = standing(done, now)
    carried = carry({name: answer.value for name, answer in stands.items()}, table)
    return {
        "continues": done.id,
        "carried": {name: written(stands[name]) for name in carried.kept},
        "left": [name for name in done.answers if name not in carried.kept],
    }


def _begun(who: Who, now: datetime, taken_from: Holder | None = None) -> Event:
    body: dict[str, Any] = {"host": who.host, "terminal": who.terminal}
    if taken_from is not None:
        body["taken_from"] = {"name": taken_from.name, "host": taken_from.host, "terminal": taken_from.terminal}
    return Event("visit", instant(now), who.name, body)


def _held(row: Row, who: Who, now: datetime, *, take_over: bool) -> Holder | None:
    """Somebody else who has it, and is to be overtaken.

    Raises:
        Fault: `lease.held`, `lease.checked_out`, when nobody chose to.
    """
    if not held_elsewhere(row.holder, _holder(who, now)):
        return None
    by = row.holder
    if by is not None and not take_over:
        if by.away:
            raise Fault("lease.checked_out", name=by.name, since=by.since)
        raise Fault("lease.held", name=by.name, host=by.host, terminal=by.terminal, since=by.since)
    return by


def _lost(by: Holder | None) -> Fault:
    return Fault("lease.lost", name=by.name if by else "", host=by.host if by else "", since=by.since if by else "")


def _holder(who: Who, now: datetime) -> Holder:
    return Holder.here(who.name, who.terminal, instant(now))


def _office(raw: str) -> str:
    from states.flow.identifiers import judge_office

    judged = judge_office(raw)
    if judged.value != "office":
        raise Fault("office.malformed", text=judged.text[:20])
    return judged.text


def _check(fact: Fact, value: str, detail: Any, until: date | None) -> None:
    if all(known.name != value for known in fact.values):
        raise Fault("answer.unknown_value", fact=fact.name, value=value)
    if isinstance(detail, str) and len(detail) > DETAIL_LIMIT:
        raise Fault("answer.too_long", fact=fact.name, limit=DETAIL_LIMIT)
    if fact.form is Form.TEXT and not (isinstance(detail, str) and detail.strip()):
        raise Fault("answer.empty", fact=fact.name)
    if fact.value(value).dated and until is None:
        raise Fault("answer.date_missing", fact=fact.name)
