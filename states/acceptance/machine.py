"""The machine without a store, and what a person can do at it or at the real app.

`Machine` keeps the rules by asking the session and the mover for them, in the order in which a visit does; it stores
nothing. Whoever else carries a story out (the real app on a terminal) does it as `Hands`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from states.flow.board import Board, resolve
from states.flow.edition import Edition
from states.flow.events import JAPAN, Event, instant
from states.flow.guards import Reason
from states.flow.machine import Mover
from states.flow.session import Answer, How, Session

Reasons = tuple[Reason, ...]

START = datetime(2026, 4, 1, 9, tzinfo=JAPAN)
OFFICE = ("1372345601", "みどり居宅支援")
WHO, HOST = "佐藤", "pc-1"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is given; a value of None takes it back."""

    fact: str
    value: str | None
    detail: Any = ""
    until: date | None = None
    how: How = How.ATTESTED


class Hands(Protocol):
    """What a person does at an introduction. () when it was done; else why it was refused."""

    def answer(self, given: Given) -> Reasons: ...
    def look(self, given: Given) -> Reasons: ...
    def chase(self, fact: str) -> Reasons: ...
    def move(self, trigger: str, words: str) -> Reasons: ...
    def tick(self, now: datetime) -> Reasons: ...
    def leave(self) -> Reasons: ...
    def come(self, name: str) -> Reasons: ...
    def cut(self) -> Reasons: ...
    def take_over(self, name: str) -> Reasons: ...


class Machine:
    """A session without a store. One for an edition, used for one scenario after the other.

    Args:
        edition: the table.
        mover: its machine; made when there is none.
    """

    def __init__(self, edition: Edition, mover: Mover | None = None) -> None:
        self.edition, self.mover = edition, mover or Mover(edition)
        self.session = Session("", *OFFICE, edition)
        self.mover.attach(self.session)
        self._board: tuple[tuple[int, datetime], Board] | None = None
        self.begin()

    def begin(self) -> None:
        """As before anything has happened."""
        self.now, self.who, self.here = START, WHO, True
        self.taken: list[tuple[str, str, str]] = []  # rows of the table
        self.ended: list[tuple[str, bool]] = []  # waits, and whether they were overdue
        self.put(self.edition.order[0], {}, [])
        self.session.office_number, self.session.office_name = OFFICE

    def put(self, state: str, answers: Mapping[str, Answer], log: Sequence[Event]) -> None:
        session, self._board = self.session, None
        session.state, session.answers, session.log = state, dict(answers), list(log)

    @property
    def board(self) -> Board:
        """The board of this moment; remembered, for several sentences look at the same one."""
        moment = (len(self.session.log), self.now)
        if self._board is None or self._board[0] != moment:
            self._board = (moment, self.session.board(self.now))
        return self._board[1]

    def explain(self, trigger: str, words: str = "") -> Reasons:
        return self.mover.explain(self.session.state, trigger, self.board, words)

    # -- what a person does

    def answer(self, given: Given) -> Reasons:
        session, how = self.session, given.how
        reasons = session.closed_to(given.fact, self.board, taking_back=given.value is None)
        if reasons:
            return reasons
        ended = session.ends_wait(given.fact, given.value, self.now)
        if ended is not None:
            self.ended.append((f"{ended.fact}.{ended.value}", ended.overdue))
            how = How.ARRIVED if how is How.ATTESTED else how
        answer = Answer(given.value or "", given.detail, instant(self.now), self.who, how, HOST, until=given.until)
        session.apply(session.answered(given.fact, answer))
        return ()

    def look(self, given: Given) -> Reasons:
        return self.session.closed_to(given.fact, self.board, taking_back=given.value is None)

    def chase(self, fact: str) -> Reasons:
        reasons = self.session.closed_to(fact, self.board)
        if not reasons:
            self._note("chased", fact=fact)
        return reasons

    def move(self, trigger: str, words: str = "") -> Reasons:
        source, board = self.session.state, self.board
        reasons = self.mover.fire(self.session, trigger, board, words)
        if not reasons:
            row, dest = resolve(source, trigger, board), self.session.state
            self.taken.append((source, row, dest))
            self._note("moved", trigger=row, source=source, dest=dest, **({"words": words} if words else {}))
        return reasons

    def tick(self, now: datetime) -> Reasons:
        self.now = now
        return ()

    def leave(self) -> Reasons:
        self._note("left")
        self.here = False
        return ()

    def come(self, name: str) -> Reasons:
        self.who, self.here = name, True
        self._note("visit", host=HOST, terminal="")
        return ()

    def cut(self) -> Reasons:
        """All that is left is the record; the session is what that adds up to."""
        old = self.session
        read = Session.restore(old.id, old.office_number, old.office_name, self.edition, old.log)
        self.put(read.state, read.answers, read.log)
        return self.come(self.who)

    def take_over(self, name: str) -> Reasons:
        return self.come(name)

    def _note(self, kind: str, **body: str) -> None:
        self.session.apply(Event(kind, instant(self.now), self.who, body))
