"""前提1, 前提2: whether this office can use the system at all, and with whom."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, Form, Wait, Who, asked, asked_through, both, fine, is_, never, not_, refuse, yes

PARTNER_ANSWERS = Wait(days=14, grace=7)

ELIGIBILITY = Step(
    name="eligibility",
    item="前提",
    asks=(
        Fact(name="office_kind", values=(fine("home_care_support"), fine("service"), fine("both"))),
        # 前提1: work commissioned by a 地域包括支援センター cannot be exchanged over the system.
        Fact(
            name="commissioned",
            values=(fine("no"), refuse("yes", Who.NOBODY)),
            when=is_("office_kind", "home_care_support", "both"),
        ),
        # 前提2: both sides have to use it. The list is judged as a whole by `identifiers.judge_partners`.
        # ▲ One partner that is willing, or uses it already, is enough; when all are unwilling the introduction ends.
        Fact(
            name="partners",
            form=Form.PARTNERS,
            values=(
                fine("using"),
                fine("willing"),
                fine("some"),  # one is willing, another still undecided
                asked_through("undecided", "partner_asked", Who.PARTNER),
                refuse("unwilling", Who.PARTNER),
            ),
            about=("office_kind",),
            personal=True,
        ),
        # ▲ The office may decide to go on although nobody has agreed yet; that decision is recorded.
        Fact(
            name="go_on_undecided", values=yes(), when=is_("partners", "undecided"), needed=never, about=("partners",)
        ),
        Fact(
            name="partner_asked",
            values=(asked("asked", Who.PARTNER, PARTNER_ANSWERS),),
            when=is_("partners", "undecided", "some"),
            needed=both(is_("partners", "undecided"), not_(is_("go_on_undecided", "yes"))),
            about=("partners",),
            awaits=("partners",),
        ),
    ),
)
