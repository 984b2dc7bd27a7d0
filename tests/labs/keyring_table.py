"""Prints every state of the keyring's self-test with the situation behind it, what is shown, and how long it took.

    python -m tests.labs.keyring_table [ja|en]

Each row is a real GNOME keyring on a bus of its own, or Windows' own under wine (the start of both counted in), unless
it is called a double.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from locales import Texts
from states.fault import Fault, in_words
from states.storage.keyring_child import word
from states.storage.secrets import OsKeyring
from tests.labs.test_keyring import Desktop
from tests.labs.test_windows_keyring import ASK, NAME
from tests.labs.windows import Windows
from tests.storage.test_keyring_child import WindowsError, wrapped


@dataclass
class Row:
    """A situation, the states that are right for it, and what is asked."""

    situation: str
    right: str
    asked: Callable[[], str]


def test() -> str:
    return OsKeyring().test()


def locked(desktop: Desktop, password: bytes | None) -> None:
    desktop.log_out(desktop.log_in(b"login"))
    desktop.log_in(password)


def situations() -> Iterator[tuple[str, str, bool, Callable[[Desktop, pytest.MonkeyPatch, ExitStack], object]]]:
    """Name, right states, whether there is a display nobody watches, and how it is brought about."""
    yield "unlocked at login", "ok", False, lambda desktop, *_: desktop.log_in(b"login")
    yield "locked", "locked", False, lambda desktop, *_: locked(desktop, None)
    yield "locked, wrong password at login", "locked", False, lambda desktop, *_: locked(desktop, b"wrong")
    yield "locked, a display nobody watches", "locked", True, lambda desktop, *_: locked(desktop, None)
    yield "a service without a collection", "no_collection", False, lambda desktop, *_: desktop.log_in(None)
    yield "a bus without a service", "no_service", False, lambda *_: None
    yield "no bus", "no_service", False, lambda _, patch, __: patch.delenv("DBUS_SESSION_BUS_ADDRESS")
    yield (
        "a dead bus",
        "no_service",
        False,
        lambda _, patch, __: patch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x"),
    )
    yield "a bus that never answers", "timed_out", False, silent_bus
    yield "a service that never answers", "timed_out", False, silent_service
    yield "killed in the middle of the call", "no_service failed", False, killed


def silent_bus(desktop: Desktop, patch: pytest.MonkeyPatch, stack: ExitStack) -> None:
    silent = stack.enter_context(socket.socket(socket.AF_UNIX))
    silent.bind(str(desktop.home / "silent"))
    silent.listen()
    patch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={desktop.home}/silent")


def silent_service(desktop: Desktop, *_: object) -> None:
    desktop.log_in(b"login").send_signal(signal.SIGSTOP)


def killed(desktop: Desktop, *_: object) -> None:
    daemon = desktop.log_in(b"login")
    daemon.send_signal(signal.SIGSTOP)
    threading.Timer(1, daemon.kill).start()


def windows_says(pc: Windows, secret: str) -> str:
    do = {"do": "put", "secret": secret} if secret else {"do": "test"}
    said = pc.python("-c", ASK, text=json.dumps([{"username": NAME, **do}, {"username": NAME, "do": "wipe"}]))
    return str(json.loads(said.splitlines()[0])["state"])


def rows(stack: ExitStack) -> Iterator[Row]:
    for situation, right, display, bring_about in situations():
        with ExitStack() as own, pytest.MonkeyPatch.context() as patch:
            folder = Path(own.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            bring_about(Desktop(folder, patch, own, display=display), patch, own)
            yield Row(situation, right, test)
    try:
        pc = Windows(Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))))
    except LookupError as error:
        print(f"no Windows: {error}")
    else:
        stack.callback(pc.close)
        yield Row("Windows under wine", "ok", lambda: windows_says(pc, ""))
        yield Row("Windows under wine, 1,281 signs", "too_long", lambda: windows_says(pc, "x" * 1281))
    for number, right in ((1312, "network_logon"), (1783, "too_long"), (5, "denied")):
        yield Row(f"Windows error {number} (double)", right, partial(word, WindowsError(number)))
    for name, number, right in (("KeychainDenied", -128, "denied"), ("Error", -25308, "locked")):
        yield Row(f"macOS error {number} (double)", right, partial(word, wrapped(name, number)))


def main() -> int:
    texts, wrong = Texts(sys.argv[1] if len(sys.argv) > 1 else "ja"), 0
    with ExitStack() as stack:
        for row in rows(stack):
            begin = time.monotonic()
            state = row.asked()
            took = time.monotonic() - begin
            said = texts("ui.keyring.ok") if state == "ok" else in_words(texts, Fault(f"keyring.{state}"))[0]
            print(f"{row.situation:34} {state:14} {took:5.2f} s  {said}", flush=True)
            wrong += state not in row.right.split()
    print("all as they should be" if not wrong else f"{wrong} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
