"""The team store as a technician meets it: away at the customer's, handed in at the office, looked at by commands."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from states.storage import team_schema
from states.storage.journal import Journal
from tests.storage.postgres import Server
from tests.storage.samples import begin
from tests.tui.offices import NAME, NUMBER
from tests.tui.technician import COMMAND, Technician

pytestmark = pytest.mark.lab  # minutes, all on real terminals: run by `make labs`

NOW = "2026-11-22T09:00"


@pytest.fixture
def address(server: Server) -> str:
    return server.address(server.database())


def run(home: Path, address: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [COMMAND, *arguments, "--lang", "en", "--name", "佐藤"],
        env={"PATH": os.environ["PATH"], "XDG_DATA_HOME": str(home), "CAREPLAN_SETUP_STORE": address},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def away(address: str) -> str:
    """The same, where nobody answers."""
    return address.replace("@%2F", "@%2Fnowhere%2F")


def test_an_office_begun_without_the_server_is_handed_in_once_it_is_there(address: str, tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path)}
    with Technician(tmp_path, NOW, env=env, address=away(address)) as technician:
        technician.said("TEAM-ALONE")
        technician.press("n")
        technician.wait(technician.texts("ui.new.title"))
        for typed in (NUMBER, NAME):
            technician.terminal.send(typed)
            technician.wait(typed)
            technician.press("enter")
        technician.press("f10")
        technician.step("eligibility")
        technician.power_cut()
    with Technician(tmp_path, NOW, env=env, address=address) as technician:
        technician.said("TEAM-PENDING")
        assert NUMBER not in technician.screen
        technician.press("h")
        technician.wait(technician.texts("ui.team.title"))
        technician.wait(NUMBER)
        technician.press("2")
        technician.wait(technician.texts("ui.team.handed"))
        technician.press("t")
        technician.wait(technician.texts("ui.team.taken", number=NUMBER, name=NAME)[:30])
        technician.open_first()
        technician.step("eligibility")
    journal = Journal.join(address)
    [row] = journal.by_office(NUMBER)
    assert journal.verify(row.id) > 2
    journal.close()


def test_the_commands_make_a_store_hand_in_and_say_how_it_is(server: Server, tmp_path: Path) -> None:
    database = server.database(empty=True)
    address = server.address(database)
    code, said = run(tmp_path, address, "sessions")
    assert (code, "(TEAM-NO-SCHEMA)" in said) == (2, True)
    assert run(tmp_path, address, "store", "init")[0] == 0
    journal = Journal.open(tmp_path / "careplan-setup")
    row = begin(journal)
    journal.close()
    code, said = run(tmp_path, address, "store", "hand-in")
    assert (code, "ケアプランセンター東  new  1 entries" in said) == (1, True)
    code, said = run(tmp_path, address, "doctor")
    assert "(TEAM-MIGHTY)" in said
    assert "(TEAM-PENDING)" in said
    assert run(tmp_path, address, "store", "hand-in", "--yes")[0] == 0
    assert row.office_number in run(tmp_path, address, "sessions")[1]
    server.execute(database, "CREATE ROLE suzuki LOGIN", f"GRANT {team_schema.TECHNICIAN} TO suzuki")
    said = run(tmp_path, server.address(database, "suzuki"), "doctor")[1]
    assert "TEAM-" not in said
    assert run(tmp_path, address, "store", "take", row.office_number)[0] == 0
    assert run(tmp_path, away(address), "sessions")[1].endswith("own store can be used.\n")
    code, said = run(tmp_path, str(tmp_path), "store", "hand-in")
    assert (code, "(TEAM-NONE)" in said) == (2, True)


def test_a_password_in_an_address_is_not_repeated_anywhere(tmp_path: Path) -> None:
    for address in ("postgresql://sato:canary-8fJq@db/team", "postgresql://sato:x/canary-8fJq@db/team"):
        code, said = run(tmp_path, address, "sessions")
        assert code == 2
        assert "canary" not in said
