"""What a sentence expects: each method holds, or raises with what stood there instead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from states.acceptance.lexicon import Saying
from states.acceptance.machine import Reasons
from states.acceptance.story import MissedError, Story
from states.flow.board import COMPLETE, REFUSED, WAITING, Status, resolve
from states.flow.events import day as day_of
from states.flow.facts import Form
from states.flow.guards import Reason
from states.flow.session import Awaited
from states.flow.standing import warnings

CANARY = "canary-7f3a"  # typed wherever a secret is asked for, then searched for


class World(Story):
    """A story that can be asked how it stands."""

    def is_at(self, place: str) -> None:
        _same(self.session.state, place)

    def has_ended(self, end: str) -> None:
        _same(self.session.state, end)

    def has_status(self, step: str, status: str) -> None:
        _same(str(self.machine.board.status(step)), status)

    def have_statuses(self, rows: Sequence[Mapping[str, str]]) -> None:
        board = self.machine.board
        stood = {row["step"]: str(board.status(row["step"])) for row in rows}
        wrong = [f"{step}: {status}" for step, status in stood.items() if {"step": step, "status": status} not in rows]
        if wrong:
            raise MissedError(_listed(wrong))

    def reasons_of(self, step: str) -> Reasons:
        board = self.machine.board
        if board.is_(step, Status.SKIPPED, Status.UNTOLD):
            return ()
        return self.edition.reasons(step, board.facts)

    def why_only(self, step: str, code: str) -> None:
        _same_set(_codes(self.reasons_of(step)), [code])

    def why_all(self, step: str, rows: Sequence[Mapping[str, str]]) -> None:
        _same_set(_codes(self.reasons_of(step)), [row["code"] for row in rows])

    def why_among(self, step: str, code: str) -> None:
        _among(_codes(self.reasons_of(step)), code)

    def why_none(self, step: str) -> None:
        _same_set(_codes(self.reasons_of(step)), [])

    def needs_first(self, step: str, need: str) -> None:
        _among(self.machine.board.lacking(step), need)

    def decided_by(self, step: str, fact: str) -> None:
        _same(self.edition.step[step].applies(self.machine.board.facts).by, fact)

    def was_refused(self, code: str) -> None:
        refused, self.refused = self.refused, ()
        _same_set(_codes(refused), [code])

    def was_refused_for(self, code: str, need: str) -> None:
        refused, self.refused = self.refused, ()
        _among([f"{reason.code} {reason.fact}" for reason in refused], f"{code} {need}")

    def was_refused_all(self, rows: Sequence[Mapping[str, str]]) -> None:
        refused, self.refused = self.refused, ()
        with_need = any("need" in row for row in rows)
        stood = [f"{r.code} {r.fact}" if with_need else r.code for r in refused]
        _same_set(stood, [" ".join(row.values()) for row in rows])

    def stands_at(self, fact: str, value: Saying, day: date | None = None) -> None:
        answer = self.session.answers.get(fact) if self.machine.board.facts.known(fact) else None
        if answer is None:
            raise MissedError("-")
        wrong = answer.value != value.value or (value.detail is not None and answer.detail != value.detail)
        if wrong or (day is not None and answer.until != day):
            detail = json.dumps(answer.detail, ensure_ascii=False) if answer.detail else ""
            raise MissedError(" ".join(filter(None, (answer.value, detail, str(answer.until or "")))))

    def is_unanswered(self, fact: str) -> None:
        if self.machine.board.facts.known(fact):
            raise MissedError(self.session.answers[fact].value)

    def is_at_rest(self, fact: str) -> None:
        if fact not in self.session.answers or self.machine.board.facts.known(fact):
            raise MissedError(self.session.answers[fact].value if fact in self.session.answers else "-")

    def is_asked(self, fact: str) -> None:
        if not self.machine.board.facts.asked(fact):
            raise MissedError("-")

    def is_not_asked(self, fact: str) -> None:
        if self.machine.board.facts.asked(fact):
            raise MissedError(fact)

    def is_known_by(self, fact: str, how: str, name: str, day: date | None = None) -> None:
        self.stands_at(fact, Saying(self.session.answers[fact].value if fact in self.session.answers else ""))
        answer = self.session.answers[fact]
        given = day_of(answer.at)
        if (answer.how, answer.by) != (how, name) or (day is not None and given != day):
            raise MissedError(f"{answer.how} {answer.by} {given}")

    def was_before(self, fact: str, value: Saying) -> None:
        given = [e.body["value"] for e in self.session.log if e.kind == "answered" and e.body["fact"] == fact]
        _among(given[:-1] if fact in self.session.answers else given, value.value)

    def withdraws(self, rows: Sequence[Mapping[str, str]]) -> None:
        _same_set(self.consequences().withdrawn, [row["fact"] for row in rows])

    def puts_to_rest(self, rows: Sequence[Mapping[str, str]]) -> None:
        _same_set(self.consequences().dormant, [row["fact"] for row in rows])

    def closes(self, rows: Sequence[Mapping[str, str]]) -> None:
        _same_set(self.consequences().closed, [row["fact"] for row in rows])

    def reopens(self, rows: Sequence[Mapping[str, str]]) -> None:
        _same_set(self.consequences().reopened, [row["step"] for row in rows])

    def changes_nothing_else(self) -> None:
        found = self.consequences()
        _same_set((*found.withdrawn, *found.dormant, *found.reopened), [])

    def _wait(self, fact: str) -> Awaited:
        waits = self.session.waits(self.now)
        found = next((wait for wait in waits if wait.fact == fact), None)
        if found is None:
            raise MissedError(_listed([wait.fact for wait in waits]))
        return found

    def awaits(self, fact: str, day: date) -> None:
        _same(self._wait(fact).expected.isoformat(), day.isoformat())

    def is_early(self, fact: str) -> None:
        _same(_lateness(self._wait(fact)), "early")

    def is_due(self, fact: str) -> None:
        _same(_lateness(self._wait(fact)), "due")

    def is_overdue(self, fact: str) -> None:
        _same(_lateness(self._wait(fact)), "overdue")

    def holds_nothing_up(self, fact: str) -> None:
        if self._wait(fact).holds_up:
            raise MissedError(fact)

    def awaits_nothing(self) -> None:
        _same_set([wait.fact for wait in self.session.waits(self.now)], [])

    def warns(self, code: str) -> None:
        _among(_codes(warnings(self.session, self.now)), code)

    def next_leads(self, place: str) -> None:
        self._leads("next", place)

    def back_leads(self, place: str) -> None:
        self._leads("back", place)

    def _leads(self, trigger: str, place: str) -> None:
        row = resolve(self.session.state, trigger, self.machine.board)
        places = {"park": WAITING, "complete": COMPLETE, "refuse": REFUSED}
        _same(places.get(row, row.removeprefix("go_")) or "-", place)

    def no_way_on(self, code: str) -> None:
        _same_set(_codes(self.machine.explain("next")), [code])

    def may_go(self, step: str) -> None:
        _same_set(_codes(self.machine.explain(f"go_{step}")), [])

    def may_not_go(self, step: str, code: str) -> None:
        _same_set(_codes(self.machine.explain(f"go_{step}")), [code])

    def keeps_no_secret(self) -> None:
        secret = {name for name, fact in self.edition.facts.items() if fact.form is Form.SECRET}
        for event in self.session.log:
            told = event.kind == "answered" and event.body["fact"] in secret and event.body.keys() & {"detail", "seen"}
            if told or CANARY in json.dumps(dict(event.body), ensure_ascii=False):
                raise MissedError(f"{event.kind} {event.body.get('fact', '')}")

    def saw_clock_go_back(self) -> None:
        if self.session.clock_went_back(self.now) is None:
            raise MissedError(self.now.isoformat(sep=" ", timespec="minutes"))

    def is_onlooker(self, name: str) -> None:
        if name not in self.onlookers:
            raise MissedError(_listed(sorted(self.onlookers)))


def _codes(reasons: Sequence[Reason]) -> list[str]:
    return [reason.code for reason in reasons]


def _lateness(wait: Awaited) -> str:
    return "overdue" if wait.overdue else "due" if wait.due else "early"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "-"


def _same(stood: str, expected: str) -> None:
    if stood != expected:
        raise MissedError(stood)


def _same_set(stood: Sequence[str], expected: Sequence[str]) -> None:
    if set(stood) != set(expected):
        raise MissedError(_listed(stood))


def _among(stood: Sequence[str], expected: str) -> None:
    if expected not in stood:
        raise MissedError(_listed(stood))
