"""A step's questions: how each stands, what it may be answered with, and where a reason leads."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from locales import Texts
from states.desk import Desk
from states.flow.board import WORK
from states.flow.events import day
from states.flow.facts import Fact, Form, Meaning
from states.flow.guards import Kind
from states.flow.identifiers import judge_office, judge_user_id, read_day
from states.flow.session import Answer
from states.flow.standing import warnings
from states.visit import Visit
from states.wording import Told, Wording


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of what a question may be answered with: a value, or something to do about it."""

    kind: str  # value | check | probe | arrived | chase | clear
    label: str
    value: str = ""


def reasons(visit: Visit, wording: Wording) -> list[Told]:
    """Why this step is not done yet, in words."""
    return [wording.reason(reason, visit.session, visit.now) for reason in visit.reasons()]


def warned(visit: Visit, wording: Wording) -> list[str]:
    """What is fine in this step and worth a warning."""
    found = [r for r in warnings(visit.session, visit.now) if visit.edition.facts[r.fact].step == visit.state]
    told = [wording.reason(reason, visit.session, visit.now) for reason in found]
    return [wording.texts("ui.warning", text=f"{t.sentence} {t.remedy}", code=t.code) for t in told]


def needed(visit: Visit, fact: Fact) -> bool:
    return fact.needed(visit.session.facts(visit.now))


def is_open(visit: Visit, fact: Fact) -> bool:
    """Whether it has to be answered and is not."""
    return visit.answer_to(fact.name) is None and needed(visit, fact)


def mark(fact: Fact, answer: Answer | None, told: list[Told]) -> str:
    """`[x]` fine, `[ ]` not answered, `[~]` awaited, `[!]` to mend, `[?]` to be looked at again."""
    if answer is None:
        return "[ ]"
    if any(reason.fact == fact.name and reason.kind is Kind.STALE for reason in told):
        return "[?]"
    meaning = fact.value(answer.value).meaning
    return {Meaning.FINE: "[x]", Meaning.WAIT: "[~]"}.get(meaning, "[!]")


def shown(visit: Visit, wording: Wording, fact: Fact, drafts: dict[str, str]) -> str:
    """What stands on the line of a question."""
    answer = visit.answer_to(fact.name)
    draft = drafts.get(fact.name) if fact.form is not Form.CHOICE else None
    if answer is not None:
        return wording.answer(fact.name, answer)
    if draft:
        return wording.texts("ui.draft", text=draft)
    return wording.texts("ui.not_yet" if needed(visit, fact) else "ui.optional")


def choices(visit: Visit, wording: Wording, fact: Fact, told: list[Told]) -> list[Choice]:
    """What may be answered, and what else may be done about it."""
    texts, answer = wording.texts, visit.answer_to(fact.name)
    found = []
    if fact.check:
        found.append(Choice("check", texts(f"ui.choice.check.{fact.check}")))
        found.append(Choice("probe", texts("ui.choice.probe")))
    waiting = answer is not None and fact.value(answer.value).wait is not None
    if waiting:
        awaited = [name for name in fact.awaits if _waits_for(visit, name, fact)]
        found.extend(Choice("arrived", texts("ui.choice.arrived"), name) for name in awaited)
        if any(reason.fact == fact.name and reason.kind in (Kind.ASK, Kind.FIX) for reason in told):
            found.append(Choice("chase", texts("ui.choice.chase")))
    for value in fact.values:
        label = wording.value(fact.name, value.name)
        if waiting and answer is not None and value.name == answer.value:
            label = texts("ui.choice.again", label=label)
        found.append(Choice("value", label, value.name))
    if answer is not None:
        found.append(Choice("clear", texts("ui.choice.clear")))
    return found


def _waits_for(visit: Visit, name: str, request: Fact) -> bool:
    """Whether it is this fact's answer that the request is waiting for."""
    answer = visit.answer_to(name)
    return answer is not None and visit.edition.facts[name].value(answer.value).through == request.name


def mended_in(visit: Visit, about: str) -> str:
    """What mends a reason that no question here does: a step; for a condition, the first of its steps that has work."""
    edition = visit.edition
    if about not in edition.condition:
        return about
    board = visit.board()
    places = edition.condition[about].mended_in
    working = [step for step in places if board.stands(step, *WORK)]
    return next(iter([*working, *(step for step in places if board.may_stand(step))]), "")


# -- what is typed


def first_typed(visit: Visit, fact: Fact) -> str:
    """What a field starts from: what is half-typed, else the last answer ever given."""
    stored = visit.drafts().get(fact.name)
    if stored is not None:
        return stored
    earlier = visit.earlier_answer(fact.name)
    return earlier.detail if earlier is not None and isinstance(earlier.detail, str) else ""


def user_id_notes(visit: Visit, wording: Wording, fact: Fact, typed: str) -> list[str]:
    """What is to be said about a user ID; none of it stops anybody."""
    if not typed.strip():
        return []
    judged = judge_user_id(typed, visit.session.office_number)
    said = [] if judged.value == "kj" else [wording.texts(f"reason.{fact.name}.{judged.value}")]
    notes = [wording.texts(f"note.{code}", text=judged.text) for code in judged.notes]
    return said + notes if len(judged.text) >= 10 else []


def office_notes(desk: Desk, texts: Texts, typed: str) -> list[str]:
    """What is to be said about an office number."""
    judged = judge_office(typed)
    if judged.value != "office":
        return [texts("note.office.malformed")] if len(judged.text) >= 10 else []
    notes = [texts(f"note.{code}", text=judged.text) for code in judged.notes]
    return [*notes, texts("ui.new.same")] if desk.same_office(judged.text) else notes


def looks_like_a_day(text: str) -> bool:
    """Whether it is a day being typed, and not the path of a certificate's file: both answer the same fact."""
    return re.fullmatch(r"[\d\s/.年月日令和元Rr-]*", text) is not None


def day_hint(texts: Texts, fact: Fact, value: str) -> str:
    """Which day is asked for, and how it may be typed."""
    what = texts.find(f"ui.day.{fact.name}.{value}") or texts("ui.day")
    return f"{what}\n{texts('ui.day.form')}"


def day_notes(visit: Visit, texts: Texts, typed: str) -> list[str]:
    """The day that was understood."""
    found = read_day(typed, day(visit.now))
    return [f"{found.isoformat()} {texts.long(found)}"] if found else []


# -- partners

UNDECIDED = "undecided"  # what a partner is until somebody says otherwise
INTENTIONS = ("using", "willing", UNDECIDED, "unwilling")


def partner_kinds(visit: Visit) -> tuple[str, ...]:
    """Which kinds stand on the other side of this office."""
    office = visit.answer_to("office_kind")
    sides = {"home_care_support": ("service",), "service": ("home_care_support",)}
    return sides.get(office.value if office else "", ("service", "home_care_support"))


def partner_drafts(fact: Fact) -> str:
    """The name under which the list is stored while it is being made."""
    return f"{fact.name}.list"


def first_partners(visit: Visit, fact: Fact) -> list[dict[str, str]]:
    """What the list starts from."""
    drafts, earlier = visit.drafts(), visit.earlier_answer(fact.name)
    if partner_drafts(fact) in drafts:
        found: list[dict[str, str]] = json.loads(drafts[partner_drafts(fact)])
        return found
    if earlier is not None and isinstance(earlier.detail, list):
        return [dict(partner) for partner in earlier.detail]
    return []
