"""A secret does not show itself, and a place that keeps one does what it says or says that it does not."""

from __future__ import annotations

import ast
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

import states
from states.storage import keyring_child
from states.storage.secrets import STATES, Secret, ThisVisit
from states.system import here
from tests.storage.secret_contract import PASSWORD, keep_the_contract

CANARY = "canary-8b1d50e7"


@dataclass
class Form:
    secret: Secret


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
        lambda secret: repr(Form(secret)),
        lambda secret: repr({"password": secret}),
        lambda secret: str(logging.LogRecord("x", 1, "x", 1, "%s", (secret,), None).getMessage()),
    ],
)
def test_a_secret_is_shown_as_nothing_but_that_it_is_one(show: Callable[[Secret], str]) -> None:
    shown = show(Secret(CANARY))
    assert CANARY not in shown
    assert show(Secret("")) == shown


@pytest.mark.parametrize(
    "take",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        vars,
        iter,
        len,
        hash,
        format,
        lambda secret: f"{secret}",
        lambda secret: asdict(Form(secret)),
        lambda secret: secret + "",
        lambda secret: type("Loud", (type(secret),), {}),
        lambda secret: setattr(secret, "note", 1),
    ],
)
def test_a_secret_refuses_to_be_taken_elsewhere_and_the_refusal_does_not_tell_it(
    take: Callable[[Secret], object],
) -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        take(Secret(CANARY))
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_secrets_are_equal_when_their_texts_are() -> None:
    assert Secret("秘密\udc80") == Secret("秘密\udc80")
    assert Secret(CANARY) != Secret(CANARY + " ")
    assert Secret(CANARY) != CANARY
    assert Secret(CANARY).reveal() == CANARY


def test_this_visit_keeps_the_contract() -> None:
    keep_the_contract(ThisVisit())


def test_this_visit_forgets_with_the_visit() -> None:
    ThisVisit().put(PASSWORD, Secret(CANARY))
    assert ThisVisit().get(PASSWORD) is None


class NetworkLogonError(Exception):
    winerror = 1312


def caused(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


# As in keyring.errors and keyring.backends.macOS.api, which only imports on macOS.
KeyringLocked = type("KeyringLocked", (Exception,), {})
KeychainDenied = type("KeychainDenied", (Exception,), {})


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (NetworkLogonError(), "network_logon"),
        (Exception(1783, "CredWrite", "The stub received bad data"), "too_long"),
        (KeyringLocked("dismissed"), "locked"),
        (caused(KeyringLocked("denied"), KeychainDenied(-128, "Keychain Access Denied")), "denied"),
        (caused(Exception("Can't get password"), Exception(-25308, "Unknown Error")), "locked"),
        (ValueError(CANARY), "failed"),
        (ValueError(), "failed"),
    ],
)
def test_every_error_of_the_libraries_becomes_a_state(error: Exception, state: str) -> None:
    assert keyring_child.word(error) == state
    assert state in STATES


def test_an_unknown_system_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "KEYRING", "")
    assert keyring_child.handle({"do": "state"}, None) == {"state": "unsupported"}


# -- who may look


REVEALERS = {
    "states/storage/secrets.py": "hands it to the keyring's process",
    "states/storage/vault.py": "hands it to the vault's process",
    "states/storage/bundle.py": "hands it to the process that seals, opens and signs",
    "tui/widgets/shown.py": "hands it to the eyes of who asked to see it, for ten seconds",
}


def revealers(tree: ast.AST) -> bool:
    """Whether a source names `reveal`, called or handed on, or reaches for the text behind it."""
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return bool({"reveal", "_text"} & names or {"reveal", "_text"} & strings)


@pytest.mark.parametrize("source", ["secret.reveal()", "show(secret.reveal)", "getattr(secret, 'reveal')()", "s._text"])
def test_a_planted_look_at_a_secret_is_found(source: str) -> None:
    assert revealers(ast.parse(source))
    assert not revealers(ast.parse("secret == other; text.revealed; 'to reveal'"))


def test_only_the_adapters_look_at_a_secret() -> None:
    root = Path(states.__path__[0]).parent
    sources = [path for room in ("states", "tui", "locales") for path in (root / room).rglob("*.py")]
    found = {str(path.relative_to(root)) for path in sources if revealers(ast.parse(path.read_text(encoding="utf-8")))}
    assert found == set(REVEALERS)
