"""One exchange with one site, by httpx: the only module that imports it, so that another client is one file's change.

httpx's trace events tell which layer is being worked on, the proxy's answer to CONNECT, and the certificate that was
shown. Nothing is sent but `GET /`, without cookies or credentials; of the answer only the head is read.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import httpx
import truststore
from cryptography import x509

from states.checks.causes import Layer, cause
from states.checks.proxies import SPOKEN
from states.checks.result import Stopped


@dataclass(frozen=True)
class Site:
    """A site of the flow: always HTTPS."""

    host: str
    port: int = 443

    @classmethod
    def parse(cls, text: str) -> Site:
        """From `host`, `host:port` or `https://host[:port]/…`.

        Raises:
            ValueError: something else.
        """
        parts = urlsplit(text if "://" in text else f"https://{text}")
        if parts.scheme != "https" or not parts.hostname or len(text) > 255:
            raise ValueError("a site is a host or an https address")
        return cls(parts.hostname, parts.port or 443)

    def __str__(self) -> str:
        return self.host if self.port == 443 else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"https://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


@dataclass(frozen=True)
class Bounds:
    """Seconds. `connect` bounds TCP and TLS, each on its own; `head` the silence before an answer's head; `total` all.

    `total` stays below the bound on the child process, so that what is known by then is told.
    """

    dns: float = 5
    connect: float = 5
    head: float = 10
    total: float = 18

    @classmethod
    def at_most(cls, given: Mapping[str, float]) -> Bounds:
        """The default bounds, where `given` names no smaller ones."""
        default = cls()
        return cls(**{name: min(limit, given.get(name, limit)) for name, limit in vars(default).items()})


@dataclass(frozen=True)
class Answer:
    """The head of a site's answer. `clock`: the time that the server says it is."""

    status: int
    location: str | None
    clock: datetime | None


class _Enough(Exception):
    """The certificate has been seen; nothing is asked of the site."""


class Trail:
    """Follows one exchange, as httpx's trace callback; read from another thread when time is up.

    Args:
        proxied: there is a proxy, so the first connection is to it and the site's TLS begins inside its tunnel.
        peek: end with `_Enough` as soon as the handshake is done.
    """

    def __init__(self, *, proxied: bool = False, peek: bool = False) -> None:
        self.layer = Layer.NAME
        self.certificate: bytes | None = None  # DER
        self.proxy_head: tuple[int, list[tuple[bytes, bytes]]] | None = None
        self.failure: BaseException | None = None  # what the transport raised
        self.root: BaseException | None = None  # and why: kept here, for the pool cuts the chain when it re-raises
        self._first = Layer.PROXY if proxied else Layer.TCP
        self._handshake = "proxy.start_tls" if proxied else "connection.start_tls"
        self._peek = peek

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            self.layer = self._first
        elif event == f"{self._handshake}.started":
            self.layer = Layer.TLS
        elif event == f"{self._handshake}.complete":
            self.certificate = info["return_value"].get_extra_info("ssl_object").getpeercert(True)
            self.layer = Layer.HEAD
            if self._peek:
                info["return_value"].close()  # the pool has not got it yet, so nobody else would
                raise _Enough
        elif event == "http11.receive_response_headers.complete" and self.layer is Layer.PROXY:
            _, status, _, headers = info["return_value"]
            self.proxy_head = (status, headers)
        elif event.endswith(".failed") and self.failure is None:
            self.failure = self.root = info["exception"]
            while self.root is not None and self.root.__cause__ is not None:
                self.root = self.root.__cause__


