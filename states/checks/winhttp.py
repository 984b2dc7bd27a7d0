"""Which proxy Windows finds by itself for an address: a configuration script (PAC) that is set, or one it detects.

WinHTTP runs the script; the browsers of Windows do the same with the same settings. Where no script can be had they go
on with the fixed settings, so this does too.
"""

from __future__ import annotations

import re

from states.system import here


def first_proxy(listed: str) -> str | None:
    """The first proxy for https of a list as WinHTTP gives it (`p:8080;q:8080`, `http=p;https=q:8080`)."""
    for entry in re.split(r"[;\s]+", listed.strip()):
        kind, _, address = entry.rpartition("=")
        if address and kind.lower() in ("", "https"):
            return address
    return None


def automatic(url: str) -> tuple[bool, str | None]:
    """(whether a script has decided, the proxy's address or None for none). Blocks while Windows looks for it.

    Where there is no Windows the environment alone decides.
    """
    pc = here.pc()
    decided, listed = pc.automatic_proxy(url) if pc else (False, "")
    return decided, first_proxy(listed)
