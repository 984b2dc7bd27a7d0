"""4-1: the 証明書発行用パスワード, without which no certificate is applied for or downloaded.

▲ The source's heading speaks of 「電子請求の端末に導入する場合」, yet a billing PC that has its certificate goes on to
row 5: read as "whenever a certificate has to be applied for or downloaded".
"""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, Form, Wait, Who, asked, asked_through, fine, is_, never
from states.flow.steps.certificate import missing

ISSUING_PASSWORD = Step(
    name="issuing_password",
    item="4-1",
    needs=("certificate", "user_id"),
    applies=missing,
    asks=(
        Fact(
            name="issuing_password",
            values=(fine("known"), asked_through("lost", "issuing_request", Who.FEDERATION)),
            when=lambda f: missing(f).verdict is True,
            about=("kj_id",),
        ),
        # 3.6.4; how long it takes is not published: the letter's two weeks are assumed.
        Fact(
            name="issuing_request",
            values=(asked("sent", Who.FEDERATION, Wait(days=14)),),
            when=is_("issuing_password", "lost"),
            about=("issuing_password",),
            awaits=("issuing_password",),
        ),
        Fact(
            name="issuing_password_kept",
            form=Form.SECRET,
            values=(fine("keyring"), fine("vault"), fine("visit"), fine("not_kept")),
            when=is_("issuing_password", "known"),
            needed=never,
            about=("pc", "issuing_password"),
        ),
    ),
    sites=("https://www.kaigo.e-seikyuu.jp/KShinsei/main",),
)
