"""Which proxy stands between this PC and a site, by the PC's own settings.

httpx is not left to find out: it ignores Windows' list of exceptions and its scripts. WinHTTP runs those; the standard
library reads the environment, and on Windows the user's fixed Internet settings with that list. A name and password in
a proxy's address are dropped: a check sends no credentials.
"""

from __future__ import annotations

import urllib.request
from urllib.parse import urlsplit

from states.checks.winhttp import automatic

SPOKEN = ("http", "https")  # kinds of proxy that can be asked


def proxy_for(host: str) -> str | None:
    """The address of the proxy for `https://host`, without credentials; None for a direct connection. May block."""
    decided, found = automatic(f"https://{host}/")
    if decided:
        return without_credentials(found) if found else None
    address = urllib.request.getproxies().get("https")
    if not address or urllib.request.proxy_bypass(host):
        return None
    return without_credentials(address)


def without_credentials(address: str) -> str:
    """`address` as `scheme://host:port`; what comes without a scheme is an HTTP proxy.

    Raises:
        ValueError: there is no host in it, or its port is no number.
    """
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if not parts.hostname:
        raise ValueError("a proxy's address without a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}:{port}"
