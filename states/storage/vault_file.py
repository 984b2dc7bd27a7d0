"""The bytes of a vault: how they are read, opened and made. Nothing here touches a disk.

Specification and threat model: docs/vault.md. Decision: docs/decisions/secrets.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import unicodedata
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MAGIC: Final = b"careplan-vault\n"
VERSION: Final = 1
LIMIT: Final = 1 << 20  # bytes of file
BLOCK: Final = 1024  # the length of what is kept is told to this many bytes, and no closer
MEMORY, PASSES, LANES = (19_456, 1 << 20), (1, 10), (1, 8)  # what a file may ask for; memory in KiB

_FRONT: Final = struct.Struct(">15sB16sIHH16s")  # magic, version, id, memory, passes, lanes, salt
_KEY: Final = struct.Struct(">12s48s")  # nonce, the data key sealed by the passphrase
_TURN: Final = struct.Struct(">Q12s")  # generation, nonce of the body
_BODY: Final = _FRONT.size + _KEY.size + _TURN.size
_SUM: Final = hashlib.sha256().digest_size


class Refused(Exception):
    """A vault that is not opened; `state` is one of `vault.STATES`."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at the passphrase costs: Argon2id's memory in KiB, passes and lanes (RFC 9106)."""

    memory: int = 131_072
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Sealed:
    """A vault as it lies on the disk, its sum checked and nothing opened yet."""

    id: bytes
    cost: Cost
    salt: bytes
    key_nonce: bytes
    key: bytes
    generation: int
    nonce: bytes
    body: bytes

    @property
    def front(self) -> bytes:
        """What the sealed data key is bound to."""
        cost = self.cost
        return _FRONT.pack(MAGIC, VERSION, self.id, cost.memory, cost.passes, cost.lanes, self.salt)

    @property
    def head(self) -> bytes:
        """What the body is bound to: all that stands before its nonce."""
        return self.front + _KEY.pack(self.key_nonce, self.key) + self.generation.to_bytes(8, "big")

    def encode(self) -> bytes:
        """The file.

        Raises:
            Refused: `too_large`.
        """
        raw = self.head + self.nonce + self.body
        raw += hashlib.sha256(raw).digest()
        if len(raw) > LIMIT:
            raise Refused("too_large")
        return raw


def parse(raw: bytes) -> Sealed:
    """Read a file's bytes without opening anything.

    Raises:
        Refused: `damaged`; `newer`, a whole file of a later version; `excessive`, one that asks for more or less work
            than is allowed: a file may be anybody's, and 16 GiB would really be taken.
    """
    if len(raw) > LIMIT or len(raw) <= _SUM or not raw.startswith(MAGIC):
        raise Refused("damaged")
    content, total = raw[:-_SUM], raw[-_SUM:]
    if not compare_digest(hashlib.sha256(content).digest(), total):
        raise Refused("damaged")
    if content[len(MAGIC)] != VERSION:
        raise Refused("newer")
    if len(content) <= _BODY:
        raise Refused("damaged")
    _, _, id, memory, passes, lanes, salt = _FRONT.unpack_from(content)
    for asked, (least, most) in ((memory, MEMORY), (passes, PASSES), (lanes, LANES)):
        if not least <= asked <= most:
            raise Refused("excessive")
    key_nonce, key = _KEY.unpack_from(content, _FRONT.size)
    generation, nonce = _TURN.unpack_from(content, _FRONT.size + _KEY.size)
    return Sealed(id, Cost(memory, passes, lanes), salt, key_nonce, key, generation, nonce, content[_BODY:])


def data_key(vault: Sealed, passphrase: str) -> bytes:
    """The key of the body, as the passphrase gives it out; takes the time that `vault.cost` asks for.

    Raises:
        Refused: `wrong_passphrase`.
    """
    try:
        return AESGCM(_stretched(passphrase, vault.salt, vault.cost)).decrypt(vault.key_nonce, vault.key, vault.front)
    except InvalidTag:
        raise Refused("wrong_passphrase") from None


def opened(vault: Sealed, key: bytes) -> dict[str, str]:
    """What is kept, by name.

    Raises:
        Refused: `altered`: of another key, or made by somebody who had none.
    """
    try:
        kept: dict[str, str] = json.loads(AESGCM(key).decrypt(vault.nonce, vault.body, vault.head))
    except InvalidTag:
        raise Refused("altered") from None
    return kept


def made(passphrase: str, cost: Cost, kept: dict[str, str], before: Sealed | None = None) -> tuple[Sealed, bytes]:
    """A vault under this passphrase, and its data key; both keys are new, also where it takes the place of `before`.

    Who knew the old passphrase and has an old copy has the old data key: it must open nothing that comes later.
    """
    key = AESGCM.generate_key(256)
    vault = Sealed(
        id=before.id if before else os.urandom(16),
        cost=cost,
        salt=os.urandom(16),
        key_nonce=os.urandom(12),
        key=b"",
        generation=before.generation if before else 0,
        nonce=b"",
        body=b"",
    )
    wrapped = AESGCM(_stretched(passphrase, vault.salt, cost)).encrypt(vault.key_nonce, key, vault.front)
    return holding(replace(vault, key=wrapped), key, kept), key


def holding(vault: Sealed, key: bytes, kept: dict[str, str]) -> Sealed:
    """The next generation of a vault: the same, with this in it."""
    text = json.dumps(kept).encode()  # in ASCII, so that half a character is kept like any other
    text += b" " * (-len(text) % BLOCK)
    vault = replace(vault, generation=vault.generation + 1, nonce=os.urandom(12))
    return replace(vault, body=AESGCM(key).encrypt(vault.nonce, text, vault.head))


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # Typed with the input method on or off, composed or not, it is the same passphrase (NFKC).
    text = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory).derive(
        text
    )
