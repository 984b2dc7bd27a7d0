"""The test vectors of the vault: made with `python -m tests.storage.vault_vectors`, read by `test_vault.py`.

Each is a file and a verdict in `vectors/vault/verdicts.json`, for anybody who writes a reader by docs/vault.md. They
are made anew only with a new version of the format: a reader of version 1 has to give these verdicts for ever.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from states.storage.vault_file import BLOCK, Cost, Sealed, holding, made

FOLDER: Final = Path(__file__).parent / "vectors" / "vault"
CHEAP: Final = Cost(19_456, 1, 1)
PASSPHRASE: Final = "correct horse 7"
KEPT: Final = {"1372005678/password": "p4ssw0rd", "1372005678/issuing_password": "ひみつ 🔑 \udc80"}


def mended(content: bytes) -> bytes:
    """With the sum that belongs to it: what anybody can do who alters a vault."""
    return content + hashlib.sha256(content).digest()


def changed(raw: bytes, at: int, new: bytes) -> bytes:
    content = raw[:-32]
    return mended(content[:at] + new + content[at + len(new) :])


def vectors() -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Name to bytes and verdict."""
    vault, key = made(PASSPHRASE, CHEAP, KEPT)
    good = vault.encode()
    later = holding(vault, key, KEPT | {"1372005678/password": "n3w"})
    old_body = replace(later, nonce=vault.nonce, body=vault.body)
    wide, _ = made("ｐａｓｓ　ｐｈｒａｓｅ　１", CHEAP, KEPT)
    two, _ = made(PASSPHRASE, CHEAP, {"1372005678/password": "x" * BLOCK})
    found: dict[str, tuple[bytes, dict[str, Any]]] = {}

    def add(name: str, raw: bytes | Sealed, verdict: str, **more: Any) -> None:
        raw = raw.encode() if isinstance(raw, Sealed) else raw
        found[name] = raw, {"passphrase": PASSPHRASE, "seen": {}, "verdict": verdict} | more

    add("opens", good, "ok", kept=KEPT)
    add("opens_wide_passphrase", wide, "ok", kept=KEPT, passphrase="pass phrase 1")
    add("opens_two_blocks", two, "ok", kept={"1372005678/password": "x" * BLOCK})
    add("opens_empty", made(PASSPHRASE, CHEAP, {})[0], "ok", kept={})
    add("opens_later_generation", later, "ok", seen={vault.id.hex(): 2}, kept=KEPT | {"1372005678/password": "n3w"})
    add("older_generation", good, "rolled_back", seen={vault.id.hex(): 2})
    add("other_passphrase", good, "wrong_passphrase", passphrase=PASSPHRASE + " ")
    add("nothing", b"", "damaged")
    add("not_a_vault", b"SQLite format 3\0" + bytes(1200), "damaged")
    add("truncated", good[:-1], "damaged")
    add("truncated_to_its_front", good[:100], "damaged")
    add("one_byte_more", good + b"\n", "damaged")
    add("one_bit_of_the_body", good[:200] + bytes([good[200] ^ 1]) + good[201:], "damaged")
    add("one_bit_of_the_sum", good[:-1] + bytes([good[-1] ^ 1]), "damaged")
    add("short_with_its_sum", mended(good[:120]), "damaged")
    add("version_2", changed(good, 15, b"\x02"), "newer")
    add("memory_16_gib", changed(good, 32, (1 << 24).to_bytes(4, "big")), "excessive")
    add("memory_8_kib", changed(good, 32, (8).to_bytes(4, "big")), "excessive")
    add("passes_11", changed(good, 36, (11).to_bytes(2, "big")), "excessive")
    add("passes_0", changed(good, 36, bytes(2)), "excessive")
    add("lanes_9", changed(good, 38, (9).to_bytes(2, "big")), "excessive")
    add("forged_body", changed(good, 200, b"\x00\x01\x02"), "altered")
    add("forged_generation", changed(good, 116, (9).to_bytes(8, "big")), "altered")
    add("forged_old_body", old_body, "altered")
    add("forged_key", changed(good, 70, b"\x00\x01\x02"), "wrong_passphrase")
    add("forged_id", changed(good, 16, bytes(16)), "wrong_passphrase")
    add("forged_cost", changed(good, 36, (2).to_bytes(2, "big")), "wrong_passphrase")
    return found


def write() -> None:
    verdicts = {}
    for name, (raw, verdict) in vectors().items():
        (FOLDER / f"{name}.vault").write_bytes(raw)
        verdicts[name] = verdict
    (FOLDER / "verdicts.json").write_text(json.dumps(verdicts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
