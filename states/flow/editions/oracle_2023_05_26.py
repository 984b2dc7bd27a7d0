"""Edition 2023-05-26 a second time: what has to hold, written from the source text and the flow's rules.

Nothing is imported from the steps or the table, and nothing here may be copied from there: where the two differ, one
of them has been misread, and the walk says so.
"""

from __future__ import annotations

from states.flow.facts import STALE, Facts, Holds, Test, age
from states.flow.guards import Kind
from states.flow.proof.oracle import Oracle

# -- what has to be known


def fresh(f: Facts, name: str, *values: str) -> bool:
    return f.has(name, *values) and not f.has(age(name), STALE)


def looked_and_usable(f: Facts, name: str) -> bool:
    """Somebody looked at a certificate on this PC, and it is one of the two that count and valid now."""
    return fresh(f, name, "usable") or (f.has(name, "unclear") and fresh(f, f"{name}_attested", "usable"))


def on_this_pc(f: Facts) -> bool:
    """Row 4: this PC has a certificate of its own, its last day left aside."""
    return f.has("certificate", "usable") or f.has("certificate_attested", "usable")


def not_on_this_pc(f: Facts) -> bool:
    return f.has("certificate", "none", "wrong_kind", "no_key") or f.has("certificate_attested", "not_usable")


def eligibility(f: Facts) -> bool:
    if f.has("office_kind", None):
        return False
    if not f.has("office_kind", "service") and not f.has("commissioned", "no"):
        return False
    return f.has("partners", "using", "willing", "some") or (
        f.has("partners", "undecided") and f.has("go_on_undecided", "yes")
    )


def care_software(f: Facts) -> bool:
    return f.has("makes_plans", "yes") and f.has("interface", "yes")


def terminal(f: Facts) -> bool:
    return (
        f.known("pc")
        and f.known("billing_pc")
        and fresh(f, "windows", "win10", "win11")
        and fresh(f, "edge", "newest")
        and fresh(f, "sites", "reached")
    )


def user_id(f: Facts) -> bool:
    at_odds = f.has("billing_pc", "yes") and not f.has("billing", "internet")
    return f.known("billing") and not at_odds and f.has("kj_id", "kj") and f.has("password", "known")


def certificate(f: Facts) -> bool:
    if not_on_this_pc(f):
        return f.known("certificate_elsewhere")
    return looked_and_usable(f, "certificate")


def issuing_password(f: Facts) -> bool:
    return on_this_pc(f) or (f.known("certificate") and f.has("issuing_password", "known"))


def reinstall_certificate(f: Facts) -> bool:
    if on_this_pc(f) or (not_on_this_pc(f) and f.has("certificate_elsewhere", "no")):
        return True
    return f.has("downloaded_again", "yes") and looked_and_usable(f, "reinstalled")


def careplan_certificate(f: Facts) -> bool:
    if on_this_pc(f) or (not_on_this_pc(f) and f.has("certificate_elsewhere", "other_pc", "this_pc_before")):
        return True
    return f.has("careplan_applied", "issued") and looked_and_usable(f, "installed")


def application(f: Facts) -> bool:
    return f.has("terms", "agreed") and f.has("completion", "seen")


def client_app(f: Facts) -> bool:
    return (
        f.has("support_site", "yes")
        and f.has("client_downloaded", "yes")
        and f.has("client_installed", "yes")
        and f.has("client_login", "ok")
        and (f.has("partner_ready", "yes") or (f.has("partner_ready", "no") and f.known("start_day")))
    )


def payment(f: Facts) -> bool:
    return f.has("payment", "offset") or (
        f.has("payment", "invoice") and f.has("invoice", "requested") and f.has("invoice_told", "yes")
    )


def handover(f: Facts) -> bool:
    return f.has("report", "given") and f.known("secrets") and f.has("acknowledged", "yes")


DONE: dict[str, Test] = {
    "eligibility": eligibility,
    "care_software": care_software,
    "terminal": terminal,
    "user_id": user_id,
    "certificate": certificate,
    "issuing_password": issuing_password,
    "reinstall_certificate": reinstall_certificate,
    "careplan_certificate": careplan_certificate,
    "application": application,
    "client_app": client_app,
    "payment": payment,
    "handover": handover,
}

# -- what is asked only of some


def lacks_a_certificate(f: Facts) -> bool:
    return not_on_this_pc(f) or f.has("certificate", "expired")


