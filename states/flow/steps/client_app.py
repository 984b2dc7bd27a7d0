"""6: the client on the PC, the first login, and from when the exchange runs."""

from __future__ import annotations

from states.flow.edition import CSV_NAMES, Step
from states.flow.facts import GIVEN, Fact, Form, Wait, Who, fine, fix, is_, never, yes

CLIENT_APP = Step(
    name="client_app",
    item="6",
    needs=("terminal", "care_software", "application", "usable_certificate"),
    asks=(
        Fact(name="support_site", values=yes(), about=("pc",)),
        Fact(name="bookmark", values=yes(), needed=never, about=("pc",)),
        Fact(name="client_downloaded", values=yes(), about=("pc",)),
        Fact(name="client_installed", values=yes(), about=("pc",), check="programs"),
        Fact(name="client_version", form=Form.TEXT, values=GIVEN, needed=never, about=("pc", "client_installed")),
        Fact(
            name="client_login",
            values=(fine("ok"), fix("failed", Who.OFFICE)),
            when=is_("client_installed", "yes"),
            about=("client_installed", "kj_id"),
        ),
        # 連携先が本システム未導入の場合は、運用を開始するタイミングを調整: agreed or asked, it holds nothing up.
        Fact(name="partner_ready", values=(fine("yes"), fine("no")), about=("partners",)),
        Fact(
            name="start_day",
            values=(
                fine("agreed", who=Who.PARTNER, wait=Wait(days=0, grace=7, holds_up=False), dated=True),
                fine("asked", who=Who.PARTNER, wait=Wait(days=14, grace=7, holds_up=False)),
            ),
            when=is_("partner_ready", "no"),
            about=("partners", "partner_ready"),
        ),
    ),
    sites=("https://www.careplan-renkei-support.jp/",),
    tools=(CSV_NAMES,),
)
