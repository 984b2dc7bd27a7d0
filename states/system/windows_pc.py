"""What can be read of a Windows PC: its registry, its updates, its proxy, its certificates. All of it read-only.

By `winreg` and `ctypes` in this process: PowerShell takes seconds and is often locked.
"""

from __future__ import annotations

import ctypes
import sys
import uuid
import winreg
from ctypes import wintypes

assert sys.platform == "win32"


def version() -> tuple[str, int, bool]:
    """(major and minor, build, whether it is a workstation and no server)."""
    told = sys.getwindowsversion()
    return f"{told.major}.{told.minor}", told.build, told.product_type == 1  # VER_NT_WORKSTATION


# -- the registry

_PLACES = {
    "HKLM": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_READ | winreg.KEY_WOW64_64KEY),
    "HKLM32": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_READ | winreg.KEY_WOW64_32KEY),
    "HKCU": (winreg.HKEY_CURRENT_USER, winreg.KEY_READ),
}
_MOST_KEYS = 10_000  # keys below one; more is not a PC's list of programs


class WindowsRegistry:
    """This PC's own."""

    def text(self, root: str, key: str, name: str) -> str | None:
        try:
            with self._open(root, key) as opened:
                value, kind = winreg.QueryValueEx(opened, name)
        except OSError:
            return None
        return value if kind == winreg.REG_SZ else None

    def there(self, root: str, key: str) -> bool:
        try:
            self._open(root, key).Close()
        except OSError:
            return False
        return True

    def below(self, root: str, key: str) -> tuple[str, ...]:
        found: list[str] = []
        try:
            with self._open(root, key) as opened:
                while len(found) < _MOST_KEYS:
                    found.append(winreg.EnumKey(opened, len(found)))
        except OSError:  # no such key, or no more keys
            pass
        return tuple(found)

    def _open(self, root: str, key: str) -> winreg.HKEYType:
        place, access = _PLACES[root]
        return winreg.OpenKey(place, key, 0, access)


# -- the Windows Update Agent, by COM's tables of functions

# The numbers are places in those tables (wuapi.idl): the first seven are IDispatch's, then in the order of declaration.
SESSION, I_SESSION = "4cb43d7f-7eee-4906-8698-60da1c38f2fe", "816858a4-260d-4260-933a-2585f1abc76b"
CREATE_SEARCHER = 12  # of IUpdateSession
SEARCH = 19  # of IUpdateSearcher
RESULT_CODE, UPDATES = 7, 9  # of ISearchResult
COUNT = 10  # of IUpdateCollection
SUCCEEDED = (2, 3)  # OperationResultCode: succeeded, succeeded with errors
WANTED = "IsInstalled=0 and IsHidden=0 and Type='Software'"


def pending_updates() -> int:
    """How many updates could be installed now.

    Raises:
        OSError: with the agent's own number (HRESULT); `result N` where it ended its search with N.
    """
    ole, text = ctypes.OleDLL("ole32"), ctypes.WinDLL("oleaut32")
    text.SysAllocString.restype = ctypes.c_void_p
    ole.CoInitializeEx(None, 0)
    session = ctypes.c_void_p()
    ole.CoCreateInstance(_guid(SESSION), None, 1, _guid(I_SESSION), ctypes.byref(session))
    criteria = ctypes.c_void_p(text.SysAllocString(WANTED))
    result = _get(_get(session, CREATE_SEARCHER), SEARCH, criteria)
    code = _number(result, RESULT_CODE)
    if code not in SUCCEEDED:
        raise OSError(f"result {code}")
    return _number(_get(result, UPDATES), COUNT)


def _guid(text: str) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(uuid.UUID(text).bytes_le, 16)


def _get(self: ctypes.c_void_p, place: int, *given: ctypes.c_void_p) -> ctypes.c_void_p:
    found = ctypes.c_void_p()
    _call(self, place, *given, ctypes.byref(found))
    return found


