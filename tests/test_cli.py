"""The command line as a script or a colleague meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Terminal
from tests.tui.offices import CERTIFICATE, NUMBER, READY, USER_ID, desk_at, office, prepare
from tests.tui.technician import COMMAND
from tui.cli import main

OTHER = "1471100021"
COMMANDS = ("sessions", "show", "report", "verify", "graph")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run(*arguments: str | Path, env: dict[str, str] | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command without a terminal."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=kept | {"LANG": "C.UTF-8"} | (env or {}),
        **more,
    )


def refused(code: str, *arguments: str | Path, env: dict[str, str] | None = None) -> str:
    """It could not be done: exit code 2, the sentence with its code and the remedy on standard error, nothing else."""
    ended = run(*arguments, env=env)
    assert ended.returncode == 2, ended
    assert ended.stdout == ""
    sentence, remedy = ended.stderr.rstrip("\n").split("\n")
    assert sentence.startswith("careplan-setup: ")
    assert sentence.endswith(f"({code})")
    assert remedy
    return ended.stderr


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two offices, one of them with two sessions."""
    folder = tmp_path_factory.mktemp("cli") / "store"
    with desk_at(folder, "2026-11-06T10:00") as desk:
        lost: dict[str, Any] = {
            "billing": "agent",
            "kj_id": ("kj", f"KJ14{OTHER}"),
            "password": "lost",
            "id_request": "sent",
        }
        office(desk, number=OTHER, name="かもめデイ", **READY, **lost).leave()
        office(desk, number=OTHER, name="かもめデイ", office_kind="both").leave()
    prepare(folder, "2026-11-20T09:00", **READY, **USER_ID, **CERTIFICATE)
    return folder


def ids(store: Path, number: str) -> list[str]:
    listed = json.loads(run("sessions", "--store", store, "--json").stdout)
    return [row["id"] for row in listed if row["office_number"] == number]


