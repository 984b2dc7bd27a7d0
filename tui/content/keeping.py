"""A secret: which places are offered, how they stand, what is unusual about what was typed."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator

from locales import Texts
from states.custody import KEYRING, NOT_KEPT, PLACES, VAULT, VISIT, Custody
from states.fault import Fault
from states.flow.facts import Fact
from states.storage.vault import FIT
from tui.content import fault_lines

SHOW, PASSPHRASE = "show", "passphrase"  # what can be done besides choosing a place


def offered(custody: Custody, fact: Fact, keyring: str, vault: str) -> list[str]:
    """What is offered now, the best first; nothing takes the place of another by itself.

    Args:
        keyring, vault: how they stand; "" while that is not known.
    """
    stored = dict(custody.kept()).get(fact.name)
    found = [SHOW] if stored in PLACES else []
    if keyring == "ok":
        found.append(KEYRING)
    if vault in FIT and (keyring not in ("", "ok") or vault != "absent"):
        found.append(VAULT)
    found += [VISIT, NOT_KEPT]
    known = {value.name for value in fact.values}
    found = [choice for choice in found if choice in known or choice == SHOW]
    return [*found, PASSPHRASE] if vault in ("ok", "locked") else found


def states(texts: Texts, keyring: str, vault: str, choices: list[str]) -> Iterator[str]:
    """How the places stand."""
    if not keyring:
        yield texts("ui.keyring.looking")
        return
    yield texts(f"ui.keyring.{keyring}")
    if keyring not in ("ok", "network_logon") and "SSH_CONNECTION" in os.environ:
        yield texts("ui.keyring.remote")
    if vault in FIT and VAULT in choices:
        yield texts(f"ui.vault.{vault}")
    elif vault not in FIT:
        yield from fault_lines(texts, Fault(f"vault.{vault}"))


def remarks(typed: str) -> list[str]:
    """What is unusual about a secret, of `spaces` and `full_width`; it is taken as it is all the same."""
    found = {
        "spaces": typed != typed.strip(),
        "full_width": any(unicodedata.east_asian_width(sign) in "FW" for sign in typed),
    }
    return [name for name, true in found.items() if true]


def checked(typed: str) -> str:
    """A secret is kept as typed; only one that cannot be one is refused.

    Raises:
        Fault: `secret.empty`, `secret.control`.
    """
    if not typed:
        raise Fault("secret.empty")
    if any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in typed):
        raise Fault("secret.control")
    return typed
