"""The rows of 2023 as they are asked since 2026: only what differs."""

from __future__ import annotations

from dataclasses import replace

from states.flow.edition import Condition
from states.flow.facts import (
    GIVEN,
    Fact,
    Facts,
    Form,
    Wait,
    Who,
    asked,
    both,
    either,
    fine,
    fix,
    is_,
    never,
    not_,
)
from states.flow.guards import Kind, Reason
from states.flow.steps.care_software import CARE_SOFTWARE
from states.flow.steps.eligibility import ELIGIBILITY
from states.flow.steps.terminal import TERMINAL
from states.flow.steps.user_id import USER_ID

# 地域包括支援センター can use the system. Whether that lifts premise 1 for commissioned work is not verified: no longer
# a stop, and not said to be allowed either.
ELIGIBILITY_2026 = ELIGIBILITY.but(
    "office_kind", values=(fine("home_care_support"), fine("service"), fine("both"), fine("support_centre"))
).but("commissioned", values=(fine("no"), fine("yes", warn=True)))

ELIGIBLE_2026 = Condition("eligible", lambda f: not f.has("partners", "unwilling"), mended_in=("eligibility",))

# 4.1 is current, 5.0 published; software that only knows 3 stops at the move. The list is per pattern, no guarantee.
CARE_SOFTWARE_2026 = CARE_SOFTWARE.asking(
    Fact(
        name="standard",
        values=(fine("v41"), fine("v50"), fine("v3", warn=True), asked("asked", Who.VENDOR, Wait(days=7))),
        when=is_("interface", "yes"),
        about=("interface",),
    ),
    Fact(
        name="patterns",
        values=(fine("listed"), fine("partly", warn=True), fine("not_listed", warn=True)),
        when=is_("interface", "yes"),
        about=("office_kind", "product", "product_version"),
    ),
    Fact(
        name="pattern_list",
        form=Form.TEXT,
        values=GIVEN,
        when=is_("interface", "yes"),
        needed=never,
        about=("product", "product_version"),
    ),
)

# A second PC is a warning, for the notice that allows it is unread; Windows 10 is one because its support has ended.
TERMINAL_2026 = TERMINAL.but(
    "windows", values=(fine("win11"), fine("win10", warn=True), fix("other", Who.OFFICE))
).asking(
    Fact(name="other_pcs", values=(fine("none"), fine("some", warn=True)), needed=never, about=("pc",)),
    behind="billing_pc",
)

LOST = either(is_("kj_id", "none"), is_("password", "lost"))


def reissue_online(f: Facts) -> tuple[Reason, ...]:
    """Lost, and a security e-mail is registered: the office has it again today."""
    if LOST(f) and f.has("security_mail", "registered"):
        return (Reason("security_mail.reissue_online", Kind.FIX, "security_mail", Who.OFFICE),)
    return ()


# Re-issued online: at once with a security e-mail, else by a notice that comes by post.
SECURITY_MAIL = Fact(
    name="security_mail",
    values=(fine("registered"), fine("not_registered"), fix("not_sure", Who.OFFICE)),
    when=LOST,
    about=("kj_id",),
)
USER_ID_2026 = replace(
    USER_ID.asking(SECURITY_MAIL, behind="password").but(
        "id_request", when=both(LOST, not_(is_("security_mail", "registered")))
    ),
    contradictions=(*USER_ID.contradictions, reissue_online),
    sites=(*USER_ID.sites, "https://www.kaigo.e-seikyuu.jp/KShinsei/main"),
)
