"""Edition 2023-05-26: 「ケアプランデータ連携システム導入フロー (更新日：2023年5月26日)」, row by row."""

from __future__ import annotations

from datetime import date

from states.flow.claims import Claim, Firm, Price
from states.flow.edition import CertificateRule, Edition, KnownGood, WindowsVersion
from states.flow.steps.application import APPLICATION
from states.flow.steps.care_software import CARE_SOFTWARE
from states.flow.steps.careplan_certificate import CAREPLAN_CERTIFICATE
from states.flow.steps.certificate import CERTIFICATE
from states.flow.steps.client_app import CLIENT_APP
from states.flow.steps.conditions import ELIGIBLE, REAL_PASSWORD, USABLE_CERTIFICATE
from states.flow.steps.eligibility import ELIGIBILITY
from states.flow.steps.handover import handover
from states.flow.steps.issuing_password import ISSUING_PASSWORD
from states.flow.steps.payment import PAYMENT
from states.flow.steps.reinstall_certificate import REINSTALL_CERTIFICATE
from states.flow.steps.terminal import TERMINAL
from states.flow.steps.user_id import USER_ID

ROWS = (
    # Can this office use the system, and with whom? All else waits for a no, nothing waits for a yes.
    ELIGIBILITY,
    # Does its software make care plan data in the standard form? The vendor may have to be asked.
    CARE_SOFTWARE,
    # Which PC, and is it fit: Windows, Edge, the flow's sites.
    TERMINAL,
    # The KJ ID and its password. Lost ones come by post, about two weeks.
    USER_ID,
    # Is a certificate on that PC? It decides which of the next three rows apply.
    CERTIFICATE,
    # None: then the password with which one is applied for or downloaded.
    ISSUING_PASSWORD,
    # The office has one elsewhere: download it again, install it here.
    REINSTALL_CERTIFICATE,
    # It has none: apply for the care-plan certificate, wait for it, install it here.
    CAREPLAN_CERTIFICATE,
    # Log in, read the terms, agree, see the completion.
    APPLICATION,
    # The client on the PC, the first login, the day the exchange starts.
    CLIENT_APP,
    # Offset from the benefits, or an invoice.
    PAYMENT,
)

SOURCE = "ケアプランデータ連携システム導入フロー (更新日：2023年5月26日)"
READ = date(2026, 11, 20)

EDITION = Edition(
    name="2023-05-26",
    source=SOURCE,
    since=date(2023, 5, 26),
    until=date(2026, 6, 30),
    claims=(
        Claim("flow_of_2023", Firm.SEED, SOURCE, READ, "https://www.careplan-renkei-support.jp/"),
        Claim("fee", Firm.OFFICIAL, "利用規約 第8条", READ, "https://www.careplan-renkei.jp/"),
        Claim("installer", Firm.OPEN, SOURCE, READ, "https://www.careplan-renkei-support.jp/"),
        Claim("both_certificate", Firm.OPEN, SOURCE, READ, "https://www.kaigo.e-seikyuu.jp/KShinsei/main"),
    ),
    price=Price(21_000),
    steps=(*ROWS, handover(*(step.name for step in ROWS))),
    conditions=(ELIGIBLE, USABLE_CERTIFICATE, REAL_PASSWORD),
    sites=(
        "www.careplan-renkei.jp",
        "www.careplan-renkei-support.jp",
        "www.kaigo.e-seikyuu.jp",
        "www.kokuho.or.jp",
        "www.mhlw.go.jp",
    ),
    # 備考 of row 4 names the two that count; the refused kinds are official, the layout of either is not verified.
    certificates=(
        CertificateRule(
            "請求委任事業所用ケアプラン証明書／介護DX証明書", "usable", ("ケアプラン証明書", "介護DX証明書")
        ),
        CertificateRule("代理人証明書", "wrong_kind", ("代理人証明書",)),
        CertificateRule("障害者総合支援証明書", "wrong_kind", ("総合支援証明書",)),
        CertificateRule("介護保険証明書", "usable", ("介護保険証明書",)),
    ),
    # Not of the source text: Edge's security release of 2026-07-02, and Microsoft's life cycle of Windows, both told by
    # others (secondary). An older Edge is old for certain; what is not older says nothing once the day is past.
    known_good=KnownGood(
        edge="150.0.4078.48",
        edge_day=date(2026, 7, 2),
        windows=(
            WindowsVersion(10240, "10", date(2025, 10, 14)),
            WindowsVersion(22000, "11 21H2", date(2023, 10, 10)),
            WindowsVersion(22621, "11 22H2", date(2024, 10, 8)),
            WindowsVersion(22631, "11 23H2", date(2025, 11, 11)),
            WindowsVersion(26100, "11 24H2", date(2026, 10, 13)),
            WindowsVersion(26200, "11 25H2", date(2027, 10, 12)),
        ),
        windows_day=date(2026, 7, 1),
        client=("ケアプランデータ連携",),
    ),
)
