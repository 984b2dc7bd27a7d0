"""What belongs to measuring, on the screen: results of another PC, a proxy, the request, names of exported files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from states.checks.probe import written
from states.checks.result import CheckResult, Outcome
from states.flow.session import How
from tests.checks.servers import serve, silent
from tests.checks.test_csv_names import name as csv_name
from tests.flow.stories import japan
from tests.tui.offices import APPLIED, CERTIFICATE, READY, USER_ID, prepare, stored
from tests.tui.technician import Technician

NOW = "2026-11-22T09:00"
PC = "UKETSUKE-1"
MEASURED = {
    "system": CheckResult(Outcome.PASS, "win11", "build 26200", seen=(f"host {PC}",)),
    "sites": CheckResult(Outcome.PASS, "reached", "5/5"),
}


@pytest.mark.timeout(120)
def test_results_of_another_pc_are_read_shown_and_taken(tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "probe.json"
    id = prepare(store, NOW, **{**READY, "pc": ("given", PC)}, stand="terminal")
    text = written("2023-05-26", PC, japan(11, 22, 8), MEASURED, "0.1")
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("terminal")
        file.write_text(text.replace("26200", "26201"))
        t.open_field("windows")
        t.choose(t.texts("ui.choice.probe"))
        t.wait(t.texts("ui.probe.title"))
        t.retype(str(file))
        t.press("enter")
        t.said("PROBE-DAMAGED")
        file.write_text(text)
        t.press("enter")
        t.wait(f"measured on {PC}")
        assert t.texts("fact.windows") in t.screen
        assert t.texts("fact.sites") in t.screen
        t.press("enter")
        t.step("terminal")
        t.until("windows", "build 26")
    answers = stored(store, id).answers
    assert {answers[fact].how for fact in ("windows", "sites")} == {How.MEASURED_THERE}
    assert answers["edge"].how is How.ATTESTED  # the file does not speak of it


@pytest.mark.timeout(120)
def test_everything_is_measured_at_once_looked_at_and_what_answers_the_step_is_recorded(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, NOW, **{**READY, "sites": "reached"}, stand="terminal")
    with Technician(store, NOW, env={"https_proxy": "http://127.0.0.1:1"}) as t:
        t.open_first()
        t.step("terminal")
        t.press("f12")
        t.wait(t.texts("ui.measures.title"))
        t.wait(t.texts("ui.progress", done=6, all=6))
        t.wait(t.texts("ui.measures.answers", facts=t.texts("fact.sites"))[:30])  # Windows is not measured here
        t.wait("(PC-NOT-WINDOWS)")
        t.press("3")
        t.wait(t.texts("key.request"))
        t.wait("(NET-PROXY-REFUSED)")
        assert "0/5" in t.screen
        t.press("2")  # once more, this one alone
        t.wait(t.texts("key.take_result"))
        t.press("f3")
        t.wait(t.texts("ui.measures.title"))
        t.press("a")
        t.wait(t.texts("ui.preview.title"))
        t.press("2")
        t.until("sites", t.texts("value.sites.not_reached")[:6])
    answer = stored(store, id).answers["sites"]
    assert (answer.value, answer.how, len(answer.seen)) == ("not_reached", How.MEASURED_HERE, 5)
    assert "windows" in stored(store, id).answers  # what was attested before is left alone


@pytest.mark.timeout(120)
def test_while_one_hangs_the_others_are_shown_and_it_can_be_stopped_or_left(tmp_path: Path) -> None:
    store = tmp_path / "store"
    id = prepare(store, NOW, **READY, stand="certificate")
    before = len(stored(store, id).log)
    with serve(silent) as port, Technician(store, NOW, env={"https_proxy": f"http://127.0.0.1:{port}"}) as t:
        t.open_first()
        t.step("certificate")
        t.press("m")
        t.wait(t.texts("ui.progress", done=5, all=6))
        t.wait(t.texts("ui.measures.running"))
        begin = time.monotonic()
        t.press("c")
        t.wait("(CHECK-CANCELLED)")
        t.wait(t.texts("ui.measures.no_answer")[:20])
        t.press("r")
        t.wait(t.texts("ui.measures.running"))
        t.press("q")
        t.step("certificate")
        assert time.monotonic() - begin < 8, "the sites' own bound"
        t.press("f8", "0", "0")
        assert t.terminal.wait_exit() == 0
    assert {event.kind for event in stored(store, id).log[before:]} <= {"visit", "left", "moved"}


@pytest.mark.timeout(120)
def test_a_typed_proxy_is_measured_through_and_the_request_is_written(tmp_path: Path) -> None:
    store = tmp_path / "store"
    prepare(store, NOW, **READY, stand="terminal")
    nobody = {"https_proxy": "http://127.0.0.1:1"}
    with Technician(store, NOW, env=nobody) as t:
        t.open_first()
        t.step("terminal")
        t.open_field("sites")
        t.choose(t.texts("ui.choice.check.sites"))
        t.wait("http://127.0.0.1:1")
        t.press("p")
        t.wait(t.texts("ui.proxy.title"))
        t.retype("http://")
        t.press("enter")
        t.said("PROXY-MALFORMED")
        t.retype("user:canary@127.0.0.1:2")
        t.press("enter")
        t.wait("http://127.0.0.1:2")
        assert "canary" not in t.screen
        t.press("w")
        t.wait(t.texts("ui.papers.written")[:8])
        assert t.terminal.exit_code is None
    [paper] = (store / "papers").glob("network-*.md")
    assert "127.0.0.1" in paper.read_text().replace("\\", "")


@pytest.mark.timeout(120)
def test_names_of_exported_files_are_judged_in_the_step_of_the_client(tmp_path: Path) -> None:
    store, folder = tmp_path / "store", tmp_path / "export"
    folder.mkdir()
    prepare(store, NOW, **READY, **USER_ID, **CERTIFICATE, **APPLIED, stand="client_app")
    with Technician(store, NOW) as t:
        t.open_first()
        t.step("client_app")
        t.wait(t.texts("key.files"))
        t.press("v")
        t.wait(t.texts("ui.files.title"))
        t.retype(str(folder))
        t.press("enter")
        t.said("CSV-NOTHING")
        (folder / csv_name("UPPLAN", sender="1372005678", receiver="1372001234")).touch()
        t.press("enter")
        t.wait("(CSV-SET)")
        t.press("f3")
        t.step("client_app")
