"""Certificate files of every kind, made for real, and what the check says of them."""

from __future__ import annotations

import base64
import random
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from states.checks import container
from states.checks import run as running
from states.checks.certificate import measure
from states.checks.container import PASSWORD, SIZE
from states.checks.result import CheckResult, Outcome
from tests.certificates import certificate, issuers_own, key_pair, make_der, make_pem, make_pfx

RULES = [
    {"kind": "介護保険証明書", "value": "usable", "any_of": ["介護保険証明書"]},
    {
        "kind": "請求委任事業所用ケアプラン証明書／介護DX証明書",
        "value": "usable",
        "any_of": ["ケアプラン証明書", "介護DX証明書"],
    },
    {"kind": "代理人証明書", "value": "wrong_kind", "any_of": ["代理人証明書"]},
    {"kind": "障害者総合支援証明書", "value": "wrong_kind", "any_of": ["総合支援証明書"]},
]
PLAIN = "CN=somebody,C=JP"  # a name that no rule knows


def request(path: Path, password: str | None, **given: Any) -> dict[str, Any]:
    return {
        "path": str(path),
        "password": password,
        "office_number": "1310000001",
        "today": "2026-11-15",
        "rules": RULES,
        **given,
    }


def judged(path: Path, password: str | None = "secret", **given: Any) -> CheckResult:
    return CheckResult.from_json(measure(request(path, password, **given), lambda _: None))


def codes(result: CheckResult) -> list[str]:
    return [finding.code for finding in result.findings]


def refused(result: CheckResult) -> str:
    """The one finding of a file that could not be opened."""
    assert (result.outcome, result.value, len(result.findings)) == (Outcome.COULD_NOT_RUN, None, 1)
    return result.findings[0].code


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "証明書.pfx"


# Usable


def test_a_usable_certificate_passes_with_all_that_can_be_seen_of_it(file: Path) -> None:
    result = judged(make_pfx(file, chain=(issuers_own(),)))
    assert (result.outcome, result.value, result.findings) == (Outcome.PASS, "usable", ())
    assert (result.until, result.detail) == ("2028-03-31", "2025-04-01..2028-03-31")
    seen = "\n".join(result.seen)
    for part in ("subject CN=1310000001 介護保険証明書", "issuer CN=介護保険証明書発行局", "serial ", "sha256 "):
        assert part in seen
    assert "key usage digital_signature" in seen
    assert "private key present" in seen
    assert "kind 介護保険証明書" in seen
    assert seen.count("subject ") == 1  # the issuer's own is no candidate


@pytest.mark.parametrize(
    "subject",
    ["CN=1310000001 介護ＤＸ証明書", "CN=1310000001 介護dx証明書", "CN=1310000001 ｹｱﾌﾟﾗﾝ証明書"],
)
def test_both_names_of_the_free_certificate_are_known_in_any_width_and_case(file: Path, subject: str) -> None:
    assert judged(make_pfx(file, subject=subject, issuer=PLAIN)).value == "usable"


def test_the_issuer_may_tell_the_kind(file: Path) -> None:
    assert judged(make_pfx(file, subject="CN=1310000001")).value == "usable"


@pytest.mark.parametrize("legacy", [True, False])
@pytest.mark.parametrize("password", ["secret", "パスワード", "ﾊﾟｽﾜｰﾄﾞ", "pass 𠮷", "", None])
def test_passwords_of_every_script_open_files_of_every_age(file: Path, password: str | None, legacy: bool) -> None:
    if password == "":
        make_pfx(file, password=None)
    else:
        make_pfx(file, password=password, legacy=legacy)
    assert judged(file, password).value == "usable"


def test_half_width_kana_are_tried_in_their_nfkc_form_too(file: Path) -> None:
    result = judged(make_pfx(file, password="ケアプラン"), "ｹｱﾌﾟﾗﾝ")
    assert result.value == "usable"
    assert "opened with the password's NFKC form" in result.seen


def test_a_password_for_a_file_that_has_none_does_no_harm(file: Path) -> None:
    result = judged(make_pfx(file, password=None), "typed all the same")
    assert result.value == "usable"
    assert "opened without the password" in result.seen


