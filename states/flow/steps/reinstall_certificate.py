"""4-2: the office has its 介護保険証明書 elsewhere: download it again and install it here, free of charge."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, is_, yes
from states.flow.steps.certificate import from_place, look_at_certificate

PLACES = ("other_pc", "this_pc_before")

REINSTALL_CERTIFICATE = Step(
    name="reinstall_certificate",
    item="4-2",
    needs=("issuing_password", "real_password"),
    applies=from_place(*PLACES),
    instead_of=("careplan_certificate",),
    asks=(
        Fact(name="downloaded_again", values=yes(), when=is_("certificate_elsewhere", *PLACES), about=("pc",)),
        *look_at_certificate(
            "reinstalled", about=("pc",), when=is_("certificate_elsewhere", *PLACES), must_be_there=True
        ),
    ),
    sites=("https://www.kaigo.e-seikyuu.jp/KShinsei/main",),
)
