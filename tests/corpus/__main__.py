"""Writes the stored sessions of the version that runs it: `python -m tests.corpus VERSION`. One that is there stays."""

from __future__ import annotations

import json
import lzma
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from states.desk import Desk
from states.flow.events import JAPAN
from states.visit import Visit, Who
from tests.pictures import offices, say

HERE = Path(__file__).parent
PARTNER = [{"name": "さくら訪問介護", "kind": "service", "intention": "willing"}]
USUAL: dict[str, Any] = {
    "office_kind": "both", "commissioned": "no", "partners": ("willing", PARTNER), "makes_plans": "yes",
    "interface": "yes", "pc": ("given", "事務室PC"), "billing_pc": "yes", "windows": "win10", "edge": "newest",
    "sites": "reached", "billing": "internet",
}  # fmt: skip
USABLE: dict[str, Any] = {"certificate": ("usable", date(2028, 3, 31))}
APPLIED: dict[str, Any] = {**USABLE, "login": "ok", "terms": "agreed", "completion": "seen"}


def ways(number: str) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Answers, a movement at the end, and its words: one of each way to stand that a session can have."""
    known: dict[str, Any] = {**USUAL, "kj_id": ("kj", f"KJ{number[:2]}{number}"), "password": "known"}
    yield {"office_kind": "home_care_support", "commissioned": "yes"}, "refuse", ""
    yield {"office_kind": "service", "partners": "unwilling"}, "", ""
    yield {"office_kind": "service", "partners": "undecided", "partner_asked": "asked"}, "", ""
    yield {**USUAL, "kj_id": ("hd", f"HD{number[:2]}{number}")}, "abandon", "事業所が休止するため"
    yield {**USUAL, "kj_id": "none", "id_request": "sent"}, "", ""
    yield {**known, "password": "lost", "id_request": "sent"}, "", ""
    yield {**known, "certificate": "expired"}, "", ""
    yield {**known, "certificate": "unclear", "certificate_attested": ("usable", date(2027, 1, 15))}, "", ""
    lost = {"certificate": "none", "certificate_elsewhere": "other_pc", "issuing_password": "lost"}
    yield {**known, **lost, "issuing_request": "sent"}, "", ""
    again: dict[str, Any] = {"certificate": "wrong_kind", "certificate_elsewhere": "this_pc_before"}
    again |= {"issuing_password": "known", "downloaded_again": "yes", "reinstalled": "no_key"}
    yield {**known, **again}, "", ""
    yield {**known, **USABLE, "login": "ok", "terms": "agreed", "completion": "unknown"}, "", ""
    yield {**known, **USABLE, "login": "ok", "terms": "declined"}, "refuse", ""
    yield {**known, **APPLIED, "payment": "invoice", "invoice": "requested", "invoice_told": "yes"}, "", ""
    client = {"support_site": "yes", "client_downloaded": "yes", "client_installed": "yes", "client_login": "ok"}
    start: dict[str, Any] = {"partner_ready": "no", "start_day": ("agreed", date(2026, 12, 15)), "payment": "offset"}
    yield {**known, **APPLIED, **client, **start}, "", ""
    done = {"report": "given", "secrets": "none", "acknowledged": "yes"}
    yield {**known, **APPLIED, **client, **start, **done}, "complete", ""
    yield {**known, **APPLIED, **client, **start, "pc": ("given", "別のPC")}, "", ""


def write(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as scratch:
        store = Path(scratch) / "store"
        offices(store)
        now = datetime(2026, 11, 20, 10, 0, tzinfo=JAPAN)
        desk = Desk.open(store, lambda: now)
        for at, (answers, trigger, why) in enumerate(ways("1372005678")):
            visit: Visit = desk.begin("1372005678", f"あおば訪問介護 {at + 1}", "2023-05-26", Who("佐藤", "pc-1", ""))
            say(visit, **{**answers})
            if trigger:
                assert not visit.move(trigger, why), (at, trigger)
            visit.leave()
        expected = {row.id: told(desk, row) for row in desk.journal.every()}
        desk.close()
        folder.mkdir(parents=True)
        for name in ("sessions.db", "second-copy.log"):
            (folder / f"{name}.xz").write_bytes(lzma.compress((store / name).read_bytes(), preset=9))
        (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", "utf-8")


def told(desk: Desk, row: Any) -> dict[str, Any]:
    """What that version says of a session."""
    session = desk.read(row)
    values = {name: answer.value for name, answer in sorted(session.answers.items())}
    return {"edition": row.edition, "state": session.state, "events": row.version, "answers": values}


if __name__ == "__main__":
    write(HERE / sys.argv[1])
