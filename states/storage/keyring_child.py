"""The process that speaks to the operating system's keyring; killed by `states.child` when it does not come back.

The backend is named here, one a system: `keyring.get_keyring()` would let a variable, a file or a plugin choose
another. Nothing here unlocks, creates or prompts: a keyring that would have to ask a person is answered for by its
state.

Decision: docs/decisions/secrets.md.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import secrets
from collections.abc import Iterator
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final

from states import child
from states.storage.secrets import State
from states.system import here

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "careplan-setup"
# The name of the text that is kept and wiped again to see whether that works: two tests at once are not in each
# other's way.
CANARY: Final = f"self-test-{os.getpid()}"
WINDOWS_LIMIT: Final = 1280  # UTF-16 units in one Windows credential (CRED_MAX_CREDENTIAL_BLOB_SIZE, in bytes, is 2560)
NOT_FOUND: Final = 1168  # ERROR_NOT_FOUND

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
    """macOS, and what the others have in common: the four words of a backend, each under its own name and ours."""

    module = "keyring.backends.macOS"

    def __init__(self) -> None:
        self.backend: KeyringBackend = importlib.import_module(self.module).Keyring()

    def state(self) -> State:
        """Whether it can be used now, found without waking any prompt."""
        self.get(CANARY)
        return "ok"

    def put(self, username: str, secret: str) -> State:
        """Keep it, read it back, compare."""
        state = self.write(username, secret)
        if state != "ok":
            return state
        kept = self.get(username)
        return "ok" if kept is not None and compare_digest(_bytes(kept), _bytes(secret)) else "not_kept"

    def wipe(self, username: str) -> State:
        """Remove it, and read that it is gone."""
        for _ in range(8):  # a Secret Service may hold several of one name
            if self.get(username) is None:
                return "ok"
            self.delete(username)
        return "not_kept"

    def test(self) -> State:
        """Keep, read and wipe a random text that is nobody's password: does it really do what it says?"""
        kept = self.put(CANARY, secrets.token_urlsafe(24))
        wiped = self.wipe(CANARY)
        return wiped if kept == "ok" else kept

    # -- the backend

    def write(self, username: str, secret: str) -> State:
        self.backend.set_password(SERVICE, username, secret)
        return "ok"

    def get(self, username: str) -> str | None:
        return self.backend.get_password(SERVICE, username)

    def delete(self, username: str) -> None:
        self.backend.delete_password(SERVICE, username)


class SecretService(Keyring):
    """Linux: asks over the session bus first, for the library would unlock, and unlocking prompts for ever."""

    module = "keyring.backends.SecretService"

    def state(self) -> State:
        import secretstorage
        from secretstorage.defines import SS_PATH, SS_PREFIX
        from secretstorage.util import DBusAddressWrapper

        try:
            bus = secretstorage.dbus_init()
        except TimeoutError:
            return "timed_out"  # something is there: no absence
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
    """Windows, by the calls that `keyring` makes too, but one target a slot and on this machine only.

    `keyring` itself leaves the old password under a second name when it writes a new one (jaraco/keyring#545), lets
    credentials roam with the profile, and drops a leading U+FEFF when it reads.
    """

    def __init__(self) -> None:
        self.api: Any = importlib.import_module("win32ctypes.pywin32.win32cred")

    def write(self, username: str, secret: str) -> State:
        if len(secret.encode("utf-16-le", "surrogatepass")) > 2 * WINDOWS_LIMIT:
            return "too_long"
        credential = {
            "Type": self.api.CRED_TYPE_GENERIC,
            "TargetName": self._target(username),
            "UserName": username,
            "CredentialBlob": secret,
            "Comment": SERVICE,
            "Persist": self.api.CRED_PERSIST_LOCAL_MACHINE,
        }
        self.api.CredWrite(credential, 0)
        return "ok"

    def get(self, username: str) -> str | None:
        try:
            found = self.api.CredRead(TargetName=self._target(username), Type=self.api.CRED_TYPE_GENERIC)
        except Exception as error:
            if getattr(error, "winerror", None) == NOT_FOUND:
                return None
            raise
        blob: bytes = found["CredentialBlob"]
        return blob.decode("utf-16-le", "surrogatepass")

    def delete(self, username: str) -> None:
        self.api.CredDelete(TargetName=self._target(username), Type=self.api.CRED_TYPE_GENERIC)

    def _target(self, username: str) -> str:
        return f"{SERVICE}/{username}"


_KINDS: Final[dict[str, type[Keyring]]] = {
    "secret_service": SecretService,
    "keychain": Keyring,
    "credential_manager": CredentialManager,
}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def handle(request: child.Json, _progress: object) -> child.Json:
    """Do one thing; the answer always holds a `state`, and for `get` the `secret`, which may be null."""
    if here.KEYRING not in _KINDS:
        return {"state": "unsupported"}
    try:
        keyring = _KINDS[here.KEYRING]()
        state = keyring.state()
        if state != "ok" or request["do"] == "state":
            return {"state": state}
        match request["do"]:
            case "test":
                return {"state": keyring.test()}
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
