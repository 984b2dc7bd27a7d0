"""A team store refuses what would lose steps, says by name what is wrong, and lets only its owner rewrite history."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from states.fault import Fault
from states.storage import address, schema, team_schema
from states.storage.journal import Journal, Row
from states.storage.team import Team
from tests.storage.postgres import PASSWORD, TECHNICIAN, Server, serving
from tests.storage.samples import COLLEAGUE, begin, event, go_on, listing


@pytest.fixture(scope="module")
def store(server: Server) -> str:
    """A database with a technician's login."""
    database = server.database()
    server.technician(database)
    return database


@pytest.fixture
def as_technician(server: Server, store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    return server.address(store, TECHNICIAN, tcp=True)


def fault_of(text: str) -> Fault:
    with pytest.raises(Fault) as caught:
        Journal.join(text).close()
    return caught.value


def test_without_an_address_no_driver_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import datetime; from states.desk import Desk; "
        "desk = Desk.open(Path(sys.argv[1]), datetime.now); desk.counts(); desk.page(); desk.check(); desk.close(); "
        "sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path / "store")], check=False).returncode == 0


# Who may do what


FORBIDDEN = (
    "UPDATE event SET body = '{}'",
    "UPDATE event SET hash = hash",
    "DELETE FROM event",
    "TRUNCATE event",
    "DELETE FROM session",
    "UPDATE session SET office_number = '1399999999'",
    "UPDATE session SET created = 0",
    "UPDATE meta SET value = '9'",
    "DROP TABLE event",
    "CREATE TABLE mine (a INT)",
)


def allowed(address: str) -> list[str]:
    """Which of the forbidden statements the server lets through; nothing of them stays."""
    through = []
    for statement in FORBIDDEN:
        with psycopg.connect(address) as connection:
            try:
                connection.execute(statement.encode())
                through.append(statement)
            except psycopg.errors.InsufficientPrivilege:
                pass
            connection.rollback()
    return through


def test_a_technician_can_append_and_read_but_not_change_or_delete_what_happened(as_technician: str) -> None:
    journal = Journal.join(as_technician)
    row = go_on(journal, begin(journal))
    journal.keep_draft(row.id, "note", "a")
    journal.keep_draft(row.id, "note", "b")
    journal.append(row.id, version=2, epoch=1, events=[event(3)], listing=listing("waiting"), drop_drafts=["note"])
    journal.take(row.id, COLLEAGUE, epoch=row.epoch)
    journal.release(row.id, 2)
    assert allowed(as_technician) == []
    assert journal.verify(row.id) == 3
    journal.close()


def test_a_reader_can_read_and_is_told_that_nothing_more_is_allowed(server: Server, store: str) -> None:
    with contextlib.suppress(psycopg.errors.DuplicateObject):
        server.execute(store, "CREATE ROLE onlooker LOGIN")
    server.execute(store, f"GRANT {team_schema.READER} TO onlooker")
    owner, reader = Journal.join(server.address(store)), Journal.join(server.address(store, "onlooker"))
    row = begin(owner, "s-read")
    assert reader.verify("s-read") == 1
    with pytest.raises(Fault, match=r"team\.no_right"):
        go_on(reader, row)
    owner.close()
    reader.close()


def test_a_planted_grant_is_noticed(server: Server, store: str, as_technician: str) -> None:
    server.execute(store, f"GRANT UPDATE ON event TO {team_schema.TECHNICIAN}")
    try:
        assert len(allowed(as_technician)) == 2
    finally:
        server.execute(store, f"REVOKE UPDATE ON event FROM {team_schema.TECHNICIAN}")


# The form of the store


def test_tables_are_made_once_and_a_store_without_them_is_named(server: Server) -> None:
    place = server.address(server.database(empty=True))
    assert fault_of(place).code == "team.no_schema"
    assert team_schema.init(place) == 0
    assert team_schema.init(place) == schema.VERSION
    Journal.join(place).close()


def test_the_printed_script_makes_the_same_store(server: Server) -> None:
    database = server.database(empty=True)
    server.execute(database, ";\n".join(team_schema.script()))
    journal = Journal.join(server.address(database))
    assert go_on(journal, begin(journal)).version == 2
    journal.close()


def test_a_newer_store_is_refused_and_an_older_one_is_carried_forward_by_its_owner(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = server.database()
    place = server.address(database)
    server.execute(database, "UPDATE meta SET value = '99' WHERE name = 'schema'")
    assert str(fault_of(place)) == f"team.newer server={address.shown(address.parameters(place))} found=99 known=1"
    with pytest.raises(Fault, match=r"team\.newer"):
        team_schema.init(place)
    server.execute(database, "UPDATE meta SET value = '1' WHERE name = 'schema'")
    monkeypatch.setitem(schema.MIGRATIONS, 1, ("ALTER TABLE session ADD COLUMN more {text} NOT NULL DEFAULT ''",))
    for module in (schema, team_schema, __import__("states.storage.team", fromlist=["VERSION"])):
        monkeypatch.setattr(module, "VERSION", 2)
    assert fault_of(place).code == "team.older"
    assert team_schema.init(place) == 1
    Journal.join(place).close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    place = server.address(server.database())
    with monkeypatch.context() as patch:
        patch.setitem(schema.MIGRATIONS, 1, ("ALTER TABLE session ADD COLUMN more {text}", "no statement"))
        patch.setattr(team_schema, "VERSION", 2)
        with pytest.raises(Fault, match=r"team\.io .*detail=42601"):
            team_schema.init(place)
    Journal.join(place).close()


# Durability


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_would_lose_steps_at_a_power_cut_is_refused(setting: str) -> None:
    with serving(**{setting: "off"}) as server:
        fault = fault_of(server.address("postgres"))
    assert (fault.code, fault.values["setting"]) == ("team.not_durable", setting)


def test_a_commit_waits_for_the_disk_even_where_a_role_was_told_otherwise(server: Server) -> None:
    database = server.database()
    server.execute("postgres", f"ALTER DATABASE {database} SET synchronous_commit = off")
    store = Team.open(server.address(database))
    assert store.ask("SELECT current_setting('synchronous_commit')") == ("on",)
    store.close()


def test_another_encoding_than_utf8_is_refused(server: Server) -> None:
    server.execute("postgres", "CREATE DATABASE euc ENCODING 'EUC_JP' LOCALE 'C' TEMPLATE template0")
    assert fault_of(server.address("euc")).code == "team.encoding"


# The address, and who may come in


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://sato:{PASSWORD}@db.example/team",
        f"postgresql://sato@db.example/team?password={PASSWORD}",
        f"postgres://db.example/team?sslpassword={PASSWORD}",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    fault = fault_of(text)
    assert fault.code == "team.password"
    assert PASSWORD not in str(fault)


@pytest.mark.parametrize(
    "text",
    [
        "mysql://db/team",
        f"postgresql://sato:x/{PASSWORD}@db/team",
        f"postgresql://db:x:{PASSWORD}",
        "postgresql://?no=1",
    ],
)
def test_what_is_no_address_is_said_without_repeating_it(text: str) -> None:
    fault = fault_of(text)
    assert fault.code == "store.address"
    assert PASSWORD not in str(fault)


def test_a_password_comes_from_the_file_that_libpq_knows(
    server: Server, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "pgpass"
    kept.write_text(f"127.0.0.1:{server.port}:*:{TECHNICIAN}:{PASSWORD}\n")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    Journal.join(server.address(store, TECHNICIAN, tcp=True)).close()


def test_each_way_of_not_getting_in_has_its_name(server: Server, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    said = {
        fault_of(server.address(store, TECHNICIAN, tcp=True)).code: "no password",
        fault_of(server.address("nowhere")).code: "no such database",
        fault_of(server.address(store, TECHNICIAN, tcp=True, sslmode="require")).code: "no TLS there",
        fault_of("postgresql://127.0.0.1:1/team").code: "no server there",
    }
    assert list(said) == ["team.wrong_password", "team.refused", "team.tls", "team.unreachable"]
    monkeypatch.setenv("PGPASSWORD", "wrong")
    assert fault_of(server.address(store, TECHNICIAN, tcp=True)).code == "team.wrong_password"


def test_an_encrypted_line_knows_whom_it_speaks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        server.stop()
        authority = server.encrypt()
        server.start()
        database = server.database()
        server.technician(database, "tls")
        monkeypatch.setenv("PGPASSWORD", PASSWORD)

        def named(host: str, place: Path) -> str:
            address = server.address(database, "tls", tcp=True, sslmode="verify-full", sslrootcert=str(place))
            return address.replace("127.0.0.1", host)

        store = Team.open(named("localhost", authority))
        assert store.ask("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == (True,)
        store.close()
        assert fault_of(named("127.0.0.1", authority)).code == "team.tls"  # another name than the certificate's
        server.encrypt()  # another authority than the server's
        assert fault_of(named("localhost", authority)).code == "team.tls"


def test_a_line_to_another_machine_that_is_not_encrypted_is_said(
    as_technician: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Team.open(as_technician).notices == []
    monkeypatch.setattr(address, "is_here", lambda _: False)
    assert [notice.code for notice in Team.open(as_technician).notices] == ["team.plain"]


# Two at once


@contextlib.contextmanager
def meanwhile(journal: Journal, word: str, other: Journal, act: str, *values: object) -> Iterator[None]:
    """Once, just before the journal runs a statement with this word, another does something."""
    run = journal.store.run
    done = False

    def watched(statement: str, **given: str | int | bytes) -> list[tuple[object, ...]]:
        nonlocal done
        if word in statement and not done:
            done = True
            getattr(other, act)(*values)
        return run(statement, **given)

    journal.store.run = watched  # type: ignore[method-assign]
    yield
    assert done


def test_a_transaction_that_the_server_gave_up_is_done_again_as_a_whole(server: Server) -> None:
    database = server.database()
    server.execute("postgres", f"ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'")
    one, other = (Journal.join(server.address(database)) for _ in range(2))
    row: Row = begin(one)
    with meanwhile(one, "UPDATE session SET", other, "release", row.id, row.epoch):
        assert go_on(one, row).version == 2
    assert (one.verify(row.id), one.row(row.id).holder) == (2, None)
    one.close()
    other.close()


def test_a_session_that_grows_while_it_is_read_is_no_broken_chain(server: Server, store: str) -> None:
    one, other = (Journal.join(server.address(store)) for _ in range(2))
    row = begin(one, "s-meanwhile")
    other.go_on = lambda: go_on(other, row)  # type: ignore[attr-defined]
    with meanwhile(one, "SELECT seq", other, "go_on"):
        assert [stored.seq for stored in one.events(row.id)] == [1]
    assert one.verify(row.id) == 2
    one.close()
    other.close()
