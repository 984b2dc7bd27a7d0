"""Edition "move" a second time, written from what is published of the move; rows it shares are those of 2023 and 2026.

Nothing is imported from the steps or the table.
"""

from __future__ import annotations

from states.flow.editions import oracle_2023_05_26 as of_2023
from states.flow.editions import oracle_2026_07 as of_2026
from states.flow.editions.oracle_2026_07 import TOLD, lost
from states.flow.facts import Facts, Test
from states.flow.guards import Kind
from states.flow.proof.oracle import Oracle

# -- what has to be known


def readiness(f: Facts) -> bool:
    return f.has("uses_system", "yes") and f.has("move_told", "yes")


def care_software(f: Facts) -> bool:
    """What only knows version 3 stops at the move."""
    return of_2023.care_software(f) and f.has("standard", "v41", "v50")


def user_id(f: Facts) -> bool:
    """One-time codes come by the security e-mail."""
    return of_2023.user_id(f) and f.has("security_mail", "registered")


def first_registration(f: Facts) -> bool:
    return f.has("portal", "opened") and f.has("registration", "seen")


def office_user(f: Facts) -> bool:
    return f.has("office_user", "ok")


def administrator(f: Facts) -> bool:
    return f.has("admin_registered", "yes") and f.has("admin_login", "ok")


def web_exchange(f: Facts) -> bool:
    return f.has("exported", "yes") and f.has("web_exchange", "done")


def old_client(f: Facts) -> bool:
    return f.known("old_client") and f.has("staff_told", "yes")


DONE: dict[str, Test] = {
    "readiness": readiness,
    "care_software": care_software,
    "terminal": of_2023.terminal,
    "user_id": user_id,
    "first_registration": first_registration,
    "certificate": of_2023.certificate,
    "issuing_password": of_2023.issuing_password,
    "reinstall_certificate": of_2023.reinstall_certificate,
    "careplan_certificate": of_2023.careplan_certificate,
    "office_user": office_user,
    "administrator": administrator,
    "web_exchange": web_exchange,
    "old_client": old_client,
    "handover": of_2023.handover,
}


def in_use(f: Facts) -> bool:
    return not f.has("uses_system", "no")


OPENS: dict[str, tuple[Test, ...]] = {
    "readiness": (),
    "care_software": (in_use,),
    "terminal": (in_use,),
    "user_id": (in_use,),
    "first_registration": (user_id, of_2023.real_password),
    "certificate": (of_2023.terminal,),
    "issuing_password": (of_2023.certificate, user_id),
    "reinstall_certificate": (of_2023.issuing_password, of_2023.real_password),
    "careplan_certificate": (of_2023.issuing_password, of_2023.real_password),
    "office_user": (first_registration, of_2023.usable_certificate),
    "administrator": (office_user,),
    "web_exchange": (care_software, of_2023.terminal, of_2023.usable_certificate, administrator),
    "old_client": (web_exchange,),
    "handover": tuple(done for step, done in DONE.items() if step != "handover"),
}

SHARED = (
    *("interface", "interface_evidence", "password", "password_kept", "certificate_attested", "certificate_elsewhere"),
    *("issuing_password", "issuing_request", "issuing_password_kept", "downloaded_again", "reinstalled"),
    *("reinstalled_attested", "careplan_applied", "installed", "installed_attested"),
)
ASKED: dict[str, Test] = {
    **{fact: of_2023.ASKED[fact] for fact in SHARED},
    "standard": of_2026.ASKED["standard"],
    "id_request": lambda f: lost(f) and not f.has("security_mail", "registered"),
    "admin_login": lambda f: f.has("admin_registered", "yes"),
    "web_exchange": lambda f: f.has("exported", "yes"),
}

# -- what a changed answer takes with it

