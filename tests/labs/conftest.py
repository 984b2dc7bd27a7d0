"""What the labs share: a Windows is put together once a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.labs.windows import Windows


@pytest.fixture(scope="session")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    """As wine has it: without the randomness that `cryptography` asks for."""
    try:
        one = Windows(tmp_path_factory.mktemp("windows"))
    except LookupError as error:
        pytest.skip(str(error))
    yield one
    one.close()


@pytest.fixture(scope="session")
def whole_windows(windows: Windows) -> Windows:
    """One on which `cryptography` can be imported too."""
    try:
        windows.add_randomness()
    except LookupError as error:
        pytest.skip(str(error))
    return windows
