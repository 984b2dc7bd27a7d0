"""7, since the free pass: what the office is told of the fee, and how its licence goes on."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, fine, fix, yes

FEE = Step(
    name="fee",
    item="7",
    needs=("application",),
    asks=(
        # While the pass runs nobody is told that the fee is owed now.
        Fact(name="fee_told", values=yes()),
        # Applications since 2025-06-01 renew by themselves unless opted out; an older licence has a last day.
        Fact(
            name="renewal",
            values=(
                fine("automatic"),
                fine("by_hand", warn=True, dated=True),
                fine("opted_out", warn=True),
                fix("not_sure"),
            ),
            about=("completion",),
        ),
    ),
    sites=("https://www.careplan-renkei.jp/",),
)
