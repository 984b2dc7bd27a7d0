"""The real app, with an error planted where CAREPLAN_TEST_PLANT says: a value of the session stands in its message."""

from __future__ import annotations

import os
import sys
from typing import Any

from tui import terminal

terminal.prepare_environment()

# ruff: noqa: E402
from tui.screens.history import HistoryPage
from tui.screens.step import StepPage


def fall(page: Any, *_: object) -> Any:
    session = page.visit.session
    raise RuntimeError(f"what was in hand: {session.office_number} {session.office_name}")


def fall_aside(page: Any) -> None:
    page.kiosk.aside(lambda: fall(page))


def fall_soon(page: Any) -> None:
    page.set_timer(0.01, lambda: fall(page))


match os.environ["CAREPLAN_TEST_PLANT"]:
    case "paint":
        HistoryPage.lines = fall  # type: ignore[assignment, method-assign]
    case "key":
        StepPage.action_history = fall  # type: ignore[assignment, method-assign]
    case "thread":
        StepPage.action_history = fall_aside  # type: ignore[assignment, method-assign]
    case "timer":
        StepPage.action_history = fall_soon  # type: ignore[assignment, method-assign]
    case "none":
        pass

if __name__ == "__main__":
    from tui.cli import main

    sys.exit(main())
