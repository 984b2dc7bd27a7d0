"""The process that reads and writes the vault's file; killed by `states.child` when it does not come back.

In a process of its own because a home folder may lie on a network that has stopped, and because a thread that waits
for it would keep the program from exiting. Between two calls the vault's data key is the caller's to keep.

Decision: docs/decisions/secrets.md.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from hmac import compare_digest
from pathlib import Path
from typing import Any, Final

from states import child
from states.storage.folders import make_folder, replace_file
from states.storage.vault_file import LIMIT, Cost, Refused, Sealed, data_key, holding, made, opened, parse
from states.system import here

TURN: Final = 2.0  # seconds to wait for another program that writes

_WORDS: Final[dict[int | None, str]] = {
    errno.ENOENT: "absent",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
}


class Place:
    """A vault's file.

    Args:
        path: of the file; its folder is made with the first vault.
        seen: the last generation known of each vault, by its id in hexadecimal digits.
    """

    def __init__(self, path: Path, seen: dict[str, int]) -> None:
        self.path, self.seen = path, seen

    def read(self) -> Sealed:
        with self.path.open("rb") as file:
            vault = parse(file.read(LIMIT + 1))
        if vault.generation < self.seen.get(vault.id.hex(), 0):
            raise Refused("rolled_back")
        return vault

    def write(self, vault: Sealed) -> child.Json:
        """Store it and read it back."""
        raw = vault.encode()
        replace_file(self.path, raw)
        if not compare_digest(self.path.read_bytes(), raw):
            raise Refused("not_kept")
        return mark(vault)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Within it nobody else writes."""
        end = time.monotonic() + TURN
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            while not _lock(descriptor):
                if time.monotonic() > end:
                    raise Refused("busy")
                time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)  # and the lock with it


def _lock(descriptor: int) -> bool:
    try:
        here.lock(descriptor)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        raise
    return True


def mark(vault: Sealed) -> child.Json:
    """Which vault, and how often it has been written: what detects an old copy later."""
    return {"id": vault.id.hex(), "generation": vault.generation}


# -- what can be asked for; each answers with what it found and the vault's mark


def _state(place: Place, _: child.Json) -> child.Json:
    return mark(place.read())


def _create(place: Place, request: child.Json) -> child.Json:
    make_folder(place.path.parent)
    with place.turn():
        if place.path.exists():
            raise Refused("exists")
        vault, key = made(request["passphrase"], Cost(*request["cost"]), {})
        return place.write(vault) | {"key": key.hex()}


def _open(place: Place, request: child.Json) -> child.Json:
    vault = place.read()
    key = data_key(vault, request["passphrase"])
    opened(vault, key)
    return mark(vault) | {"key": key.hex()}


def _change(place: Place, request: child.Json) -> child.Json:
    with place.turn():
        before = place.read()
        kept = opened(before, data_key(before, request["passphrase"]))
        vault, key = made(request["new"], Cost(*request["cost"]), kept, before)
        return place.write(vault) | {"key": key.hex()}


def _put(place: Place, request: child.Json) -> child.Json:
    return _written(place, request, lambda kept: {**kept, request["username"]: request["secret"]})


def _wipe(place: Place, request: child.Json) -> child.Json:
    return _written(place, request, lambda kept: {n: s for n, s in kept.items() if n != request["username"]})


def _written(place: Place, request: child.Json, change: Callable[[dict[str, str]], dict[str, str]]) -> child.Json:
    with place.turn():
        vault, key = place.read(), bytes.fromhex(request["key"])
        before = _kept(vault, key)
        after = change(before)
        return mark(vault) if after == before else place.write(holding(vault, key, after))


def _get(place: Place, request: child.Json) -> child.Json:
    vault = place.read()
    return mark(vault) | {"secret": _kept(vault, bytes.fromhex(request["key"])).get(request["username"])}


def _names(place: Place, request: child.Json) -> child.Json:
    vault = place.read()
    return mark(vault) | {"names": sorted(_kept(vault, bytes.fromhex(request["key"])))}


def _kept(vault: Sealed, key: bytes) -> dict[str, str]:
    """What is kept; a key that no longer fits was given out before the passphrase was changed elsewhere."""
    try:
        return opened(vault, key)
    except Refused:
        raise Refused("locked") from None


def _destroy(place: Place, _: child.Json) -> child.Json:
    if place.path.parent.exists():
        with place.turn():
            for file in (place.path, *place.path.parent.glob(f".{place.path.name}.*")):
                file.unlink(missing_ok=True)
    return {}


_DEEDS: Final[dict[str, Callable[[Place, child.Json], child.Json]]] = {
    "state": _state,
    "create": _create,
    "open": _open,
    "change": _change,
    "put": _put,
    "wipe": _wipe,
    "get": _get,
    "names": _names,
    "destroy": _destroy,
}


def handle(request: child.Json, _progress: Any) -> child.Json:
    """Do one thing; the answer always holds a `state`."""
    try:
        found = _DEEDS[request["do"]](Place(Path(request["path"]), request["seen"]), request)
    except Refused as refused:
        return {"state": refused.state}
    except OSError as error:
        return {"state": _WORDS.get(error.errno, "failed")}
    except Exception:  # its text could hold the secret
        return {"state": "failed"}
    return {"state": "ok"} | found


if __name__ == "__main__":
    child.answer(handle)
