"""The report: all that was found out and done at an office, with its evidence, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from locales import Texts
from states.flow.board import ENDS, WORK, Status
from states.flow.events import Event, instant, moment
from states.flow.facts import Form as FactForm
from states.flow.facts import Holds
from states.flow.guards import Reason
from states.flow.session import Answer, Awaited, How, Session
from states.flow.standing import Standing, standings, warnings
from states.handover.card import card_of
from states.handover.folder import put, stem
from states.handover.paper import FORMS, Form, Paper, Part, Table, draw
from states.handover.record import consents, sittings, superseded, wiped_at, words_of_end
from states.handover.remember import dates_to_remember
from states.storage.records import Row
from states.wording import Wording


def report_paper(session: Session, row: Row, now: datetime, texts: Texts, contacts: Sequence[str] = ()) -> Paper:
    """The report.

    Args:
        contacts: lines of whom to telephone.
    """
    return _Report(session, row, now, texts, contacts).paper()


def card_paper(session: Session, row: Row, now: datetime, texts: Texts, contacts: Sequence[str] = ()) -> Paper:
    """The next-visit card, as the report tells the same: what is awaited, when to come again, what to bring."""
    return _Report(session, row, now, texts, contacts).card()


def render(session: Session, row: Row, now: datetime, texts: Texts, form: Form) -> str:
    """The report as one text: the same for the same session, time and language.

    Args:
        row: the session's row as last stored.
        now: aware; it is what the report says of itself.
    """
    return draw(_Report(session, row, now, texts).paper(), form)


def write(
    session: Session, row: Row, now: datetime, texts: Texts, folder: Path, contacts: Sequence[str] = ()
) -> list[Path]:
    """Write the report in every form and return where: `<office number>-<YYYYMMDD>.<language>.<form>`.

    A report of the same day is replaced.

    Raises:
        Fault: `papers.not_written`.
    """
    name = f"{stem(session.office_number, now)}.{texts.language}"
    paper = report_paper(session, row, now, texts, contacts)
    return [put(folder, f"{name}.{form}", draw(paper, form)) for form in FORMS]


def as_json(session: Session, row: Row, now: datetime) -> dict[str, Any]:
    """The same for a program: names and codes in place of words, JSON values only. Times are Japanese."""
    facts, answers = session.facts(now), session.answers
    return {
        "session": session.id,
        "office": {"number": session.office_number, "name": session.office_name},
        "edition": session.edition.name,
        "state": session.state,
        "at": _iso(instant(now)),
        "steps": [
            {
                "step": step.step,
                "item": session.edition.step[step.step].item,
                "status": str(step.status),
                "by": step.by,
                "lacking": list(step.lacking),
                "reasons": [_reason_as_json(reason) for reason in step.reasons],
            }
            for step in standings(session, now)
        ],
        "facts": {n: _answer_as_json(session, n) for n in session.edition.facts if n in answers and facts.known(n)},
        "waits": [_awaited_as_json(awaited) for awaited in session.waits(now)],
        "warnings": [reason.code for reason in warnings(session, now)],
        "dates": [{"what": what, "day": when.isoformat()} for what, when in dates_to_remember(session, now)],
        "events": row.version,
        "head": row.head.hex(),
    }


def _iso(at: int) -> str:
    return moment(at).isoformat()


def _reason_as_json(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "kind": str(reason.kind), "fact": reason.fact, "who": str(reason.who)}


def _answer_as_json(session: Session, fact: str) -> dict[str, Any]:
    answer = session.answers[fact]
    evidence = {"how": str(answer.how), "by": answer.by, "host": answer.host, "at": _iso(answer.at)}
    if session.edition.facts[fact].form is FactForm.SECRET:
        wiped = wiped_at(session, fact)
        return {"value": answer.value, "wiped": None if wiped is None else _iso(wiped), "evidence": evidence}
    return {
        "value": answer.value,
        "detail": answer.detail,
        "until": answer.until.isoformat() if answer.until else None,
        "evidence": evidence | {"seen": list(answer.seen)},
    }


def _awaited_as_json(awaited: Awaited) -> dict[str, Any]:
    return {
        "fact": awaited.fact,
        "value": awaited.value,
        "who": str(awaited.who),
        "since": awaited.since.isoformat(),
        "expected": awaited.expected.isoformat(),
        "due": awaited.due,
        "overdue": awaited.overdue,
        "holds_up": awaited.holds_up,
    }


class _Report:
    """The report of a session in words; each method is a part of it, in the order of the paper."""

    def __init__(self, session: Session, row: Row, now: datetime, texts: Texts, contacts: Sequence[str] = ()) -> None:
        self.session, self.row, self.now, self.texts, self.contacts = session, row, now, texts, contacts
        self.wording = Wording(texts, session.edition)
        self.facts = session.facts(now)
        self.steps = standings(session, now)

    def paper(self) -> Paper:
        title = self.texts("paper.report.title")
        parts = (
            self._introduction(),
            *self._answers(),
            *self._waits(),
            self._warnings(),
            self._secrets(),
            self._dates(),
            *([Part(self.texts("paper.part.contacts"), points=tuple(self.contacts))] if self.contacts else []),
            self._people(),
            self._record(),
            self._signatures(),
        )
        name = f"{title} {self.session.office_number} {self.session.office_name}"
        return Paper(self.texts.language, name, title, (self.texts("paper.report.about"),), parts)

    def card(self) -> Paper:
        title = self.texts("paper.card.title")
        todo = [step for step in self.steps if step.status in WORK]
        open_ = tuple(self.wording.step(step.step) for step in todo) if self.session.state not in ENDS else ()
        parts = (
            self._introduction(),
            *([Part(self.texts("paper.card.open"), points=open_)] if open_ else []),
            *self._waits(),
            Part(self.texts("paper.part.contacts"), points=tuple(self.contacts)),
            self._record(),
        )
        name = f"{title} {self.session.office_number} {self.session.office_name}"
        return Paper(self.texts.language, name, title, (), parts)

    # -- what it is about

    def _introduction(self) -> Part:
        session, edition = self.session, self.session.edition
        pc = session.answers["pc"] if self.facts.known("pc") else None
        applying = [step for step in self.steps if step.status is not Status.SKIPPED]
        done = sum(step.status is Status.DONE for step in applying)
        rows = {
            "office_number": session.office_number,
            "office_name": session.office_name,
            "pc": self.wording.answer("pc", pc) if pc else self.texts("paper.not_named"),
            "edition": self.texts(f"edition.{edition.name}"),
            "source": edition.source,
            "state": self._state(),
            "progress": self.texts("paper.progress", done=done, all=len(applying)),
            "made_at": self.texts("paper.japanese_time", time=self._time(instant(self.now))),
        }
        table = self._table("item content", ((self.texts(f"paper.item.{name}"), said) for name, said in rows.items()))
        return Part(self.texts("paper.part.introduction"), table=table)

    def _state(self) -> str:
        state = self.session.state
        if state in self.session.edition.step:
            return self.texts("paper.state.at", step=self.wording.step(state))
        words = words_of_end(self.session) if state in ENDS else ""
        if words:
            return self.texts("paper.state.because", state=self.wording.step(state), words=words)
        return self.wording.step(state)

    # -- steps and answers

    def _answers(self) -> Iterator[Part]:
        yield Part(self.texts("paper.part.steps"), (self.texts("paper.steps.attested"),))
        for step in self.steps:
            heading = self.texts(
                "paper.step", step=self.wording.step(step.step), status=self.wording.status(step.status)
            )
            known = [fact.name for fact in self.session.edition.step[step.step].asks if self.facts.known(fact.name)]
            rows = [self._answer(name, self.session.answers[name]) for name in known]
            table = self._table("question answer how when by", rows) if rows else None
            yield Part(heading, tuple(self._why(step)), table, tuple(self._left(step)), level=3)

    def _why(self, step: Standing) -> Iterator[str]:
        """Why a step does not apply, may not, or is not open."""
        if step.status is Status.SKIPPED:
            answer = self.wording.value(step.by, self.session.answers[step.by].value)
            yield self.texts("paper.skipped", fact=self.wording.fact(step.by), answer=answer)
        elif step.status is Status.UNTOLD:
            yield self.texts("paper.untold", fact=self.wording.fact(step.by))
        elif step.lacking:
            yield self.texts("paper.needs", needs=self._listed(map(self.wording.need, step.lacking)))

    def _left(self, step: Standing) -> Iterator[str]:
        """What is still to be done in a step; nothing while it is shut, for then its needs say it all."""
        if step.status is Status.NEEDS:
            return
        unanswered = [reason.fact for reason in step.reasons if not self.facts.known(reason.fact)]
        if unanswered:
            yield self.texts("paper.unanswered", facts=self._listed(map(self.wording.fact, unanswered)))
        yield from (self._reason(reason) for reason in step.reasons if reason.fact not in unanswered)

    def _answer(self, fact: str, answer: Answer) -> tuple[str, ...]:
        how = self.texts(f"how.{answer.how}")
        if answer.how is How.ATTESTED:
            how = self.texts("paper.attested", how=how)
        return (self.wording.fact(fact), self._said(fact, answer), how, self._time(answer.at), answer.by)

    def _said(self, fact: str, answer: Answer) -> str:
        """An answer in words, its day with the year, for a paper is read years later."""
        known = self.session.edition.facts[fact]
        if known.form is FactForm.SECRET:
            return self._place(fact, answer)
        said = self.wording.answer(fact, replace(answer, until=None))
        if answer.until is None:
            return said
        text = "paper.valid_until" if known.holds is Holds.NOT_AFTER else "paper.on_day"
        return self.texts(text, answer=said, day=self._day(answer.until))

    def _reason(self, reason: Reason) -> str:
        told = self.wording.reason(reason, self.session, self.now)
        return self.texts("paper.reason", sentence=told.sentence, remedy=told.remedy, who=told.who, code=told.code)

    # -- what is still to come

    def _waits(self) -> Iterator[Part]:
        card = card_of(self.session, self.row, self.now)
        coming_again = self.session.state not in ENDS
        said = () if card.waits else (self.texts("paper.waits.none"),)
        if coming_again and card.next_day and not card.work:
            said = (self.texts("paper.waits.next_day", day=self._day(card.next_day)),)
        rows = [self._awaited(awaited) for awaited in card.waits]
        table = self._table("awaited whom since expected late", rows) if rows else None
        yield Part(self.texts("paper.part.waits"), said, table)
        bring = [line for name in card.bring for line in self.texts(f"bring.{name}").split("\n")]
        if coming_again and bring:
            yield Part(self.texts("paper.part.bring"), points=tuple(dict.fromkeys(bring)), level=3)

    def _awaited(self, awaited: Awaited) -> tuple[str, ...]:
        said = self.wording.awaited(awaited, self.now)
        if awaited.overdue:
            late = "overdue" if int(said["days"]) else "in_vain"
        elif awaited.due:
            late = "due"
        else:
            late = "waiting" if awaited.holds_up else "listed"
        status = self.texts(f"paper.wait.{late}", days=said["days"])
        return (said["what"], said["whom"], self._day(awaited.since), self._day(awaited.expected), status)

    def _warnings(self) -> Part:
        points = [self._reason(reason) for reason in warnings(self.session, self.now)]
        latest = self.session.clock_went_back(self.now)
        if latest is not None:
            points.append(self.texts("paper.clock_went_back", time=self._time(instant(latest))))
        said = () if points else (self.texts("paper.warnings.none"),)
        return Part(self.texts("paper.part.warnings"), said, points=tuple(points))

    # -- secrets: where they are, never what they are

    def _secrets(self) -> Part:
        known = self.session.edition.facts
        kept = [name for name in known if known[name].form is FactForm.SECRET and self.facts.known(name)]
        rows = [(self.wording.fact(name), self._place(name, self.session.answers[name])) for name in kept]
        said = [self.texts("paper.secrets.never")]
        if not rows:
            said.append(self.texts("paper.secrets.none"))
        table = self._table("item place", rows) if rows else None
        points = tuple(map(self._consent, consents(self.session)))
        return Part(self.texts("paper.part.secrets"), tuple(said), table, points)

    def _consent(self, event: Event) -> str:
        fact, place, by = (str(event.body[name]) for name in ("fact", "place", "by"))
        names = {"fact": self.wording.fact(fact), "by": by, "time": self._time(event.at)}
        if event.kind == "shown":
            return self.texts("paper.secret.shown", **names)
        return self.texts("paper.secret.consented", place=self.wording.value(fact, place), **names)

    def _place(self, fact: str, answer: Answer) -> str:
        place, wiped = self.wording.value(fact, answer.value), wiped_at(self.session, fact)
        if wiped is None:
            return place
        return self.texts("paper.secret.wiped", place=place, time=self._time(wiped))

    # -- dates, people, record, signatures

    def _dates(self) -> Part:
        dates = dates_to_remember(self.session, self.now)
        rows = [(self.texts(f"paper.date.{what}"), self._day(when)) for what, when in dates]
        said = () if rows else (self.texts("paper.dates.none"),)
        return Part(self.texts("paper.part.dates"), said, self._table("item day", rows) if rows else None)

    def _people(self) -> Part:
        rows = [(self._time(sitting.at), sitting.name, sitting.host) for sitting in sittings(self.session)]
        said = () if rows else (self.texts("paper.people.none"),)
        return Part(self.texts("paper.part.people"), said, self._table("when name pc", rows) if rows else None)

    def _record(self) -> Part:
        rows = {
            "events": str(self.row.version),
            "superseded": str(superseded(self.session)),
            "head": self.row.head.hex(),
        }
        table = self._table("item content", ((self.texts(f"paper.item.{name}"), said) for name, said in rows.items()))
        return Part(
            self.texts("paper.part.record"), (self.texts("paper.record.about"),), table, code=self.row.head.hex()
        )

    def _signatures(self) -> Part:
        rows = [(self.texts(f"who.{who}"), "", "") for who in ("office", "technician")]
        table = replace(self._table("role signature day", rows), by_hand=True)
        return Part(self.texts("paper.part.signatures"), (self.texts("paper.signatures.about"),), table)

    # -- words

    def _table(self, columns: str, rows: Iterable[tuple[str, ...]]) -> Table:
        return Table(tuple(self.texts(f"paper.column.{name}") for name in columns.split()), tuple(rows))

    def _listed(self, words: Iterable[str]) -> str:
        return self.texts("paper.comma").join(words)

    def _day(self, when: date) -> str:
        return self.texts("paper.day", year=when.year, day=self.texts.long(when))

    def _time(self, at: int) -> str:
        return f"{self._day(moment(at).date())} {self.wording.clock(at)}"
