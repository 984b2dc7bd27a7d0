"""The contract tests run on every engine: the embedded store, and a PostgreSQL server of the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storage.places import Folder, Place, Shared
from tests.storage.postgres import Server


@pytest.fixture(scope="session")
def shared(server: Server) -> Shared:
    return Shared(server, server.database())


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a journal can be, empty."""
    if request.param == "sqlite":
        return Folder(tmp_path)
    shared: Shared = request.getfixturevalue("shared")
    shared.clear()
    return shared
