"""What an administrator has set for the kiosk: a file that nobody else can write."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from states.fault import Fault
from states.system import here

KNOWN: Final = {"store": str, "second_copy": str, "language": str, "idle_minutes": (int, float), "files": str}
_COST: Final = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 64 << 20, "dklen": 32}  # 32 MiB and about 0.1 s a guess


@dataclass(frozen=True, slots=True)
class Settings:
    """As the file has them.

    Args:
        store, second_copy: folders; "" for this user's own.
        language: `ja`, `en`, or "" to go by the terminal.
        idle: seconds after which it locks.
        files: the folder below which certificates and other files may be read; "" for none.
        word: hash of the maintenance word; "" where there is no maintenance exit.
        run: what takes the kiosk's place then; nothing, to end with exit code 75.
    """

    store: str = ""
    second_copy: str = ""
    language: str = ""
    idle: float = 600.0
    files: str = ""
    word: str = ""
    run: tuple[str, ...] = ()

    def may_read(self, path: str) -> None:
        """Do nothing for a file that may be read.

        Raises:
            Fault: `kiosk.file` for any other.
        """
        real = Path(os.path.realpath(path))
        if not self.files or not real.is_relative_to(os.path.realpath(self.files)):
            raise Fault("kiosk.file")


def load(place: Path | None = None) -> Settings:
    """Read the settings; where no file was named and there is none, what holds without one.

    Raises:
        Fault: `kiosk.settings`, for a file that is not there, cannot be read, or that not only administrators can
            write.
    """
    import tomllib

    path = place or here.KIOSK
    if place is None and not path.exists():
        return Settings()
    try:
        here.administrators_alone(path)
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return _settings(found)
    except (OSError, ValueError) as error:
        raise Fault("kiosk.settings", path=path, detail=str(error)[:60]) from None


def _settings(found: dict[str, Any]) -> Settings:
    maintenance = found.pop("maintenance", {})
    wrong = [name for name, value in found.items() if name not in KNOWN or not isinstance(value, KNOWN[name])]  # type: ignore[arg-type]
    wrong += [name for name in maintenance if name not in ("word", "run")]
    if wrong:
        raise ValueError(wrong[0])
    run = tuple(maintenance.get("run", ()))
    if not all(isinstance(part, str) for part in run) or (run and not Path(run[0]).is_absolute()):
        raise ValueError("run")
    idle = 60.0 * found.pop("idle_minutes", 10)
    return Settings(**found, idle=idle, word=str(maintenance.get("word", "")), run=run)


def hashed(word: str) -> str:
    """A word as it may stand in the settings: slow to guess."""
    salt = os.urandom(16)
    return f"scrypt:{salt.hex()}:{hashlib.scrypt(word.encode(), salt=salt, **_COST).hex()}"


def matches(word: str, kept: str) -> bool:
    """Whether `kept` was made of this word."""
    try:
        kind, salt, sum_ = kept.split(":")
        asked = hashlib.scrypt(word.encode("utf-8", "surrogatepass"), salt=bytes.fromhex(salt), **_COST)
        return kind == "scrypt" and hmac.compare_digest(asked, bytes.fromhex(sum_))
    except ValueError:
        return False
