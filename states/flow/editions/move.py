"""Edition "move": how an office goes over into 介護保険資格確認等WEBサービス, as far as that is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from states.flow.claims import Claim, Firm
from states.flow.editions.e2026_07 import CONFIRMED, MHLW, NOTICE, SHARED
from states.flow.editions.e2026_07 import EDITION as OF_2026
from states.flow.steps.careplan_certificate import CAREPLAN_CERTIFICATE
from states.flow.steps.certificate import CERTIFICATE
from states.flow.steps.conditions import REAL_PASSWORD, USABLE_CERTIFICATE
from states.flow.steps.handover import handover
from states.flow.steps.issuing_password import ISSUING_PASSWORD
from states.flow.steps.move import (
    ADMINISTRATOR,
    FIRST_REGISTRATION,
    ID_TO_MOVE,
    IN_USE,
    OFFICE_USER,
    OLD_CLIENT,
    PC_TO_MOVE,
    READINESS,
    SOFTWARE_TO_MOVE,
    WEB_EXCHANGE,
)
from states.flow.steps.reinstall_certificate import REINSTALL_CERTIFICATE

ROWS = (
    # Is this the right flow, and does the office know what is coming?
    READINESS,
    # Does the software write 4.1? What only knows 3 stops at the move.
    SOFTWARE_TO_MOVE,
    # Which PC, and is it fit.
    PC_TO_MOVE,
    # The KJ ID, a real password, and the security e-mail for one-time codes.
    ID_TO_MOVE,
    # The first registration at 介護情報基盤ポータル.
    FIRST_REGISTRATION,
    # The certificate on that PC; the rows below it as in the introduction.
    replace(CERTIFICATE, item="6"),
    replace(ISSUING_PASSWORD, item="6-1"),
    replace(REINSTALL_CERTIFICATE, item="6-2"),
    replace(CAREPLAN_CERTIFICATE, item="6-3"),
    # The office's user signs in with it, then the administrator is registered and signs in.
    OFFICE_USER,
    ADMINISTRATOR,
    # A first exchange in the browser; only then is the old client left.
    WEB_EXCHANGE,
    OLD_CLIENT,
)

EDITION = replace(
    OF_2026,
    name="move",
    source=NOTICE,
    since=date(2026, 7, 29),
    until=None,
    steps=(*ROWS, handover(*(step.name for step in ROWS))),
    conditions=(IN_USE, USABLE_CERTIFICATE, REAL_PASSWORD),
    sites=("www.kaigo.e-seikyuu.jp", "www.careplan-renkei-support.jp", "www.kokuho.or.jp", "www.mhlw.go.jp"),
    claims=(
        *SHARED[:3],
        Claim("portal_address", Firm.OPEN, NOTICE, CONFIRMED, MHLW),
        Claim("client_end", Firm.SECONDARY, NOTICE, CONFIRMED, MHLW),
        Claim("fee_end", Firm.SECONDARY, NOTICE, CONFIRMED, MHLW),
        Claim("without", Firm.SECONDARY, NOTICE, CONFIRMED, MHLW),
        *SHARED[3:],
    ),
    price=None,
    words=("2026-07",),
    upgrades=(),
    continues=("2023-05-26", "2026-07"),
    renamed=(),
)
