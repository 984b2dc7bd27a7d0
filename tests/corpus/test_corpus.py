"""Stored sessions of every released version are opened by this one: nothing lost, each where it stood."""

from __future__ import annotations

import json
import lzma
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from states.desk import Desk
from states.fault import Fault
from states.flow import editions
from states.flow.board import ENDS, WAITING
from states.flow.events import JAPAN
from states.visit import Who

HERE = Path(__file__).parent
VERSIONS = sorted(folder.name for folder in HERE.iterdir() if (folder / "expected.json").is_file())
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=JAPAN)
ME = Who("鈴木", "pc-2", "")


def opened(version: str, into: Path, *names: str) -> Desk:
    into.mkdir(mode=0o700)
    for name in names:
        (into / name).write_bytes(lzma.decompress((HERE / version / f"{name}.xz").read_bytes()))
        (into / name).chmod(0o600)
    return Desk.open(into, lambda: NOW)


def expected(version: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((HERE / version / "expected.json").read_text("utf-8"))
    return found


def test_there_is_a_version() -> None:
    assert VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_every_session_stands_where_that_version_left_it(version: str, tmp_path: Path) -> None:
    desk = opened(version, tmp_path / "store", "sessions.db", "second-copy.log")
    desk.check()
    rows = {row.id: row for row in desk.journal.every()}
    assert rows.keys() == expected(version).keys()
    for id, told in expected(version).items():
        session = desk.read(rows[id])
        values = {name: answer.value for name, answer in session.answers.items()}
        assert (session.edition.name, session.state, values) == (told["edition"], told["state"], told["answers"])
        assert rows[id].version == told["events"]
    assert desk.rebuild() == 0
    desk.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_running_one_goes_into_the_newest_edition_and_every_ended_one_stays(version: str, tmp_path: Path) -> None:
    desk = opened(version, tmp_path / "store", "sessions.db", "second-copy.log")
    moved = 0
    for row in desk.journal.every():
        visit = desk.resume(row.id, ME)
        answers = {name: answer.value for name, answer in visit.session.answers.items()}
        if visit.state in ENDS:
            with pytest.raises(Fault) as refused:
                visit.follow_edition(editions.NEWEST)
            assert refused.value.code == "edition.pinned"
        else:
            visit.follow_edition(editions.NEWEST)
            aside = visit.session.log[-1].body["aside"]
            kept = {name: answer.value for name, answer in visit.session.answers.items()}
            assert kept | aside == answers
            assert not kept.keys() & aside.keys()
            assert visit.state in (*visit.edition.order, WAITING)
            moved += 1
        visit.leave()
        assert desk.read(desk.journal.row(row.id)).edition is visit.edition
    assert moved > 10
    assert desk.rebuild() == 0
    desk.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_second_copy_alone_gives_them_all_back(version: str, tmp_path: Path) -> None:
    opened(version, tmp_path / "store", "sessions.db", "second-copy.log").close()
    (tmp_path / "store" / "sessions.db").write_bytes(b"damaged")
    desk = Desk.open(tmp_path / "store", lambda: NOW)
    assert {row.id: desk.read(row).state for row in desk.journal.every()} == {
        id: told["state"] for id, told in expected(version).items()
    }
    desk.close()
