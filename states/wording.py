"""Says in words what the flow says in names: for the screen, for line mode, for the papers, all alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from locales import Texts
from states.fault import shown_code
from states.flow.board import Status
from states.flow.edition import Edition
from states.flow.events import moment
from states.flow.facts import Form
from states.flow.guards import Kind, Reason
from states.flow.session import Answer, Awaited, Session


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words: what is the matter, what to do, who can do it, and the code for support by telephone."""

    sentence: str
    remedy: str
    who: str
    code: str
    fact: str
    kind: Kind


class Wording:
    """The words of one edition in one language.

    Args:
        texts: the language.
        edition: whose steps and facts are named.
        hints: an organisation's own, by fact; they stand behind those of the program.
    """

    def __init__(self, texts: Texts, edition: Edition, hints: Mapping[str, str] | None = None) -> None:
        self.texts, self.edition, self.hints = texts, edition, hints or {}

    def own(self, name: str, **values: object) -> str:
        """The text of that id in the edition's own words, where it has some; else in those of all."""
        return self.texts.first(*self._owned(name), **values)

    def _owned(self, *names: str) -> tuple[str, ...]:
        words = (self.edition.name, *self.edition.words)
        return tuple(id for name in names for id in (*(f"{name}.{edition}" for edition in words), name))

    def hint(self, fact: str) -> str:
        """What helps to answer a fact, or ""."""
        own = next((text for id in self._owned(f"fact.{fact}.hint") if (text := self.texts.find(id))), "")
        return f"{own} {self.hints.get(fact, '')}".strip()

    # -- names

    def step(self, name: str) -> str:
        """A step's short title, with the source's item number where it has one: `4-1 発行用パスワード`."""
        if name not in self.edition.step:
            return self.texts.first(f"status.{name}", f"step.{name}")  # another edition's, in its record
        item = self.edition.step[name].item
        title = self.texts(f"step.{name}")
        return f"{self.item(name)} {title}" if item != "-" else title

    def item(self, name: str) -> str:
        return self.texts.item(self.edition.step[name].item)

    def need(self, name: str) -> str:
        return self.texts(f"condition.{name}") if name in self.edition.condition else self.step(name)

    def fact(self, name: str) -> str:
        return self.texts(f"fact.{name}")

    def value(self, fact: str, value: str) -> str:
        return self.texts(f"value.{fact}.{value}")

    def status(self, status: Status) -> str:
        return self.texts(f"status.{status}")

    def sign(self, status: str) -> str:
        return self.texts(f"sign.{status}")

    # -- answers

    def answer(self, fact: str, answer: Answer) -> str:
        """An answer as one line: its label, or what was typed, and its day."""
        known = self.edition.facts.get(fact)
        if known is None:  # another edition's, in its record
            return self.texts.find(f"value.{fact}.{answer.value}") or answer.value
        if answer.value == "":
            return self.texts("ui.answer.none")
        if known.form is Form.PARTNERS:
            return self.partners(answer.detail)
        if known.form is Form.TEXT:
            return str(answer.detail)
        label = self.value(fact, answer.value)
        if known.form is Form.USER_ID and answer.detail:
            return f"{answer.detail} ({label})"
        if answer.until:
            return f"{label} {self.texts('ui.until', day=self.short(answer.until))}"
        return f"{label} {answer.detail}" if answer.detail else label

    def partners(self, partners: Any) -> str:
        listed: list[Mapping[str, str]] = [p for p in partners if isinstance(p, dict)] if partners else []
        return ", ".join(f"{p.get('name', '')} ({self.texts('intention.' + p['intention'])})" for p in listed)

    def evidence(self, answer: Answer) -> str:
        """`11/08 目視で確認 佐藤`."""
        return f"{self.short(moment(answer.at).date())} {self.texts('how.' + answer.how)} {answer.by}"

    # -- reasons

    def reason(self, reason: Reason, session: Session, now: datetime) -> Told:
        """A reason in words. The special text of its code is taken first, then the general one of its kind."""
        texts, values = self.texts, self._values(reason, session, now)
        ending = reason.code.rpartition(".")[2]
        code = reason.code
        if code == "move.needs":
            values["need"] = self.need(reason.fact)
        elif code == "move.not_done":
            values["step"] = self.step(reason.fact)
        prefix = "" if code.startswith(("move.", "answer.")) else "reason."
        general = f"reason.{ending}"
        return Told(
            texts.first(*self._owned(prefix + code, general), **values),
            texts.first(*self._owned(f"{prefix}{code}.remedy", f"{general}.remedy"), **values)
            if texts.find(f"{prefix}{code}.remedy") or texts.find(f"{general}.remedy")
            else "",
            texts(f"who.{reason.who}"),
            shown_code(code),
            reason.fact,
            reason.kind,
        )

    def _values(self, reason: Reason, session: Session, now: datetime) -> dict[str, str]:
        values = {"fact": "", "other": "", "need": "", "step": "", "what": "", "whom": "", "day": "", "days": ""}
        if reason.fact in self.edition.facts:
            values["fact"] = self.fact(reason.fact)
        if reason.other:
            values["other"] = self.fact(reason.other)
        for awaited in session.waits(now):
            if awaited.fact == reason.fact:
                values |= self.awaited(awaited, now)
        return values

    def awaited(self, awaited: Awaited, now: datetime) -> dict[str, str]:
        """What is awaited, from whom, since and until when, and by how many days it is late, each in words."""
        late = (now.astimezone(moment(0).tzinfo).date() - awaited.expected).days
        return {
            "what": self.texts(f"wait.{awaited.fact}.{awaited.value}"),
            "whom": self.texts(f"who.{awaited.who}"),
            "since": self.short(awaited.since),
            "day": self.short(awaited.expected),
            "days": str(max(late, 0)),
        }

    # -- dates

    def short(self, when: date) -> str:
        return f"{when.month:02}/{when.day:02}"

    def clock(self, at: int) -> str:
        return f"{moment(at):%H:%M}"
