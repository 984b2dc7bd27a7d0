"""The harness at the size of a commit: nothing acknowledged is lost, and every planted fault is caught."""

from __future__ import annotations

import pytest

from tests.faults.__main__ import KINDS, run


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_acknowledged_is_lost_and_planted_faults_are_caught(kind: str) -> None:
    result = run(kind, full=False)
    if result.skipped:
        pytest.skip(f"{result.name}: {result.skipped}")
    assert result.passed, result.line()
