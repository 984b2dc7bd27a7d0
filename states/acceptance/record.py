"""Writes a stored session as a script: a defect that somebody met becomes a test.

What is played afterwards gives the same answers and ends in the same place. Times are kept to the second. What the
record says of how a check saw something (`seen`) is not part of a script; secrets are in no record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from states.acceptance.language import GIVEN, THEN, WHEN, sentence_of
from states.acceptance.world import World
from states.fault import Fault
from states.flow.events import Event, moment
from states.flow.facts import Form
from states.flow.session import Answer, How, Session

KEYWORDS = {"ja": {GIVEN: "前提 ", WHEN: "もし ", THEN: "ならば ", "": "かつ "}}
KEYWORDS["en"] = {GIVEN: "Given ", WHEN: "When ", THEN: "Then ", "": "And "}
HEADINGS = {"ja": ("機能", "シナリオ", "記録から"), "en": ("Feature", "Scenario", "from a record")}
MOVES = {
    "park": World.park,
    "complete": World.complete,
    "refuse": World.refuse,
    "reopen": World.reopen,
}


class Writer:
    """Lines of a script in one language."""

    def __init__(self, language: str) -> None:
        self.language, self.lines, self.part = language, list[str](), ""

    def begin(self, feature: str, scenario: str) -> None:
        if not self.lines:
            self.lines += [f"# language: {self.language}", f"{HEADINGS[self.language][0]}: {_flat(feature)}"]
        self.lines += ["", f"  {HEADINGS[self.language][1]}: {_flat(scenario)}"]
        self.part = ""

    def say(self, part: str, does: Any, rows: Sequence[Sequence[str]] = (), **slots: object) -> None:
        keyword = KEYWORDS[self.language]["" if part == self.part else part]
        self.part = part
        self.lines.append(f"    {keyword}{sentence_of(does, **slots).says(self.language, **slots)}")
        self.lines += [f"      | {' | '.join(map(_cell, row))} |" for row in rows]

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def record(session: Session, language: str, name: str = "") -> str:
    """The script of a session. It ends with where the session stands and every answer that counts or rests.

    Args:
        session: restored from its events.
        language: of the script, ja or en.
        name: of the scenario.

    Raises:
        Fault: `accept.crossed`, for a session that went from one edition to another: a script follows one.
    """
    if any(event.kind == "edition" or "carried" in event.body for event in session.log):
        raise Fault("accept.crossed")
    writer = Writer(language)
    writer.begin(f"{session.office_number} {HEADINGS[language][2]}", name or session.id or "-")
    _Recording(writer, session).run()
    return writer.text


class _Recording:
    def __init__(self, writer: Writer, session: Session) -> None:
        self.writer, self.session, self.edition = writer, session, session.edition
        self.at, self.here, self.by = 0, True, ""

    def run(self) -> None:
        say, log = self.writer.say, self.session.log
        say(GIVEN, World.follow, edition=self.edition.name)
        say(GIVEN, World.at_office, number=self.session.office_number, name=self.session.office_name)
        self.by = log[0].actor if log else "-"
        say(GIVEN, World.by, name=self.by)
        begun = False
        for event in log:
            self._tick(event, GIVEN if not begun else WHEN)
            if event.kind == "visit" and not begun:
                begun = True
                continue
            begun = begun or event.kind != "created"
            self._event(event)
        self._end()

    def _tick(self, event: Event, part: str) -> None:
        seconds = event.at // 1000
        if seconds != self.at:
            self.at = seconds
            when = moment(seconds * 1000)
            self.writer.say(part, World.set_clock, time=f"{when:%Y-%m-%d %H:%M:%S}".removesuffix(":00"))

    def _event(self, event: Event) -> None:
        say, body = self.writer.say, event.body
        match event.kind:
            case "answered" if body["fact"] in self.edition.facts:
                self._answered(body)
            case "chased":
                say(WHEN, World.chase, fact=body["fact"])
            case "moved":
                self._moved(body)
            case "left":
                say(WHEN, World.leave)
                self.here = False
            case "visit":
                if not self.here:
                    say(WHEN, World.come, name=event.actor)
                elif event.actor == self.by:
                    say(WHEN, World.cut)
                else:
                    say(WHEN, World.take_over, name=event.actor)
                self.here, self.by = True, event.actor

    def _moved(self, body: Any) -> None:
        trigger = body["trigger"]
        if trigger == "abandon":
            self.writer.say(WHEN, World.abandon, text=body["words"])
        elif trigger in MOVES:
            self.writer.say(WHEN, MOVES[trigger])
        else:
            self.writer.say(WHEN, World.move_to, step=trigger.removeprefix("go_"))

    def _answered(self, body: Any) -> None:
        fact = self.edition.facts[body["fact"]]
        detail = body.get("detail", "")
        if not body["value"]:
            self.writer.say(WHEN, World.take_back, fact=fact.name)
        elif fact.form is Form.PARTNERS:
            rows = [
                ("name", "kind", "intention"),
                *((p["name"], p.get("kind", "both"), p["intention"]) for p in detail),
            ]
            self.writer.say(WHEN, World.answer_partners, rows, fact=fact.name)
        else:
            does = {How.MEASURED_HERE: World.measure, How.MEASURED_THERE: World.measure_there}.get(
                How(body["how"]), World.answer
            )
            more = {"day": body["until"]} if "until" in body else {}
            if fact.form not in (Form.TEXT, Form.USER_ID) and detail:
                more["text"] = detail
            self.writer.say(WHEN, does, fact=fact.name, value=_value(fact.form, body["value"], detail), **more)

    def _end(self) -> None:
        say, session = self.writer.say, self.session
        say(THEN, World.is_at, place=session.state)
        for name, answer in session.answers.items():
            if name not in self.edition.facts:
                continue
            form = self.edition.facts[name].form
            if not session.facts(moment(session.log[-1].at)).known(name):
                say(THEN, World.is_at_rest, fact=name)
            elif form is not Form.PARTNERS:
                say(THEN, World.stands_at, fact=name, value=_value(form, answer.value, answer.detail), **_day(answer))
            else:
                say(THEN, World.stands_at, fact=name, value=answer.value)
        say(THEN, World.keeps_no_secret)


def _day(answer: Answer) -> dict[str, str]:
    return {"day": answer.until.isoformat()} if answer.until else {}


def _value(form: Form, value: str, detail: Any) -> str:
    """What was typed, where that is the answer; else the value's name."""
    return str(detail) if detail and form in (Form.TEXT, Form.USER_ID) else value


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


def _flat(text: str) -> str:
    return " ".join(text.split())
