"""Editions as a technician meets them: proposed, chosen, past their day, gone into; the move; all offices at once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pty on this system", allow_module_level=True)

from tests.tui.offices import APPLIED, CERTIFICATE, CLIENT, HANDED_OVER, READY, USER_ID, prepare
from tests.tui.technician import Technician


def test_a_session_under_a_past_edition_is_warned_shown_what_changed_and_taken_into_the_new_one(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, "2026-11-05T09:00", **READY, **USER_ID, **CERTIFICATE)
    with Technician(store, "2026-11-05T10:00") as t:
        t.wait(t.texts("ui.edition", name="2026-07"))  # what a new office is proposed
        t.open_first()
        t.wait(t.texts("ui.edition.past_key")[:8])
        t.step("certificate")
        t.press("e")
        t.wait(t.texts("ui.edition.title"))
        t.wait(t.texts("edition.2023-05-26"))
        t.wait(t.texts("firm.open"))
        t.press("u")
        t.wait(t.texts("ui.change.must"))
        t.wait(t.texts("fact.fee_told"))
        t.press("1")  # stay
        t.wait(t.texts("ui.edition.claims")[:10])
        assert t.stored().edition.name == "2023-05-26"
        t.press("u")
        t.wait(t.texts("ui.change.must"))
        t.press("2")
        t.wait(t.texts("step.fee"))
        t.step("certificate")
        session = t.stored()
        assert (session.edition.name, session.state, session.log[-1].kind) == ("2026-07", "certificate", "edition")
        t.press("f4")
        t.wait("0570-059-402")
        t.wait(t.texts("ui.desk.open", begin=10, end=19))  # a Thursday within the days of billing
        t.press("f3")
        t.wait(t.texts("key.park"))
        t.press("f8")
        t.wait(t.texts("key.close"))
        t.press("0")
        t.wait(t.texts("key.board"))
        t.press("w")
        t.wait(t.texts("ui.board.weeks"))
        t.wait("####")


def test_a_new_office_follows_the_edition_in_force_or_the_one_that_is_chosen(tmp_path: Path) -> None:
    with Technician(tmp_path / "store", "2026-11-22") as t:
        t.press("n")
        t.wait(t.texts("ui.new.edition", name=t.texts("edition.2026-07")))
        t.press("f4")
        t.wait(t.texts("ui.editions.proposed"))
        t.press("1")
        t.wait(t.texts("ui.new.edition", name=t.texts("edition.2023-05-26")))
        t.wait(t.texts("ui.edition.past", name=t.texts("edition.2023-05-26"), until="")[:14])
        t.press("f3")
        t.wait(t.texts("key.board"))
        t.new_office("1372005678", "あおば訪問介護", edition="move")
        assert t.stored().edition.name == "move"


def test_a_completed_office_goes_on_into_the_move(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, **READY, **USER_ID, **CERTIFICATE, **APPLIED, **CLIENT, **HANDED_OVER)
    with Technician(store, "2026-11-22T10:00") as t:
        t.open_first()
        t.step("handover")
        t.press("f10")
        t.wait(t.texts("ui.end.complete"))
        t.press("m")
        t.wait(t.texts("ui.move.stays")[:10])
        t.press("2")
        t.step("readiness")
        session = t.stored()
        assert session.edition.name == "move"
        assert session.answers["kj_id"].detail == "KJ131372005678"
