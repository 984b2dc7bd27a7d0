"""Opens a certificate's file (PFX, PEM or DER) or the Windows store without trust, and takes out what may be seen.

Of a private key only its public half is kept, to see whose it is. The limits are measured facts: a NUL in a password
panics the library and prints the bytes, a PFX names its own number of rounds, and one error stands for a wrong
password and for a damaged file alike. Runs in the child only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from states.checks.bounded import TooLarge, read_bounded
from states.checks.result import Stopped
from states.checks.store import entries

SIZE = 256 * 1024  # bytes; a file with its whole chain is below 20 KiB
PASSWORD = 1024  # bytes in UTF-8

# A PFX begins with a sequence, of whatever length, whose first member is the number 3 (RFC 7292, 4).
_PFX = re.compile(rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...)\x02\x01\x03", re.DOTALL)
_PRIVATE = re.compile(rb"-----BEGIN (ENCRYPTED |[A-Z]{2,8} )?PRIVATE KEY-----")
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"

T = TypeVar("T")


@dataclass(frozen=True)
class Contents:
    """What a file or a store holds.

    Args:
        certificates: all of them, issuers' too, in the file's order.
        keys: the public halves of its private keys, as DER; a file has one or none, a store as many as it has.
        note: how it was opened, when not with the password as given; "" otherwise.
    """

    certificates: tuple[x509.Certificate, ...]
    keys: frozenset[bytes] = frozenset()
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
    except (ValueError, x509.InvalidVersion) as error:
        raise Stopped("cert.not_a_certificate") from error


def read_store() -> Contents:
    """What the personal store of this Windows user holds.

    Raises:
        Stopped: `cert.no_store`, `cert.unsupported`, `cert.not_a_certificate`.
    """
    try:
        held = [(x509.load_der_x509_certificate(der), usable) for der, usable in entries()]
        keys = frozenset(public_half(one.public_key()) for one, usable in held if usable)
    except UnsupportedAlgorithm as error:
        raise Stopped("cert.unsupported") from error
    except (ValueError, x509.InvalidVersion) as error:
        raise Stopped("cert.not_a_certificate") from error
    return Contents(tuple(one for one, _ in held), keys, "read from the personal store of this Windows user")


def public_half(key: PublicKeyTypes) -> bytes:
    """A public key as DER, for comparing."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _bytes(path: str) -> bytes:
    try:
        return read_bounded(path, SIZE)
    except FileNotFoundError as error:
        raise Stopped("cert.file_missing") from error
    except OSError as error:
        raise Stopped("cert.file_unreadable", error=type(error).__name__) from error
    except TooLarge as error:
        raise Stopped("cert.too_large", limit=f"{SIZE // 1024}") from error


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
    keys = [public_half(held.key.public_key())] if held.key else []
    return Contents((*first, *others), frozenset(keys), note)


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
    return Contents(tuple(certificates), frozenset([public_half(key.public_key())]), note)


def _open(
    load: Callable[[bytes | None], T], passwords: list[tuple[bytes | None, str]], *, locked: bool
) -> tuple[T, str]:
    for secret, note in passwords:
        try:
            return load(secret), note
        except (ValueError, TypeError):  # TypeError: a password for a key that has none, or the other way round
            continue
    raise Stopped("cert.password_needed" if locked and len(passwords) == 1 else "cert.password_or_damaged")
