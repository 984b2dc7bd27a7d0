"""Child module: is the certificate in a file, or in this Windows user's store, one that the office can use here.

How issuers name their certificates is not public, so the kind is told by rules that come from the edition's data. Where
no rule decides, a person looks: the value is `unclear`, never a guess. Which root the system accepts is not known
either: a chain is followed only to a CA's file that somebody gives. Read-only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256

from states import child
from states.checks.container import Contents, public_half, read, read_store
from states.checks.result import CheckResult, Finding, Outcome, Stopped, could_not_run, visible
from states.system import here

RENEWAL = 90  # days before the end from which the issuer gives notice
JAPAN = timedelta(hours=9)  # Japan Standard Time; no summer time
LISTED = 16  # candidates described in the evidence
MEMORY = 1 << 30  # bytes of address space; a key's file names its own memory (scrypt), up to terabytes

USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign",
)  # fmt: skip

E = TypeVar("E", bound=x509.ExtensionType)


@dataclass(frozen=True)
class Rule:
    """A certificate whose subject or issuer holds one of `any_of` is of this `kind`, and that kind is usable or not."""

    kind: str
    usable: bool
    any_of: tuple[str, ...]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Rule:
        """From the edition's data: `kind`, `value` (usable or wrong_kind), `any_of`."""
        return cls(raw["kind"], raw["value"] == "usable", tuple(map(_folded, raw["any_of"])))


@dataclass(frozen=True)
class Candidate:
    """An end entity's certificate. Dates are days in Japan; `keyed`: the file's private key belongs to it."""

    certificate: x509.Certificate
    begin: date
    end: date
    keyed: bool


def measure(request: child.Json, _progress: Callable[[child.Json], None]) -> child.Json:
    """The check.

    Args:
        request: `path`: the file; "" for the personal store of this Windows user. `password`: None, or as typed.
            `office_number`: None, or the ten characters. `today`: ISO date, in Japan. `rules`: see `Rule.of`.
            `ca_file`: None, or a file of certificates to one of which the chain should lead.

    Returns:
        The value `usable` (pass, or warn), `unclear` (a person looks), `none`, `wrong_kind`, `no_key` or `expired`
        (fail), with all findings, the deciding one first; `until` is the last day. What cannot be opened could not run.
    """
    try:
        contents = read(request["path"], request.get("password")) if request["path"] else read_store()
        issuers = read(request["ca_file"], None).certificates if request.get("ca_file") else None
        rules = [Rule.of(raw) for raw in request["rules"]]
        today = date.fromisoformat(request["today"])
        return judge(contents, rules, today, request.get("office_number"), issuers).to_json()
    except Stopped as stopped:
        return could_not_run(Finding(stopped.code, stopped.values)).to_json()


def judge(
    contents: Contents,
    rules: Sequence[Rule],
    today: date,
    office_number: str | None,
    issuers: Sequence[x509.Certificate] | None = None,
) -> CheckResult:
    """The result for what a file or a store holds.

    A certificate counts as expired from the day after its last one, in Japan. Of several the one is judged that a rule
    calls usable, that mentions the office, that has its key, that is valid longest: in this order.

    Raises:
        Stopped: `cert.not_a_certificate`: a certificate that breaks its own format.
    """
    try:
        candidates = _candidates(contents)
        if not candidates:
            nothing = Finding("cert.none", {"count": str(len(contents.certificates))})
            return CheckResult(Outcome.FAIL, "none", findings=(nothing,))
        chosen = max(candidates, key=lambda one: _rank(one, rules, office_number))
        kinds = [rule for rule in rules if _matches(rule, chosen.certificate)]
        findings = [
            *_of_kind(kinds),
            *_of_dates(chosen, today),
            *_of_key(chosen, contents.keys),
            *_of_surroundings(chosen, candidates, office_number),
            *_of_chain(chosen, contents.certificates, issuers),
        ]
        findings.sort(key=lambda finding: ORDER.index(finding.code))
        seen = [line for one in candidates[:LISTED] for line in _described(one)]
    except (ValueError, x509.InvalidVersion) as error:
        raise Stopped("cert.not_a_certificate") from error
    seen += [f"kind {visible(rule.kind, 100)}" for rule in kinds]
    seen += [contents.note] if contents.note else []
    value = next((VALUE[finding.code] for finding in findings if finding.code in VALUE), "usable")
    return CheckResult(
        outcome=_outcome(value, findings),
        value=value,
        detail=f"{chosen.begin}..{chosen.end}",
        findings=tuple(findings),
        seen=tuple(seen),
        until=None if value == "expired" else chosen.end.isoformat(),  # that it has expired holds for ever
    )


# What each finding makes of the value; the first of a certificate's findings decides. To renew one of the wrong kind
# would be in vain, so that comes first.
VALUE = {
    "cert.wrong_kind": "wrong_kind",
    "cert.expired": "expired",
    "cert.no_key": "no_key",
    "cert.key_mismatch": "no_key",
    "cert.not_yet": "unclear",
    "cert.look": "unclear",
}
ORDER = (*VALUE, "cert.several", "cert.soon", "cert.no_chain", "cert.no_office_number")


