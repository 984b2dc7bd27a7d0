"""A bundle: the text of one session in one sealed file, in the age format (https://age-encryption.org/v1).

Sealed to a passphrase that two people share, or to the public key of an installation. The keys of an installation are
kept where secrets are kept, and nowhere else. Whatever touches a sealed file or a key is done in a child process.

Specification: docs/bundle.md. Decision: docs/decisions/bundle.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from states import child
from states.fault import Fault
from states.storage.secrets import Secret, SecretStore, Slot
from states.storage.transcript import Transcript, parse

State = Literal[
    "missing", "foreign", "too_large", "excessive", "damaged", "wrong_passphrase", "not_for_us", "no_key", "exists",
    "full", "read_only", "forbidden", "no_recipient", "timed_out", "failed",
]  # fmt: skip
STATES: Final[tuple[str, ...]] = get_args(State)

SECONDS: Final = 30.0  # for one file; a passphrase is stretched for about a second
PASSPHRASE: Final = 12  # characters it has at least
HARDEST: Final = 20  # log2 of scrypt's work that a file may ask for: 1 GiB of memory; age itself writes 18
MEMORY: Final = 3 << 30  # bytes of address space for opening a file

_AGE: Final = b"age-encryption.org/v1\n"


def kind_of(sealed: bytes) -> tuple[str, int]:
    """What opens a file, told from its beginning: `passphrase` (and its work), `key`, or "" when it is no bundle."""
    if not sealed.startswith(_AGE):
        return "", 0
    header = sealed[: 64 << 10].partition(b"\n---")[0]
    asked = re.findall(rb"^-> scrypt \S+ (\d{1,9})$", header, re.MULTILINE)
    if b"\n-> scrypt" not in header:
        return "key", 0
    return "passphrase", int(asked[0]) if len(asked) == 1 else HARDEST + 1


def asks_for(path: Path) -> str:
    """`passphrase` or `key`: what is needed to open that file.

    Raises:
        Fault: `bundle.missing`, `.foreign`, `.forbidden`.
    """
    try:
        if not path.is_file():
            raise Fault("bundle.foreign" if path.exists() else "bundle.missing", path=path)
        with path.open("rb") as file:
            kind = kind_of(file.read(64 << 10))[0]
    except OSError:
        raise Fault("bundle.forbidden", path=path) from None
    if not kind:
        raise Fault("bundle.foreign", path=path)
    return kind


def seal(text: Transcript, path: Path, *, passphrase: Secret | None = None, recipients: Sequence[str] = ()) -> None:
    """Write the text into a new file, sealed to a passphrase, or to everybody who is named. Blocks a few seconds.

    Raises:
        Fault: `bundle.passphrase_short` (limit), `bundle.exists`, `.no_recipient`, `.missing`, `.full`, …
    """
    request: child.Json = {"do": "seal", "path": str(path.absolute()), "text": text.encode().decode("ascii")}
    if passphrase is None:
        request["recipients"] = list(recipients)
    else:
        if len(folded(passphrase)) < PASSPHRASE:
            raise Fault("bundle.passphrase_short", limit=PASSPHRASE)
        request["passphrase"] = folded(passphrase)
    _ask(request, path)


def unseal(path: Path, *, passphrase: Secret | None = None, identity: Secret | None = None) -> Transcript:
    """The text in a sealed file, read and found whole. Blocks a few seconds.

    Raises:
        Fault: `bundle.` and a state: `.wrong_passphrase`, `.damaged`, `.not_for_us`, `.excessive`, …; those of
            `transcript.parse`.
    """
    request: child.Json = {"do": "open", "path": str(path.absolute())}
    if passphrase is not None:
        request["passphrase"] = folded(passphrase)
    if identity is not None:
        request["identity"] = identity.reveal()
    pieces: list[str] = []
    _ask(request, path, pieces)
    return parse("".join(pieces).encode("latin-1"))


def folded(passphrase: Secret) -> str:
    """Typed with the input method on or off, composed or not, it is the same passphrase (NFKC)."""
    return unicodedata.normalize("NFKC", passphrase.reveal())


@dataclass(frozen=True, slots=True)
class Public:
    """What everybody may know of an installation's keys.

    Args:
        key: with which its signatures are checked (Ed25519).
        recipient: to which a bundle is sealed (`age1…`).
    """

    key: bytes
    recipient: str


class Keys:
    """The two keys of an installation, in a place that keeps secrets. Every call blocks for a moment.

    Every method may raise what the place raises: `keyring.<state>`, `vault.<state>`.

    Args:
        store: the place.
        installation: whose keys.
    """

    def __init__(self, store: SecretStore, installation: str) -> None:
        self._store = store
        self._signing = Slot(installation, "signing_key")
        self._opening = Slot(installation, "bundle_key")

    def make(self) -> Public:
        """The keys that are there, or new ones; read back before it returns."""
        if self._store.get(self._signing) is None or self._store.get(self._opening) is None:
            made = _ask({"do": "make_keys"})
            self._store.put(self._opening, Secret(made["opening"]))
            self._store.put(self._signing, Secret(made["signing"]))
        public = self.public()
        assert public is not None, "what was put there was read back"
        return public

    def public(self) -> Public | None:
        """What may be known of them, or None where none were made."""
        signing, opening = self._store.get(self._signing), self._store.get(self._opening)
        if signing is None or opening is None:
            return None
        found = _ask({"do": "public", "signing": signing.reveal(), "opening": opening.reveal()})
        return Public(bytes.fromhex(found["key"]), found["recipient"])

    def identity(self) -> Secret | None:
        """The key that opens what was sealed to this installation."""
        return self._store.get(self._opening)

    def sign(self, text: Transcript) -> Transcript:
        """The text with a signature; as it is, where no key was made."""
        signing = self._store.get(self._signing)
        if signing is None:
            return text
        content = text.content.decode("ascii")
        made = _ask({"do": "sign", "signing": signing.reveal(), "content": content})
        return text.signed(bytes.fromhex(made["key"]), bytes.fromhex(made["signature"]))


def _ask(request: child.Json, path: Path | None = None, pieces: list[str] | None = None) -> child.Json:
    def heard(message: child.Json) -> None:
        if pieces is not None:
            pieces.append(str(message.get("text", "")))

    try:
        answer = child.call("states.storage.bundle_child", request, seconds=SECONDS, progress=heard)
    except Fault as fault:
        state = "timed_out" if fault.code == "child.timeout" else "failed"
        raise Fault(f"bundle.{state}", path=path or "") from None
    if answer["state"] != "ok":
        raise Fault(f"bundle.{answer['state']}", path=path or "")
    return answer
