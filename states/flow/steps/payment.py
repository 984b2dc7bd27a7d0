"""7: how the licence is paid: offset from the benefits (terms 8-2), or by invoice on request (8-3)."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, Wait, Who, fine, fix, is_, yes

PAYMENT = Step(
    name="payment",
    item="7",
    needs=("application",),
    asks=(
        Fact(name="payment", values=(fine("offset"), fine("invoice"))),
        Fact(
            name="invoice",
            values=(
                fine("requested", who=Who.FEDERATION, wait=Wait(days=30, grace=7, holds_up=False)),
                fix("not_yet", Who.OFFICE),
            ),
            when=is_("payment", "invoice"),
            about=("payment",),
        ),
        # ※3: the transfer's work and fee are the office's.
        Fact(name="invoice_told", values=yes(), when=is_("payment", "invoice"), about=("payment",)),
    ),
)
