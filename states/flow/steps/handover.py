"""The end of the work on site: what the office is given, and its word that it has it."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import EVERYTHING, Fact, fine, never, yes


def handover(*needs: str) -> Step:
    """The last step of an edition; it opens when all that applies is done.

    Args:
        needs: every other step of the edition.
    """
    return Step(
        name="handover",
        item="-",
        needs=needs,
        asks=(
            Fact(name="report", values=yes("given"), about=EVERYTHING),
            Fact(name="dates", values=yes("given"), needed=never, about=EVERYTHING),
            Fact(name="secrets", values=(fine("kept"), fine("wiped"), fine("none")), about=EVERYTHING),
            Fact(name="acknowledged", values=yes(), about=EVERYTHING),
        ),
    )
