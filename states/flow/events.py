"""What happened, as it is stored: a kind, an instant, who, and a body of plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

JAPAN = timezone(timedelta(hours=9), "JST")  # offices, deadlines and help desks are all on Japanese time


@dataclass(frozen=True, slots=True)
class Event:
    """One acknowledged thing.

    Args:
        kind: `created`, `visit`, `answered`, `moved`, `chased`, `left`, `watched`, `checked_out`, `joined`, `edition`,
            and of secrets `consented`, `shown`, `wiped`, `vault`; a reader passes over kinds it does not know.
        at: milliseconds since 1970 in UTC.
        actor: the technician's name as given at the start of the visit.
        body: JSON-able; never a secret.
    """

    kind: str
    at: int
    actor: str
    body: Mapping[str, Any]


def instant(now: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return round(now.timestamp() * 1000)


def moment(at: int) -> datetime:
    """The Japanese wall clock at an instant."""
    return datetime.fromtimestamp(at / 1000, JAPAN)


def day(at: int | datetime) -> date:
    """The Japanese calendar day of an instant."""
    return _day(at) if isinstance(at, int) else at.astimezone(JAPAN).date()


@lru_cache(maxsize=1024)  # every look at a board asks for the days of the same answers again
def _day(at: int) -> date:
    return moment(at).date()
