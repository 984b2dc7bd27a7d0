"""`careplan-setup check` and `probe`: outside any session and without a store, with exit codes a script can use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from states.checks.probe import read_probe
from states.checks.result import CheckResult, Finding, Outcome, could_not_run
from states.flow import editions
from states.flow.events import JAPAN
from tests.certificates import make_pfx
from tests.flow.stories import japan
from tui.measure import BAD, GOOD, NOTHING, code_of

COMMAND = Path(sys.executable).with_name("careplan-setup")
DEAF = "http://127.0.0.1:1"  # nobody listens there: nothing leaves this machine


def run(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "https_proxy": DEAF}
    return subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=False
    )


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((Outcome.PASS, Outcome.WARN), GOOD),
        ((Outcome.PASS, Outcome.FAIL, Outcome.COULD_NOT_RUN), BAD),
        ((Outcome.UNCLEAR,), BAD),
        ((Outcome.PASS, Outcome.COULD_NOT_RUN), NOTHING),
    ],
)
def test_exit_codes(outcomes: tuple[Outcome, ...], code: int) -> None:
    ran = [
        could_not_run(Finding("check.timeout")) if o is Outcome.COULD_NOT_RUN else CheckResult(o, "x") for o in outcomes
    ]
    assert code_of(ran) == code


def test_a_first_look_says_everything_and_leaves_nothing_behind(tmp_path: Path) -> None:
    told = run("check", "--lang", "en", home=tmp_path)
    assert told.returncode == 1  # no site was reached, whatever else could not run
    for heading in ("This PC", "Edge", "Windows Update", "The client", "The network"):
        assert f"== {heading}: " in told.stdout
    assert told.stdout.count("NET-PROXY-REFUSED") == 5
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_further_roots_that_is_not_there_is_said(tmp_path: Path) -> None:
    told = run("check", "network", "--roots", "nowhere.pem", home=tmp_path)
    assert told.returncode == 2
    assert "NET-ROOTS-UNREADABLE" in told.stdout


def test_each_part_alone_for_a_program(tmp_path: Path) -> None:
    told = run("check", "network", "--json", home=tmp_path)
    assert told.returncode == 1
    assert CheckResult.from_json(json.loads(told.stdout)["sites"]).detail == "0/5"
    told = run("check", "certificate", make_pfx(tmp_path / "a.pfx", password=None), "--json", home=tmp_path)
    assert told.returncode == 0
    assert CheckResult.from_json(json.loads(told.stdout)["certificate"]).value == "usable"


@pytest.mark.skipif(sys.platform == "win32", reason="speaks of the other systems")
def test_what_cannot_run_here_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    assert run("check", "pc", home=tmp_path).returncode == 2
    assert run("check", "certificate", home=tmp_path).returncode == 2


def test_a_request_to_the_network_people_is_printed(tmp_path: Path) -> None:
    told = run("check", "network", "--request", "--lang", "en", "--proxy", DEAF, home=tmp_path)
    assert told.stdout.startswith("# Request to allow connections")
    assert all(site.replace(".", "\\.") in told.stdout for site in editions.find(editions.NEWEST).sites)


def test_a_probe_is_one_document_that_a_session_can_read(tmp_path: Path) -> None:
    told = run("probe", "--now", "2026-11-22T10:00", home=tmp_path)
    assert told.returncode == 0
    (tmp_path / "probe.json").write_text(told.stdout)
    probe = read_probe(str(tmp_path / "probe.json"), editions.NEWEST, japan(11, 22, 11))
    assert {"system", "edge", "updates", "programs", "sites"} <= set(probe.results)
    assert probe.at.astimezone(JAPAN).date().isoformat() == "2026-11-22"
