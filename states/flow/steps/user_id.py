"""3: the user ID (KJ and 12 characters) and its password."""

from __future__ import annotations

from states.flow.edition import Step
from states.flow.facts import Fact, Form, Wait, Who, asked, asked_through, either, fine, fix, is_, never
from states.flow.guards import contradiction

LETTER = Wait(days=14, grace=2)  # 備考: 郵送を伴う場合、2週間前後

USER_ID = Step(
    name="user_id",
    item="3",
    needs=("eligible",),
    asks=(
        Fact(name="billing", values=(fine("internet"), fine("agent"), fine("paper"))),
        Fact(
            name="kj_id",
            form=Form.USER_ID,
            values=(
                fine("kj"),
                fix("hd", Who.OFFICE),  # HDから始まるユーザーIDは代理請求用
                fix("isdn", Who.OFFICE),
                fix("malformed", Who.OFFICE),
                asked_through("none", "id_request", Who.FEDERATION),
            ),
            personal=True,
        ),
        # A temporary password lets nobody in where it matters: it is changed first, and that can be done here today.
        Fact(
            name="password",
            values=(
                fine("known"),
                fix("temporary", Who.OFFICE),
                asked_through("lost", "id_request", Who.FEDERATION),
            ),
            when=is_("kj_id", "kj"),
            about=("kj_id",),
        ),
        Fact(
            name="id_request",
            values=(asked("sent", Who.FEDERATION, LETTER),),
            when=either(is_("kj_id", "none"), is_("password", "lost")),
            about=("kj_id", "password"),
            awaits=("kj_id", "password"),
        ),
        Fact(
            name="password_kept",
            form=Form.SECRET,
            values=(fine("keyring"), fine("vault"), fine("visit"), fine("not_kept")),
            when=is_("password", "known", "temporary"),
            needed=never,
            about=("pc", "kj_id", "password"),
        ),
    ),
    # One of the two is wrong: a PC that bills over the Internet, at an office that does not.
    contradictions=(contradiction("billing", ("agent", "paper"), "billing_pc", ("yes",)),),
    sites=("https://www.kokuho.or.jp/link/",),
)
