"""What leaving the kiosk means, in words; and parking a visit that nobody may go on with."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from states.fault import Fault

if TYPE_CHECKING:
    from locales import Texts
    from states.desk import Desk
    from states.visit import Visit


def leave_lines(desk: Desk, texts: Texts) -> list[str]:
    """What will happen, and what is still open."""
    counts = desk.counts()
    lines = [texts("ui.kiosk.leaving.about"), ""]
    of = {"work": counts.work, "waiting": counts.waiting, "overdue": counts.overdue, "complete": counts.complete}
    return [*lines, texts("ui.kiosk.open"), texts("ui.counts", **of)]


def park(visit: Visit) -> None:
    """Park it where it may be parked, and leave it in any case. All that was answered is stored already."""
    if visit.custody.vault is not None:
        visit.custody.vault.lock()
    with contextlib.suppress(Fault):
        if not visit.explain("park"):
            visit.move("park")
    with contextlib.suppress(Fault):
        visit.leave()
