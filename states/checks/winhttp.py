"""Which proxy Windows finds by itself for an address: a configuration script (PAC) that is set, or one it detects.

WinHTTP runs the script; the browsers of Windows do the same with the same settings. Where no script can be had they go
on with the fixed settings, so this does too.
"""

from __future__ import annotations

import ctypes
import re
import sys

SCRIPT_AT, DETECT = 2, 1  # WINHTTP_AUTOPROXY_CONFIG_URL, WINHTTP_AUTOPROXY_AUTO_DETECT
BY_DHCP_AND_DNS = 3
NAMED = 3  # WINHTTP_ACCESS_TYPE_NAMED_PROXY


def first_proxy(listed: str) -> str | None:
    """The first proxy for https of a list as WinHTTP gives it (`p:8080;q:8080`, `http=p;https=q:8080`)."""
    for entry in re.split(r"[;\s]+", listed.strip()):
        kind, _, address = entry.rpartition("=")
        if address and kind.lower() in ("", "https"):
            return address
    return None


if sys.platform == "win32":
    from ctypes import wintypes

    class _Settings(ctypes.Structure):
        """WINHTTP_CURRENT_USER_IE_PROXY_CONFIG."""

        _fields_ = [
            ("detect", wintypes.BOOL),
            ("script", wintypes.LPWSTR),
            ("proxy", wintypes.LPWSTR),
            ("bypass", wintypes.LPWSTR),
        ]

    class _Options(ctypes.Structure):
        """WINHTTP_AUTOPROXY_OPTIONS. `log_on`: whether this user's credentials may be sent to get the script."""

        _fields_ = [
            ("flags", wintypes.DWORD),
            ("detect_flags", wintypes.DWORD),
            ("script", wintypes.LPCWSTR),
            ("reserved", ctypes.c_void_p),
            ("reserved_too", wintypes.DWORD),
            ("log_on", wintypes.BOOL),
        ]

    class _Found(ctypes.Structure):
        """WINHTTP_PROXY_INFO."""

        _fields_ = [("access", wintypes.DWORD), ("proxy", wintypes.LPWSTR), ("bypass", wintypes.LPWSTR)]

    def automatic(url: str) -> tuple[bool, str | None]:
        """(whether a script has decided, the proxy's address or None for none). Blocks while Windows looks for it."""
        http = ctypes.WinDLL("winhttp", use_last_error=True)
        http.WinHttpOpen.restype = ctypes.c_void_p
        settings = _Settings()
        if not http.WinHttpGetIEProxyConfigForCurrentUser(ctypes.byref(settings)):
            return False, None
        ways = []
        if settings.script:
            ways.append(_Options(SCRIPT_AT, 0, settings.script, None, 0, False))
        if settings.detect:
            ways.append(_Options(DETECT, BY_DHCP_AND_DNS, None, None, 0, False))
        handle = ctypes.c_void_p(http.WinHttpOpen("careplan-setup", 1, None, None, 0))
        try:
            for way in ways:
                found = _Found()
                if http.WinHttpGetProxyForUrl(handle, url, ctypes.byref(way), ctypes.byref(found)):
                    return True, first_proxy(found.proxy or "") if found.access == NAMED else None
        finally:
            http.WinHttpCloseHandle(handle)
        return False, None

else:

    def automatic(url: str) -> tuple[bool, str | None]:
        """(whether a script has decided, its proxy): here the environment alone decides."""
        del url
        return False, None