@pytest.mark.parametrize("password", [None, "secret"])
def test_pem_with_its_key_is_usable(file: Path, password: str | None) -> None:
    assert judged(make_pem(file, certificate(), issuers_own(), password=password)).value == "usable"


# What to look at


@pytest.mark.parametrize(("left", "expected"), [(90, []), (89, ["cert.soon"]), (0, ["cert.soon"])])
def test_fewer_than_ninety_days_are_a_warning(file: Path, left: int, expected: list[str]) -> None:
    end = datetime(2026, 11, 15, 14, 59, 59, tzinfo=UTC) + timedelta(days=left)
    result = judged(make_pfx(file, not_after=end))
    assert (result.value, codes(result)) == ("usable", expected)
    assert result.outcome is (Outcome.WARN if expected else Outcome.PASS)
    assert [finding.values["days"] for finding in result.findings] == [str(left)][: len(expected)]


def test_the_last_day_is_the_one_in_japan(file: Path) -> None:
    assert judged(make_pfx(file, not_after=datetime(2027, 5, 31, 15, 0, tzinfo=UTC))).until == "2027-06-01"


def test_a_certificate_without_an_end_has_one_far_away(file: Path) -> None:
    assert judged(make_pfx(file, not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))).until == "9999-12-31"


def test_several_candidates_are_a_warning_and_the_one_with_the_key_is_judged(file: Path) -> None:
    other = certificate(subject="CN=代理人証明書", key="agent", not_after=datetime(2030, 1, 1, tzinfo=UTC))
    result = judged(make_pfx(file, chain=(other,)))
    assert (result.outcome, result.value, codes(result)) == (Outcome.WARN, "usable", ["cert.several"])
    assert result.findings[0].values["count"] == "2"
    assert "subject CN=代理人証明書" in result.seen


def test_of_two_with_the_same_key_the_later_one_is_judged(file: Path) -> None:
    renewed = certificate(not_after=datetime(2030, 1, 1, tzinfo=UTC))
    assert judged(make_pem(file, certificate(), renewed, certificate())).until == "2030-01-01"


def test_no_mention_of_the_office_is_information_and_no_warning(file: Path) -> None:
    result = judged(make_pfx(file), office_number="2799999999")
    assert (result.outcome, result.value, codes(result)) == (Outcome.PASS, "usable", ["cert.no_office_number"])


def test_the_office_may_be_mentioned_in_full_width(file: Path) -> None:
    make_pfx(file, subject="CN=１３１０００００ ０１ １３１００００００１")
    assert codes(judged(file)) == []
    assert codes(judged(file, office_number=None)) == []


@pytest.mark.parametrize("rules", [RULES, []])
def test_where_no_rule_decides_a_person_looks(file: Path, rules: list[dict[str, Any]]) -> None:
    result = judged(make_pfx(file, subject="CN=1310000001", issuer=PLAIN), rules=rules)
    assert (result.outcome, result.value, codes(result)) == (Outcome.UNCLEAR, "unclear", ["cert.look"])
    assert result.until == "2028-03-31"


def test_where_rules_contradict_each_other_a_person_looks(file: Path) -> None:
    result = judged(make_pfx(file, subject="CN=介護保険証明書 代理人証明書 1310000001"))
    assert (result.value, codes(result)) == ("unclear", ["cert.look"])


def test_a_certificate_that_is_not_yet_valid_is_not_approved(file: Path) -> None:
    result = judged(make_pfx(file, not_before=datetime(2026, 12, 1, tzinfo=UTC)))
    assert (result.outcome, result.value, codes(result)) == (Outcome.UNCLEAR, "unclear", ["cert.not_yet"])
    assert result.findings[0].values["begin"] == "2026-12-01"


# Not usable


def test_an_expired_certificate(file: Path) -> None:
    result = judged(make_pfx(file, not_after=datetime(2026, 11, 14, 14, 59, 59, tzinfo=UTC)))
    assert (result.outcome, result.value, codes(result)) == (Outcome.FAIL, "expired", ["cert.expired"])
    assert (result.findings[0].values["end"], result.until) == ("2026-11-14", None)


