"""The sheet that an office is sent before a visit: what to have at hand, who has to be there, what nobody knows yet.

Made from the edition and from what is known already: what was answered is not asked for again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from locales import Texts
from states.flow.claims import Firm
from states.flow.edition import Edition
from states.flow.session import Session
from states.handover.paper import Paper, Part, Table

ALWAYS = ("person", "time", "secret")


def preparation(
    edition: Edition, now: datetime, texts: Texts, session: Session | None = None, contacts: Sequence[str] = ()
) -> Paper:
    """The sheet.

    Args:
        session: the office's, where it has begun.
        contacts: lines of whom to telephone.
    """
    title = texts("paper.prepare.title")
    about = [texts("paper.prepare.about", edition=texts(f"edition.{edition.name}"))]
    if session is not None:
        about.append(f"{session.office_number} {session.office_name}")
    dates = [(texts(f"paper.date.{one.name}"), texts.full(one.day)) for one in edition.deadlines]
    open_ = [claim for claim in edition.claims if claim.firm is Firm.OPEN]
    columns = tuple(texts(f"paper.column.{name}") for name in ("item", "day"))
    unverified = tuple(texts("paper.prepare.open", claim=texts(f"claim.{c.name}"), place=c.look) for c in open_)
    parts = [
        Part(texts("paper.prepare.have"), points=tuple(_to_have(edition, now, texts, session))),
        Part(texts("paper.prepare.day"), points=tuple(texts(f"paper.prepare.{name}") for name in ALWAYS)),
        *([Part(texts("paper.part.dates"), table=Table(columns, tuple(dates)))] if dates else []),
        Part(texts("paper.prepare.unverified"), points=unverified),
        Part(texts("paper.part.contacts"), points=tuple(contacts)),
    ]
    return Paper(texts.language, title, title, tuple(about), tuple(parts))


def _to_have(edition: Edition, now: datetime, texts: Texts, session: Session | None) -> Iterator[str]:
    facts = session.facts(now) if session is not None and session.edition is edition else None
    for name, fact in edition.facts.items():
        text = None if fact.clock else texts.find(f"paper.prepare.fact.{name}")
        if text is not None and not (facts is not None and facts.known(name)):
            yield text
