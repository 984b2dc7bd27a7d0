"""Which proxy stands between this PC and a site, by the PC's own settings.

httpx is not left to find out: it ignores Windows' list of exceptions. The standard library reads the environment,
and on Windows the user's Internet settings with that list. A name and password in a proxy's address are dropped: a
check sends no credentials.
"""

from __future__ import annotations

import urllib.request
from urllib.parse import urlsplit

SPOKEN = ("http", "https")  # kinds of proxy that can be asked


def proxy_for(host: str) -> str | None:
    """The address of the proxy for `https://host`, without credentials; None for a direct connection."""
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
