"""Sessions to make papers of, built by their events and without a store."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from states.flow.editions import FIRST, find
from states.flow.events import JAPAN, Event, instant
from states.flow.session import Answer, How, Session
from states.storage.records import Listing, Row

BEGIN = datetime(2026, 11, 8, 14, 2, tzinfo=JAPAN)


class Office:
    """A session being worked on; every call is acknowledged at `now`, which only `later` moves."""

    def __init__(self, name: str = "あおば訪問介護", number: str = "1372005678", technician: str = "佐藤") -> None:
        self.session = Session("s-1", number, name, find(FIRST))
        self.now, self.technician, self.host = BEGIN, technician, "uketsuke-pc"
        self.event("created", office_number=number, office_name=name, edition=FIRST)
        self.visit(technician, self.host)

    def event(self, kind: str, **body: Any) -> None:
        self.session.apply(Event(kind, instant(self.now), self.technician, body))

    def visit(self, technician: str, host: str) -> None:
        self.technician, self.host = technician, host
        self.event("visit", host=host, terminal="tty1")

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def answer(
        self, fact: str, value: str, detail: Any = "", *, until: date | None = None, how: How = How.ATTESTED
    ) -> None:
        given = Answer(value, detail, instant(self.now), self.technician, how, self.host, until)
        self.session.apply(self.session.answered(fact, given))

    def go(self, dest: str, words: str = "") -> None:
        self.event("moved", trigger="go", source=self.session.state, dest=dest, **({"words": words} if words else {}))

    @property
    def row(self) -> Row:
        session, at = self.session, instant(self.now)
        return Row(
            session.id,
            session.office_number,
            session.office_name,
            session.edition.name,
            Listing(session.state, "open", True, None, ""),
            version=len(session.log),
            head=bytes(range(32)),
            epoch=1,
            holder=None,
            created=at,
            updated=at,
        )


def partners(intention: str = "willing", name: str = "さくら居宅") -> list[dict[str, str]]:
    return [{"name": name, "kind": "home_care_support", "intention": intention}]


def waiting_for_everything() -> Office:
    """The first day of an office that has to ask for nearly all it needs."""
    office = Office()
    office.answer("office_kind", "service")
    office.answer("partners", "undecided", partners("undecided"))
    office.answer("partner_asked", "asked")
    office.answer("product", "given", "ほのぼの")
    office.answer("makes_plans", "yes")
    office.answer("interface", "asked")
    office.answer("pc", "given", "受付PC")
    office.answer("billing_pc", "yes")
    office.answer("windows", "win11", "build 22631", how=How.MEASURED_HERE)
    office.answer("edge", "newest")
    office.answer("sites", "reached", "5/5", how=How.MEASURED_HERE)
    office.answer("windows_update", "behind")
    office.answer("billing", "internet")
    office.answer("kj_id", "none")
    office.answer("id_request", "sent")
    office.answer("certificate", "none", how=How.MEASURED_HERE)
    office.answer("certificate_elsewhere", "no")
    return office


def nearly_done() -> Office:
    """An office with its certificate on the PC, its password kept, its start agreed for later."""
    office = Office()
    office.answer("office_kind", "service")
    office.answer("partners", "willing", partners())
    office.answer("product", "given", "ほのぼの")
    office.answer("makes_plans", "yes")
    office.answer("interface", "yes")
    office.answer("pc", "given", "受付PC")
    office.answer("billing_pc", "yes")
    office.answer("windows", "win11", "build 22631", how=How.MEASURED_HERE)
    office.answer("edge", "newest")
    office.answer("sites", "reached", "5/5", how=How.MEASURED_HERE)
    office.answer("billing", "internet")
    office.answer("kj_id", "kj", "KJ131372005678")
    office.answer("password", "known")
    office.answer("password_kept", "keyring")
    office.answer("certificate", "usable", "2026-10-01..2029-10-01", until=date(2029, 10, 1), how=How.MEASURED_HERE)
    office.answer("login", "ok")
    office.answer("terms", "agreed")
    office.answer("completion", "seen")
    for fact in ("support_site", "client_downloaded", "client_installed"):
        office.answer(fact, "yes")
    office.answer("client_login", "ok")
    office.answer("partner_ready", "no")
    office.answer("start_day", "agreed", until=date(2026, 12, 1))
    office.answer("payment", "invoice")
    office.answer("invoice", "requested")
    office.answer("invoice_told", "yes")
    return office


def complete() -> Office:
    office = nearly_done()
    for fact, value in (("report", "given"), ("secrets", "kept"), ("acknowledged", "yes")):
        office.answer(fact, value)
    office.go("complete")
    return office


def refused() -> Office:
    office = Office()
    office.answer("office_kind", "both")
    office.answer("commissioned", "yes")
    office.go("refused")
    return office


def abandoned(words: str = "事業所の都合") -> Office:
    office = waiting_for_everything()
    office.go("abandoned", words)
    return office
