"""The vault: a file of our own for a PC without a keyring, opened with a passphrase that only the office has.

Every call happens in a child process that is killed when it does not come back; what stays here between two calls is
the key of the open vault, for ten idle minutes.

Specification and threat model: docs/vault.md. Decision: docs/decisions/secrets.md.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from states import child
from states.fault import Fault
from states.storage.secrets import PATIENCE, Secret, Slot

State = Literal[
    "ok",
    "absent",
    "locked",
    "wrong_passphrase",
    "damaged",
    "altered",  # its sum is right, its seal is not: nobody with the key wrote it
    "newer",
    "excessive",
    "rolled_back",
    "exists",
    "busy",
    "full",
    "read_only",
    "forbidden",
    "too_large",
    "not_kept",  # what was read back is not what was written
    "timed_out",
    "failed",
]
STATES: Final[tuple[str, ...]] = get_args(State)
FIT: Final = ("ok", "locked", "absent")  # states in which something can be kept, be it after a passphrase
IDLE: Final = 600.0  # seconds after which an open vault that nobody used is locked again
PASSPHRASE: Final = 12  # characters it has at least
COST: Final = (131_072, 3, 4)  # Argon2id: memory in KiB, passes, lanes (RFC 9106); a third of a second


@dataclass(frozen=True, slots=True)
class Mark:
    """Which vault, and how often it has been written: kept in the journal, it tells an old copy from the last one."""

    id: str
    generation: int


class Vault:
    """The vault of this user on this PC. Every call but `lock_if_idle` may block for up to `seconds`.

    Every method but `state` and `lock` may raise `Fault`: `vault.` and any state but ok.

    Args:
        path: of its file; nothing is made before `create`.
        seconds: the bound on each call.
        cost: of a guess at a new passphrase, as `COST`.
        clock: seconds, never going back.
    """

    place: Final = "vault"

    def __init__(
        self,
        path: Path,
        *,
        seconds: float = PATIENCE,
        cost: tuple[int, int, int] = COST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self.mark: Mark | None = None
        """As last seen; None until the file has been looked at."""
        self._seconds, self._cost, self._clock = seconds, cost, clock
        self._seen: dict[str, int] = {}
        self._key: Secret | None = None
        self._used = 0.0

    @classmethod
    def beside(cls, store: Path) -> Vault:
        """The vault that belongs to a store's folder."""
        return cls(store / "vault" / "secrets.vault")

    # -- the vault itself

    def expect(self, seen: Mapping[str, int]) -> None:
        """Take an older generation than these (by vault id) for a copy that was put back."""
        for id, generation in seen.items():
            self._seen[id] = max(generation, self._seen.get(id, 0))

    def state(self) -> str:
        """Can something be kept here now? Asks nobody, changes nothing, raises nothing."""
        try:
            self._ask("state")
        except Fault as fault:
            return fault.code.removeprefix("vault.")
        self.lock_if_idle()
        return "locked" if self._key is None else "ok"

    def create(self, passphrase: Secret) -> None:
        """Make the vault, and leave it open.

        Raises:
            Fault: `vault.passphrase_short` (limit), `vault.exists`.
        """
        _long_enough(passphrase)
        self._take(self._ask("create", passphrase=passphrase.reveal(), cost=self._cost))

    def open(self, passphrase: Secret) -> None:
        """Leave it open, until `IDLE` seconds without use have gone by.

        Raises:
            Fault: `vault.wrong_passphrase`, `.damaged`, `.altered`, `.rolled_back`, `.newer`, `.excessive`, `.absent`.
        """
        self._take(self._ask("open", passphrase=passphrase.reveal()))

    def change(self, old: Secret, new: Secret) -> None:
        """Give it another passphrase and other keys. An old copy of the file still opens with the old passphrase."""
        _long_enough(new)
        self._take(self._ask("change", passphrase=old.reveal(), new=new.reveal(), cost=self._cost))

    def lock(self) -> None:
        """Forget the key. CPython cannot wipe it from memory."""
        self._key = None

    def lock_if_idle(self) -> None:
        """Lock it when nobody has used it for long enough."""
        if self._clock() - self._used > IDLE:
            self.lock()

    def destroy(self) -> None:
        """Remove the file with all that is in it; no passphrase is needed for that."""
        self._ask("destroy")
        self.lock()
        self.mark = None

    # -- what is in it

    def put(self, slot: Slot, secret: Secret) -> None:
        """Keep `secret` in place of what was there; on return it has been read back and compared."""
        self._unlocked("put", username=slot.username, secret=secret.reveal())

    def get(self, slot: Slot) -> Secret | None:
        """What is kept there, or `None`."""
        found = self._unlocked("get", username=slot.username)["secret"]
        return None if found is None else Secret(found)

    def wipe(self, slot: Slot) -> None:
        """Keep it no longer; harmless when nothing was kept. Where there is no vault, there is nothing in it."""
        try:
            self._unlocked("wipe", username=slot.username)
        except Fault as fault:
            if fault.code != "vault.absent":
                raise

    def names(self) -> list[str]:
        """The slots that hold something, by the names of `Slot.username`."""
        return list(self._unlocked("names")["names"])

    # -- the other process

    def _unlocked(self, do: str, **values: object) -> child.Json:
        self.lock_if_idle()
        if self._key is None:
            raise Fault(f"vault.{self.state()}")  # absent, locked, or whatever else is wrong with it
        try:
            answer = self._ask(do, key=self._key.reveal(), **values)
        except Fault as fault:
            if fault.code == "vault.locked":  # the passphrase was changed by another program
                self.lock()
            raise
        self._used = self._clock()
        return answer

    def _take(self, answer: child.Json) -> None:
        self._key, self._used = Secret(answer["key"]), self._clock()

    def _ask(self, do: str, **values: object) -> child.Json:
        request = {"do": do, "path": str(self.path), "seen": self._seen, **values}
        try:
            answer = child.call("states.storage.vault_child", request, seconds=self._seconds)
        except Fault as fault:
            raise Fault("vault.timed_out" if fault.code == "child.timeout" else "vault.failed") from None
        if answer["state"] != "ok":
            raise Fault(f"vault.{answer['state']}")
        if "id" in answer:
            self.mark = Mark(answer["id"], answer["generation"])
            self.expect({self.mark.id: self.mark.generation})
        return answer


def _long_enough(passphrase: Secret) -> None:
    if len(unicodedata.normalize("NFKC", passphrase.reveal())) < PASSPHRASE:
        raise Fault("vault.passphrase_short", limit=PASSPHRASE)