ASKED: dict[str, Test] = {
    "commissioned": lambda f: f.known("office_kind") and not f.has("office_kind", "service"),
    "go_on_undecided": lambda f: f.has("partners", "undecided"),
    "partner_asked": lambda f: f.has("partners", "undecided", "some"),
    "interface": lambda f: f.has("makes_plans", "yes"),
    "interface_evidence": lambda f: f.has("interface", "yes"),
    "password": lambda f: f.has("kj_id", "kj"),
    "id_request": lambda f: f.has("kj_id", "none") or f.has("password", "lost"),
    "password_kept": lambda f: f.known("password") and not f.has("password", "lost"),
    "certificate_attested": lambda f: f.has("certificate", "unclear"),
    "certificate_elsewhere": not_on_this_pc,
    "issuing_password": lacks_a_certificate,
    "issuing_request": lambda f: f.has("issuing_password", "lost"),
    "issuing_password_kept": lambda f: f.has("issuing_password", "known"),
    "downloaded_again": lambda f: f.has("certificate_elsewhere", "other_pc", "this_pc_before"),
    "reinstalled": lambda f: f.has("certificate_elsewhere", "other_pc", "this_pc_before"),
    "reinstalled_attested": lambda f: f.has("reinstalled", "unclear"),
    "careplan_applied": lambda f: f.has("certificate_elsewhere", "no"),
    "installed": lambda f: f.has("careplan_applied", "issued"),
    "installed_attested": lambda f: f.has("installed", "unclear"),
    "completion": lambda f: f.has("terms", "agreed"),
    "client_login": lambda f: f.has("client_installed", "yes"),
    "start_day": lambda f: f.has("partner_ready", "no"),
    "invoice": lambda f: f.has("payment", "invoice"),
    "invoice_told": lambda f: f.has("payment", "invoice"),
}

# -- when a step opens


def eligible(f: Facts) -> bool:
    """Nothing said so far forbids it."""
    return not (f.has("commissioned", "yes") or f.has("partners", "unwilling"))


def usable_certificate(f: Facts) -> bool:
    return any(looked_and_usable(f, name) for name in ("certificate", "reinstalled", "installed"))


def real_password(f: Facts) -> bool:
    return f.has("password", "known")


OPENS: dict[str, tuple[Test, ...]] = {
    "eligibility": (),
    "care_software": (eligible,),
    "terminal": (eligible,),
    "user_id": (eligible,),
    "certificate": (terminal,),
    "issuing_password": (certificate, user_id),
    "reinstall_certificate": (issuing_password, real_password),
    "careplan_certificate": (issuing_password, real_password),
    "application": (eligibility, user_id, usable_certificate, real_password),
    "client_app": (terminal, care_software, application, usable_certificate),
    "payment": (application,),
    "handover": tuple(done for step, done in DONE.items() if step != "handover"),
}

# -- what a changed answer takes with it

TOLD = "report dates secrets acknowledged"  # the hand-over speaks of everything
FALLS = {
    "office_kind": "partners go_on_undecided partner_asked partner_ready start_day",
    "partners": "go_on_undecided partner_asked partner_ready start_day",
    "product": "product_version vendor makes_plans interface interface_evidence",
    "product_version": "interface interface_evidence",
    "interface": "interface_evidence",
    "pc": "billing_pc windows edge sites windows_update password_kept certificate certificate_attested"
    " issuing_password_kept downloaded_again reinstalled reinstalled_attested installed installed_attested"
    " support_site bookmark client_downloaded client_installed client_version client_login",
    "kj_id": "password id_request password_kept issuing_password issuing_request issuing_password_kept"
    " careplan_applied installed installed_attested login terms completion client_login",
    "password": "id_request password_kept login",
    "certificate": "certificate_attested",
    "issuing_password": "issuing_request issuing_password_kept",
    "reinstalled": "reinstalled_attested",
    "careplan_applied": "installed installed_attested",
    "installed": "installed_attested",
    "terms": "completion",
    "client_installed": "client_version client_login",
    "partner_ready": "start_day",
    "payment": "invoice invoice_told",
}
NOTHING_ELSE = (
    "commissioned go_on_undecided partner_asked vendor makes_plans interface_evidence billing_pc windows edge sites"
    " windows_update billing id_request password_kept certificate_attested certificate_elsewhere issuing_request"
    " issuing_password_kept downloaded_again reinstalled_attested installed_attested login completion support_site"
    " bookmark client_downloaded client_version client_login start_day invoice invoice_told"
)

