"""Servers on the loopback that behave, or misbehave, in one way each."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

Behaviour = Callable[[socket.socket], None]


@contextlib.contextmanager
def serve(behaviour: Behaviour) -> Iterator[int]:
    """Listen on a free port of 127.0.0.1; every connection is given to `behaviour`. Yields the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            behaviour(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                open_ones.append(connection)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        for a_socket in (listening, *open_ones):
            with contextlib.suppress(OSError):
                a_socket.shutdown(socket.SHUT_RDWR)
            a_socket.close()


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A listener that takes no connection while its queue is full (Linux; others refuse). Yields its port."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield full.getsockname()[1]


def silent(connection: socket.socket) -> None:
    """Listen to whatever comes and say nothing, until the other side goes."""
    while connection.recv(4096):
        pass


def resetting(connection: socket.socket) -> None:
    connection.recv(1)  # not before the other side has begun to speak
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closing(connection: socket.socket) -> None:
    connection.recv(4096)


def plain(connection: socket.socket) -> None:
    """What an HTTP server says to a client that begins with TLS."""
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    silent(connection)


def behind_tls(context: ssl.SSLContext, behaviour: Behaviour) -> Behaviour:
    def shake(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as inner:
            behaviour(inner)

    return shake


def reset_after_request(connection: socket.socket) -> None:
    read_head(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(connection)


def saying(text: bytes, heard: list[bytes] | None = None) -> Behaviour:
    """Answer every request's head with `text`; append what was heard to `heard`."""

    def answer(connection: socket.socket) -> None:
        head = read_head(connection)
        if heard is not None:
            heard.append(head)
        connection.sendall(text)
        silent(connection)

    return answer


def endless(begin: bytes, again: bytes) -> Behaviour:
    def answer(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(begin)
        while True:
            connection.sendall(again)

    return answer


def tunnel(port: int, heard: list[bytes]) -> Behaviour:
    """A proxy that leads every CONNECT to `port` of this machine."""

    def relay(connection: socket.socket) -> None:
        heard.append(read_head(connection))
        with socket.create_connection(("127.0.0.1", port)) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(onward, connection), daemon=True)
            back.start()
            _pump(connection, onward)
            back.join(5)

    return relay


def response(status: str = "200 OK", *headers: str, ahead: timedelta = timedelta(0)) -> bytes:
    """A response without a body, dated now plus `ahead`."""
    date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    lines = (f"HTTP/1.1 {status}", f"Date: {date}", "Content-Length: 0", *headers)
    return "\r\n".join((*lines, "", "")).encode()


def read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(4096)
        if not more:
            raise ConnectionError
        head += more
    return head


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(4096):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
