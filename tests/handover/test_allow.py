"""The request to an office's network people: one page, every site, what was measured, nothing of the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales import LANGUAGES, Texts
from states.checks.result import CheckResult, Finding, Outcome, could_not_run
from states.flow import editions
from states.handover.allow import request_paper, write
from states.handover.paper import draw
from tests.flow.stories import japan

SITES = editions.find(editions.NEWEST).sites
NOW = japan(11, 22)
FILTERED = Finding("net.tls_untrusted", {"site": SITES[1], "issuer": "CN=Filter <b>", "begin": "?", "end": "?"})
CLOCK = Finding("net.clock", {"here": "2026-11-22 10:00", "minutes": "+60"})
FAILED = CheckResult(Outcome.FAIL, "not_reached", "4/5", (CLOCK, FILTERED))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_every_site_with_its_state_and_says_what_was_measured(language: str) -> None:
    texts = Texts(language)
    drawn = draw(request_paper(SITES, FAILED, "JIMUSHO-PC1", NOW, texts), "html")
    assert all(site in drawn for site in SITES)
    assert drawn.count(texts("paper.allow.reached")) >= 4
    assert drawn.count("NET-TLS-UNTRUSTED") == 2  # in the table and below it
    assert "CN=Filter &lt;b&gt;" in drawn
    assert "NET-CLOCK" in drawn
    assert "2026-11-22 10:00" in drawn
    assert len(drawn.splitlines()) < 150


def test_a_measurement_that_did_not_run_claims_nothing() -> None:
    texts = Texts("en")
    paper = request_paper(SITES, could_not_run(Finding("check.timeout", {"check": "sites"})), "PC", NOW, texts)
    assert paper.parts[0].table is not None
    assert {row[2] for row in paper.parts[0].table.rows} == {texts("paper.allow.not_measured")}


def test_where_all_is_reached_it_says_so() -> None:
    texts = Texts("en")
    paper = request_paper(SITES, CheckResult(Outcome.PASS, "reached", "5/5"), "PC", NOW, texts)
    assert paper.parts[-1].points == (texts("paper.allow.nothing"),)


def test_it_is_written_in_both_forms(tmp_path: Path) -> None:
    paths = write(SITES, FAILED, "PC", NOW, Texts("ja"), tmp_path)
    assert [path.name for path in paths] == ["network-20261122.ja.md", "network-20261122.ja.html"]
