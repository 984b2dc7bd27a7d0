"""1: whether the office's care software makes care plan data in the standard form."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import GIVEN, Fact, Form, Wait, Who, asked, blocked, fine, is_, never

CARE_SOFTWARE = Step(
    name="care_software",
    item="1",
    needs=("eligible",),
    asks=(
        Fact(name="product", form=Form.TEXT, values=GIVEN, needed=never),
        Fact(name="product_version", form=Form.TEXT, values=GIVEN, needed=never, about=("product",)),
        Fact(name="vendor", form=Form.TEXT, values=GIVEN, needed=never, about=("product",)),
        # Software that only bills cannot be used. ▲ Only other software mends that: blocked, not refused.
        Fact(name="makes_plans", values=(fine("yes"), blocked("billing_only", Who.VENDOR)), about=("product",)),
        Fact(
            name="interface",
            values=(fine("yes"), blocked("no", Who.VENDOR), asked("asked", Who.VENDOR, Wait(days=7))),
            when=is_("makes_plans", "yes"),
            about=("product", "product_version"),
        ),
        Fact(
            name="interface_evidence",
            values=(fine("vendor_test"), fine("vendor_word")),
            when=is_("interface", "yes"),
            needed=never,
            about=("interface",),
        ),
    ),
    sites=("https://www.mhlw.go.jp/stf/kaigo-ict.html", "https://www.kokuho.or.jp/system/care/careplan/index.html"),
)
