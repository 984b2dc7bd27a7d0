"""One session as one text: its events with their chain, who made the text and when, and perhaps a signature.

This is the record that is handed over, and what a bundle holds. Anybody can check it without a store.

Specification: docs/bundle.md. Decision: docs/decisions/bundle.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hmac import compare_digest
from typing import Any, Final

from states.fault import Fault
from states.flow.events import Event
from states.storage.branches import held
from states.storage.records import START, Row, Stored, canonical, link

ISSUER: Final = "careplan-setup record"
FORMAT: Final = 1
LIMIT: Final = 4 << 20  # bytes of text; a session of years has a tenth of it

_HEADER: Final = {
    "issuer": str, "format": int, "program": str, "id": str, "office": list, "edition": str, "events": int,
    "head": str, "made": int, "by": str, "host": str, "out": bool,
}  # fmt: skip
_ID: Final = re.compile(r"[0-9a-z][0-9a-z-]{0,39}")
_LATEST: Final = 253_370_764_800_000


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session's text, read and found whole.

    Args:
        id, office_number, office_name, edition: of the session.
        program: version of the program that made the text.
        made, by, host: when (milliseconds since 1970 in UTC), by whom, on which machine.
        out: the session was checked out with it.
        stored: every event, with its hash.
        key, signature: of who signed it (Ed25519), or empty.
    """

    id: str
    office_number: str
    office_name: str
    edition: str
    program: str
    made: int
    by: str
    host: str
    out: bool
    stored: tuple[Stored, ...] = field(repr=False)
    key: bytes = b""
    signature: bytes = field(default=b"", repr=False)

    @property
    def head(self) -> bytes:
        return self.stored[-1].hash

    @property
    def content(self) -> bytes:
        """All but the last line: what is summed up, and what is signed."""
        header = {
            "issuer": ISSUER, "format": FORMAT, "program": self.program, "id": self.id,
            "office": [self.office_number, self.office_name], "edition": self.edition, "events": len(self.stored),
            "head": self.head.hex(), "made": self.made, "by": self.by, "host": self.host, "out": self.out,
        }  # fmt: skip
        events = [(one.event.kind, one.event.at, one.event.actor, one.event.body) for one in self.stored]
        lines = [header, *(dict(zip(("kind", "at", "actor", "body"), parts, strict=True)) for parts in events)]
        return "".join(f"{canonical(line)}\n" for line in lines).encode()

    def encode(self) -> bytes:
        """The text.

        Raises:
            Fault: `record.too_large`.
        """
        content = self.content
        last = {"sum": _sum(content)}
        if self.key:
            last |= {"key": self.key.hex(), "signature": self.signature.hex()}
        raw = content + f"{canonical(last)}\n".encode()
        if len(raw) > LIMIT:
            raise Fault("record.too_large", limit=LIMIT >> 20)
        return raw

    def signed(self, key: bytes, signature: bytes) -> Transcript:
        return replace(self, key=key, signature=signature)


def transcript(row: Row, stored: Sequence[Stored], *, made: int, by: str, host: str, out: bool = False) -> Transcript:
    """The text of a session as it stands."""
    from importlib.metadata import version

    program = version("careplan-setup")
    return Transcript(
        row.id, row.office_number, row.office_name, row.edition, program, made, by, host, out, tuple(stored)
    )


def parse(raw: bytes) -> Transcript:
    """Read a text and see that it is whole: its sum, its chain up to the head it names, every byte as we write it.

    Whether a signature is right is `is_right`'s to say.

    Raises:
        Fault: `record.too_large`; `record.foreign`, when it is none of ours; `record.newer` (a whole one of a later
            format); `record.damaged`; `record.chain`, when the events do not lead to the head it names.
    """
    if len(raw) > LIMIT:
        raise Fault("record.too_large", limit=LIMIT >> 20)
    *lines, last, rest = raw.split(b"\n") if raw.count(b"\n") > 1 else [b"", b"", b"-"]
    if f'"issuer":"{ISSUER}"'.encode() not in (lines or [b""])[0]:
        raise Fault("record.foreign")
    try:
        header, end = _object(lines[0]), _object(last)
        content = raw[: -len(last) - 1]
        if rest or not compare_digest(str(end["sum"]).encode(), _sum(content).encode()):
            raise Fault("record.damaged")
        if header.get("issuer") != ISSUER:
            raise Fault("record.foreign")
        if type(header.get("format")) is int and header["format"] > FORMAT:
            raise Fault("record.newer")
        found = _read(header, lines[1:], end)
        if found.encode() != raw:
            raise Fault("record.damaged")
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise Fault("record.damaged") from None
    return found


def signed_bytes(content: bytes) -> bytes:
    """What a signature is over: nothing else that this key signs begins so."""
    return f"{ISSUER} {FORMAT}\n".encode() + content


def is_right(text: Transcript) -> bool:
    """Whether the signature is that of the key named beside it; False without one."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(text.key).verify(text.signature, signed_bytes(text.content))
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(key: bytes) -> str:
    """What two people compare over the telephone: 32 digits of the SHA-256 of a public key, in fours."""
    import hashlib

    digits = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def _read(header: dict[str, Any], lines: list[bytes], end: dict[str, Any]) -> Transcript:
    if any(type(header.get(name)) is not kind for name, kind in _HEADER.items()) or not _ID.fullmatch(header["id"]):
        raise Fault("record.damaged")
    number, name = header["office"]
    if not (re.fullmatch(r"[0-9A-Za-z]{10}", number) and 0 < len(name) <= 500 and 0 <= header["made"] < _LATEST):
        raise Fault("record.damaged")
    stored = _chained(header["id"], lines)
    if (len(stored), stored[-1].hash.hex()) != (header["events"], header["head"]):
        raise Fault("record.chain")
    try:
        held(header["id"], stored)
    except Fault:
        raise Fault("record.chain") from None
    parts = {key: header[key] for key in ("id", "edition", "program", "made", "by", "host", "out")}
    text = Transcript(**parts, office_number=number, office_name=name, stored=stored)
    return text.signed(bytes.fromhex(end.get("key", "")), bytes.fromhex(end.get("signature", "")))


def _chained(id: str, lines: list[bytes]) -> tuple[Stored, ...]:
    stored: list[Stored] = []
    head = START
    for line in lines:
        one = _object(line)
        event = Event(one["kind"], one["at"], one["actor"], one["body"])
        if not (type(event.kind) is type(event.actor) is str and type(event.at) is int and type(event.body) is dict):
            raise Fault("record.damaged")
        head = link(head, id, len(stored) + 1, event.kind, event.at, event.actor, canonical(event.body))
        stored.append(Stored(len(stored) + 1, event, head))
    return tuple(stored)


def _object(line: bytes) -> dict[str, Any]:
    found = json.loads(line.decode("ascii"))
    if not isinstance(found, dict):
        raise TypeError
    return found


def _sum(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
