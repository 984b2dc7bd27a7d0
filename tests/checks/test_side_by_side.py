"""Several checks at once: each with its progress, all of them within the longest bound, ended together."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import pytest

from states.checks import run as running
from states.checks.asking import CERTIFICATE, NETWORK, PC, request_for
from states.checks.result import CheckResult, Outcome
from states.checks.run import CHECKS, Check, run_all
from states.flow import editions
from states.flow.events import day
from tests.checks import servers
from tests.flow.stories import FIRST_VISIT

EDITION = editions.find(editions.NEWEST)


def codes(result: CheckResult) -> list[str]:
    return [finding.code for finding in result.findings]


def test_every_check_is_in_one_group_and_its_request_is_known() -> None:
    assert {*PC, *NETWORK, *CERTIFICATE} == set(CHECKS)
    assert CHECKS["updates"].seconds == 120
    assert max(check.seconds for name, check in CHECKS.items() if name in NETWORK) == 20
    asked = [request_for(name, EDITION, day(FIRST_VISIT)) for name in CHECKS]
    assert [bool(request) for request in asked] == [name != "updates" for name in CHECKS]


def test_all_run_at_once_and_each_tells_its_own_progress() -> None:
    with ExitStack() as stack:
        port = stack.enter_context(servers.serve(servers.silent))
        slow = {"sites": [f"localhost:{port}"], "proxy": "", "seconds": {"connect": 1}}
        lines: list[tuple[str, str]] = []
        order: list[str] = []
        begin = time.monotonic()
        found = run_all(
            {"sites": slow, "edge": request_for("edge", EDITION, day(FIRST_VISIT))},
            progress=lambda name, line: lines.append((name, line)),
            ended=lambda name, _: order.append(name),
        )
        assert time.monotonic() - begin < 10
    assert list(found) == ["sites", "edge"]  # as asked
    assert order == ["edge", "sites"]  # as they ended
    assert lines == [("sites", f"localhost:{port} net.tls_timeout")]
    assert found["sites"].outcome is Outcome.FAIL


def test_one_that_hangs_is_killed_at_its_own_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(servers.serve(servers.silent))
        monkeypatch.setitem(running.CHECKS, "sites", Check("states.checks.sites", 0.3))
        found = run_all({"sites": {"sites": [f"localhost:{port}"], "proxy": ""}, "updates": {}})
    assert codes(found["sites"]) == ["check.timeout"]
    assert codes(found["updates"]) == ["pc.not_windows"]


def test_cancelling_ends_all_that_still_run() -> None:
    with ExitStack() as stack:
        port = stack.enter_context(servers.serve(servers.silent))
        cancel = threading.Event()
        request = {"sites": [f"localhost:{port}"], "proxy": ""}
        threading.Timer(0.5, cancel.set).start()
        begin = time.monotonic()
        found = run_all({"sites": request}, cancel=cancel)
    assert time.monotonic() - begin < 5
    assert codes(found["sites"]) == ["check.cancelled"]


def test_an_unknown_check_starts_nothing() -> None:
    with pytest.raises(KeyError):
        run_all({"edge": {}, "disk": {}})
