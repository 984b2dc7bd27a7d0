"""What a sentence does: the story that a scenario tells, on the machine and on whoever else carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from states.acceptance.lexicon import Saying
from states.acceptance.machine import HOST, Given, Hands, Machine, Reasons
from states.acceptance.way import Way, applying
from states.flow.events import Event, day, instant
from states.flow.facts import Fact, Form, Holds
from states.flow.identifiers import judge_partners
from states.flow.session import Answer, Consequences, How, Session

TYPED = {"pc": "事務室PC", "product": "ひびきケア", "product_version": "8.1", "vendor": "ひびきシステム"}


class MissedError(Exception):
    """An expectation that does not hold, or something that could not be done.

    Args:
        stood: what was there instead; names and codes as they are stored.
        code: text id of what that is.
    """

    def __init__(self, stood: str, code: str = "accept.stood") -> None:
        super().__init__(stood)
        self.stood, self.code = stood, code


class Story:
    """One scenario's story: each method does, or expects, what one sentence says.

    Args:
        machine: put back to its beginning here.
        hands: who else carries it out.
    """

    def __init__(self, machine: Machine, hands: Hands | None = None) -> None:
        machine.begin()
        self.machine, self.edition, self.hands = machine, machine.edition, hands
        self.unusual: dict[str, tuple[Saying, date | None]] = {}
        self.refused: Reasons = ()
        self.onlookers: set[str] = set()
        self._change: tuple[dict[str, Answer], Given, datetime] | None = None

    # -- remembering a beginning that several scenarios share

    def keep(self) -> Any:
        machine = self.machine
        session = machine.session
        return (
            (session.state, dict(session.answers), list(session.log)),
            (session.office_number, session.office_name),
            (machine.now, machine.who, machine.here, list(machine.taken), list(machine.ended)),
            (dict(self.unusual), self.refused, set(self.onlookers), self._change),
        )

    def put_back(self, kept: Any) -> None:
        machine = self.machine
        place, office, moment, story = kept
        machine.put(*place)
        machine.session.office_number, machine.session.office_name = office
        machine.now, machine.who, machine.here, taken, ended = moment
        machine.taken, machine.ended = list(taken), list(ended)
        self.unusual, self.refused, self.onlookers, self._change = dict(story[0]), story[1], set(story[2]), story[3]

    # -- how anything is done

    @property
    def now(self) -> datetime:
        return self.machine.now

    @property
    def session(self) -> Session:
        return self.machine.session

    def begin(self) -> None:
        """The first deed of a story begins the office's introduction."""
        if not self.session.log:
            number, name = self.session.office_number, self.session.office_name
            body = {"office_number": number, "office_name": name, "edition": self.edition.name}
            self.session.apply(Event("created", instant(self.now), self.machine.who, body))
            self.session.apply(Event("visit", instant(self.now), self.machine.who, {"host": HOST, "terminal": ""}))

    def do(self, deed: Callable[[Hands], Reasons]) -> None:
        self.begin()
        if not self.machine.here:
            raise MissedError("", "accept.nobody_there")
        self.refused = deed(self.machine)
        if self.hands is not None:
            deed(self.hands)

    def settled(self) -> None:
        """Nothing was refused that nobody has expected to be."""
        if self.refused:
            raise MissedError(", ".join(dict.fromkeys(reason.code for reason in self.refused)), "accept.refused")

    def give(self, given: Given) -> None:
        self._change = (dict(self.session.answers), given, self.now)
        self.do(lambda hands: hands.answer(given))

    def consequences(self) -> Consequences:
        """What the answer given or looked at last changes, told from where it was given."""
        if self._change is None:
            raise MissedError("", "accept.nothing_changed")
        before, given, now = self._change
        scratch = Session("", "", "", self.edition)
        scratch.answers = before
        return scratch.consequences(given.fact, given.value, given.detail, now)

    def stood_before(self, fact: str) -> str:
        """The value that stood before the last change; "" for none."""
        before = self._change[0].get(fact) if self._change else None
        return before.value if before else ""

    def change_asks(self) -> bool:
        """Whether a person is asked before it is done."""
        return self.consequences().worth_asking

    def go(self, trigger: str, words: str = "") -> None:
        """A movement that has to be open."""
        self.do(lambda hands: hands.move(trigger, words))
        self.settled()

    def give_usual(self, fact: str, value: str) -> None:
        """An answer on the way somewhere: as usual, or as this office is said to be."""
        saying, until = self.unusual.get(fact, (Saying(value), None))
        self.give(self._given(fact, saying, until))
        self.settled()

    def stuck(self, step: str, lacking: str) -> None:
        raise MissedError(f"{step}: {lacking}", "accept.no_way")

    def _given(self, fact: str, saying: Saying, until: date | None = None, how: How = How.ATTESTED) -> Given:
        asked = self.edition.facts[fact]
        detail = saying.detail if saying.detail is not None else self._detail(asked, saying.value)
        if until is None and asked.value(saying.value).dated:
            until = day(self.now) + timedelta(days=730 if asked.holds is Holds.NOT_AFTER else 30)
        return Given(fact, saying.value, detail, until, how)

    def _detail(self, fact: Fact, value: str) -> Any:
        """What is usually typed for a value that a script only names."""
        number = self.session.office_number
        if fact.form is Form.TEXT:
            return TYPED.get(fact.name, "1.0")
        if fact.form is Form.USER_ID:
            usual = {"kj": f"KJ{number[:2]}{number}", "hd": f"HD{number[:2]}{number}", "isdn": f"J1{number}"}
            return "" if value == "none" else usual.get(value, f"KJ{number}")
        if fact.form is Form.PARTNERS:
            kind = self.session.answers.get("office_kind")
            other = "home_care_support" if kind and kind.value == "service" else "service"
            intentions = ("willing", "undecided") if value == "some" else (value,)
            names = ("さくら訪問介護", "ひまわり訪問介護")
            return [{"name": n, "kind": other, "intention": i} for n, i in zip(names, intentions, strict=False)]
        return ""

    # -- sentences: where it begins

    def follow(self, edition: str) -> None:
        del edition  # it was chosen while the script was read

    def at_office(self, number: str, name: str) -> None:
        self.session.office_number, self.session.office_name = number, name

    def by(self, name: str) -> None:
        self.machine.who = name

    def usually(self, fact: str, value: Saying, day: date | None = None) -> None:
        self.unusual[fact] = (value, day)

    def come_to(self, place: str) -> None:
        more: Mapping[str, str | None] = {}
        if place in self.edition.step:
            fixed = {name: saying.value for name, (saying, _) in self.unusual.items()}
            fixed |= {name: answer.value for name, answer in self.session.answers.items()}
            more = applying(self.edition, place, fixed) or {}
        self.begin()
        Way(self, more).to(place)

    def finish(self, step: str) -> None:
        self.begin()
        Way(self).do(step)

    # -- sentences: time

    def set_clock(self, time: datetime) -> None:
        self._tick(time)

    def pass_days(self, n: int) -> None:
        self._tick(self.now + timedelta(days=n))

    def pass_hours(self, n: int) -> None:
        self._tick(self.now + timedelta(hours=n))

    def turn_back(self, n: int) -> None:
        self._tick(self.now - timedelta(days=n))

    def _tick(self, now: datetime) -> None:
        self.machine.tick(now)
        if self.hands is not None:
            self.hands.tick(now)

    # -- sentences: answers

    def answer(
        self, fact: str, value: Saying, day: date | None = None, how: How = How.ATTESTED, text: str = ""
    ) -> None:
        given = self._given(fact, value, day, how)
        self.give(replace(given, detail=text) if text else given)

    def measure(self, fact: str, value: Saying, day: date | None = None, text: str = "") -> None:
        self.answer(fact, value, day, How.MEASURED_HERE, text)

    def measure_there(self, fact: str, value: Saying, day: date | None = None, text: str = "") -> None:
        self.answer(fact, value, day, How.MEASURED_THERE, text)

    def arrive(self, fact: str, value: Saying, day: date | None = None) -> None:
        if self.session.ends_wait(fact, value.value, self.now) is None:
            raise MissedError(fact, "accept.not_awaited")
        self.answer(fact, value, day)

    def answer_all(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Each in the step that asks for it; one goes there first."""
        for row in rows:
            step = self.edition.facts[row["fact"]].step
            if self.session.state != step:
                self.go(f"go_{step}")
            self.answer(**row)
            self.settled()

    def answer_partners(self, fact: str, rows: Sequence[Mapping[str, str]]) -> None:
        partners = [{"name": r["name"], "kind": r["office_kind"], "intention": r["intention"]} for r in rows]
        value = judge_partners(partners)
        assert value is not None, "a table has rows"
        self.answer(fact, Saying(value, partners))

    def take_back(self, fact: str) -> None:
        self.give(Given(fact, None))

    def look(self, fact: str, value: Saying, day: date | None = None) -> None:
        given = self._given(fact, value, day)
        self._change = (dict(self.session.answers), given, self.now)
        self.do(lambda hands: hands.look(given))

    def chase(self, fact: str) -> None:
        self.do(lambda hands: hands.chase(fact))

    # -- sentences: movements and sittings

    def _move(self, trigger: str, words: str = "") -> None:
        self.do(lambda hands: hands.move(trigger, words))

    def move_to(self, step: str) -> None:
        self._move(f"go_{step}")

    def move_next(self) -> None:
        self._move("next")

    def move_back(self) -> None:
        self._move("back")

    def park(self) -> None:
        self._move("park")

    def complete(self) -> None:
        self._move("complete")

    def refuse(self) -> None:
        self._move("refuse")

    def abandon(self, text: str = "") -> None:
        self._move("abandon", text)

    def reopen(self) -> None:
        self._move("reopen")

    def leave(self) -> None:
        self.do(lambda hands: hands.leave())

    def come(self, name: str) -> None:
        if self.machine.here:
            raise MissedError(self.machine.who, "accept.somebody_there")
        self.machine.here = True
        self.do(lambda hands: hands.come(name))

    def cut(self) -> None:
        self.do(lambda hands: hands.cut())

    def take_over(self, name: str) -> None:
        self.onlookers = (self.onlookers | {self.machine.who}) - {name}
        self.do(lambda hands: hands.take_over(name))
