"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.storage.postgres import MISSING, Server, programs, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server; where its programs are not installed, the test is skipped by name."""
    if programs() is None:
        pytest.skip(MISSING)
    with serving() as running:
        yield running
