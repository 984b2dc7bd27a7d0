"""Edition 2026-07: the rows of 2023-05-26 as they are known in autumn 2026. Only what differs is said here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from states.flow.claims import Claim, Deadline, Firm, HelpDesk, Price
from states.flow.editions.e2023_05_26 import EDITION as OF_2023
from states.flow.steps.conditions import REAL_PASSWORD, USABLE_CERTIFICATE
from states.flow.steps.fee import FEE
from states.flow.steps.handover import handover
from states.flow.steps.since_2026 import (
    CARE_SOFTWARE_2026,
    ELIGIBILITY_2026,
    ELIGIBLE_2026,
    TERMINAL_2026,
    USER_ID_2026,
)

# In place of the rows of 2023, under their names; the others stand as they are.
CHANGED = {
    # 地域包括支援センター may take part; commissioned work is no longer a stop.
    "eligibility": ELIGIBILITY_2026,
    # The standard is 4.1; the vendor list is per pattern.
    "care_software": CARE_SOFTWARE_2026,
    # Windows 10 is out of support; a second PC is possible under conditions.
    "terminal": TERMINAL_2026,
    # ID and password are re-issued online.
    "user_id": USER_ID_2026,
    # Free pass and automatic renewal instead of offset and invoice.
    "payment": FEE,
}
ROWS = tuple(CHANGED.get(step.name, step) for step in OF_2023.steps[:-1])

CONFIRMED = date(2026, 11, 20)
NOTICE = "介護保険最新情報 Vol.1529 (2026年7月29日)"
RENKEI, SEIKYUU = "https://www.careplan-renkei-support.jp/", "https://www.kaigo.e-seikyuu.jp/KShinsei/main"
MHLW, KOKUHO = "https://www.mhlw.go.jp/stf/kaigo-ict.html", "https://www.kokuho.or.jp/system/care/careplan/index.html"

# What both editions of 2026 hold to be so.
SHARED = (
    Claim("move", Firm.SECONDARY, NOTICE, CONFIRMED, MHLW),
    Claim("move_day", Firm.OPEN, NOTICE, CONFIRMED, MHLW),
    Claim("card_reader", Firm.OPEN, NOTICE, CONFIRMED, MHLW),
    Claim("standard", Firm.OFFICIAL, "ケアプラン標準仕様 4.1、5.0 (2026年8月)", CONFIRMED, MHLW),
    Claim("version_3", Firm.SECONDARY, NOTICE, CONFIRMED, KOKUHO),
    Claim("reissue", Firm.OFFICIAL, "電子請求受付システム", CONFIRMED, SEIKYUU),
    Claim("lock_out", Firm.OFFICIAL, "ある県の国保連の案内", CONFIRMED, "https://www.kokuho.or.jp/link/"),
    Claim("terminals", Firm.OFFICIAL, "複数端末の通知 (本文は未読)", CONFIRMED, RENKEI),
    Claim("windows_10", Firm.OFFICIAL, "Microsoft サポート終了 2025年10月", CONFIRMED),
    Claim("certificate", Firm.VENDOR, "介護DX証明書 (2025年10月から)", CONFIRMED, SEIKYUU),
    Claim("both_certificate", Firm.OPEN, "介護・障害共通証明書", CONFIRMED, SEIKYUU),
    Claim("help_desk", Firm.OFFICIAL, "介護電子請求ヘルプデスク", CONFIRMED, SEIKYUU),
)
HELP_DESK = HelpDesk("0570-059-402", window=(1, 10), weekdays=(10, 19), saturday=(10, 17), later=(10, 17))
# The day is not announced: the year's end is the last one on which an office is certainly in time.
MOVE = Deadline("move", date(2026, 12, 31), announced=False)

EDITION = replace(
    OF_2023,
    name="2026-07",
    source=f"導入フロー (2023年5月26日) と、その後の公表資料。{NOTICE} まで",
    since=date(2026, 7, 1),
    until=date(2026, 12, 31),
    steps=(*ROWS, handover(*(step.name for step in ROWS))),
    conditions=(ELIGIBLE_2026, USABLE_CERTIFICATE, REAL_PASSWORD),
    claims=(
        Claim("support_centre", Firm.OFFICIAL, "ケアプランデータ連携システム 利用対象の案内", CONFIRMED, RENKEI),
        Claim("commissioned", Firm.OPEN, "導入フロー 前提1 (2023年5月26日)", CONFIRMED, RENKEI),
        Claim("free_pass", Firm.SECONDARY, "フリーパスキャンペーン 2026年度まで延長", CONFIRMED, RENKEI),
        Claim("renewal", Firm.OFFICIAL, "利用申請の案内 (2025年6月1日から)", CONFIRMED, RENKEI),
        Claim("patterns", Firm.OFFICIAL, "ベンダ試験の結果", CONFIRMED, KOKUHO),
        Claim("installer", Firm.OPEN, "クライアントの動作条件", CONFIRMED, RENKEI),
        *SHARED,
    ),
    price=Price(21_000, free_until=date(2027, 3, 31)),
    help_desk=HELP_DESK,
    deadlines=(MOVE,),
    upgrades=("2023-05-26",),
    renamed=(("payment", "fee"),),
)