def _outcome(value: str, findings: Sequence[Finding]) -> Outcome:
    if value == "unclear":
        return Outcome.UNCLEAR
    if value != "usable":
        return Outcome.FAIL
    informed = all(finding.code == "cert.no_office_number" for finding in findings)
    return Outcome.PASS if informed else Outcome.WARN


def _candidates(contents: Contents) -> list[Candidate]:
    """All but issuers' certificates; one that the private key belongs to is never an issuer's here."""
    found = []
    for certificate in contents.certificates:
        keyed = _public(certificate) in contents.keys
        constraints = _extension(certificate, x509.BasicConstraints)
        if keyed or constraints is None or not constraints.ca:
            begin, end = _day(certificate.not_valid_before_utc), _day(certificate.not_valid_after_utc)
            found.append(Candidate(certificate, begin, end, keyed))
    return found


def _rank(one: Candidate, rules: Sequence[Rule], office_number: str | None) -> tuple[bool, bool, bool, date]:
    wanted = any(rule.usable and _matches(rule, one.certificate) for rule in rules)
    return wanted, bool(office_number) and _mentions(one.certificate, str(office_number)), one.keyed, one.end


def _of_kind(kinds: Sequence[Rule]) -> list[Finding]:
    if kinds and not any(rule.usable for rule in kinds):
        return [Finding("cert.wrong_kind", {"kind": visible(kinds[0].kind, 100)})]
    if kinds and all(rule.usable for rule in kinds):
        return []
    return [Finding("cert.look")]  # no rule speaks, or they contradict each other


def _of_dates(one: Candidate, today: date) -> list[Finding]:
    begin, end = one.begin.isoformat(), one.end.isoformat()
    if today < one.begin:
        return [Finding("cert.not_yet", {"begin": begin})]
    left = (one.end - today).days
    if left < 0:
        return [Finding("cert.expired", {"end": end})]
    return [Finding("cert.soon", {"days": str(left), "end": end})] if left < RENEWAL else []


def _of_key(one: Candidate, keys: frozenset[bytes]) -> list[Finding]:
    if not keys:
        return [Finding("cert.no_key")]
    return [] if one.keyed else [Finding("cert.key_mismatch")]


def _of_surroundings(one: Candidate, all_of_them: Sequence[Candidate], office_number: str | None) -> list[Finding]:
    findings = []
    if len(all_of_them) > 1:
        findings.append(Finding("cert.several", {"count": str(len(all_of_them))}))
    if office_number and not _mentions(one.certificate, office_number):
        findings.append(Finding("cert.no_office_number"))
    return findings


def _of_chain(
    one: Candidate, between: Sequence[x509.Certificate], issuers: Sequence[x509.Certificate] | None
) -> list[Finding]:
    """Whether signatures lead from it, over what else was there, to one of `issuers`; None: nobody asks."""
    if issuers is None:
        return []
    at, left = one.certificate, [other for other in between if other != one.certificate]
    while not any(_issued(at, issuer) for issuer in issuers):
        above = next((other for other in left if _issued(at, other)), None)
        if above is None:
            return [Finding("cert.no_chain", {"issuer": visible(at.issuer.rfc4514_string(), 200)})]
        left.remove(above)
        at = above
    return []


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _mentions(certificate: x509.Certificate, number: str) -> bool:
    """Where a number would stand is not known: anywhere in the certificate, in either width of ASCII, will do."""
    names = _folded("\n".join(_names(certificate)))
    raw = certificate.tbs_certificate_bytes
    return _folded(number) in names or number.encode("ascii", "replace") in raw or number.encode("utf-16-be") in raw


def _matches(rule: Rule, certificate: x509.Certificate) -> bool:
    return any(text in _folded(name) for text in rule.any_of for name in _names(certificate))


def _names(certificate: x509.Certificate) -> list[str]:
    attributes = (*certificate.subject, *certificate.issuer)
    return [attribute.value for attribute in attributes if isinstance(attribute.value, str)]


def _folded(text: str) -> str:
    """Full-width letters, half-width kana and case made one, as people and issuers write them differently."""
    return unicodedata.normalize("NFKC", text).casefold()


def _described(one: Candidate) -> list[str]:
    certificate = one.certificate
    usage = _extension(certificate, x509.KeyUsage)
    return [
        visible(f"subject {certificate.subject.rfc4514_string()}"),
        visible(f"issuer {certificate.issuer.rfc4514_string()}"),
        f"valid {certificate.not_valid_before_utc.isoformat()} .. {certificate.not_valid_after_utc.isoformat()}",
        f"serial {certificate.serial_number:x}",
        "key usage " + (" ".join(name for name in USAGES if getattr(usage, name)) if usage else "not stated"),
        f"private key {'present' if one.keyed else 'not present'}",
        f"sha256 {certificate.fingerprint(SHA256()).hex()}",
    ]


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """An extension's value; None when it is missing, or when the extensions break their own format."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError):
        return None


def _public(certificate: x509.Certificate) -> bytes | None:
    try:
        return public_half(certificate.public_key())
    except (UnsupportedAlgorithm, ValueError):
        return None


def _day(moment: datetime) -> date:
    try:
        return (moment + JAPAN).date()
    except OverflowError:  # 9999-12-31: "no end" (RFC 5280, 4.1.2.5)
        return moment.date()


if __name__ == "__main__":
    here.bound_memory(MEMORY)
    child.answer(measure)
