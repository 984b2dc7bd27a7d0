"""The rows of the move into 介護保険資格確認等WEBサービス, for offices that already use the system."""

from __future__ import annotations

from dataclasses import replace

from states.flow.edition import CSV_NAMES, Condition, Step
from states.flow.facts import Fact, Wait, Who, always, asked, blocked, fine, fix, is_, never, not_, refuse, yes
from states.flow.steps.since_2026 import CARE_SOFTWARE_2026, TERMINAL_2026, USER_ID_2026

PORTAL = ("https://www.mhlw.go.jp/stf/kaigo-ict.html",)

READINESS = Step(
    name="readiness",
    item="1",
    asks=(
        # An office that does not use the system yet is introduced first, by the edition in force.
        Fact(name="uses_system", values=(fine("yes"), refuse("no", Who.OFFICE))),
        Fact(name="move_told", values=yes()),
        # Whether the exchange alone needs one is not verified: noted, never in the way.
        Fact(name="card_reader", values=(fine("have"), fine("none", warn=True)), needed=never),
    ),
    sites=PORTAL,
)
IN_USE = Condition("in_use", not_(is_("uses_system", "no")), mended_in=("readiness",))

# In the browser only 4.1 is exchanged: software that only knows 3 stops at the move.
SOFTWARE_TO_MOVE = replace(
    CARE_SOFTWARE_2026.but(
        "standard",
        values=(fine("v41"), fine("v50"), blocked("v3", Who.VENDOR), asked("asked", Who.VENDOR, Wait(days=7))),
    ).without("patterns", "pattern_list"),
    item="2",
    needs=("in_use",),
)
PC_TO_MOVE = replace(TERMINAL_2026, item="3", needs=("in_use",))

# One-time codes come by the security e-mail: without one nobody signs in.
ID_TO_MOVE = replace(
    USER_ID_2026.but(
        "security_mail",
        values=(fine("registered"), fix("not_registered", Who.OFFICE), fix("not_sure", Who.OFFICE)),
        when=always,
    ),
    item="4",
    needs=("in_use",),
)

FIRST_REGISTRATION = Step(
    name="first_registration",
    item="5",
    needs=("user_id", "real_password"),
    asks=(
        Fact(name="portal", values=(fine("opened"), fix("not_opened")), about=("pc",)),
        Fact(
            name="registration",
            values=(fine("seen"), fix("not_yet", Who.OFFICE), fix("unknown", unknown=True)),
            about=("kj_id",),
        ),
    ),
    sites=PORTAL,
)
OFFICE_USER = Step(
    name="office_user",
    item="7",
    needs=("first_registration", "usable_certificate"),
    asks=(Fact(name="office_user", values=(fine("ok"), fix("failed", Who.OFFICE)), about=("pc", "registration")),),
    sites=PORTAL,
)
ADMINISTRATOR = Step(
    name="administrator",
    item="8",
    needs=("office_user",),
    asks=(
        Fact(name="admin_registered", values=(fine("yes"), fix("not_yet", Who.OFFICE)), about=("registration",)),
        Fact(
            name="admin_login",
            values=(fine("ok"), fix("failed", Who.OFFICE)),
            when=is_("admin_registered", "yes"),
            about=("pc", "admin_registered"),
        ),
    ),
    sites=PORTAL,
)
WEB_EXCHANGE = Step(
    name="web_exchange",
    item="9",
    needs=("care_software", "terminal", "usable_certificate", "administrator"),
    asks=(
        Fact(name="exported", values=(fine("yes"), fix("failed")), about=("product", "product_version")),
        Fact(
            name="web_exchange",
            values=(fine("done"), fix("failed"), asked("arranged", Who.PARTNER, Wait(days=14, grace=7))),
            when=is_("exported", "yes"),
            about=("pc", "exported"),
        ),
    ),
    tools=(CSV_NAMES,),
)
# The old client ends with the move; it stays on the PC until the exchange in the browser has been seen.
OLD_CLIENT = Step(
    name="old_client",
    item="10",
    needs=("web_exchange",),
    asks=(
        Fact(name="old_client", values=(fine("left"), fine("still_used", warn=True)), about=("pc",)),
        Fact(name="staff_told", values=yes()),
    ),
)
