"""4-3: the office has none: apply for a 請求委任事業所用ケアプラン証明書 with the KJ ID, wait, install it here."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, Wait, Who, asked, fine, fix, is_
from states.flow.steps.certificate import from_place, look_at_certificate

ISSUE = Wait(days=30, grace=7)  # plan up to a month

CAREPLAN_CERTIFICATE = Step(
    name="careplan_certificate",
    item="4-3",
    needs=("issuing_password", "real_password"),
    applies=from_place("no"),
    instead_of=("reinstall_certificate",),
    asks=(
        Fact(
            name="careplan_applied",
            values=(
                fine("issued"),
                asked("applied", Who.FEDERATION, ISSUE),
                fix("not_yet"),
                fix("unknown", unknown=True),
            ),
            when=is_("certificate_elsewhere", "no"),
            about=("kj_id",),
        ),
        *look_at_certificate(
            "installed", about=("pc", "careplan_applied"), when=is_("careplan_applied", "issued"), must_be_there=True
        ),
    ),
    sites=("https://www.kaigo.e-seikyuu.jp/KShinsei/main",),
)
