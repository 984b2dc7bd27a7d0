"""The clock an app goes by: the PC's, or one to rehearse with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from states.fault import Fault
from states.flow.events import JAPAN

Clock = Callable[[], datetime]


def clock(wanted: str) -> Clock:
    """The time in Japan, or another one.

    Args:
        wanted: "" for the PC's clock; `2026-04-01` (9 o'clock) or `2026-04-01T09:30` for one that starts there and
            goes on; `@FILE` for one that stands where that file says, whenever it is asked.

    Raises:
        Fault: `now.malformed`.
    """
    if not wanted:
        return lambda: datetime.now(JAPAN)
    if wanted.startswith("@"):
        path = Path(wanted[1:])
        _written(path)
        return lambda: _written(path)
    from time import monotonic

    start, began = _read(wanted), monotonic()
    return lambda: start + timedelta(seconds=monotonic() - began)


def _written(path: Path) -> datetime:
    try:
        return _read(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise Fault("now.malformed", text=f"@{path.name}") from error


def _read(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise Fault("now.malformed", text=text[:40]) from None
    start = start.astimezone(JAPAN) if start.tzinfo else start.replace(tzinfo=JAPAN)
    return start.replace(hour=9) if len(text) <= len("2026-04-01") else start
