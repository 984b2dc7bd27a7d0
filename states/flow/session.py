"""One office's introduction: where the technician stands, what is known, and what follows from it at a given time.

A session is the sum of its events. Events carry their effects, so that reading them back needs no guard: a session
written under an older table is never judged anew by a newer one. Time is handed in everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from states.flow import editions
from states.flow.board import Board, Status
from states.flow.edition import Edition
from states.flow.events import Event, day, instant
from states.flow.facts import DUE, OVERDUE, STALE, Fact, Facts, Holds, Meaning, Wait, Who, age, time
from states.flow.guards import Kind, Reason

WEEK = timedelta(days=7)


class How(StrEnum):
    """How an answer came to be known."""

    MEASURED_HERE = "measured_here"
    MEASURED_THERE = "measured_there"  # on another PC, brought here
    ATTESTED = "attested"  # by a person who looked
    ARRIVED = "arrived"  # from outside


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and its evidence.

    Args:
        value: name of the fact's value.
        detail: what was given besides it: a text, a user ID, a partner list, "build 22631".
        at: milliseconds since 1970 in UTC.
        by: who gave it.
        how: see there.
        host: the machine it was given on.
        until: last day it holds (a certificate), or the day agreed on.
        seen: lines of what was measured.
        chased: when it was asked for in vain since, or None.
    """

    value: str
    detail: Any = ""
    at: int = 0
    by: str = ""
    how: How = How.ATTESTED
    host: str = ""
    until: date | None = None
    seen: tuple[str, ...] = ()
    chased: int | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something on its way: who has been asked for what, since when, until when.

    Args:
        fact, value: which answer says so.
        who: from whom.
        since, expected: Japanese calendar days.
        overdue: the edition's grace has passed, or it was asked for in vain.
        due: the expected day has come.
        holds_up: whether anything stands still because of it.
    """

    fact: str
    value: str
    who: Who
    since: date
    expected: date
    due: bool
    overdue: bool
    holds_up: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an answer would change, told before it is given.

    Args:
        withdrawn: answers that would no longer stand, in the order of the edition.
        dormant: answers that would count for nothing, because they are no longer asked.
        closed: requests that have got what they waited for.
        reopened: steps that are done now and would not be.
        stays: answered steps that remain as they are.
    """

    withdrawn: tuple[str, ...]
    dormant: tuple[str, ...]
    closed: tuple[str, ...]
    reopened: tuple[str, ...]
    stays: tuple[str, ...]

    @property
    def worth_asking(self) -> bool:
        return bool(self.withdrawn or self.dormant or self.reopened)


