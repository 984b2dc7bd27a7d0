"""5: the application for use.

▲ Row 4 points a PC that has its certificate to 「5. …クライアントアプリのインストール」, which mixes two numbers:
read as row 5, which cannot be left out.
"""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, Who, fine, fix, is_, not_, refuse

APPLICATION = Step(
    name="application",
    item="5",
    needs=("eligibility", "user_id", "usable_certificate", "real_password"),
    asks=(
        # A completion once seen does not depend on a later login.
        Fact(
            name="login",
            values=(fine("ok"), fix("failed", Who.OFFICE), fix("locked", Who.OFFICE)),
            needed=not_(is_("completion", "seen")),
            about=("kj_id", "password"),
        ),
        Fact(name="terms", values=(fine("agreed"), refuse("declined", Who.OFFICE)), about=("kj_id",)),
        Fact(
            name="completion",
            values=(fine("seen"), fix("not_seen"), fix("unknown", unknown=True)),
            when=is_("terms", "agreed"),
            about=("kj_id", "terms"),
        ),
    ),
    sites=("https://www.careplan-renkei.jp/", "https://www.kaigo.e-seikyuu.jp/KShinsei/main"),
)
