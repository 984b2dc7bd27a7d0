"""Edition 2026-07 a second time: what the oracle of 2023-05-26 says, and what has changed since by the later papers.

Nothing is imported from the steps or the table. Each change stands beside the reason for it.
"""

from __future__ import annotations

from dataclasses import replace

from states.flow.editions import oracle_2023_05_26 as before
from states.flow.facts import Facts, Test
from states.flow.guards import Kind

TOLD = frozenset(["report", "dates", "secrets", "acknowledged"])


def lost(f: Facts) -> bool:
    return f.has("kj_id", "none") or f.has("password", "lost")


# -- what has to be known


def eligibility(f: Facts) -> bool:
    """Commissioned work is asked of offices that may be given some, and either answer will do; partners as before."""
    if f.has("office_kind", None):
        return False
    if f.has("office_kind", "home_care_support", "both") and not f.known("commissioned"):
        return False
    return f.has("partners", "using", "willing", "some") or (
        f.has("partners", "undecided") and f.has("go_on_undecided", "yes")
    )


def care_software(f: Facts) -> bool:
    return before.care_software(f) and f.has("standard", "v41", "v50", "v3") and f.known("patterns")


def fee(f: Facts) -> bool:
    return f.has("fee_told", "yes") and f.has("renewal", "automatic", "by_hand", "opted_out")


def everything(**instead: Test) -> dict[str, Test]:
    """What has to be known of each row, in its order; `fee` stands in the place of `payment`."""
    rows = {"fee" if step == "payment" else step: done for step, done in before.DONE.items()}
    return {step: instead.get(step, done) for step, done in rows.items()}


DONE = everything(eligibility=eligibility, care_software=care_software, fee=fee)


def eligible(f: Facts) -> bool:
    """Only partners can say no now."""
    return not f.has("partners", "unwilling")


OPENS: dict[str, tuple[Test, ...]] = {
    **{step: opens for step, opens in before.OPENS.items() if step != "payment"},
    "care_software": (eligible,),
    "terminal": (eligible,),
    "user_id": (eligible,),
    "application": (eligibility, before.user_id, before.usable_certificate, before.real_password),
    "client_app": (before.terminal, care_software, before.application, before.usable_certificate),
    "fee": (before.application,),
    "handover": tuple(done for step, done in DONE.items() if step != "handover"),
}

ASKED: dict[str, Test] = {
    **{fact: asked for fact, asked in before.ASKED.items() if fact not in ("invoice", "invoice_told")},
    "commissioned": lambda f: f.has("office_kind", "home_care_support", "both"),
    "standard": lambda f: f.has("interface", "yes"),
    "patterns": lambda f: f.has("interface", "yes"),
    "pattern_list": lambda f: f.has("interface", "yes"),
    "security_mail": lost,
    # A notice comes by post only where no security e-mail is registered.
    "id_request": lambda f: lost(f) and not f.has("security_mail", "registered"),
}

# -- what a changed answer takes with it

GONE = ("payment", "invoice", "invoice_told")
MORE = {
    "office_kind": "patterns",
    "product": "standard patterns pattern_list",
    "product_version": "standard patterns pattern_list",
    "interface": "standard",
    "pc": "other_pcs",
    "kj_id": "security_mail renewal",
    "terms": "renewal",
    "completion": "renewal",
}
NEW = "standard patterns pattern_list other_pcs security_mail fee_told renewal"
FALLS = {
    **{
        fact: falls.union(MORE.get(fact, "").split()) for fact, falls in before.ORACLE.falls.items() if fact not in GONE
    },
    **dict.fromkeys(NEW.split(), TOLD),
}

# -- what is said

CODES = {code: kind for code, kind in before.CODES.items() if code.partition(".")[0] not in GONE}
del CODES["commissioned.yes"]
CODES |= {f"{fact}.unanswered": Kind.ASK for fact in ["standard", "patterns", "security_mail", "fee_told", "renewal"]}
CODES |= {"standard.awaited": Kind.WAIT, "standard.due": Kind.ASK, "standard.overdue": Kind.FIX}
CODES |= dict.fromkeys(("security_mail.not_sure", "security_mail.reissue_online", "renewal.not_sure"), Kind.FIX)

ORACLE = replace(
    before.ORACLE,
    done=DONE,
    opens=OPENS,
    asked=ASKED,
    conditions={**before.ORACLE.conditions, "eligible": eligible},
    codes=CODES,
    falls=FALLS,
    waits=frozenset(
        {wait for wait in before.ORACLE.waits if wait[0] != "invoice"} | {("standard", "asked", 7, 2, True)}
    ),
)