OFFICE_USERS = "office_user admin_registered admin_login"
FALLS = {
    "product": "product_version vendor makes_plans interface interface_evidence standard exported web_exchange",
    "product_version": "interface interface_evidence standard exported web_exchange",
    "interface": "interface_evidence standard",
    "pc": "billing_pc other_pcs windows edge sites windows_update password_kept portal certificate"
    " certificate_attested issuing_password_kept downloaded_again reinstalled reinstalled_attested installed"
    " installed_attested office_user admin_login web_exchange old_client",
    "kj_id": "password security_mail id_request password_kept issuing_password issuing_request"
    f" issuing_password_kept careplan_applied installed installed_attested registration {OFFICE_USERS}",
    "password": "id_request password_kept",
    "registration": OFFICE_USERS,
    "certificate": "certificate_attested",
    "issuing_password": "issuing_request issuing_password_kept",
    "reinstalled": "reinstalled_attested",
    "careplan_applied": "installed installed_attested",
    "installed": "installed_attested",
    "admin_registered": "admin_login",
    "exported": "web_exchange",
}
NOTHING_ELSE = (
    "uses_system move_told card_reader vendor makes_plans interface_evidence standard billing_pc other_pcs windows edge"
    " sites windows_update billing security_mail id_request password_kept portal certificate_attested"
    " certificate_elsewhere issuing_request issuing_password_kept downloaded_again reinstalled_attested"
    " installed_attested office_user admin_login web_exchange old_client staff_told"
)

# -- what is said

ASKED_FOR = (
    "uses_system move_told makes_plans interface standard pc billing_pc windows edge sites billing kj_id password"
    " security_mail id_request portal registration certificate certificate_attested certificate_elsewhere"
    " issuing_password issuing_request downloaded_again reinstalled reinstalled_attested careplan_applied installed"
    " installed_attested office_user admin_registered admin_login exported web_exchange old_client staff_told report"
    " secrets acknowledged"
)
AWAITED = "interface standard id_request issuing_request careplan_applied web_exchange"
TO_MEND = (
    "windows.other edge.old sites.not_reached kj_id.hd kj_id.isdn kj_id.malformed password.temporary"
    " billing.contradicts_billing_pc security_mail.not_registered security_mail.not_sure security_mail.reissue_online"
    " portal.not_opened registration.not_yet registration.unknown reinstalled.none reinstalled.wrong_kind"
    " reinstalled.no_key reinstalled_attested.not_usable careplan_applied.not_yet careplan_applied.unknown"
    " installed.none installed.wrong_kind installed.no_key installed_attested.not_usable office_user.failed"
    " admin_registered.not_yet admin_login.failed exported.failed web_exchange.failed"
)
OUT_OF_HAND = (
    "makes_plans.billing_only interface.no standard.v3 certificate.expired reinstalled.expired installed.expired"
)
CODES = {
    **{f"{name}.unanswered": Kind.ASK for name in ASKED_FOR.split()},
    **{f"{name}.stale": Kind.STALE for name in of_2023.GROWS_STALE},
    **{f"{name}.awaited": Kind.WAIT for name in AWAITED.split()},
    **{f"{name}.due": Kind.ASK for name in AWAITED.split()},
    **{f"{name}.overdue": Kind.FIX for name in AWAITED.split()},
    **dict.fromkeys(TO_MEND.split(), Kind.FIX),
    **dict.fromkeys(OUT_OF_HAND.split(), Kind.BLOCKED),
    "uses_system.no": Kind.REFUSE,
}

ORACLE = Oracle(
    done=DONE,
    opens=OPENS,
    asked=ASKED,
    conditions={
        "in_use": in_use,
        "usable_certificate": of_2023.usable_certificate,
        "real_password": of_2023.real_password,
    },
    codes=CODES,
    movement_codes=of_2023.ORACLE.movement_codes,
    falls={
        **dict.fromkeys(NOTHING_ELSE.split(), TOLD),
        **{name: TOLD.union(falling.split()) for name, falling in FALLS.items()},
        **{name: frozenset[str]() for name in TOLD},
    },
    waits=frozenset(
        {
            ("interface", "asked", 7, 2, True),
            ("standard", "asked", 7, 2, True),
            ("id_request", "sent", 14, 2, True),
            ("issuing_request", "sent", 14, 2, True),
            ("careplan_applied", "applied", 30, 7, True),
            ("web_exchange", "arranged", 14, 7, True),
        }
    ),
    closes=frozenset({("id_request", "kj_id"), ("id_request", "password"), ("issuing_request", "issuing_password")}),
    unknowns=frozenset({("careplan_applied", "unknown"), ("registration", "unknown")}),
    holds=of_2023.GROWS_STALE,
)
