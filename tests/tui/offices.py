"""Offices in a store, at the points of the way that the screen tests begin from; made without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from states.desk import Desk
from states.flow.events import JAPAN
from states.flow.session import Session
from states.visit import Visit, Who
from tests.pictures import say

NUMBER, NAME, EDITION = "1372005678", "あおば訪問介護", "2023-05-26"
PARTNERS = [{"name": "さくら訪問介護", "kind": "service", "intention": "willing"}]

# The answers on the way, in order; `kj_id` is the office's own.
PREMISES: dict[str, Any] = {"office_kind": "home_care_support", "commissioned": "no", "partners": ("willing", PARTNERS)}
SOFTWARE: dict[str, Any] = {"product": ("given", "ひびきケア"), "makes_plans": "yes", "interface": "yes"}
TERMINAL: dict[str, Any] = {
    "pc": ("given", "受付PC"),
    "billing_pc": "no",
    "windows": "win11",
    "edge": "newest",
    "sites": "reached",
}
USER_ID: dict[str, Any] = {"billing": "agent", "kj_id": ("kj", f"KJ13{NUMBER}"), "password": "known"}
NO_CERTIFICATE: dict[str, Any] = {"certificate": "none", "certificate_elsewhere": "no", "issuing_password": "known"}
CERTIFICATE: dict[str, Any] = {"certificate": ("usable", datetime(2028, 3, 31, tzinfo=JAPAN).date())}
APPLIED: dict[str, Any] = {"login": "ok", "terms": "agreed", "completion": "seen"}
CLIENT: dict[str, Any] = {
    "support_site": "yes", "client_downloaded": "yes", "client_installed": "yes", "client_login": "ok",
    "partner_ready": "yes", "payment": "offset",
}  # fmt: skip
HANDED_OVER: dict[str, Any] = {"report": "given", "secrets": "none", "acknowledged": "yes"}
READY: dict[str, Any] = {**PREMISES, **SOFTWARE, **TERMINAL}


@contextmanager
def desk_at(store: Path, when: str) -> Iterator[Desk]:
    """The desk of a store, its clock standing still."""
    now = datetime.fromisoformat(when).replace(tzinfo=JAPAN)
    desk = Desk.open(store, lambda: now)
    try:
        yield desk
    finally:
        desk.close()


def office(desk: Desk, *, number: str = NUMBER, name: str = NAME, stand: str = "", **facts: Any) -> Visit:
    """A new session with these answers, standing where the last one was given, or in the step `stand`."""
    visit = desk.begin(number, name, EDITION, Who("佐藤", "tablet", "/dev/pts/0"))
    say(visit, **facts)
    if stand and visit.state != stand:
        assert not visit.move(f"go_{stand}")
    return visit


def prepare(store: Path, when: str = "2026-11-22T09:00", **facts: Any) -> str:
    """A store with one office; returns its session's id."""
    with desk_at(store, when) as desk:
        visit = office(desk, **facts)
        visit.leave()
        return visit.row.id


def stored(store: Path, id: str) -> Session:
    """A session as the store has it."""
    with desk_at(store, "2026-11-22T09:00") as desk:
        return desk.read(desk.journal.row(id))


def drafts(store: Path, id: str) -> dict[str, str]:
    """What is stored of half-typed fields."""
    with desk_at(store, "2026-11-22T09:00") as desk:
        return desk.journal.drafts(id)
