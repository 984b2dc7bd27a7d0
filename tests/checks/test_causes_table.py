"""The table of causes holds: each is told behind its server, and none is missing from it."""

from __future__ import annotations

from tests.checks.causes_table import ROWS, measured
from tests.locales.test_fault_and_check_texts import all_findings

# What no server on one machine can play; test_sites plays them by what the system would say.
ELSEWHERE = {"net.no_route", "net.other", "net.tls_other", "net.proxy_settings"}


def test_every_cause_of_the_table_is_told() -> None:
    assert [server for server, right, _ in measured() if not right] == []


def test_every_cause_stands_in_the_table() -> None:
    told = {code for _, _, right in ROWS for code in right.split()}
    assert told | ELSEWHERE == {code for code in all_findings() if code.startswith("net.")}
