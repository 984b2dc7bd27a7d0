"""The personal certificate store of this Windows user, read-only: every certificate, and whether its key can be used.

A key counts when Windows opens it for us and it fits the certificate, without a window: one that could only be had by
asking for a PIN is told as missing, and a person looks.
"""

from __future__ import annotations

import ctypes
import sys

from states.checks.result import Stopped

MOST = 200  # certificates
COMPARE, SILENT, ANY_KIND = 0x4, 0x40, 0x10000  # CRYPT_ACQUIRE_COMPARE_KEY_, _SILENT_, _ALLOW_NCRYPT_KEY_FLAG
NEXT_KIND = 0xFFFFFFFF  # CERT_NCRYPT_KEY_SPEC


if sys.platform == "win32":
    from ctypes import wintypes

    class _Context(ctypes.Structure):
        """CERT_CONTEXT."""

        _fields_ = [
            ("encoding", wintypes.DWORD),
            ("bytes", ctypes.POINTER(ctypes.c_ubyte)),
            ("size", wintypes.DWORD),
            ("info", ctypes.c_void_p),
            ("store", ctypes.c_void_p),
        ]

    def entries() -> list[tuple[bytes, bool]]:
        """Every certificate as DER, and whether its private key can be used.

        Raises:
            Stopped: `cert.no_store`: this is not Windows, or the store does not open.
        """
        crypt = ctypes.WinDLL("crypt32")
        crypt.CertOpenSystemStoreW.restype = ctypes.c_void_p
        crypt.CertEnumCertificatesInStore.restype = ctypes.POINTER(_Context)
        opened = ctypes.c_void_p(crypt.CertOpenSystemStoreW(None, "MY"))
        if not opened:
            raise Stopped("cert.no_store")
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

else:

    def entries() -> list[tuple[bytes, bool]]:
        """Every certificate as DER, and whether its private key can be used; there is no such store here."""
        raise Stopped("cert.no_store")
