"""Commands that look after this PC: `doctor`, and `secrets` to list what is kept and to wipe it. No Textual here."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from locales import Texts
from states.custody import VAULT, VISIT, Custody
from states.doctor import Look
from states.fault import Fault, in_words
from states.wording import Wording

if TYPE_CHECKING:
    from states.desk import Desk
    from states.storage.records import Row
    from states.storage.secrets import Secret
    from states.visit import Visit


def look_line(look: Look, texts: Texts) -> str:
    """How it stands with a part of this PC, and what to do where it is not well."""
    if look.fault is None:
        return f"[x] {texts(look.text)}"
    sentence, remedy, code = in_words(texts, look.fault)
    return f"[!] {sentence} ({code})\n    {remedy}"


def kept_lines(desk: Desk, rows: list[Row], texts: Texts) -> Iterator[str]:
    """A line for every secret that these sessions have on record or have left behind, and whether it is there."""
    for row in rows:
        session = desk.read(row)
        wording = Wording(texts, session.edition)
        custody = Custody(session, desk.vault)
        for fact, place in custody.anywhere():
            where = wording.value(fact, place)
            line = f"{row.office_number}  {wording.fact(fact)}  {where}"
            yield f"{line}  {_there(custody, fact, place, texts)}"
        yield from (f"{row.office_number}  {line}" for line in elsewhere_lines(custody, wording))


def elsewhere_lines(custody: Custody, wording: Wording) -> Iterator[str]:
    """A line for every secret that only another machine can wipe."""
    for fact, place, host in custody.elsewhere():
        if place == VISIT:
            continue  # it went with its visit
        yield wording.texts("ui.notice.kept_elsewhere", fact=wording.fact(fact), host=host)


def _there(custody: Custody, fact: str, place: str, texts: Texts) -> str:
    if place == VISIT:
        return texts("cli.secrets.gone")  # it went with its visit
    try:
        return texts("cli.secrets.stored" if custody.holds(fact, place) else "cli.secrets.gone")
    except Fault as fault:
        sentence, _, code = in_words(texts, fault)
        return f"{sentence} ({code})"


def wipe(desk: Desk, visit: Visit, texts: Texts) -> None:
    """Wipe every secret of a session; asks for the vault's passphrase where one of them is there.

    Raises:
        Fault: `vault.locked` where nobody can be asked; `keyring.<state>`, `vault.<state>`. What has been wiped until
            then is on record.
    """
    places = [place for _, place, *_ in (*visit.custody.anywhere(), *visit.custody.elsewhere())]
    in_vault = VAULT in places
    if in_vault and desk.vault is not None and desk.vault.state() == "locked":
        visit.custody.open_vault(_passphrase(texts))
    visit.custody.wipe_all()


def _passphrase(texts: Texts) -> Secret:
    from states.storage.secrets import Secret

    if not os.isatty(0):
        raise Fault("vault.locked")
    return Secret(getpass.getpass(f"{texts('ui.vault.passphrase')}: "))
