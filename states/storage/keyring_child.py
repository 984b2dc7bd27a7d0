"""The process that speaks to the operating system's keyring; killed by `states.child` when it does not come back.

The backend is named here, one a system: `keyring.get_keyring()` would let a variable, a file or a plugin choose
another. Nothing here unlocks, creates or prompts: a keyring that would have to ask a person is answered for by its
state.

Decision: docs/decisions/secrets.md.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final

from states import child
from states.storage.secrets import State

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "careplan-setup"
WINDOWS_LIMIT: Final = 2560  # bytes of UTF-16 in one Windows credential (CRED_MAX_CREDENTIAL_BLOB_SIZE)

# What the libraries raise, by the name of its class, and the numbers of Windows and macOS that come with it.
_BY_NAME: Final[dict[str, State]] = {
    "KeyringLocked": "locked",
    "LockedException": "locked",
    "PromptDismissedException": "denied",
    "SecretServiceNotAvailableException": "no_service",
    "KeychainDenied": "denied",
    "SecAuthFailure": "denied",
}
_BY_NUMBER: Final[dict[object, State]] = {
    5: "denied",  # ERROR_ACCESS_DENIED
    1312: "network_logon",  # ERROR_NO_SUCH_LOGON_SESSION: every logon over SSH, by design
    1783: "too_long",  # RPC_X_BAD_STUB_DATA
    -25308: "locked",  # errSecInteractionNotAllowed
}


class Keyring:
    """What the three have in common.

    Args:
        backend: a `keyring` backend.
    """

    def __init__(self, backend: KeyringBackend) -> None:
        self.backend = backend

    def state(self) -> State:
        """Whether it can be used now, found without waking any prompt."""
        self.backend.get_password(self.service("self-test/none"), "self-test/none")
        return "ok"

    def service(self, _username: str) -> str:
        return SERVICE

    def put(self, username: str, secret: str) -> State:
        self.backend.set_password(self.service(username), username, secret)
        kept = self.get(username)
        return "ok" if kept is not None and compare_digest(kept.encode(), secret.encode()) else "not_kept"

    def get(self, username: str) -> str | None:
        return self.backend.get_password(self.service(username), username)

    def wipe(self, username: str) -> State:
        for _ in range(8):  # a Secret Service may hold several of one name
            if self.get(username) is None:
                return "ok"
            self.backend.delete_password(self.service(username), username)
        return "not_kept"


class SecretService(Keyring):
    """Linux: asks over the session bus first, for the library would unlock, and unlocking prompts for ever."""

    def state(self) -> State:
        import secretstorage
        from secretstorage.defines import SS_PATH, SS_PREFIX
        from secretstorage.util import DBusAddressWrapper

        try:
            bus = secretstorage.dbus_init()
        except (OSError, RuntimeError, secretstorage.SecretServiceNotAvailableException):
            return "no_service"  # no bus, a dead one, or one of a kind that is not spoken
        with contextlib.closing(bus):
            service = DBusAddressWrapper(SS_PATH, f"{SS_PREFIX}Service", bus)
            (collection,) = service.call("ReadAlias", "s", "default")
            if collection == "/":
                return "no_collection"
            locked = DBusAddressWrapper(collection, f"{SS_PREFIX}Collection", bus).get_property("Locked")
        return "locked" if locked else "ok"


class CredentialManager(Keyring):
    """Windows: one target a slot, on this machine only, and no old password left under a second name."""

    def __init__(self, backend: KeyringBackend) -> None:
        super().__init__(backend)
        backend.persist = "local machine"  # type: ignore[attr-defined]  # the default roams with the profile

    def service(self, username: str) -> str:
        return f"{SERVICE}/{username}"

    def put(self, username: str, secret: str) -> State:
        if len(secret.encode("utf-16-le", "surrogatepass")) > WINDOWS_LIMIT:
            return "too_long"
        state = super().put(username, secret)
        self._remove_stray(f"{username}@{self.service(username)}")
        return state

    def _remove_stray(self, target: str) -> None:
        """When it writes anew, the library keeps the old password under this name (jaraco/keyring#545)."""
        credentials: Any = importlib.import_module("win32ctypes.pywin32.win32cred")
        try:
            credentials.CredDelete(Type=credentials.CRED_TYPE_GENERIC, TargetName=target)
        except Exception as error:
            if getattr(error, "winerror", 0) != 1168:  # ERROR_NOT_FOUND
                raise


_SYSTEMS: Final[dict[str, tuple[type[Keyring], str]]] = {
    "linux": (SecretService, "keyring.backends.SecretService"),
    "darwin": (Keyring, "keyring.backends.macOS"),
    "win32": (CredentialManager, "keyring.backends.Windows"),
}


def handle(request: child.Json, _progress: object) -> child.Json:
    """Do one thing; the answer always holds a `state`, and for `get` the `secret`, which may be null."""
    if sys.platform not in _SYSTEMS:
        return {"state": "unsupported"}
    kind, module = _SYSTEMS[sys.platform]
    name = "WinVaultKeyring" if sys.platform == "win32" else "Keyring"
    try:
        keyring = kind(getattr(importlib.import_module(module), name)())
        state = keyring.state()
        if state != "ok" or request["do"] == "state":
            return {"state": state}
        match request["do"]:
            case "put":
                return {"state": keyring.put(request["username"], request["secret"])}
            case "wipe":
                return {"state": keyring.wipe(request["username"])}
            case _:
                return {"state": "ok", "secret": keyring.get(request["username"])}
    except Exception as error:  # three libraries and what lies below them; its text could hold the secret
        return {"state": word(error)}


def word(error: BaseException) -> State:
    """The state an error of any of the libraries means; the innermost cause knows best."""
    for one in reversed(list(_causes(error))):
        number = getattr(one, "winerror", None) or next(iter(one.args), None)
        if isinstance(number, int) and number in _BY_NUMBER:
            return _BY_NUMBER[number]
        if type(one).__name__ in _BY_NAME:
            return _BY_NAME[type(one).__name__]
        if str(getattr(one, "name", "")).endswith(".AccessDenied"):  # of D-Bus
            return "denied"
    return "failed"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


if __name__ == "__main__":
    child.answer(handle)
