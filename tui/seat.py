"""Where the technician sits: the full screen or line mode, and from one to the other in the middle of a visit."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from states.desk import Desk
    from states.visit import Who


def sit(desk: Desk, language: str, who: Who | None, papers: Path, *, line: bool, full_screen: bool) -> int:
    """Run until the end; returns the exit code.

    Args:
        papers: the folder that reports are written to.
        line: whether to begin in line mode.
        full_screen: whether this terminal can have a full screen.
    """
    visit = None
    while True:
        if line:
            from tui.line.mode import LineMode
            from tui.line.talk import FullScreen

            gc.enable()
            mode = LineMode(desk, language, who, papers, visit=visit, full_screen=full_screen)
            try:
                return mode.run()
            except FullScreen:
                language, who, visit = mode.texts.language, mode.who, mode.visit
        else:
            from tui.app import SetupApp

            app = SetupApp(desk, language, who, papers, visit)
            code = app.serve()
            if not app.to_line_mode:
                return code
            language, who, visit = app.texts.language, app.who, app.visit
        line = not line
