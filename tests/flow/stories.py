"""An introduction told by its answers: a session is led to a step by its shortest honest way.

Every function takes a `Sitting`: a `Story` (a session without a store, for tests of the flow alone) or a real `Visit`.
Nothing is forced: each answer is given in the step that asks for it, each movement is one that the machine allows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from states.flow.board import COMPLETE, WAITING, Board, Status, go, resolve
from states.flow.edition import Edition
from states.flow.editions import find
from states.flow.events import JAPAN, Event, instant
from states.flow.facts import STALE, age
from states.flow.guards import Kind, Reason
from states.flow.machine import Mover
from states.flow.session import Answer, Awaited, Session

EDITION = find("2023-05-26")
MOVER = Mover(EDITION)
OFFICE, OFFICE_NAME = "1372345601", "みどり居宅支援"
KJ_ID = "KJ13" + OFFICE
VALID_UNTIL = date(2028, 3, 31)  # a certificate's last day


def japan(month: int, day: int, hour: int = 10, minute: int = 0, second: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=JAPAN)


FIRST_VISIT = japan(11, 6)


class Clock:
    """The time, as a test sets it."""

    def __init__(self, now: datetime = FIRST_VISIT) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Said:
    """An answer with what belongs to it."""

    value: str | None
    detail: Any = ""
    until: date | None = None


Saying = str | None | Said


def partner(intention: str, name: str = "さくら居宅") -> dict[str, str]:
    return {"name": name, "kind": "home_care_support", "intention": intention}


# An office that bills over the Internet, at its billing PC; each request, where one is asked for, has been made.
USUAL: dict[str, Said] = {
    "office_kind": Said("service"),
    "commissioned": Said("no"),
    "partners": Said("willing", [partner("willing")]),
    "partner_asked": Said("asked"),
    "makes_plans": Said("yes"),
    "interface": Said("yes"),
    "pc": Said("given", "受付PC"),
    "billing_pc": Said("yes"),
    "windows": Said("win11"),
    "edge": Said("newest"),
    "sites": Said("reached"),
    "billing": Said("internet"),
    "kj_id": Said("kj", KJ_ID),
    "password": Said("known"),
    "id_request": Said("sent"),
    "certificate": Said("usable", until=VALID_UNTIL),
    "certificate_attested": Said("usable", until=VALID_UNTIL),
    "certificate_elsewhere": Said("no"),
    "issuing_password": Said("known"),
    "issuing_request": Said("sent"),
    "downloaded_again": Said("yes"),
    "reinstalled": Said("usable", until=VALID_UNTIL),
    "reinstalled_attested": Said("usable", until=VALID_UNTIL),
    "careplan_applied": Said("issued"),
    "installed": Said("usable", until=VALID_UNTIL),
    "installed_attested": Said("usable", until=VALID_UNTIL),
    "login": Said("ok"),
    "terms": Said("agreed"),
    "completion": Said("seen"),
    "support_site": Said("yes"),
    "client_downloaded": Said("yes"),
    "client_installed": Said("yes"),
    "client_login": Said("ok"),
    "partner_ready": Said("yes"),
    "start_day": Said("agreed", until=date(2027, 1, 12)),
    "payment": Said("offset"),
    "invoice": Said("requested"),
    "invoice_told": Said("yes"),
    "report": Said("given"),
    "secrets": Said("none"),
    "acknowledged": Said("yes"),
}
# An office that bills through an agent and has no certificate: rows 3, 4-1 and 4-3 have all their say.
AGENT: dict[str, Saying] = {"billing": "agent", "billing_pc": "no", "certificate": "none"}


ANOTHER_PC = Said("given", "事務室PC")

# Offices that differ from the usual one: each ends somewhere else.
OFFICES: dict[str, dict[str, Saying]] = {
    "bills itself": {},
    "bills through an agent": AGENT,
    "has its certificate elsewhere": AGENT | {"certificate_elsewhere": "other_pc"},
    "lost its password": {"password": "lost"},
    "waits for its certificate": AGENT | {"careplan_applied": "applied"},
    "does not know whether it applied": AGENT | {"careplan_applied": "unknown"},
    "knows no issuing password": AGENT | {"issuing_password": "lost"},
    "has software that only bills": {"makes_plans": "billing_only"},
    "asked the vendor": {"interface": "asked"},
    "has nobody to exchange with yet": {"partners": "undecided"},
    "is commissioned": {"office_kind": "both", "commissioned": "yes"},
    "declined the terms": {"terms": "declined"},
    "contradicts itself": {"billing": "agent"},
    "pays by invoice": {"payment": "invoice"},
    "has a temporary password": {"password": "temporary"},
    "does not know whether the application went through": {"completion": "unknown"},
    "has an expired certificate": {"certificate": "expired"},
}


class Sitting(Protocol):
    """What a story needs of a visit."""

    @property
    def edition(self) -> Edition: ...
    @property
    def state(self) -> str: ...
    def board(self) -> Board: ...
    def answer(
        self, fact: str, value: str | None, detail: Any = "", *, until: date | None = None
    ) -> tuple[Reason, ...]: ...
    def move(self, trigger: str, words: str = "") -> tuple[Reason, ...]: ...


class Story:
    """A session without a store, moved by the machine and answered as a visit does it."""

    def __init__(self, clock: Clock | None = None, by: str = "佐藤") -> None:
        self.clock, self.by = clock or Clock(), by
        self.session = Session("s-1", OFFICE, OFFICE_NAME, EDITION)
        MOVER.attach(self.session)

    @property
    def edition(self) -> Edition:
        return EDITION

    @property
    def state(self) -> str:
        return self.session.state

    @property
    def now(self) -> datetime:
        return self.clock.now

    def board(self) -> Board:
        return self.session.board(self.now)

    def answer(
        self, fact: str, value: str | None, detail: Any = "", *, until: date | None = None
    ) -> tuple[Reason, ...]:
        reasons = self.session.closed_to(fact, self.board(), taking_back=value is None)
        if not reasons:
            given = Answer(value or "", detail, instant(self.now), self.by, host="pc-1", until=until)
            self.session.apply(self.session.answered(fact, given))
        return reasons

    def move(self, trigger: str, words: str = "") -> tuple[Reason, ...]:
        board, source = self.board(), self.state
        reasons = MOVER.fire(self.session, trigger, board, words)
        if not reasons:
            body = {"trigger": resolve(source, trigger, board), "source": source, "dest": self.state}
            self.session.apply(Event("moved", instant(self.now), self.by, body | ({"words": words} if words else {})))
        return reasons

    def chase(self, fact: str) -> None:
        self.session.apply(Event("chased", instant(self.now), self.by, {"fact": fact}))

    # -- what a test looks at

    def status(self, step: str) -> Status:
        return self.board().status(step)

    def reasons(self, step: str) -> tuple[Reason, ...]:
        return EDITION.reasons(step, self.session.facts(self.now))

    def codes(self, step: str) -> dict[str, Kind]:
        """Why a step is not done: each code with what it asks for."""
        return {reason.code: reason.kind for reason in self.reasons(step)}

    def closed(self, trigger: str, words: str = "") -> list[tuple[str, str]]:
        """Why a movement is closed: each code with the step or condition it names."""
        reasons = MOVER.explain(self.state, trigger, self.board(), words)
        return [(reason.code, reason.fact) for reason in reasons]

    def leads(self, trigger: str) -> str:
        return resolve(self.state, trigger, self.board())

    def known(self, fact: str) -> bool:
        return self.session.facts(self.now).known(fact)

    def wait(self, fact: str) -> Awaited | None:
        return next((wait for wait in self.session.waits(self.now) if wait.fact == fact), None)


def done(reasons: tuple[Reason, ...]) -> None:
    assert not reasons, f"refused: {reasons}"


def tell(sitting: Sitting, **facts: Saying) -> None:
    """Answer, each fact in its step; None takes an answer back. What is not said comes from `USUAL`."""
    for name, saying in facts.items():
        step = sitting.edition.facts[name].step
        if sitting.state != step:
            done(sitting.move(go(step)))
        said = _said(name, saying)
        done(sitting.answer(name, said.value, said.detail, until=said.until))


def settle(sitting: Sitting, *steps: str, **other: Saying) -> None:
    """Answer as usual whatever is needed (or named in `other`) and can be answered today, stale answers again.

    Args:
        steps: only in these; none stands for all.
        other: where this office is not the usual one; what is not named there and not required is left out.
    """
    again = True
    while again:
        again = False
        for fact in sitting.edition.facts.values():
            if fact.clock or (steps and fact.step not in steps):
                continue
            board = sitting.board()
            facts = board.facts
            if not facts.asked(fact.name) or (facts.known(fact.name) and not facts.has(age(fact.name), STALE)):
                continue
            wanted = other.get(fact.name, "") is not None and (fact.name in other or fact.needed(facts))
            if wanted and board.may_stand(fact.step) and not board.shut(fact.step):
                tell(sitting, **{fact.name: other.get(fact.name, USUAL.get(fact.name, "given"))})
                again = True


def reach(sitting: Sitting, place: str, **other: Saying) -> None:
    """Go to a step, `waiting` or `complete` by the shortest honest way: what it needs is done first, and no more."""
    if place in (WAITING, COMPLETE):
        settle(sitting, **other)
        if sitting.state != place:
            done(sitting.move("park" if place == WAITING else "complete"))
        return
    _prepare(sitting, place, other)
    if sitting.state != place:
        done(sitting.move(go(place)))


def _prepare(sitting: Sitting, step: str, other: Mapping[str, Saying]) -> None:
    edition = sitting.edition
    while (applies := edition.step[step].applies(sitting.board().facts)).verdict is None:
        _do(sitting, edition.facts[applies.by].step, other)
        assert sitting.board().facts.known(applies.by), f"whether {step} applies cannot be told without {applies.by}"
    for need in edition.step[step].needs:
        condition = edition.condition.get(need)
        for row in condition.mended_in if condition else (need,):
            if need in sitting.board().lacking(step) and not sitting.board().is_(row, Status.SKIPPED):
                _do(sitting, row, other)


def _do(sitting: Sitting, step: str, other: Mapping[str, Saying]) -> None:
    _prepare(sitting, step, other)
    settle(sitting, step, **other)


def _said(name: str, saying: Saying) -> Said:
    if isinstance(saying, Said):
        return saying
    usual = USUAL.get(name, Said(None))
    if saying == usual.value:
        return usual
    fact = EDITION.facts[name]
    if saying is None:
        return Said(None)
    return Said(
        saying,
        [partner(saying)] if name == "partners" else "",
        VALID_UNTIL if fact.value(saying).dated else None,
    )


def settled(office: str, clock: Clock | None = None) -> Story:
    story = Story(clock)
    settle(story, **OFFICES[office])
    return story


def some_stories(seed: int, many: int) -> Iterator[Story]:
    """Sessions of all kinds of offices, broken off anywhere, some answers given at random, some days later."""
    chance = random.Random(seed)
    order = EDITION.order
    for _ in range(many):
        story = Story(Clock(japan(11, chance.randint(1, 20), chance.randint(0, 23))))
        reached = chance.sample(order, chance.randint(1, len(order)))
        settle(story, *reached, **OFFICES[chance.choice(list(OFFICES))])
        for _ in range(chance.randint(0, 12)):
            asked = [EDITION.facts[f.name] for s in order for f in EDITION.asked_in(s, story.board().facts)]
            fact = chance.choice([fact for fact in asked if not fact.clock])
            if story.state == fact.step or not story.closed(go(fact.step)):
                if story.state != fact.step:
                    done(story.move(go(fact.step)))
                value = chance.choice(fact.values)
                story.answer(fact.name, value.name, "", until=VALID_UNTIL if value.dated else None)
        story.clock.now += timedelta(days=chance.choice((0, 0, 1, 7, 20, 60)))
        yield story
