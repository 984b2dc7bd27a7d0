"""Prints every cause of the network check with the server behind it, its code and the sentence shown: one real run.

    python -m tests.checks.causes_table [ja|en]

Each row is measured anew, through a server on the loopback that misbehaves in that one way.
"""

from __future__ import annotations

import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import trustme

from locales import Texts
from states.checks.result import CheckResult
from states.fault import shown_code
from tests.checks import dns, servers
from tests.checks.servers import Behaviour, response, saying
from tests.checks.test_sites import Lab

SHORT = {"dns": 0.5, "connect": 0.5, "head": 0.5}
Row = tuple[str, Callable[[Lab], CheckResult], str]  # the server, how it is asked, the codes that are right


def site(behaviour: Behaviour, **tls: Any) -> Callable[[Lab], CheckResult]:
    return lambda lab: lab.look(lab.tls(behaviour, **tls), seconds=SHORT)


def plain(behaviour: Behaviour) -> Callable[[Lab], CheckResult]:
    return lambda lab: lab.look(lab.plain(behaviour), seconds=SHORT)


def proxy(behaviour: Behaviour) -> Callable[[Lab], CheckResult]:
    return lambda lab: lab.look("www.mhlw.go.jp", proxy=f"http://{lab.plain(behaviour)}", seconds=SHORT)


def refused_port(lab: Lab) -> str:
    bound = lab.stack.enter_context(socket.socket())
    bound.bind(("127.0.0.1", 0))
    return f"127.0.0.1:{bound.getsockname()[1]}"


def full(lab: Lab) -> CheckResult:
    return lab.look(f"127.0.0.1:{lab.stack.enter_context(servers.full_backlog())}", seconds=SHORT)


def strange(lab: Lab) -> CheckResult:
    return site(saying(response()), ca=trustme.CA(organization_name="Strange Filter"))(lab)


def inspected(lab: Lab) -> CheckResult:
    return lab.look(lab.tls(saying(response())), public_file=None)


def wrong_dates(lab: Lab) -> CheckResult:
    return lab.look(lab.tls(saying(b""), days=(-9, -2)), lab.tls(saying(b""), days=(2, 9)))


def asked_of(server: Callable[[], Any]) -> Callable[[Lab], CheckResult]:
    """A name asked of a name server of our own, over real sockets."""

    def look(lab: Lab) -> CheckResult:
        port = lab.stack.enter_context(server())
        with mock.patch.object(socket, "getaddrinfo", dns.resolver(port, seconds=5)):
            return lab.look("www.mhlw.go.jp", seconds=SHORT)

    return look


WANTS = response("407 Proxy Authentication Required", "Proxy-Authenticate: Negotiate", "Proxy-Authenticate: NTLM")
AWAY = response("302 Found", "Location: http://portal.example/login")
ROWS: tuple[Row, ...] = (
    ("a name server that says: no such name", asked_of(dns.unknown), "net.dns_not_found"),
    ("a name server that answers nothing", asked_of(dns.silent), "net.dns_timeout"),
    ("a port nobody listens on", lambda lab: lab.look(refused_port(lab)), "net.refused"),
    ("a listener whose queue is full", full, "net.timeout"),
    (
        "a reset after the request",
        site(servers.reset_after_request),
        "net.reset net.closed",
    ),  # some OpenSSLs tell an end
    ("closed instead of an answer", site(servers.closing), "net.closed"),
    ("TLS, then silence", site(servers.silent), "net.no_answer"),
    ("TLS, then no HTTP", site(saying(b"SSH-2.0-x\r\n\r\n")), "net.not_http"),
    ("HTTP without TLS", plain(servers.plain), "net.not_tls"),
    ("closed in the handshake", plain(servers.closing), "net.tls_closed"),
    ("silence in the handshake", plain(servers.silent), "net.tls_timeout"),
    ("a strange issuer", strange, "net.tls_untrusted"),
    ("an expired certificate", site(saying(response()), days=(-90, -2)), "net.tls_expired"),
    ("a certificate of next week", site(saying(response()), days=(7, 90)), "net.tls_not_yet"),
    ("another host's certificate", site(saying(response()), name="other.example"), "net.tls_wrong_host"),
    ("an issuer that only this PC trusts", inspected, "net.inspected"),
    (
        "a file of further roots that holds none",
        lambda lab: lab.look(lab.tls(saying(response())), ca_file="/dev/null"),
        "net.roots_unreadable",
    ),
    ("a proxy without a name", lambda lab: lab.look("a.jp", proxy="http://proxy.invalid:1"), "net.proxy_not_found"),
    (
        "a proxy nobody listens at",
        lambda lab: lab.look("a.jp", proxy=f"http://{refused_port(lab)}"),
        "net.proxy_refused",
    ),
    ("a proxy that says nothing", proxy(servers.silent), "net.proxy_silent"),
    ("a proxy that hangs up", proxy(servers.closing), "net.proxy_closed"),
    ("a proxy that answers 407", proxy(saying(WANTS)), "net.proxy_auth"),
    ("a proxy that answers 403", proxy(saying(response("403 Forbidden"))), "net.proxy_denied"),
    ("a proxy that answers 502", proxy(saying(response("502 Bad Gateway"))), "net.proxy_error"),
    ("a SOCKS proxy", lambda lab: lab.look("a.jp", proxy="socks5://127.0.0.1:1080"), "net.proxy_unsupported"),
    ("a server that answers 503", site(saying(response("503 Service Unavailable"))), "net.http_5xx"),
    ("a redirect to a portal", site(saying(AWAY)), "net.portal_redirect"),
    ("a network that answers 511", site(saying(response("511 Network Authentication Required"))), "net.portal_login"),
    ("a server an hour behind", site(saying(response(ahead=timedelta(hours=-1)))), "net.clock"),
    ("dates wrong everywhere", wrong_dates, "net.clock_dates"),
)


def measured() -> Iterator[tuple[str, bool, CheckResult]]:
    """Every row, measured: the server, whether its cause was told, the result."""
    for server, ask, right in ROWS:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            ca, ca_file = trustme.CA(), Path(folder) / "ca.pem"
            ca.cert_pem.write_to_path(str(ca_file))
            result = ask(Lab(ca, ca_file, stack))
            yield server, any(finding.code in right.split() for finding in result.findings), result


def main() -> int:
    texts = Texts(sys.argv[1] if len(sys.argv) > 1 else "ja")
    wrong = 0
    for server, right, result in measured():
        wrong += not right
        print(f"{'ok ' if right else 'BAD'} {server}")
        for finding in result.findings[:1]:
            print(f"    {shown_code(finding.code)}  {texts(f'finding.{finding.code}', **finding.values)}")
    print(f"{len(ROWS)} causes, {wrong} told wrongly")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
