"""2: the one PC on which the client will run, and its network."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import GIVEN, Fact, Form, Holds, Who, fine, fix, never

TERMINAL = Step(
    name="terminal",
    item="2",
    needs=("eligible",),
    asks=(
        Fact(name="pc", form=Form.TEXT, values=GIVEN),
        Fact(name="billing_pc", values=(fine("yes"), fine("no")), about=("pc",)),
        Fact(
            name="windows",
            values=(fine("win11"), fine("win10"), fix("other", Who.OFFICE)),
            about=("pc",),
            holds=Holds.WEEK,
            check="system",
        ),
        Fact(name="edge", values=(fine("newest"), fix("old")), about=("pc",), holds=Holds.WEEK, check="edge"),
        Fact(
            name="sites",
            values=(fine("reached"), fix("not_reached", Who.OFFICE)),
            about=("pc",),
            holds=Holds.DAY,
            check="sites",
        ),
        Fact(
            name="windows_update",
            values=(fine("current"), fine("behind", warn=True)),
            needed=never,
            about=("pc",),
            check="updates",
        ),
    ),
)
