"""Many offices in a store, at once: `python -m tests.generated FOLDER [N]`. Each is made of answers that are legal."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from states.desk import Desk
from states.flow import editions
from states.flow.board import WAITING, go
from states.flow.events import JAPAN, Event, instant
from states.flow.facts import Form
from states.flow.proof.routes import usual_answers
from states.flow.session import Answer, Session
from states.visit import listing, mover

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=JAPAN)
NAMES = ("みどり居宅支援", "あおば訪問介護", "かもめデイ", "ひだまり支援", "けやき居宅支援", "さくら居宅")
# What is unusual about an office, and so what it waits for or where it stops; some are like any other.
UNUSUAL: tuple[dict[str, str], ...] = (
    {},
    {},
    {"password": "lost", "security_mail": "not_registered", "id_request": "sent"},
    {"kj_id": "none", "security_mail": "not_registered", "id_request": "sent"},
    {"interface": "asked"},
    {"partners": "undecided", "partner_asked": "asked"},
    {"certificate": "none", "certificate_elsewhere": "no", "careplan_applied": "applied"},
    {"certificate": "none", "issuing_password": "lost", "issuing_request": "sent"},
    {"makes_plans": "billing_only"},
)


def generate(desk: Desk, count: int, seed: int = 7) -> None:
    """Sessions of both introductions, begun within ten weeks before `NOW`, each as far as it came."""
    chance = random.Random(seed)
    for number in range(count):
        office = f"13{chance.randrange(1, 6)}{number:07}"
        name = f"{chance.choice(NAMES)} {number + 1}"
        start = NOW - timedelta(days=chance.randrange(70), hours=chance.randrange(8))
        edition = chance.choice(list(editions.INTRODUCTIONS))
        session = Session(f"{number:08x}{chance.randrange(2**32):08x}", office, name, editions.find(edition))
        body = {"office_number": office, "office_name": name, "edition": edition}
        session.apply(Event("created", instant(start), "佐藤", body))
        session.apply(Event("visit", instant(start), "佐藤", {"host": "pc", "terminal": ""}))
        _answer(session, chance, start)
        for _ in range(chance.randrange(3)):
            start = min(start + timedelta(days=chance.randrange(1, 12)), NOW)
            session.apply(Event("visit", instant(start), "鈴木", {"host": "pc", "terminal": ""}))
        desk.journal.create(session.id, office, name, edition, session.log, listing(session, NOW), None)


def _answer(session: Session, chance: random.Random, at: datetime) -> None:
    edition = session.edition
    wanted = {**usual_answers(edition), **chance.choice(UNUSUAL)}
    steps = edition.order if chance.random() < 0.4 else edition.order[: chance.randrange(1, len(edition.order))]
    for step in steps:
        if not session.board(at).may_stand(step):
            continue
        _move(session, go(step), step, at)
        for fact in _questions(session, step, at):
            value = edition.facts[fact].value(wanted[fact])
            until = (at + timedelta(days=400)).date() if value.dated else None
            given = Answer(value.name, _detail(session, fact), instant(at), "佐藤", host="pc", until=until)
            session.apply(session.answered(fact, given))
    trigger = "complete" if not mover(edition.name).explain(session.state, "complete", session.board(at)) else "park"
    if not mover(edition.name).explain(session.state, trigger, session.board(at)):
        _move(session, trigger, "complete" if trigger == "complete" else WAITING, at)


def _questions(session: Session, step: str, at: datetime) -> Iterator[str]:
    asked: set[str] = set()
    while True:
        facts = session.edition.asked_in(step, session.facts(at))
        fact = next((f for f in facts if f.name not in asked and f.form is not Form.SECRET), None)
        if fact is None or session.closed_to(fact.name, session.board(at)):
            return
        asked.add(fact.name)
        yield fact.name


def _detail(session: Session, fact: str) -> Any:
    form = session.edition.facts[fact].form
    if form is Form.USER_ID:
        return f"KJ13{session.office_number}"
    if form is Form.PARTNERS:
        return [{"name": "さくら居宅", "kind": "home_care_support", "intention": "willing"}]
    return "事務室PC" if form is Form.TEXT else ""


def _move(session: Session, trigger: str, dest: str, at: datetime) -> None:
    if session.state != dest:
        body = {"trigger": trigger, "source": session.state, "dest": dest}
        session.apply(Event("moved", instant(at), "佐藤", body))


if __name__ == "__main__":
    made = Desk.open(Path(sys.argv[1]), lambda: NOW)
    generate(made, int(sys.argv[2]) if len(sys.argv) > 2 else 1_000)
    made.close()
