"""What the tests on real terminals share."""

from __future__ import annotations

import pytest

from states.handover.pdf import CHOSEN


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are written and not printed, which takes seconds; that is `tests/labs/test_papers.py`'s."""
    monkeypatch.setenv(CHOSEN, "")