# -- what is said

ASKED_FOR = (
    "office_kind commissioned partners partner_asked makes_plans interface pc billing_pc windows edge sites billing"
    " kj_id password id_request certificate certificate_attested certificate_elsewhere issuing_password"
    " issuing_request downloaded_again reinstalled reinstalled_attested careplan_applied installed installed_attested"
    " login terms completion support_site client_downloaded client_installed client_login partner_ready start_day"
    " payment invoice invoice_told report secrets acknowledged"
)
GROWS_STALE = {
    "windows": Holds.WEEK,
    "edge": Holds.WEEK,
    "sites": Holds.DAY,
    "certificate": Holds.NOT_AFTER,
    "certificate_attested": Holds.NOT_AFTER,
    "reinstalled": Holds.NOT_AFTER,
    "reinstalled_attested": Holds.NOT_AFTER,
    "installed": Holds.NOT_AFTER,
    "installed_attested": Holds.NOT_AFTER,
}
AWAITED = "partner_asked interface id_request issuing_request careplan_applied"
TO_MEND = (
    "windows.other edge.old sites.not_reached kj_id.hd kj_id.isdn kj_id.malformed password.temporary"
    " billing.contradicts_billing_pc reinstalled.none reinstalled.wrong_kind reinstalled.no_key"
    " reinstalled_attested.not_usable careplan_applied.not_yet careplan_applied.unknown installed.none"
    " installed.wrong_kind installed.no_key installed_attested.not_usable login.failed login.locked"
    " completion.not_seen completion.unknown client_login.failed invoice.not_yet"
)
OUT_OF_HAND = "makes_plans.billing_only interface.no certificate.expired reinstalled.expired installed.expired"
REFUSING = "commissioned.yes partners.unwilling terms.declined"
CODES = {
    **{f"{name}.unanswered": Kind.ASK for name in ASKED_FOR.split()},
    **{f"{name}.stale": Kind.STALE for name in GROWS_STALE},
    **{f"{name}.awaited": Kind.WAIT for name in AWAITED.split()},
    **{f"{name}.due": Kind.ASK for name in AWAITED.split()},
    **{f"{name}.overdue": Kind.FIX for name in AWAITED.split()},
    **dict.fromkeys(TO_MEND.split(), Kind.FIX),
    **dict.fromkeys(OUT_OF_HAND.split(), Kind.BLOCKED),
    **dict.fromkeys(REFUSING.split(), Kind.REFUSE),
}
MOVEMENT_CODES = (
    "here_already not_from_here needs skipped cannot_be_told_yet work_left refusal_stands nothing_awaited not_done"
    " no_refusal reason_missing first_step work_here only_waiting"
)

ORACLE = Oracle(
    done=DONE,
    opens=OPENS,
    asked=ASKED,
    conditions={"eligible": eligible, "usable_certificate": usable_certificate, "real_password": real_password},
    codes=CODES,
    movement_codes=frozenset(f"move.{code}" for code in MOVEMENT_CODES.split()),
    falls={
        **{name: frozenset(TOLD.split()) for name in NOTHING_ELSE.split()},
        **{name: frozenset(f"{falling} {TOLD}".split()) for name, falling in FALLS.items()},
        **{name: frozenset[str]() for name in TOLD.split()},
    },
    waits=frozenset(
        {
            ("partner_asked", "asked", 14, 7, True),
            ("interface", "asked", 7, 2, True),
            ("id_request", "sent", 14, 2, True),  # 備考 of row 3: by post, about two weeks
            ("issuing_request", "sent", 14, 2, True),
            ("careplan_applied", "applied", 30, 7, True),  # plan up to a month
            ("start_day", "agreed", 0, 7, False),
            ("start_day", "asked", 14, 7, False),
            ("invoice", "requested", 30, 7, False),
        }
    ),
    closes=frozenset(
        {
            ("partner_asked", "partners"),
            ("id_request", "kj_id"),
            ("id_request", "password"),
            ("issuing_request", "issuing_password"),
        }
    ),
    unknowns=frozenset({("careplan_applied", "unknown"), ("completion", "unknown")}),
    holds=GROWS_STALE,
)