def trusted_here(extra: str | None = None) -> ssl.SSLContext:
    """Trust of this PC's own store; `extra` names a PEM file of further roots. One a site: it locks while it shakes."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if extra:
        context.load_verify_locations(extra)
    return context


def trusted_in_public(roots: str | None = None) -> ssl.SSLContext:
    """Trust of the public roots that come with httpx, or of the PEM file `roots` in their place."""
    return ssl.create_default_context(cafile=roots) if roots else httpx.create_ssl_context(trust_env=False)


def trusting_all() -> ssl.SSLContext:
    """For looking at a certificate that was refused; nothing is sent over such a connection."""
    return httpx.create_ssl_context(verify=False, trust_env=False)


def ask(site: Site, proxy: str | None, context: ssl.SSLContext, bounds: Bounds, trail: Trail) -> Answer:
    """`GET /`, following no redirect.

    Raises:
        Stopped: there was no answer, and why.
    """
    _find(site, proxy, bounds, trail)
    try:
        with _client(proxy, context, bounds) as client:
            request = client.build_request("GET", site.url, extensions={"trace": trail})
            answer = client.send(request, stream=True)
            answer.close()  # the body is left unread
            return Answer(answer.status_code, answer.headers.get("location"), _clock(answer.headers))
    except httpx.ProxyError as error:
        raise _proxy_said(trail) from error
    except httpx.RemoteProtocolError as error:
        raise _broke_protocol(trail) from error
    except httpx.HTTPError as error:
        raise cause(trail.layer, trail.root or error) from error


def peek(site: Site, proxy: str | None, context: ssl.SSLContext, bounds: Bounds) -> x509.Certificate | None:
    """The certificate that a site shows and `context` accepts; None when it comes to no handshake."""
    trail = Trail(proxied=proxy is not None, peek=True)
    try:
        ask(site, proxy, context, bounds, trail)
    except _Enough:
        return x509.load_der_x509_certificate(trail.certificate or b"")
    except Stopped as stopped:
        if stopped.code == "net.tls_untrusted":
            raise
    return None


def _client(proxy: str | None, context: ssl.SSLContext, bounds: Bounds) -> httpx.Client:
    hop = None
    if proxy:
        hop = httpx.Proxy(proxy, ssl_context=trusted_here() if proxy.startswith("https:") else None)
    return httpx.Client(
        transport=httpx.HTTPTransport(verify=context, trust_env=False, proxy=hop),
        trust_env=False,
        headers={"user-agent": "careplan-setup"},
        timeout=httpx.Timeout(bounds.connect, read=bounds.head),
    )


def _find(site: Site, proxy: str | None, bounds: Bounds, trail: Trail) -> None:
    """Look the name up first, bounded: the operating system's own look-up knows no bound."""
    host, port = site.host, site.port
    if proxy:
        trail.layer = Layer.PROXY
        parts = urlsplit(proxy)
        if parts.scheme not in SPOKEN:
            raise Stopped("net.proxy_unsupported", scheme=parts.scheme)
        host, port = str(parts.hostname), parts.port or 80
    try:
        _bounded(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), bounds.dns)
    except (OSError, UnicodeError) as error:
        raise Stopped("net.proxy_not_found") if proxy else cause(trail.layer, error) from error


def _bounded(call: Callable[[], object], seconds: float) -> None:
    ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def work() -> None:
        try:
            call()
        except (OSError, UnicodeError) as error:
            ended.put(error)
        else:
            ended.put(None)

    threading.Thread(target=work, daemon=True).start()
    try:
        error = ended.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error


def _proxy_said(trail: Trail) -> Stopped:
    status, headers = trail.proxy_head or (0, [])
    if status == 407:
        offers = (value.decode("latin-1") for name, value in headers if name.lower() == b"proxy-authenticate")
        return Stopped("net.proxy_auth", schemes=", ".join(sorted({s for offer in offers for s in _schemes(offer)})))
    if status == 403:
        return Stopped("net.proxy_denied")
    return Stopped("net.proxy_error", error=str(status))


def _schemes(offer: str) -> list[str]:
    """The schemes of a Proxy-Authenticate header (RFC 9110, 11.7.1): what opens a challenge, not its parameters."""
    bare = re.sub(r'"[^"]*"', "", offer[:1000])
    return re.findall(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s*,|\s*$|\s+[^=\s])", bare)


def _broke_protocol(trail: Trail) -> Stopped:
    if trail.layer is Layer.PROXY:
        return Stopped("net.proxy_closed")
    # Bytes that are no HTTP have the parser's complaint beneath the transport's; a connection that ended has none.
    return Stopped("net.closed" if trail.root is trail.failure else "net.not_http")


def _clock(headers: httpx.Headers) -> datetime | None:
    try:
        said = parsedate_to_datetime(headers["date"])
        said = said.replace(tzinfo=UTC) if said.tzinfo is None else said
        return said + timedelta(seconds=int(headers.get("age", "0")))  # a cache keeps the date it got
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
