"""Each system's keyring by a double of what lies below it: what is asked of it, and what its refusals become.

The real ones are in the labs: GNOME's, and Windows' under wine. macOS' was never run by us.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from states.storage import keyring_child
from states.storage.keyring_child import WINDOWS_LIMIT, CredentialManager, Keyring
from states.system import here

NAME = "1372005678/password"


class WindowsError(Exception):
    """As `pywintypes.error` is: raw, with a number."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "CredX", "words of the system's language")
        self.winerror = number


class Credentials:
    """`win32ctypes.pywin32.win32cred`, as far as it is used: a blob is text going in and bytes coming out."""

    CRED_TYPE_GENERIC, CRED_PERSIST_LOCAL_MACHINE = 1, 2

    def __init__(self, refuses: int = 0) -> None:
        self.refuses = refuses
        self.kept: dict[str, dict[str, Any]] = {}

    def CredWrite(self, credential: dict[str, Any], flags: int) -> None:  # noqa: N802
        del flags
        self._refuse()
        if len(credential["CredentialBlob"].encode("utf-16-le", "surrogatepass")) > 2560:
            raise WindowsError(1783)
        self.kept[credential["TargetName"]] = credential

    def CredRead(self, TargetName: str, Type: int) -> dict[str, Any]:  # noqa: N802, N803
        found = self._found(TargetName, Type)
        return found | {"CredentialBlob": found["CredentialBlob"].encode("utf-16-le", "surrogatepass")}

    def CredDelete(self, TargetName: str, Type: int) -> None:  # noqa: N802, N803
        self._found(TargetName, Type)
        del self.kept[TargetName]

    def _found(self, target: str, kind: int) -> dict[str, Any]:
        self._refuse()
        if target not in self.kept or kind != 1:
            raise WindowsError(1168)
        return self.kept[target]

    def _refuse(self) -> None:
        if self.refuses:
            raise WindowsError(self.refuses)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Credentials]:
    def install(refuses: int = 0) -> Credentials:
        credentials = Credentials(refuses)
        monkeypatch.setattr(here, "KEYRING", "credential_manager")
        monkeypatch.setitem(sys.modules, "win32ctypes.pywin32.win32cred", credentials)
        return credentials

    return install


def ask(do: str, **values: str) -> dict[str, Any]:
    return keyring_child.handle({"do": do, "username": NAME, **values}, None)


def test_windows_keeps_one_target_a_slot_on_this_machine_and_no_old_password(
    windows: Callable[..., Credentials],
) -> None:
    manager = windows()
    for secret in ("old", "\ufeff新しい鍵🔑", "x" * WINDOWS_LIMIT):
        assert ask("put", secret=secret) == {"state": "ok"}
        assert ask("get") == {"state": "ok", "secret": secret}
    assert [(target, kept["Persist"]) for target, kept in manager.kept.items()] == [(f"careplan-setup/{NAME}", 2)]
    assert ask("wipe") == {"state": "ok"}
    assert ask("wipe") == {"state": "ok"}
    assert (ask("get"), manager.kept) == ({"state": "ok", "secret": None}, {})


@pytest.mark.parametrize("secret", ["x" * (WINDOWS_LIMIT + 1), "🔑" * (WINDOWS_LIMIT // 2) + "x"])
def test_windows_is_not_asked_to_keep_what_is_too_long(windows: Callable[..., Credentials], secret: str) -> None:
    manager = windows()
    assert ask("put", secret=secret) == {"state": "too_long"}
    assert manager.kept == {}


@pytest.mark.parametrize(
    ("number", "state"), [(1312, "network_logon"), (1783, "too_long"), (5, "denied"), (8, "failed")]
)
@pytest.mark.parametrize("do", ["state", "test", "put", "get", "wipe"])
def test_windows_numbers_become_states(windows: Callable[..., Credentials], do: str, number: int, state: str) -> None:
    windows(refuses=number)
    assert ask(do, secret="x") == {"state": state}


def test_the_self_test_of_windows_leaves_nothing(windows: Callable[..., Credentials]) -> None:
    manager = windows()
    assert ask("test") == {"state": "ok"}
    assert manager.kept == {}


class Backend:
    """A backend of `keyring` that raises what it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.error:
            raise self.error
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def mac(monkeypatch: pytest.MonkeyPatch, backend: Backend) -> None:
    monkeypatch.setattr(here, "KEYRING", "keychain")
    monkeypatch.setitem(sys.modules, Keyring.module, SimpleNamespace(Keyring=lambda: backend))


def test_macos_keeps_under_our_name_and_its_self_test_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Backend()
    mac(monkeypatch, backend)
    assert ask("put", secret="鍵🔑") == ask("test") == {"state": "ok"}
    assert backend.kept == {("careplan-setup", NAME): "鍵🔑"}


# As in keyring.backends.macOS.api, which only imports on macOS, and in keyring.errors, which wraps them.
def wrapped(name: str, number: int) -> Exception:
    outer, inner = type("KeyringError", (Exception,), {}), type(name, (Exception,), {})
    error = outer(f"Can't get password from keychain: {number}")
    error.__cause__ = inner(number, "words")
    return error  # type: ignore[no-any-return]  # mypy does not know what `type` makes


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (wrapped("KeychainDenied", -128), "denied"),
        (wrapped("SecAuthFailure", -25293), "denied"),
        (wrapped("Error", -25308), "locked"),
        (wrapped("Error", -67030), "failed"),
    ],
)
def test_macos_codes_become_states(monkeypatch: pytest.MonkeyPatch, error: Exception, state: str) -> None:
    mac(monkeypatch, Backend(error))
    assert {str(ask(do, secret="x")["state"]) for do in ("state", "test", "put", "get", "wipe")} == {state}


class Forgetful(Backend):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Clinging(Backend):
    def delete_password(self, service: str, username: str) -> None:
        pass


@pytest.mark.parametrize("backend", [Forgetful(), Clinging()])
def test_the_self_test_notices_a_keyring_that_does_not_keep_or_does_not_wipe(
    monkeypatch: pytest.MonkeyPatch, backend: Backend
) -> None:
    mac(monkeypatch, backend)
    assert ask("test") == {"state": "not_kept"}
    assert ask("put", secret="x")["state"] == ("not_kept" if isinstance(backend, Forgetful) else "ok")


def test_windows_and_macos_are_the_adapters_named_here() -> None:
    assert keyring_child._KINDS["credential_manager"] is CredentialManager
    assert keyring_child._KINDS["keychain"] is Keyring
