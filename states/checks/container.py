"""Opens a certificate's file (PFX, PEM or DER) without trusting it, and takes out what may be looked at.

Of a private key only its public half is kept, to see whose it is. The limits are measured facts: a NUL in a password
panics the library and prints the bytes, a PFX names its own number of rounds, and one error stands for a wrong
password and for a damaged file alike. Runs in the child only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from states.checks.result import Stopped

SIZE = 256 * 1024  # bytes; a file with its whole chain is below 20 KiB
PASSWORD = 1024  # bytes in UTF-8

# A PFX begins with a sequence, of whatever length, whose first member is the number 3 (RFC 7292, 4).
_PFX = re.compile(rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...)\x02\x01\x03", re.DOTALL)
_PRIVATE = re.compile(rb"-----BEGIN (ENCRYPTED |[A-Z]{2,8} )?PRIVATE KEY-----")
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"

T = TypeVar("T")


@dataclass(frozen=True)
class Contents:
    """What a file holds.

    Args:
        certificates: all of them, issuers' too, in the file's order.
        key: the public half of its private key, as DER; None when it has no key.
        note: how it was opened, when not with the password as given; "" otherwise.
    """

    certificates: tuple[x509.Certificate, ...]
    key: bytes | None = None
    note: str = ""


def read(path: str, password: str | None) -> Contents:
    """Open the file.

    Args:
        path: where it is.
        password: as typed; None when none was. It is tried as it is, in its NFKC form (half-width kana), and left out.

    Raises:
        Stopped: `cert.file_missing`, `cert.file_unreadable`, `cert.too_large`, `cert.password_bad`,
            `cert.password_needed`, `cert.password_or_damaged`, `cert.unsupported`, `cert.not_a_certificate`.
    """
    passwords = _passwords(password)
    data = _bytes(path)
    try:
        if b"-----BEGIN " in data:
            return _pem(data, passwords)
        if _PFX.match(data):
            return _pfx(data, passwords)
        return Contents((x509.load_der_x509_certificate(data),))
    except UnsupportedAlgorithm as error:
        raise Stopped("cert.unsupported") from error
    except ValueError as error:
        raise Stopped("cert.not_a_certificate") from error


def public_half(key: PublicKeyTypes) -> bytes:
    """A public key as DER, for comparing."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _bytes(path: str) -> bytes:
    try:
        place = Path(path)
        if not place.exists():
            raise Stopped("cert.file_missing")
        if not place.is_file():  # a pipe would never end
            raise Stopped("cert.file_unreadable", error="not a file")
        with place.open("rb") as file:
            data = file.read(SIZE + 1)
    except OSError as error:
        raise Stopped("cert.file_unreadable", error=type(error).__name__) from error
    except ValueError as error:  # a path with a NUL
        raise Stopped("cert.file_missing") from error
    if len(data) > SIZE:
        raise Stopped("cert.too_large", limit=f"{SIZE // 1024}")
    return data


def _passwords(given: str | None) -> list[tuple[bytes | None, str]]:
    """What to try, in order, each with its note."""
    if given is None:
        return [(None, "")]
    if "\0" in given:
        raise Stopped("cert.password_bad")
    forms = [(given, ""), (unicodedata.normalize("NFKC", given), "opened with the password's NFKC form")]
    if forms[0][0] == forms[1][0]:
        del forms[1]
    try:
        encoded: list[tuple[bytes | None, str]] = [(form.encode(), note) for form, note in forms]
    except UnicodeEncodeError:  # half of a surrogate pair; the exception would carry the password along
        raise Stopped("cert.password_bad") from None
    if any(secret is not None and len(secret) > PASSWORD for secret, _ in encoded):
        raise Stopped("cert.password_bad")
    return [*encoded, (None, "opened without the password")]


def _pfx(data: bytes, passwords: list[tuple[bytes | None, str]]) -> Contents:
    held, note = _open(lambda secret: load_pkcs12(data, secret), passwords, locked=True)
    first = [held.cert.certificate] if held.cert else []
    others = [other.certificate for other in held.additional_certs]
    key = held.key.public_key() if held.key else None
    return Contents((*first, *others), public_half(key) if key else None, note)


def _pem(data: bytes, passwords: list[tuple[bytes | None, str]]) -> Contents:
    certificates = x509.load_pem_x509_certificates(data) if _CERTIFICATE in data else []
    private = _PRIVATE.search(data)
    if private is None:
        if not certificates:
            raise Stopped("cert.not_a_certificate")
        return Contents(tuple(certificates))
    block = data[private.start() :]
    locked = b"ENCRYPTED" in block.partition(b"-----END ")[0]

    def load(secret: bytes | None) -> PrivateKeyTypes:
        return load_pem_private_key(block, secret)

    key, note = _open(load, passwords, locked=locked)
    return Contents(tuple(certificates), public_half(key.public_key()), note)


def _open(
    load: Callable[[bytes | None], T], passwords: list[tuple[bytes | None, str]], *, locked: bool
) -> tuple[T, str]:
    for secret, note in passwords:
        try:
            return load(secret), note
        except (ValueError, TypeError):  # TypeError: a password for a key that has none, or the other way round
            continue
    raise Stopped("cert.password_needed" if locked and len(passwords) == 1 else "cert.password_or_damaged")