def test_help_names_every_command_and_the_exit_codes() -> None:
    ended = run("--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    for name in (*COMMANDS, "--store", "--lang", "--now", "--version", "Exit codes", "CAREPLAN_SETUP_STORE"):
        assert name in ended.stdout
    assert all(len(line) <= 80 for line in ended.stdout.split("\n"))
    for name in COMMANDS:
        assert run(name, "--help").returncode == 0


def test_version_names_every_part() -> None:
    ended = run("--version")
    assert (ended.returncode, ended.stderr) == (0, "")
    for part in ("careplan-setup ", "Python 3.", "SQLite 3.", "textual 8.2.8", "apsw", "keyring", "cryptography"):
        assert part in ended.stdout


def test_sessions_are_listed_for_people_and_for_programs(store: Path) -> None:
    ended = run("sessions", "--store", store, "--now", "2026-11-22")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.rstrip("\n").split("\n")
    assert len(lines) == 3
    assert OTHER in lines[0]  # overdue since the 20th: the most urgent first
    assert "2026-11-20" in lines[0]
    listed = json.loads(run("sessions", "--store", store, "--json", "--now", "2026-11-22").stdout)
    assert listed[0]["office_number"] == OTHER
    assert {"id", "office_number", "office_name", "edition", "state", "status", "due"} <= set(listed[0])
    assert listed[0]["awaiting"] == "id_request.sent"
    assert NUMBER in run("sessions", "--store", store, "--search", NUMBER[:6]).stdout
    assert OTHER not in run("sessions", "--store", store, "--search", "あおば").stdout
    assert json.loads(run("sessions", "--store", store, "--search", "nothing", "--json").stdout) == []
    assert run("sessions", "--store", store, env={"CAREPLAN_SETUP_LANG": "en"}).stdout != ended.stdout


def test_the_store_comes_from_the_option_or_else_from_the_environment(store: Path, tmp_path: Path) -> None:
    env = {"CAREPLAN_SETUP_STORE": str(store)}
    assert NUMBER in run("sessions", env=env).stdout
    refused("STORE-MISSING", "sessions", "--store", tmp_path / "nowhere", env=env)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_session_is_shown_and_reported(lang: str, store: Path, tmp_path: Path) -> None:
    (id,) = ids(store, NUMBER)
    for wanted in (id, id[:4], NUMBER):
        shown = run("show", wanted, "--store", store, "--lang", lang)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert NUMBER in shown.stdout
    as_json = json.loads(run("show", id, "--store", store, "--json", "--lang", lang).stdout)
    assert as_json["office"]["number"] == NUMBER if "office" in as_json else NUMBER in json.dumps(as_json)
    markdown = run("report", id, "--store", store, "--lang", lang)
    html = run("report", id, "--store", store, "--lang", lang, "--format", "html")
    assert (markdown.returncode, html.returncode, markdown.stderr, html.stderr) == (0, 0, "", "")
    assert markdown.stdout.startswith("#")
    assert html.stdout.lstrip().lower().startswith("<!doctype html>")
    assert f'lang="{lang}"' in html.stdout
    written = run("report", id, "--store", store, "--lang", lang, "--output", tmp_path / "out")
    assert written.returncode == 0
    assert sorted(Path(line).suffix for line in written.stdout.split()) == [".html", ".md", ".record"]
    assert all(Path(line).is_file() for line in written.stdout.split())


def test_who_is_not_found_or_not_told_apart_is_said(store: Path) -> None:
    for command in ("show", "report"):
        refused("SESSION-UNKNOWN", command, "9999999999", "--store", store)
        refused("SESSION-UNKNOWN", command, "", "--store", store)
        refused("SESSION-UNKNOWN", command, "%' OR 1=1 --", "--store", store)
        refused("SESSION-AMBIGUOUS", command, OTHER, "--store", store)
    assert "No session fits" in refused("SESSION-UNKNOWN", "show", "zz", "--store", store, "--lang", "en")


def test_what_nobody_has_thought_of_is_told_without_a_traceback(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        secret = "canary"
        raise ZeroDivisionError(secret)

    monkeypatch.setattr("states.desk.Desk.page", broken)
    assert main(["--store", str(store), "--lang", "en", "sessions"]) == 1
    said = capsys.readouterr().err
    assert "(INTERNAL)" in said
    assert "ZeroDivisionError, test_cli.py:" in said
    assert "Traceback" not in said
    assert "canary" not in said


def test_a_clock_may_stand_where_a_file_says(store: Path, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    told = []
    for day in ("2026-11-10", "2026-11-22"):
        clock.write_text(day, encoding="ascii")
        told.append(run("report", NUMBER, "--store", store, "--now", f"@{clock}").stdout)
        assert told[-1] == run("report", NUMBER, "--store", store, "--now", day).stdout
    assert told[0] != told[1]
    clock.write_text("some day", encoding="ascii")
    refused("NOW-MALFORMED", "sessions", "--store", store, "--now", f"@{clock}")
    refused("NOW-MALFORMED", "sessions", "--store", store, "--now", f"@{tmp_path / 'none'}")


@pytest.mark.parametrize("now", ["yesterday", "2026-02-30", "2026-11-22T25:00", "22/11/2026"])
def test_a_time_that_is_none_is_refused(now: str, store: Path) -> None:
    refused("NOW-MALFORMED", "sessions", "--store", store, "--now", now)
    refused("NOW-MALFORMED", "sessions", "--store", store, env={"CAREPLAN_SETUP_NOW": now})


def test_an_address_with_a_password_or_of_another_kind_is_no_store() -> None:
    said = refused("TEAM-PASSWORD", "sessions", "--store", "postgresql://user:canary-password@host/db")
    said += refused("STORE-ADDRESS", "sessions", "--store", "mysql://user:canary-password@host/db")
    assert "canary-password" not in said


def test_a_wrong_argument_is_told_on_standard_error() -> None:
    for arguments in (
        ["--lang", "fr"],
        ["nonsense"],
        ["show"],
        ["sessions", "--nonsense"],
        ["report", "x", "--format", "pdf"],
    ):
        ended = run(*arguments)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert "usage:" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_without_a_terminal_the_app_refuses_and_makes_no_store(tmp_path: Path) -> None:
    said = refused("TERMINAL-NONE", "--store", tmp_path / "store", "--lang", "en")
    assert "terminal" in said
    assert not (tmp_path / "store").exists()


def test_a_reader_that_has_seen_enough_is_no_error(store: Path) -> None:
    (id,) = ids(store, NUMBER)
    for arguments in (["report", id, "--format", "html"], ["sessions"], ["show", id, "--json"]):
        process = subprocess.Popen(
            [COMMAND, *arguments, "--store", store], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
        process.stderr.close()
        assert (process.wait(30), told) == (0, "")


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    with desk_at(tmp_path / "store", "2026-11-22T09:00"):
        pass
    ended = run("sessions", "--store", tmp_path / "store", "--lang", "en")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "careplan-setup" in ended.stdout
    assert json.loads(run("sessions", "--store", tmp_path / "store", "--json").stdout) == []


@pytest.mark.skipif(find_spec("states.flow.graph") is None, reason="no graph yet")
def test_graph_prints_mermaid() -> None:
    ended = run("graph")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert any(word in ended.stdout for word in ("stateDiagram", "flowchart", "graph "))
    assert "careplan_certificate" in ended.stdout
    refused("EDITION-UNKNOWN", "graph", "--edition", "1999-01-01")


def test_verify_says_yes_and_no_by_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A proof that fails is an answer, not a failure of the program. The walk itself is tests/flow's."""
    explore = pytest.importorskip("states.flow.explore")
    from tui import cli

    monkeypatch.setattr(explore, "explore_crossings", lambda _: [])  # walked by a test of its own

    class Found:
        def __init__(self, *failures: str) -> None:
            self.failures = failures

        edition = "2023-05-26"

        def lines(self) -> list[str]:
            return ["counts", *self.failures]

        def as_json(self) -> dict[str, object]:
            return {"failures": self.failures}

    monkeypatch.setattr(explore, "explore_named", lambda _: Found())
    assert cli.main(["verify", "--edition", "2023-05-26"]) == 0
    assert capsys.readouterr().out == "counts\n"
    monkeypatch.setattr(explore, "explore_named", lambda _: Found("dead end"))
    assert cli.main(["verify", "--edition", "2023-05-26"]) == 1
    assert capsys.readouterr().out == "counts\ndead end\n"
    assert cli.main(["verify", "--edition", "2023-05-26", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [{"failures": ["dead end"]}]
    refused("EDITION-UNKNOWN", "verify", "--edition", "1999-01-01")


def test_the_language_follows_the_terminal_unless_it_is_asked_for(tmp_path: Path) -> None:
    for env, lang, said in (
        ({"TERM": "xterm-256color"}, [], "新しい事業所"),
        ({"TERM": "linux"}, [], "new office"),
        ({"TERM": "linux"}, ["--lang", "ja"], "新しい事業所"),
        ({"CAREPLAN_SETUP_LANG": "en"}, [], "new office"),
    ):
        with Terminal([COMMAND, "--store", tmp_path / "store", *lang], env=env) as terminal:
            terminal.wait(said)
            terminal.key("0")
            assert terminal.wait_exit() == 0


def test_nothing_heavy_is_imported_for_a_question() -> None:
    program = (
        "import sys; from tui import cli; print([m for m in ('textual', 'apsw', 'cryptography') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
