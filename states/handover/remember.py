"""Days the office has to remember after the introduction; what is awaited is not among them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from states.flow.facts import Holds
from states.flow.session import Session, is_stale

NOTICE = timedelta(days=90)  # before a certificate's last day its renewal is announced (a public body's page)
OF_A_CERTIFICATE = (("certificate_notice", NOTICE), ("certificate_end", timedelta()))


def dates_to_remember(session: Session, now: datetime) -> list[tuple[str, date]]:
    """(what, Japanese calendar day), the earliest first; `what` is a key of the catalogue behind `paper.date.`.

    A certificate counts as long as it stands and is valid, measured or attested, whichever step found it. The day of
    its notice is given also when it has passed: then the notice has come, or is to be asked for. Besides: the last day
    of a licence that is renewed by hand, and the edition's own deadlines.
    """
    facts, known = session.facts(now), session.edition.facts
    ends = {
        answer.until
        for name, answer in session.answers.items()
        if facts.known(name)
        and known[name].holds is Holds.NOT_AFTER
        and answer.value in known[name].dated
        and answer.until is not None
        and not is_stale(known[name], answer, now)
    }
    found = [(what, end - before) for end in ends for what, before in OF_A_CERTIFICATE]
    licence = session.answers.get("renewal")
    if licence is not None and licence.until is not None and facts.known("renewal"):
        found.append(("licence_end", licence.until))
    found += [(deadline.name, deadline.day) for deadline in session.edition.deadlines]
    return sorted(found, key=lambda entry: (entry[1], entry[0]))
