"""Name servers on the loopback, and a resolver that asks one of them: the system's own cannot be pointed at a port."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

NO_SUCH_NAME = 3  # RFC 1035, 4.1.1


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """One that takes every question and answers none. Yields its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        yield server.getsockname()[1]


@contextlib.contextmanager
def unknown() -> Iterator[int]:
    """One that knows no name at all. Yields its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    question, asker = server.recvfrom(512)
                    server.sendto(question[:2] + struct.pack("!H", 0x8180 | NO_SUCH_NAME) + question[4:], asker)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def resolver(port: int, seconds: float) -> Callable[..., list[Any]]:
    """In place of `socket.getaddrinfo`: asks 127.0.0.1:`port`, twice, waiting so long each time."""

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        name = b"".join(bytes((len(label),)) + label.encode("ascii") for label in host.split("."))
        question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + name + b"\x00\x00\x01\x00\x01"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(seconds)
            for _attempt in range(2):
                asking.sendto(question, ("127.0.0.1", port))
                with contextlib.suppress(TimeoutError):
                    answer = asking.recv(512)
                    if answer[3] & 0x0F == NO_SUCH_NAME:
                        raise socket.gaierror(socket.EAI_NONAME, "no such name")
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    return look_up
