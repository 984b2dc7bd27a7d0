"""A file damaged in the middle is mended in front of the user, who is told so in one sentence and goes on."""

from __future__ import annotations

from pathlib import Path

from states.storage.embedded import NAME
from tests.tui.offices import READY, prepare, stored
from tests.tui.technician import Technician


def test_a_destroyed_page_is_mended_and_said(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, **READY, stand="terminal")
    before = stored(store, id).answers
    content = bytearray((store / NAME).read_bytes())
    at = content.index("受付PC".encode("unicode_escape")) // 4096 * 4096
    content[at : at + 4096] = bytes(4096)
    (store / NAME).write_bytes(content)
    with Technician(store, "2026-11-22T09:00") as technician:
        technician.said("STORE-MENDED")
        technician.open_first()
        technician.step("terminal")
        technician.answer("windows_update", "current")
    after = stored(store, id).answers
    assert {fact: after[fact] for fact in before} == before
    assert after["windows_update"].value == "current"
