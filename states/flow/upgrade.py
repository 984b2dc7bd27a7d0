"""From one edition to another: what stands there too, what is new, where one stands then. Touches nothing.

A running session is taken into a later edition by a person's word, and keeps all that the new table knows. A completed
one stays as it is; what still stands of it is where a session of another flow may begin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from states.flow.board import OVER, WAITING, Board, Status
from states.flow.edition import Edition
from states.flow.events import Event, instant
from states.flow.facts import EVERYTHING, Fact, Facts, Form, age, never
from states.flow.session import Answer, Session


@dataclass(frozen=True, slots=True)
class Carried:
    """Every answer of a session, once: taken along, or set aside because the other table has no place for it."""

    kept: tuple[str, ...]
    aside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that another edition says otherwise.

    Args:
        kind: `step_new`, `step_gone`, `fact_new`, `fact_gone`, `value_new`, `value_gone`, `value_means`, `fact_asked`.
        step: where it stands; for one that is gone, in the edition before.
        value: for a step that is gone, the one in its place, if there is one.
    """

    kind: str
    step: str
    fact: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What going into another edition would do to a session, told before it is done.

    Args:
        carried: see there.
        must, may: questions that are new and asked now: needed, or recorded and not required.
        rests: answers that stand now and would count for nothing, for they would no longer be asked.
        reopened: steps that are done now and would not be; under their names there.
        dest: where the technician would stand.
    """

    source: Edition
    target: Edition
    carried: Carried
    must: tuple[str, ...]
    may: tuple[str, ...]
    rests: tuple[str, ...]
    reopened: tuple[str, ...]
    dest: str


def carry(answers: Mapping[str, str], target: Edition) -> Carried:
    """Which answers stand in the other table: those it asks for with that value, and what they are about with them."""
    kept: dict[str, None] = {}
    for name, fact in target.facts.items():  # what a fact is about is asked before it
        there = name in answers and any(value.name == answers[name] for value in fact.values)
        if there and all(about in kept for about in fact.about if about in answers):
            kept[name] = None
    return Carried(tuple(kept), tuple(name for name in answers if name not in kept))


def anchor(state: str, board: Board) -> str:
    """Where one stands in the other edition: in the same step where one may, else in the lobby."""
    state = dict(board.edition.renamed).get(state, state)
    return state if state in board.edition.step and board.may_stand(state) else WAITING


def change(session: Session, target: Edition, now: datetime) -> Change:
    """What taking this session into `target` would do."""
    source, before = session.edition, session.facts(now)
    carried = carry({name: answer.value for name, answer in session.answers.items()}, target)
    there = moved(session, target, carried)
    after = there.facts(now)
    was, will = Board(source, before), Board(target, after)
    asked = [
        fact
        for fact in target.facts.values()
        if not fact.clock and (is_new(fact, source) or fact.name in carried.aside) and _open_to(fact, after, will)
    ]
    named = dict(target.renamed)
    done = [named.get(step, step) for step in source.order if was.is_(step, Status.DONE)]
    return Change(
        source,
        target,
        carried,
        must=tuple(fact.name for fact in asked if fact.needed(after) and fact.needed is not never),
        may=tuple(fact.name for fact in asked if not fact.needed(after) or fact.needed is never),
        rests=tuple(name for name in carried.kept if before.known(name) and not after.known(name)),
        reopened=tuple(step for step in done if step in target.step and not will.is_(step, *OVER)),
        dest=anchor(session.state, will),
    )


def _open_to(fact: Fact, after: Facts, board: Board) -> bool:
    applies = not board.is_(fact.step, Status.SKIPPED)
    return applies and after.asked(fact.name) and not after.known(fact.name)


def is_new(fact: Fact, source: Edition) -> bool:
    """Whether the edition before did not ask this, or not so that an answer of then could be one of now."""
    known = source.facts.get(fact.name)
    return known is None or not {value.name for value in known.values} & {value.name for value in fact.values}


def moved(session: Session, target: Edition, carried: Carried) -> Session:
    """A copy that follows the other edition, with what is carried."""
    there = Session(session.id, session.office_number, session.office_name, target)
    there.state = session.state
    there.answers = {name: session.answers[name] for name in carried.kept}
    return there


def event_of(found: Change, session: Session, now: datetime, who: str) -> Event:
    """The act, as it is stored: with its effects, and every answer that has no place there."""
    aside = {name: session.answers[name].value for name in found.carried.aside}
    body = {"from": found.source.name, "to": found.target.name, "source": session.state, "dest": found.dest}
    more = {"aside": aside, "must": list(found.must), "may": list(found.may)}
    return Event("edition", instant(now), who, body | more)


# -- a completed session, continued


def standing(session: Session, now: datetime) -> dict[str, Answer]:
    """The answers that still stand: asked for, not stale; not where secrets were kept, nor what was said of it all."""
    facts = session.facts(now)
    rows = {fact.name: fact for step in session.edition.steps for fact in step.asks}
    return {
        name: answer
        for name, answer in session.answers.items()
        if facts.known(name) and not facts.has(age(name), "stale") and lasting(rows[name])
    }


def lasting(fact: Fact) -> bool:
    return fact.form is not Form.SECRET and fact.about != EVERYTHING


# -- the tables alone


def differences(source: Edition, target: Edition) -> list[Difference]:
    """All that the other table says otherwise, in its order; read from the tables, so that nobody keeps a list."""
    out: list[Difference] = []
    named = dict(target.renamed)
    for step in target.order:
        if step not in source.step:
            out.append(Difference("step_new", step))
        for fact in target.step[step].asks:
            old = source.facts.get(fact.name)
            out += [Difference("fact_new", step, fact.name)] if old is None else list(_values(step, old, fact))
    for step in source.order:
        if step not in target.step:
            out.append(Difference("step_gone", step, value=named.get(step, "")))
        gone = [fact.name for fact in source.step[step].asks if fact.name not in target.facts]
        out += [Difference("fact_gone", step, name) for name in gone]
    return out


def _values(step: str, old: Fact, new: Fact) -> list[Difference]:
    before, after = ({value.name: value for value in fact.values} for fact in (old, new))
    out = [Difference("value_new", step, new.name, name) for name in after if name not in before]
    out += [Difference("value_gone", step, new.name, name) for name in before if name not in after]
    for name, value in after.items():
        if name in before and (value.meaning, value.warn) != (before[name].meaning, before[name].warn):
            out.append(Difference("value_means", step, new.name, name))
    if new.when is not old.when or new.needed is not old.needed:
        out.append(Difference("fact_asked", step, new.name))
    return out
