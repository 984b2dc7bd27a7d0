"""Secrets: the type that does not show itself, and the places that may keep one.

A place is asked for its state before anything is kept there, and it never hands on to another place by itself: where
a password lives is a person's decision. Nothing here is ever written by us in plain text.

Decision: docs/decisions/secrets.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from typing import Final, Literal, NoReturn, Protocol, get_args

from states import child
from states.fault import Fault

Kind = Literal["password", "issuing_password", "signing_key", "bundle_key"]
Place = Literal["keyring", "vault", "visit"]
"""What a place is called where a fact says where a secret is kept."""
State = Literal[
    "ok",
    "locked",
    "no_service",
    "no_collection",
    "network_logon",
    "too_long",
    "denied",
    "timed_out",
    "unsupported",
    "not_kept",  # what was read back is not what was written
    "failed",  # anything its makers did not foresee
]
STATES: Final[tuple[str, ...]] = get_args(State)
PATIENCE: Final = 5.0  # seconds for one call; a keyring that asks an unwatched display never answers


class Secret:
    """A text that is not to be seen. It cannot be printed, formatted, copied, pickled, or found by `vars`."""

    __slots__ = ("_text",)
    __hash__ = None  # type: ignore[assignment]  # a key of a dictionary gets about

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for the places that keep secrets, and for nobody else."""
        return self._text

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        """Compared in a time that tells nothing of where they differ."""
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(_bytes(self._text), _bytes(other._text))

    def __format__(self, _: str) -> NoReturn:
        raise TypeError("a secret is not formatted")

    def __copy__(self) -> NoReturn:
        raise TypeError("a secret is not copied")

    def __deepcopy__(self, _: object) -> NoReturn:
        raise TypeError("a secret is not copied")

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("a subclass could show it")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Slot:
    """Whose secret, and which: an office's KJ ID's password or its password for issuing a certificate (row 4-1);
    an installation's key that signs, or the one with which a bundle for it is opened."""

    office_number: str
    kind: Kind

    @property
    def username(self) -> str:
        """The name it has in a keyring."""
        return f"{self.office_number}/{self.kind}"


class SecretStore(Protocol):
    """A place that keeps secrets.

    Every method but `state` may raise `Fault`: `keyring.` or `vault.`, and any of its states but ok.
    """

    @property
    def place(self) -> Place:
        """Its name."""

    def state(self) -> str:
        """Can something be kept here now? Asks nobody, changes nothing, raises nothing."""

    def put(self, slot: Slot, secret: Secret) -> None:
        """Keep `secret` in place of what was there; on return it has been read back and compared."""

    def get(self, slot: Slot) -> Secret | None:
        """What is kept there, or `None`."""

    def wipe(self, slot: Slot) -> None:
        """Keep it no longer; harmless when nothing was kept."""


class OsKeyring:
    """The keyring of the operating system, each call in a process that is killed when it does not come back.

    Args:
        seconds: the bound on each call.
    """

    place: Final = "keyring"

    def __init__(self, seconds: float = PATIENCE) -> None:
        self._seconds = seconds

    def state(self) -> str:
        return self._outcome("state")

    def test(self) -> str:
        """Its state, after a random text has been kept there, read back, compared and wiped: as `state`."""
        return self._outcome("test")

    def put(self, slot: Slot, secret: Secret) -> None:
        self._ask({"do": "put", "username": slot.username, "secret": secret.reveal()})

    def get(self, slot: Slot) -> Secret | None:
        found = self._ask({"do": "get", "username": slot.username})["secret"]
        return None if found is None else Secret(found)

    def wipe(self, slot: Slot) -> None:
        self._ask({"do": "wipe", "username": slot.username})

    def _outcome(self, do: str) -> str:
        try:
            self._ask({"do": do})
        except Fault as fault:
            return fault.code.removeprefix("keyring.")
        return "ok"

    def _ask(self, request: child.Json) -> child.Json:
        try:
            result = child.call("states.storage.keyring_child", request, seconds=self._seconds)
        except Fault as fault:
            timed_out = fault.code == "child.timeout"  # a person may be typing: this is no absence
            raise Fault("keyring.timed_out" if timed_out else "keyring.failed") from None
        if result["state"] != "ok":
            raise Fault(f"keyring.{result['state']}")
        return result


class ThisVisit:
    """Memory, until the program ends: for where nothing else may keep a secret."""

    place: Final = "visit"

    def __init__(self) -> None:
        self._kept: dict[Slot, Secret] = {}

    def state(self) -> str:
        return "ok"

    def put(self, slot: Slot, secret: Secret) -> None:
        self._kept[slot] = secret

    def get(self, slot: Slot) -> Secret | None:
        return self._kept.get(slot)

    def wipe(self, slot: Slot) -> None:
        self._kept.pop(slot, None)
