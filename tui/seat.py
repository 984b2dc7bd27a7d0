"""Where the technician sits: the full screen or line mode, and from one to the other in the middle of a visit."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from states.desk import Desk
    from states.visit import Who
    from tui.app import SetupApp
    from tui.kiosk.guard import Guard
    from tui.line.mode import LineMode


def sit(
    desk: Desk,
    language: str,
    who: Who | None,
    papers: Path,
    *,
    line: bool,
    full_screen: bool,
    guard: Guard | None = None,
) -> int:
    """Run until the end; returns the exit code.

    Args:
        papers: the folder that reports are written to.
        line: whether to begin in line mode.
        full_screen: whether this terminal can have a full screen.
        guard: the lock, where this is a kiosk.
    """
    visit = None
    while True:
        if line:
            from tui.line.talk import FullScreen

            gc.enable()
            mode = _line(guard)(desk, language, who, papers, visit=visit, full_screen=full_screen)
            try:
                return mode.run()
            except FullScreen:
                language, who, visit = mode.texts.language, mode.who, mode.visit
        else:
            app = _app(guard)(desk, language, who, papers, visit)
            code = app.serve()
            if not app.to_line_mode:
                return code
            language, who, visit = app.texts.language, app.who, app.visit
        line = not line


def _line(guard: Guard | None) -> Callable[..., LineMode]:
    if guard is None:
        from tui.line.mode import LineMode

        return LineMode
    from tui.kiosk.line import GuardedLine

    return partial(GuardedLine, guard=guard)


def _app(guard: Guard | None) -> Callable[..., SetupApp]:
    if guard is None:
        from tui.app import SetupApp

        return SetupApp
    from tui.kiosk.app import GuardedApp

    return partial(GuardedApp, guard=guard)
