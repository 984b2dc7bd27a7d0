"""A secret is put away in a thread of its own: what it records and what the screen records come one after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from states.desk import Desk
from states.fault import Fault
from states.storage.records import Row
from states.storage.secrets import Secret
from states.visit import Visit, read
from tests.flow.stories import EDITION, OFFICE, OFFICE_NAME, Clock, settle
from tests.test_visit import CANARY, ME, Keeper

FACT = "password_kept"
LONG_ENOUGH = 0.5  # seconds in which the other one would have come, if anything let it


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    desk = Desk.open(tmp_path / "store", Clock())
    one = desk.begin(OFFICE, OFFICE_NAME, EDITION.name, ME)
    settle(one, "terminal", "user_id")
    one.custody._stores = {"keyring": Keeper("keyring")}
    yield one
    desk.close()


class Hand:
    """The thread that keeps a secret."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.errors = visit, list[Exception]()
        self.thread = threading.Thread(target=self._keep)

    def _keep(self) -> None:
        try:
            self.visit.keep_secret(FACT, Secret(CANARY), "keyring", agreed="鈴木")
        except Exception as error:
            self.errors.append(error)


def both_append(visit: Visit) -> list[Exception]:
    """The screen answers while the thread is in the middle of its append; what goes wrong."""
    append = visit.journal.append
    first, second = threading.Event(), threading.Event()

    def slowly(id: str, **given: Any) -> Row:
        if first.is_set():
            second.set()
        first.set()
        second.wait(LONG_ENOUGH)
        return append(id, **given)

    hand = Hand(visit)
    visit.journal.append = slowly  # type: ignore[method-assign]
    hand.thread.start()
    assert first.wait(10)
    try:
        assert not visit.answer("password", "known", "again")
    except Exception as error:
        hand.errors.append(error)
    hand.thread.join(30)
    visit.journal.append = append  # type: ignore[method-assign]
    return hand.errors


def test_two_appends_at_once_are_both_stored_one_after_the_other(visit: Visit) -> None:
    assert both_append(visit) == []
    events = [stored.event for stored in visit.journal.events(visit.row.id)]
    assert events == visit.session.log
    assert {(e.kind, e.body.get("fact")) for e in events[-3:]} == {
        ("consented", FACT),
        ("answered", FACT),
        ("answered", "password"),
    }
    assert visit.row.version == len(events) == visit.journal.verify(visit.row.id)


def test_without_the_lock_that_goes_wrong(visit: Visit) -> None:
    """Else the test above would show nothing."""
    visit._appending = nullcontext()  # type: ignore[assignment]
    assert any(isinstance(error, Fault) and error.code == "store.moved" for error in both_append(visit))


def lost_meanwhile(visit: Visit) -> Any:
    """The screen says the password is lost; between that thought and its record the thread tries to come in."""
    hand = Hand(visit)
    answered = visit.session.answered

    def thoughtful(fact: str, *given: Any) -> Any:
        event = answered(fact, *given)
        if fact == "password":
            hand.thread.start()
            hand.thread.join(LONG_ENOUGH)
        return event

    visit.session.answered = thoughtful  # type: ignore[assignment, method-assign]
    assert not visit.answer("password", "lost")
    hand.thread.join(30)
    assert hand.errors == []
    return read(visit.journal, visit.row)


def test_what_is_withdrawn_is_thought_out_and_stored_in_one(visit: Visit) -> None:
    """The password that was lost is not kept afterwards: its answer came too late, and what was put there is wiped."""
    session = lost_meanwhile(visit)
    assert FACT not in session.answers
    assert visit.custody.left_behind() == [(FACT, "keyring")]


def test_without_the_lock_a_lost_password_would_stand_as_kept(visit: Visit) -> None:
    visit._appending = nullcontext()  # type: ignore[assignment]
    assert lost_meanwhile(visit).answers[FACT].value == "keyring"