def _number(self: ctypes.c_void_p, place: int) -> int:
    found = ctypes.c_long()
    _call(self, place, ctypes.byref(found))
    return found.value


def _call(self: ctypes.c_void_p, place: int, *given: object) -> None:
    """Call one function of an object; OSError with the agent's number when it fails (HRESULT)."""
    kinds = [ctypes.c_void_p] * (len(given) + 1)
    table = ctypes.cast(self, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    ctypes.WINFUNCTYPE(ctypes.HRESULT, *kinds)(table[place])(self, *given)


# -- WinHTTP: which proxy a configuration script (PAC) gives for an address

SCRIPT_AT, DETECT = 2, 1  # WINHTTP_AUTOPROXY_CONFIG_URL, WINHTTP_AUTOPROXY_AUTO_DETECT
BY_DHCP_AND_DNS = 3
NAMED = 3  # WINHTTP_ACCESS_TYPE_NAMED_PROXY


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


def automatic_proxy(url: str) -> tuple[bool, str]:
    """(whether a script has decided, its proxies as WinHTTP lists them). Blocks while Windows looks for it."""
    http = ctypes.WinDLL("winhttp", use_last_error=True)
    http.WinHttpOpen.restype = ctypes.c_void_p
    settings = _Settings()
    if not http.WinHttpGetIEProxyConfigForCurrentUser(ctypes.byref(settings)):
        return False, ""
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
                return True, (found.proxy or "") if found.access == NAMED else ""
    finally:
        http.WinHttpCloseHandle(handle)
    return False, ""


# -- the personal certificate store

MOST = 200  # certificates
COMPARE, SILENT, ANY_KIND = 0x4, 0x40, 0x10000  # CRYPT_ACQUIRE_COMPARE_KEY_, _SILENT_, _ALLOW_NCRYPT_KEY_FLAG
NEXT_KIND = 0xFFFFFFFF  # CERT_NCRYPT_KEY_SPEC


class _Context(ctypes.Structure):
    """CERT_CONTEXT."""

    _fields_ = [
        ("encoding", wintypes.DWORD),
        ("bytes", ctypes.POINTER(ctypes.c_ubyte)),
        ("size", wintypes.DWORD),
        ("info", ctypes.c_void_p),
        ("store", ctypes.c_void_p),
    ]


def certificates() -> list[tuple[bytes, bool]]:
    """Every certificate as DER, and whether its private key can be used.

    Raises:
        OSError: the store does not open.
    """
    crypt = ctypes.WinDLL("crypt32")
    crypt.CertOpenSystemStoreW.restype = ctypes.c_void_p
    crypt.CertEnumCertificatesInStore.restype = ctypes.POINTER(_Context)
    opened = ctypes.c_void_p(crypt.CertOpenSystemStoreW(None, "MY"))
    if not opened:
        raise OSError("the store does not open")
    found: list[tuple[bytes, bool]] = []
    context = crypt.CertEnumCertificatesInStore(opened, None)
    while context and len(found) < MOST:
        held = context.contents
        found.append((ctypes.string_at(held.bytes, held.size), _usable(crypt, context)))
        context = crypt.CertEnumCertificatesInStore(opened, context)  # gives the one before free
    return found


def _usable(crypt: ctypes.WinDLL, context: ctypes._Pointer[_Context]) -> bool:
    key, kind, ours = ctypes.c_void_p(), wintypes.DWORD(), wintypes.BOOL()
    if not crypt.CryptAcquireCertificatePrivateKey(
        context, COMPARE | SILENT | ANY_KIND, None, ctypes.byref(key), ctypes.byref(kind), ctypes.byref(ours)
    ):
        return False
    if ours and kind.value == NEXT_KIND:
        ctypes.WinDLL("ncrypt").NCryptFreeObject(key)
    elif ours:
        ctypes.WinDLL("advapi32").CryptReleaseContext(key, 0)
    return True