class Session:
    """The model that the machine moves.

    Args:
        id: of the session, random.
        office_number, office_name: whose introduction it is.
        edition: the rules it follows.
    """

    def __init__(self, id: str, office_number: str, office_name: str, edition: Edition) -> None:
        self.id, self.office_number, self.office_name = id, office_number, office_name
        self.edition = edition
        self.state: str = edition.order[0]
        self.answers: dict[str, Answer] = {}
        self.log: list[Event] = []
        self.host = ""
        """The machine of the last sitting: what was measured on another one has to be measured again."""

    # -- what stands at a given time

    def facts(self, now: datetime) -> Facts:
        return Facts(self.edition.facts, self._values(now))

    def board(self, now: datetime) -> Board:
        return Board(self.edition, self.facts(now))

    def _values(self, now: datetime) -> dict[str, str]:
        """Every answer this edition knows, dormant ones included, and where the clock has put its slots."""
        values: dict[str, str] = {}
        for name, answer in self.answers.items():
            fact = self.edition.facts.get(name)
            if fact is None or all(value.name != answer.value for value in fact.values):
                continue  # another edition's word: kept in the record, unknown to this table
            values[name] = answer.value
            if fact.holds is not Holds.ALWAYS and (is_stale(fact, answer, now) or self._elsewhere(answer)):
                values[age(name)] = STALE
            wait = fact.value(answer.value).wait
            if wait is not None:
                awaited = self._awaited(fact, answer, wait, now)
                if awaited.overdue:
                    values[time(name)] = OVERDUE
                elif awaited.due:
                    values[time(name)] = DUE
        return values

    def _elsewhere(self, answer: Answer) -> bool:
        """Whether it was measured on the machine that ran this program then, and that is another one now."""
        return answer.how is How.MEASURED_HERE and bool(answer.host and self.host) and answer.host != self.host

    def measured_elsewhere(self) -> list[str]:
        """Answers bound to another machine than this sitting's, in the order of the edition; the rest stays."""
        return [name for name in self.edition.facts if name in self.answers and self._elsewhere(self.answers[name])]

    def clock_went_back(self, now: datetime) -> datetime | None:
        """The latest thing in the record, when it is later than now: a finding to be shown."""
        latest = max((event.at for event in self.log), default=0)
        return datetime.fromtimestamp(latest / 1000, now.tzinfo) if latest > instant(now) else None

    # -- waits

    def waits(self, now: datetime) -> list[Awaited]:
        """All that is awaited, the earliest expected first; what holds nothing up comes last on its day."""
        f = self.facts(now)
        found = []
        for name, answer in self.answers.items():
            fact = self.edition.facts.get(name)
            if fact is None or not f.known(name):
                continue
            value = fact.value(answer.value)
            if value.wait is None:
                continue
            awaited = self._awaited(fact, answer, value.wait, now)
            if value.meaning is Meaning.FINE or not fact.needed(f):
                awaited = replace(awaited, holds_up=False)
            found.append(awaited)
        return sorted(found, key=lambda a: (a.expected, not a.holds_up, a.fact))

    def ends_wait(self, fact: str, value: str | None, now: datetime) -> Awaited | None:
        """What holds things up and ends by this answer: awaited by this fact itself, or by a request for it."""
        asking = [name for name in self.answers if name == fact or fact in self._awaits(name)]
        if value is None or not asking:
            return None
        ended = (wait for wait in self.waits(now) if wait.fact in asking and wait.holds_up)
        return next((wait for wait in ended if wait.fact != fact or wait.value != value), None)

    def _awaits(self, name: str) -> tuple[str, ...]:
        return self.edition.facts[name].awaits if name in self.edition.facts else ()

    def _awaited(self, fact: Fact, answer: Answer, wait: Wait, now: datetime) -> Awaited:
        value = fact.value(answer.value)
        since = day(answer.at)
        expected = answer.until if value.dated and answer.until else since + timedelta(days=wait.days)
        here = answer.at <= instant(now)  # no wait ends by a clock that went backwards
        in_vain = answer.chased is not None and answer.chased <= instant(now)
        today = day(now)
        return Awaited(
            fact.name,
            value.name,
            value.who,
            since,
            expected,
            due=here and today >= expected,
            overdue=here and (in_vain or today > expected + timedelta(days=wait.grace)),
            holds_up=wait.holds_up,
        )

    # -- answering

    def closed_to(self, fact: str, board: Board, *, taking_back: bool = False) -> tuple[Reason, ...]:
        """Every reason why this fact cannot be answered from where the technician stands; none when it can.

        An outcome that was looked up once can be looked up again, whatever the step needs by now. But while a need is
        lacking nothing is taken back: the step could close under the technician, and only the clock may do that.
        """
        asked = self.edition.facts[fact]
        if self.state != asked.step:
            return (Reason("answer.not_here", Kind.FIX, asked.step),)
        if not board.facts.asked(fact):
            return (Reason("answer.not_asked", Kind.FIX, fact),)
        if taking_back and board.lacking(asked.step):
            return tuple(Reason("move.needs", Kind.FIX, need) for need in board.lacking(asked.step))
        if asked.outcome and board.facts.known(fact):
            return ()
        if board.is_(asked.step, Status.SKIPPED, Status.UNTOLD):
            return (Reason("answer.not_asked", Kind.FIX, fact),)
        if board.shut(asked.step):
            return tuple(Reason("move.needs", Kind.FIX, need) for need in board.lacking(asked.step))
        return ()

    def is_another(self, fact: str, value: str | None, detail: Any) -> bool:
        """Whether this would be another answer, and not the same one measured again."""
        old = self.answers.get(fact)
        if old is None or old.value != value:
            return old is not None or value is not None
        return self.edition.facts[fact].identified_by_detail and old.detail != detail

    def consequences(self, fact: str, value: str | None, detail: Any, now: datetime) -> Consequences:
        """What the answer would change; touches nothing. `value` None stands for taking the answer back."""
        before = self.facts(now)
        if not self.is_another(fact, value, detail):
            return Consequences((), (), (), (), ())
        same_value = before.values.get(fact) == value
        after = Facts(self.edition.facts, self.edition.answer(before.values, fact, value, another=same_value))
        hanging = [name for name in self.edition.hanging(self.answers, fact) if name in self.answers]
        closed = [name for name in hanging if value and fact in self.edition.facts[name].awaits]
        order = list(self.edition.facts)
        withdrawn = [name for name in hanging if name not in closed and before.known(name)]
        dormant = [
            name
            for name in self.answers
            if name not in hanging and name != fact and name in order and before.known(name) and not after.known(name)
        ]
        was, will = Board(self.edition, before), Board(self.edition, after)
        touched = {self.edition.facts[name].step for name in (*withdrawn, *dormant)}
        touched.add(self.edition.facts[fact].step)
        reopened = [s for s in self.edition.order if was.is_(s, Status.DONE) and will.is_(s, *_UNDONE)]
        answered = {self.edition.facts[name].step for name in self.answers if before.known(name)}
        return Consequences(
            tuple(sorted(withdrawn, key=order.index)),
            tuple(sorted(dormant, key=order.index)),
            tuple(closed),
            tuple(reopened),
            tuple(step for step in self.edition.order if step in answered - touched - set(reopened)),
        )

    # -- events

    def answered(self, fact: str, answer: Answer) -> Event:
        """The event of an answer, its effects included. A value of "" takes the answer back."""
        withdrawn: list[str] = []
        closed: list[str] = []
        if self.is_another(fact, answer.value or None, answer.detail):
            for name in self.edition.hanging(self.answers, fact):
                came = answer.value and fact in self.edition.facts[name].awaits  # taken back is not answered
                (closed if came else withdrawn).append(name)
        body = _body(fact, answer)
        if withdrawn:
            body["withdrawn"] = withdrawn
        if closed:
            body["closed"] = closed
        return Event("answered", answer.at, answer.by, body)

    def apply(self, event: Event) -> None:
        """Add one event that has been stored. Unknown kinds are kept and change nothing."""
        body = event.body
        match event.kind:
            case "answered":
                for name in (*body.get("withdrawn", ()), *body.get("closed", ())):
                    self.answers.pop(name, None)
                if body["value"]:
                    self.answers[body["fact"]] = _read(body, event)
                else:
                    self.answers.pop(body["fact"], None)
            case "chased":
                old = self.answers.get(body["fact"])
                if old is not None:
                    self.answers[body["fact"]] = replace(old, chased=event.at)
            case "moved":
                self.state = body["dest"]
            case "visit":
                self.host = body.get("host", "")
            case "joined" if body["goes_on"] == "tail":
                self.state, self.edition = body["state"], editions.find(body.get("edition", self.edition.name))
                self.answers = {one["body"]["fact"]: _stood(one) for one in body["stands"]}
            case "edition":
                self.edition, self.state = editions.find(body["to"]), body["dest"]
                for name in body["aside"]:
                    self.answers.pop(name, None)
            case "created":
                # An office that goes on from a completed session brings what still stood there, with its evidence.
                for name, told in body.get("carried", {}).items():
                    self.answers[name] = _read(told, Event("answered", told["at"], told["by"], {}))
        self.log.append(event)

    def stands(self) -> list[dict[str, Any]]:
        """Every answer that stands, as the event of a joining carries them: read back without a rule being asked."""
        return [
            {"at": answer.at, "by": answer.by, "chased": answer.chased, "body": _body(name, answer)}
            for name, answer in self.answers.items()
        ]

    def everything(self) -> Iterator[Event]:
        """Every event that is known, those of ways that did not go on included: each way after the sitting it is of."""
        for event in self.log:
            if event.kind == "joined":
                yield from [before for before in self.log[: event.body["after"]] if before.kind == "visit"][-1:]
                yield from kept_by(event)
            yield event

    def after(self, events: Sequence[Event]) -> Session:
        """What the session would be once these events are stored; this one is left as it is."""
        copy = Session(self.id, self.office_number, self.office_name, self.edition)
        copy.state, copy.answers, copy.host = self.state, dict(self.answers), self.host
        for event in events:
            copy.apply(event)
        return copy

    @classmethod
    def restore(
        cls, id: str, office_number: str, office_name: str, edition: Edition, events: Sequence[Event]
    ) -> Session:
        """The session that these events add up to.

        Args:
            edition: the one it follows now; it may have begun under another.

        Raises:
            Fault: `edition.unknown`.
        """
        session = cls(id, office_number, office_name, began_under(edition, events))
        for event in events:
            session.apply(event)
        if session.state not in (*session.edition.order, "waiting", "complete", "refused", "abandoned"):
            session.state = "waiting"  # a step this edition does not have: back to the lobby, nothing lost
        return session


