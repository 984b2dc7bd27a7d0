"""The personal certificate store of this Windows user, read-only: every certificate, and whether its key can be used.

A key counts when Windows opens it for us and it fits the certificate, without a window: one that could only be had by
asking for a PIN is told as missing, and a person looks.
"""

from __future__ import annotations

from states.checks.result import Stopped
from states.system import here


def entries() -> list[tuple[bytes, bool]]:
    """Every certificate as DER, and whether its private key can be used.

    Raises:
        Stopped: `cert.no_store`: this is not Windows, or the store does not open.
    """
    pc = here.pc()
    if pc is None:
        raise Stopped("cert.no_store")
    try:
        found: list[tuple[bytes, bool]] = pc.certificates()
    except OSError:
        raise Stopped("cert.no_store") from None
    return found