@pytest.mark.parametrize(
    ("subject", "kind"), [("CN=代理人証明書", "代理人証明書"), ("CN=障害者総合支援証明書", "障害者総合支援証明書")]
)
def test_a_certificate_of_the_wrong_kind_is_named(file: Path, subject: str, kind: str) -> None:
    result = judged(make_pfx(file, subject=subject, issuer=PLAIN), office_number=None)
    assert (result.outcome, result.value, codes(result)) == (Outcome.FAIL, "wrong_kind", ["cert.wrong_kind"])
    assert result.findings[0].values["kind"] == kind


def test_a_file_without_the_key(file: Path) -> None:
    result = judged(make_pfx(file, key=False))
    assert (result.outcome, result.value, codes(result)) == (Outcome.FAIL, "no_key", ["cert.no_key"])
    assert "private key not present" in result.seen


def test_a_key_that_belongs_to_something_else(file: Path) -> None:
    result = judged(make_pem(file, key="stranger"))
    assert (result.outcome, result.value, codes(result)) == (Outcome.FAIL, "no_key", ["cert.key_mismatch"])


def test_der_holds_no_key(file: Path) -> None:
    assert (judged(make_der(file)).value, judged(make_pem(file, key=None)).value) == ("no_key", "no_key")


def test_all_reasons_are_given_and_the_deciding_one_first(file: Path) -> None:
    old = datetime(2026, 1, 1, tzinfo=UTC)
    agent = certificate(subject="CN=代理人証明書", issuer=PLAIN, not_after=old)
    result = judged(make_pem(file, agent, agent, key=None))
    expected = ["cert.wrong_kind", "cert.expired", "cert.no_key", "cert.several", "cert.no_office_number"]
    assert (result.value, codes(result)) == ("wrong_kind", expected)


@pytest.mark.parametrize("chain", [(), (issuers_own(),)])
def test_a_file_that_holds_no_certificate_of_an_office(file: Path, chain: tuple[x509.Certificate, ...]) -> None:
    sealed = BestAvailableEncryption(b"secret")
    file.write_bytes(pkcs12.serialize_key_and_certificates(None, key_pair(), None, chain, sealed))
    result = judged(file)
    assert (result.outcome, result.value, codes(result)) == (Outcome.FAIL, "none", ["cert.none"])
    assert result.findings[0].values["count"] == str(len(chain))


# What cannot be opened


def test_a_wrong_password_and_a_damaged_file_cannot_be_told_apart(file: Path) -> None:
    assert refused(judged(make_pfx(file), "wrong")) == "cert.password_or_damaged"
    file.write_bytes(file.read_bytes()[:-40])
    assert refused(judged(file)) == "cert.password_or_damaged"
    assert refused(judged(make_pem(file, password="secret"), "wrong")) == "cert.password_or_damaged"


def test_a_damaged_key_without_a_password_is_not_asked_for_one(file: Path) -> None:
    make_pem(file)
    file.write_bytes(file.read_bytes().replace(b"BEGIN PRIVATE KEY-----\nM", b"BEGIN PRIVATE KEY-----\nQ"))
    assert refused(judged(file, None)) == "cert.password_or_damaged"


def test_a_password_that_is_needed_is_asked_for(file: Path) -> None:
    assert refused(judged(make_pfx(file), None)) == "cert.password_needed"
    assert refused(judged(make_pem(file, password="secret"), None)) == "cert.password_needed"


@pytest.mark.parametrize("password", ["with\0nul", "half \ud83d", "長" * (PASSWORD // 3 + 1)])
def test_a_password_that_cannot_be_one_is_never_handed_on(file: Path, password: str) -> None:
    assert refused(judged(make_pfx(file), password)) == "cert.password_bad"


def test_places_that_cannot_be_read(file: Path, tmp_path: Path) -> None:
    assert refused(judged(tmp_path / "missing")) == "cert.file_missing"
    assert refused(judged(Path("with\0nul"))) == "cert.file_missing"
    assert refused(judged(tmp_path)) == "cert.file_unreadable"
    file.write_bytes(b"0" * (SIZE + 1))
    assert refused(judged(file)) == "cert.too_large"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"0",
        b"hello",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN NOTHING-----",
    ],
)
def test_what_is_no_certificate(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    assert refused(judged(file)) == "cert.not_a_certificate"


def test_control_characters_in_a_name_are_made_visible(file: Path) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "介護保険証明書\x1b[2J\u202e[red]")])
    held = (
        x509.CertificateBuilder(name, name, key_pair().public_key(), 1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2028, 1, 1, tzinfo=UTC))
        .sign(key_pair(), hashes.SHA256())
    )
    seen = judged(make_pem(file, held)).seen
    assert seen[0] == "subject CN=介護保険証明書\\u{1b}[2J\\u{202e}[red]"