def began_under(edition: Edition, events: Sequence[Event]) -> Edition:
    """The edition that a session began under, which now follows `edition`."""
    first = next((event for event in events if event.kind == "edition"), None)
    return editions.find(first.body["from"]) if first else edition


_UNDONE = tuple(status for status in Status if status is not Status.DONE)


def is_stale(fact: Fact, answer: Answer, now: datetime) -> bool:
    """Whether an answer no longer holds: its time has passed, or it is dated later than now."""
    if fact.dated and answer.value not in fact.dated:
        return False
    if answer.at > instant(now):
        return True
    match fact.holds:
        case Holds.DAY:
            return day(answer.at) != day(now)
        case Holds.WEEK:
            return day(now) - day(answer.at) >= WEEK
        case Holds.NOT_AFTER:
            return answer.until is not None and day(now) > answer.until
    return False


def _body(fact: str, answer: Answer) -> dict[str, Any]:
    body: dict[str, Any] = {"fact": fact, "value": answer.value, "how": str(answer.how), "host": answer.host}
    if answer.detail != "":
        body["detail"] = answer.detail
    if answer.until is not None:
        body["until"] = answer.until.isoformat()
    if answer.seen:
        body["seen"] = list(answer.seen)
    return body


def _stood(one: Mapping[str, Any]) -> Answer:
    answer = _read(one["body"], Event("answered", one["at"], one["by"], one["body"]))
    return replace(answer, chased=one["chased"])


def kept_by(joined: Event) -> Iterator[Event]:
    """The events that a joining keeps, those of joinings within it before it; those held elsewhere are left out."""
    for one in joined.body["tail"]:
        if isinstance(one, list):
            event = Event(*one)
            if event.kind == "joined":
                yield from kept_by(event)
            yield event


def written(answer: Answer) -> dict[str, Any]:
    """An answer as it is stored where it stands for itself, its evidence included."""
    told: dict[str, Any] = {"value": answer.value, "how": str(answer.how), "host": answer.host}
    told |= {"at": answer.at, "by": answer.by, "detail": answer.detail, "seen": list(answer.seen)}
    return told | ({"until": answer.until.isoformat()} if answer.until else {})


def _read(body: Mapping[str, Any], event: Event) -> Answer:
    until = body.get("until")
    how = body.get("how", "")
    return Answer(
        value=body["value"],
        detail=body.get("detail", ""),
        at=event.at,
        by=event.actor,
        how=How(how) if how in list(How) else How.ATTESTED,
        host=body.get("host", ""),
        until=date.fromisoformat(until) if until else None,
        seen=tuple(body.get("seen", ())),
    )
