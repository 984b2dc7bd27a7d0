"""Runs one of our own modules in a process that can be killed: for whatever may hang, hold the GIL, or crash.

A call into an OS keyring can block for ever, a certificate file can ask for millions of rounds, a name server
may never answer; a thread that waits for such a thing keeps the whole program from exiting. A process does not.

The protocol is one JSON object on the child's standard input, then JSON objects, one a line, on its standard
output: any number of `{"progress": …}`, then one `{"result": …}`. A secret travels on standard input only:
never as an argument, never in the environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from states.fault import Fault
from states.system import here

Json = dict[str, Any]

LINE_LIMIT = 1 << 20  # bytes of answer; a child that says more is broken or hostile

# What a child may see of this process's environment: where the session bus, the user's folders and the proxies are.
KEPT = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP",
    "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISPLAY", "WAYLAND_DISPLAY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "COMSPEC", "PATHEXT",
    "USERNAME", "USERDOMAIN", "COMPUTERNAME", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMDATA",
)  # fmt: skip

_running: set[subprocess.Popen[bytes]] = set()
_guard = threading.Lock()


def call(
    module: str,
    request: Json,
    *,
    seconds: float,
    progress: Callable[[Json], None] = lambda _: None,
    cancel: threading.Event | None = None,
) -> Json:
    """Run `python -I -m module`, hand it `request`, return its result. Blocks at most `seconds`.

    Args:
        module: dotted name of a module that ends in `child.answer(handler)`.
        request: what the handler is called with; JSON-able; may hold a secret.
        seconds: the bound on the whole call; at it the child is killed.
        progress: called (in a thread of its own) with each progress object.
        cancel: set it from anywhere to kill the child.

    Raises:
        Fault: `child.timeout`, `child.cancelled`, `child.failed` (it crashed, spoke out of turn, or did not start).
    """
    end = time.monotonic() + seconds
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's panic prints what it was given
            env={name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONUTF8": "1"},
            **here.SPAWN,
        )
    except OSError:  # no room for a process, or the disk that the program is on has been taken out
        raise Fault("child.failed") from None
    with process:
        with _guard:
            _running.add(process)
        try:
            return _converse(process, request, end, progress, cancel)
        finally:
            _kill(process)
            with _guard:
                _running.discard(process)


def kill_all() -> None:
    """Kill every child that still runs: called when the program ends, so that nothing holds up the exit."""
    with _guard:
        for process in _running:
            _kill(process)


def answer(handler: Callable[[Json, Callable[[Json], None]], Json]) -> None:
    """The child's side: read the request, call `handler(request, progress)`, write its result."""

    def say(message: Json) -> None:
        os.write(1, json.dumps(message, ensure_ascii=True).encode() + b"\n")

    here.forbid_core_dumps()
    request = json.loads(sys.stdin.buffer.read())
    say({"result": handler(request, lambda step: say({"progress": step}))})


def _converse(
    process: subprocess.Popen[bytes],
    request: Json,
    end: float,
    progress: Callable[[Json], None],
    cancel: threading.Event | None,
) -> Json:
    said: list[Json] = []

    def listen() -> None:
        for message in _messages(process):
            if "progress" not in message:
                said.append(message)
                return  # whatever it says after its result, perhaps without end, is not listened to
            progress(message["progress"])

    # A thread of its own: a child that does not read would hold us in the write, past the bound.
    threading.Thread(target=_hand_over, args=(process, json.dumps(request).encode()), daemon=True).start()
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    while listener.is_alive():
        listener.join(0.05)
        if cancel is not None and cancel.is_set():
            raise Fault("child.cancelled")
        if time.monotonic() > end:
            raise Fault("child.timeout")
    if not said or "result" not in said[-1]:
        raise Fault("child.failed")
    result: Json = said[-1]["result"]
    return result


def _hand_over(process: subprocess.Popen[bytes], request: bytes) -> None:
    assert process.stdin is not None
    # It died before it read, or was given up meanwhile and its pipe closed: the missing result tells.
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(request)
    with contextlib.suppress(OSError, ValueError):
        process.stdin.close()


def _messages(process: subprocess.Popen[bytes]) -> Iterator[Json]:
    assert process.stdout is not None
    while True:
        try:
            message = json.loads(process.stdout.readline(LINE_LIMIT))
        except (OSError, ValueError, RecursionError):  # no more lines, no JSON, or a pipe that is closed by now
            return
        if not isinstance(message, dict):
            return
        yield message


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        here.kill(process)
