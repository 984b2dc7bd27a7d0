"""A PostgreSQL server is killed, cut off and raced for, at the size of a commit."""

from __future__ import annotations

import pytest

from tests.faults.__main__ import SERVER, run


@pytest.mark.lab
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", SERVER)
def test_a_server_loses_nothing_and_planted_faults_are_caught(kind: str) -> None:
    result = run(kind, full=False)
    if result.skipped:
        pytest.skip(f"{result.name}: {result.skipped}")
    assert result.passed, result.line()