@pytest.mark.parametrize("kind", [x25519.X25519PrivateKey, ed25519.Ed25519PrivateKey])
def test_keys_of_other_kinds_do_no_harm(
    file: Path, kind: type[x25519.X25519PrivateKey] | type[ed25519.Ed25519PrivateKey]
) -> None:
    name = x509.Name.from_rfc4514_string("CN=介護保険証明書 1310000001")
    held = (
        x509.CertificateBuilder(name, name, kind.generate().public_key(), 1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2028, 1, 1, tzinfo=UTC))
        .sign(key_pair("issuer"), hashes.SHA256())
    )
    assert judged(make_pem(file, held)).value == "no_key"


def test_a_key_of_an_unknown_kind_does_no_harm(file: Path) -> None:
    known, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")
    file.write_bytes(make_der(file).read_bytes().replace(known, unknown))
    assert judged(file).value == "no_key"


# Hostile files


def test_a_file_that_asks_for_millions_of_rounds_ends_at_the_bound(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(with_rounds(make_pfx(file).read_bytes(), 0x7FFFFFFF))  # a quarter of an hour
    monkeypatch.setitem(running.CHECKS, "certificate", check_within(2))
    assert refused(running.run("certificate", request(file, "secret"))) == "cert.hostile"


def test_a_file_that_asks_for_terabytes_does_not_get_them(file: Path) -> None:
    file.write_bytes(make_pem(file, key=None).read_bytes() + scrypt_key(cost=1 << 40))
    assert refused(running.run("certificate", request(file, "secret"))) == "cert.hostile"


def test_a_child_that_dies_of_a_file_is_a_result(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = running.Check("states.checks.result", 10, timeout="cert.hostile", crash="cert.hostile")
    monkeypatch.setitem(running.CHECKS, "certificate", broken)  # a module that answers nothing
    assert refused(running.run("certificate", request(make_pfx(file), "secret"))) == "cert.hostile"


def test_a_check_of_a_file_can_be_cancelled(file: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    assert refused(running.run("certificate", request(make_pfx(file), "secret"), cancel=cancel)) == "check.cancelled"


def test_the_child_answers_as_the_check_does(file: Path) -> None:
    asked = request(make_pfx(file, password="パスワード"), "パスワード")
    assert running.run("certificate", asked) == CheckResult.from_json(measure(asked, lambda _: None))


@pytest.mark.parametrize("kind", ["pfx", "pem", "der"])
def test_a_hundred_damaged_files_of_each_kind_are_judged_or_refused(file: Path, kind: str) -> None:
    made = make_pfx(file) if kind == "pfx" else make_pem(file) if kind == "pem" else make_der(file)
    whole, chance = made.read_bytes(), random.Random(f"damaged {kind}")
    refusals = 0
    for _ in range(100):
        file.write_bytes(damaged(whole, chance))
        refusals += judged(file).outcome is Outcome.COULD_NOT_RUN
    assert refusals > 50  # else the damage is none


def test_a_certificate_of_a_version_that_does_not_exist(file: Path) -> None:
    made = make_der(file).read_bytes()
    version = made.index(bytes.fromhex("a003020102"))  # [0] INTEGER 2: version 3
    file.write_bytes(made[: version + 4] + b"\x07" + made[version + 5 :])
    assert refused(judged(file)) == "cert.not_a_certificate"


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """`whole` with a few bytes changed, some doubled, or an end cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place] = chance.choice(b"\x00\x7f\x80\xff\x30\x1b-")
            case 2:
                data[place:place] = data[place : place + 16]
            case _:
                del data[place : place + chance.randint(1, 64)]
    return bytes(data) or b"0"


# The store of a Windows user


def in_store(monkeypatch: pytest.MonkeyPatch, *held: tuple[x509.Certificate, bool]) -> CheckResult:
    """What is said of a store that holds these, each with whether its key can be used."""
    listed = [(one.public_bytes(Encoding.DER), usable) for one, usable in held]
    monkeypatch.setattr(container, "entries", lambda: listed)
    return CheckResult.from_json(measure({**request(Path(), None), "path": ""}, lambda _: None))


def test_the_offices_own_is_found_among_others_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime(2030, 1, 1, tzinfo=UTC)
    others = [
        (certificate(subject=PLAIN, issuer=PLAIN, not_after=later), True),
        (certificate(subject="CN=1310000009 介護保険証明書", not_after=later), True),
        (certificate(subject="CN=代理人証明書", issuer=PLAIN, not_after=later), True),
    ]
    result = in_store(monkeypatch, *others, (certificate(), True))
    assert (result.value, codes(result), result.until) == ("usable", ["cert.several"], "2028-03-31")
    assert sum(line.startswith("subject ") for line in result.seen) == 4
    assert "read from the personal store of this Windows user" in result.seen


def test_a_key_that_windows_does_not_give_without_a_window_is_told_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(in_store(monkeypatch, (certificate(), False))) == ["cert.no_key"]


def test_an_empty_store(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_store(monkeypatch).value == "none"


@pytest.mark.skipif(sys.platform == "win32", reason="speaks of the other systems")
def test_where_there_is_no_such_store_it_is_said() -> None:
    assert refused(running.run("certificate", {**request(Path(), None), "path": ""})) == "cert.no_store"


# The chain


def test_a_chain_is_followed_only_where_a_ca_file_is_given(file: Path, tmp_path: Path) -> None:
    ca = make_pem(tmp_path / "ca.pem", issuers_own(), key=None)
    make_pfx(file)
    assert judged(file, ca_file=str(ca)).findings == ()
    stranger = make_pem(tmp_path / "other.pem", certificate(subject=PLAIN, key="other", ca=True), key=None)
    result = judged(file, ca_file=str(stranger))
    assert (result.outcome, result.value, codes(result)) == (Outcome.WARN, "usable", ["cert.no_chain"])
    assert "介護保険証明書発行局" in result.findings[0].values["issuer"]


def test_a_chain_leads_over_what_stands_in_the_file(file: Path, tmp_path: Path) -> None:
    root = make_pem(tmp_path / "root.pem", issuers_own(), key=None)
    assert judged(make_pfx(file, chain=(issuers_own(),)), ca_file=str(root)).findings == ()


def test_a_ca_file_that_is_none(file: Path, tmp_path: Path) -> None:
    assert refused(judged(make_pfx(file), ca_file=str(tmp_path / "gone.pem"))) == "cert.file_missing"


def check_within(seconds: float) -> running.Check:
    real = running.CHECKS["certificate"]
    return running.Check(real.module, seconds, real.timeout, real.crash)


def with_rounds(pfx: bytes, rounds: int) -> bytes:
    """The same PFX asking for `rounds` to prove its seal: the last number of its last member (RFC 7292, 4)."""
    seal = pfx.rindex(b"\x30\x31\x30") - 2  # where a SHA-256 begins, less the seal's own tag and length
    known = integer(2048)
    assert pfx.endswith(known)
    return sequence(pfx[4:seal], sequence(pfx[seal + 2 : -len(known)], integer(rounds)))


def integer(number: int) -> bytes:
    return tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def sequence(*members: bytes) -> bytes:
    return tagged(0x30, b"".join(members))


def tagged(tag: int, content: bytes) -> bytes:
    """DER: the tag, the length in as few bytes as it takes, the content."""
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return bytes((tag,)) + (length if size < 128 else bytes((0x80 | len(length),)) + length) + content


def scrypt_key(cost: int) -> bytes:
    """A PEM key sealed by scrypt with `cost` (RFC 8018 and RFC 7914, 7); it need not open."""
    scrypt = sequence(
        bytes.fromhex("06092b06010401da47040b"),
        sequence(tagged(0x04, bytes(8)), integer(cost), integer(8), integer(1)),
    )
    aes = sequence(bytes.fromhex("060960864801650304012a"), tagged(0x04, bytes(16)))
    scheme = sequence(bytes.fromhex("06092a864886f70d01050d"), sequence(scrypt, aes))
    body = base64.encodebytes(sequence(scheme, tagged(0x04, bytes(64))))
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + body + b"-----END ENCRYPTED PRIVATE KEY-----\n"
