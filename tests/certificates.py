"""Makes certificate files for tests: PFX, PEM and DER, of every kind that the program has to tell apart.

Names are RFC 4514 texts, such as "CN=介護保険証明書 1310000001,O=国保連,C=JP". Nothing here is an issuer's real layout:
that is not public.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

SUBJECT = "CN=1310000001 介護保険証明書,O=ケア事業所,C=JP"
ISSUER = "CN=介護保険証明書発行局,O=国民健康保険中央会,C=JP"
BEGIN = datetime(2025, 4, 1, tzinfo=UTC)
END = datetime(2028, 3, 31, 14, 59, 59, tzinfo=UTC)  # the end of a day in Japan


_keys: dict[str, ec.EllipticCurvePrivateKey] = {}


def key_pair(name: str = "office") -> ec.EllipticCurvePrivateKey:
    """One key a name, made once: "office" for certificates, "issuer" for signing, others for what does not match."""
    if name not in _keys:
        _keys[name] = ec.generate_private_key(ec.SECP256R1())
    return _keys[name]


def certificate(
    *,
    subject: str = SUBJECT,
    issuer: str = ISSUER,
    not_before: datetime = BEGIN,
    not_after: datetime = END,
    key: str = "office",
    ca: bool = False,
) -> x509.Certificate:
    """A certificate for the key called `key`, signed by the one called "issuer"; `ca`: an issuer's own."""
    usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(subject))
        .issuer_name(x509.Name.from_rfc4514_string(issuer))
        .public_key(key_pair(key).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key_pair("issuer"), hashes.SHA256())
    )


def issuers_own() -> x509.Certificate:
    """The certificate of the issuer, as it stands in a chain."""
    return certificate(subject=ISSUER, key="issuer", ca=True)


def make_pfx(
    path: Path,
    *,
    subject: str = SUBJECT,
    issuer: str = ISSUER,
    not_before: datetime = BEGIN,
    not_after: datetime = END,
    password: str | None = "secret",
    key: bool = True,
    legacy: bool = False,
    chain: tuple[x509.Certificate, ...] = (),
) -> Path:
    """Write a PFX and return its path.

    Args:
        path: the file to write.
        subject, issuer, not_before, not_after: of the certificate.
        password: None for a file without protection.
        key: False leaves the private key out: the certificate then stands among the additional ones.
        legacy: 3DES and SHA-1, as older programs export; else AES and SHA-256.
        chain: further certificates to put in.
    """
    held = certificate(subject=subject, issuer=issuer, not_before=not_before, not_after=not_after)
    private = key_pair() if key else None
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"1", private, held, chain, _protection(password, legacy)))
    return path


def make_pem(path: Path, *held: x509.Certificate, key: str | None = "office", password: str | None = None) -> Path:
    """Write the certificates (one of the default kind when none is named) and the key called `key` as PEM."""
    protection = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    parts = [one.public_bytes(Encoding.PEM) for one in held or (certificate(),)]
    if key:
        parts.append(key_pair(key).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection))
    path.write_bytes(b"".join(parts))
    return path


def make_der(path: Path, held: x509.Certificate | None = None) -> Path:
    """Write one certificate as DER."""
    path.write_bytes((held or certificate()).public_bytes(Encoding.DER))
    return path


def _protection(password: str | None, legacy: bool) -> KeySerializationEncryption:
    if password is None:
        return NoEncryption()
    if not legacy:
        return BestAvailableEncryption(password.encode())
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())
        .build(password.encode())
    )
