"""What an edition holds to be so about the world besides its table: dated, with its source, and how firm it is.

A claim is shown with its source and the day it was last confirmed; one that is open is shown as not verified, with the
place to look, and never stops anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Firm(StrEnum):
    """How firm a claim is."""

    SEED = "seed"  # the edition's own source text
    OFFICIAL = "official"  # a public body's page
    SECONDARY = "secondary"  # a source that cites an official paper
    VENDOR = "vendor"  # a vendor or a support organisation
    OPEN = "open"  # not verified


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that is held to be so; its words stand under `claim.<name>`.

    Args:
        name: stable.
        firm: see there.
        source: as cited, in its own language.
        confirmed: the day on which it was last looked up.
        look: where to look for how it stands now: an official address, or "" for the help desk.
    """

    name: str
    firm: Firm
    source: str
    confirmed: date
    look: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What the licence of one office number costs.

    Args:
        yen: a year, tax included.
        free_until: last day of a free pass; while one runs nobody is told to pay. None: there is none.
    """

    yen: int
    free_until: date | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that every office has to remember; its words stand behind `paper.date.<name>`.

    Args:
        announced: False where the day itself is not announced: then it is the last one that is safe.
    """

    name: str
    day: date
    announced: bool


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """A help desk and its hours, which differ in the days of billing.

    Args:
        phone: as dialled.
        window: first and last day of the month in which offices bill and lines are slow.
        weekdays, saturday: (from, to) in full hours within that window; None for closed.
        later: Monday to Friday behind it.
    """

    phone: str
    window: tuple[int, int]
    weekdays: tuple[int, int]
    saturday: tuple[int, int] | None
    later: tuple[int, int]

    def billing(self, today: date) -> bool:
        """Whether today is a day of billing."""
        return self.window[0] <= today.day <= self.window[1]

    def hours(self, today: date) -> tuple[int, int] | None:
        """From when to when somebody answers today; None on a day when nobody does. Holidays are not known here."""
        if today.weekday() < 5:
            return self.weekdays if self.billing(today) else self.later
        return self.saturday if today.weekday() == 5 and self.billing(today) else None
