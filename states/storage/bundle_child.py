"""Seals and opens bundles, and uses the keys of this installation, in a process of its own: see `states.child`.

A sealed file may be anybody's: it is read up to a size, may ask for so much work and no more, and whatever the library
does with it ends with this process.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from states import child
from states.storage.bundle import HARDEST, MEMORY, kind_of
from states.storage.transcript import LIMIT, signed_bytes
from states.system import here

SEALED: Final = LIMIT + (64 << 10)  # bytes of file
PIECE: Final = 256 << 10  # characters of text in one message to the parent

_WORDS: Final = {
    errno.ENOENT: "missing", errno.ENOTDIR: "missing", errno.EISDIR: "foreign", errno.EEXIST: "exists",
    errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read_only", errno.EACCES: "forbidden",
    errno.EPERM: "forbidden", errno.ENXIO: "foreign",
}  # fmt: skip
Say = Callable[[child.Json], None]


class _NotOpened(Exception):
    """A file that is not opened; its only argument is one of `bundle.STATES`."""


def _seal(request: child.Json, _: Say) -> child.Json:
    import pyrage

    text = request["text"].encode()
    if "passphrase" in request:
        sealed = pyrage.passphrase.encrypt(text, request["passphrase"])
    else:
        try:
            recipients = [pyrage.x25519.Recipient.from_str(one) for one in request["recipients"]]
        except pyrage.RecipientError:
            raise _NotOpened("no_recipient") from None
        sealed = pyrage.encrypt(text, recipients)
    _write(Path(request["path"]), sealed)
    return {}


def _write(path: Path, sealed: bytes) -> None:
    """A new file, whole: what stands there under that name is not touched."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    here.sync_folder(path.parent)


def _open(request: child.Json, say: Say) -> child.Json:
    import pyrage

    sealed = _sealed(Path(request["path"]))
    kind, work = kind_of(sealed)
    if not kind:
        raise _NotOpened("foreign")
    if work > HARDEST:
        raise _NotOpened("excessive")
    here.bound_memory(MEMORY)
    try:
        if kind == "passphrase":
            text = pyrage.passphrase.decrypt(sealed, request.get("passphrase", ""))
        else:
            text = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(request.get("identity", ""))])
    except pyrage.IdentityError:
        raise _NotOpened("no_key") from None
    except pyrage.DecryptError as error:
        raise _NotOpened(_why(str(error), kind)) from None
    for piece in _pieces(text):
        say({"text": piece})
    return {}


def _why(said: str, kind: str) -> str:
    if "matching keys" in said:
        return "not_for_us"
    return "wrong_passphrase" if kind == "passphrase" and said == "Decryption failed" else "damaged"


def _sealed(path: Path) -> bytes:
    """What is in the file, if it is one: no device, pipe or folder, whatever its name."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _NotOpened("foreign")
        sealed = file.read(SEALED + 1)
    if len(sealed) > SEALED:
        raise _NotOpened("too_large")
    return sealed


def _pieces(text: bytes) -> Iterator[str]:
    if len(text) > LIMIT:
        raise _NotOpened("too_large")
    shown = text.decode("latin-1")  # one character a byte, whatever it is: `transcript.parse` judges it
    yield from (shown[at : at + PIECE // 4] for at in range(0, len(shown), PIECE // 4))


# -- the keys of this installation


def _make_keys(_: child.Json, __: Say) -> child.Json:
    import pyrage
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signing, opening = Ed25519PrivateKey.generate(), pyrage.x25519.Identity.generate()
    return {"signing": signing.private_bytes_raw().hex(), "opening": str(opening)}


def _public(request: child.Json, _: Say) -> child.Json:
    import pyrage
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(request["signing"]))
    opening = pyrage.x25519.Identity.from_str(request["opening"])
    return {"key": signing.public_key().public_bytes_raw().hex(), "recipient": str(opening.to_public())}


def _sign(request: child.Json, _: Say) -> child.Json:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(request["signing"]))
    signature = signing.sign(signed_bytes(request["content"].encode()))
    return {"key": signing.public_key().public_bytes_raw().hex(), "signature": signature.hex()}


_DEEDS: Final[dict[str, Callable[[child.Json, Say], child.Json]]] = {
    "seal": _seal,
    "open": _open,
    "make_keys": _make_keys,
    "public": _public,
    "sign": _sign,
}


def handle(request: child.Json, say: Any) -> child.Json:
    """Do one thing; the answer always holds a `state`."""
    try:
        found = _DEEDS[request["do"]](request, say)
    except _NotOpened as refused:
        return {"state": refused.args[0]}
    except OSError as error:
        return {"state": _WORDS.get(error.errno or 0, "failed")}
    except MemoryError:
        return {"state": "excessive"}
    except Exception:  # its text could hold the secret
        return {"state": "failed"}
    return {"state": "ok"} | found


if __name__ == "__main__":
    child.answer(handle)
