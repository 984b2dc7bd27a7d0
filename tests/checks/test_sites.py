"""Every cause of "the site is not reached", behind a real server; see the measured facts on reachability."""

from __future__ import annotations

import errno
import json
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from states import child
from states.checks import proxies, sites
from states.checks import run as running
from states.checks.causes import LATE, Layer, cause
from states.checks.proxies import proxy_for, without_credentials
from states.checks.result import CheckResult, Outcome
from states.checks.sites import measure, registered, same_house
from states.checks.winhttp import first_proxy
from tests.checks import servers
from tests.checks.servers import Behaviour, behind_tls, response, saying

NOW = datetime.now(UTC)
SOON = 0.3  # seconds, where nothing ever comes


class Lab:
    """Starts servers with certificates of a CA of its own, and asks for them."""

    def __init__(self, ca: trustme.CA, ca_file: Path, stack: ExitStack) -> None:
        self.ca, self.ca_file, self.stack = ca, ca_file, stack
        self.lines: list[str] = []

    def plain(self, behaviour: Behaviour) -> str:
        """Start a server that is spoken to without TLS; its `host:port`."""
        return f"localhost:{self.stack.enter_context(servers.serve(behaviour))}"

    def tls(
        self,
        behaviour: Behaviour,
        name: str = "localhost",
        ca: trustme.CA | None = None,
        days: tuple[int, int] = (-1, 300),
    ) -> str:
        """Start a server behind a certificate for `name`, valid from and to so many days from now; its `host:port`."""
        begin, end = (NOW + timedelta(days=day) for day in days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (ca or self.ca).issue_cert(name, not_before=begin, not_after=end).configure_cert(context)
        return self.plain(behind_tls(context, behaviour))

    def look(self, *sites: str, **request: Any) -> CheckResult:
        """Measure in this process, with no proxy, and with the lab's CA among the trusted and the public roots."""
        ca_file = str(self.ca_file)
        given = {"sites": sites, "proxy": "", "ca_file": ca_file, "public_file": ca_file, **request}
        answer = measure(json.loads(json.dumps(given)), lambda step: self.lines.append(step["line"]))
        return CheckResult.from_json(json.loads(json.dumps(answer)))


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def lab(ca: trustme.CA, tmp_path: Path) -> Iterator[Lab]:
    ca_file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    with ExitStack() as stack:
        yield Lab(ca, ca_file, stack)


def codes(result: CheckResult) -> list[str]:
    return [finding.code for finding in result.findings]


def fails_with(result: CheckResult, code: str) -> dict[str, str]:
    """The values of the one finding."""
    assert (result.outcome, result.value, codes(result)) == (Outcome.FAIL, "not_reached", [code])
    return dict(result.findings[0].values)


# Reached


def test_a_site_that_answers_is_reached_and_nothing_is_noted(lab: Lab) -> None:
    site = lab.tls(saying(response()))
    result = lab.look(site, f"https://{site}/login")
    assert (result.outcome, result.value, result.detail, result.findings) == (Outcome.PASS, "reached", "2/2", ())
    assert lab.lines == [f"{site} reached"] * 2
    assert result.seen == (f"{site} 200",) * 2


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found"])
def test_a_page_that_is_refused_is_a_site_that_is_reached(lab: Lab, status: str) -> None:
    assert lab.look(lab.tls(saying(response(status)))).outcome is Outcome.PASS


def test_a_server_in_trouble_is_reached_with_a_warning(lab: Lab) -> None:
    site = lab.tls(saying(response("503 Service Unavailable")))
    result = lab.look(site)
    assert (result.outcome, result.value) == (Outcome.WARN, "reached")
    assert result.findings[0].code == "net.http_5xx"
    assert result.findings[0].values == {"site": site, "status": "503"}


@pytest.mark.parametrize("to", ["/top", "https://localhost/login", "http://localhost:8080/", "//localhost"])
def test_a_redirect_within_the_host_is_fine(lab: Lab, to: str) -> None:
    assert lab.look(lab.tls(saying(response("302 Found", f"Location: {to}")))).outcome is Outcome.PASS


def test_a_body_without_end_is_left_unread(lab: Lab) -> None:
    begin = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert lab.look(lab.tls(servers.endless(begin, b"4\r\nmore\r\n" * 1000))).outcome is Outcome.PASS


def test_a_site_trusted_by_this_pc_alone_is_reached_and_its_reader_is_named(lab: Lab) -> None:
    result = lab.look(lab.tls(saying(response())), public_file=None)
    assert (result.outcome, result.value, codes(result)) == (Outcome.WARN, "reached", ["net.inspected"])
    assert "trustme" in result.findings[0].values["issuer"]


# The way to the server


def test_a_name_that_does_not_exist(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", raising(socket.gaierror(socket.EAI_NONAME, "not known")))
    assert fails_with(lab.look("name.invalid"), "net.dns_not_found") == {"site": "name.invalid"}


def test_a_name_that_no_resolver_knows_is_asked_of_the_real_one(lab: Lab) -> None:
    [code] = codes(lab.look("name.invalid"))
    assert code in ("net.dns_not_found", "net.dns_timeout")  # offline, the resolver says "try again"


def test_a_name_that_cannot_be_one(lab: Lab) -> None:
    fails_with(lab.look("a" * 70 + ".invalid"), "net.dns_not_found")


def test_a_name_server_that_gives_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", raising(socket.gaierror(socket.EAI_AGAIN, "try again")))
    fails_with(lab.look("name.invalid"), "net.dns_timeout")


def test_a_name_server_that_never_answers(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait())
    fails_with(lab.look("name.invalid", seconds={"dns": SOON}), "net.dns_timeout")
    never.set()


def test_a_port_nobody_listens_on(lab: Lab) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        fails_with(lab.look(f"localhost:{bound.getsockname()[1]}"), "net.refused")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse what does not fit a full queue")
def test_a_server_that_never_takes_the_connection(lab: Lab) -> None:
    with servers.full_backlog() as port:
        fails_with(lab.look(f"127.0.0.1:{port}", seconds={"connect": SOON}), "net.timeout")


@pytest.mark.parametrize(
    ("layer", "error", "code"),
    [
        (Layer.TCP, OSError(errno.ENETUNREACH, ""), "net.no_route"),
        (Layer.TCP, OSError(errno.EHOSTUNREACH, ""), "net.no_route"),
        (Layer.TCP, ConnectionResetError(errno.ECONNRESET, ""), "net.reset"),
        (Layer.TCP, PermissionError(errno.EACCES, ""), "net.other"),
        (Layer.PROXY, OSError(errno.EHOSTUNREACH, ""), "net.proxy_silent"),
        (Layer.PROXY, ssl.SSLError(1, "bad"), "net.proxy_error"),
        (Layer.TLS, ssl.SSLError(1, "bad"), "net.tls_other"),
        (Layer.HEAD, ssl.SSLEOFError(8, "eof"), "net.closed"),
        (Layer.HEAD, RuntimeError(), "net.other"),
    ],
)
def test_causes_that_no_server_here_can_play(layer: Layer, error: Exception, code: str) -> None:
    if isinstance(error, ssl.SSLError):
        error.reason = "AS_TOLD"
    assert cause(layer, error).code == code


@pytest.mark.parametrize(
    ("number", "code"),
    [(0x800B0101, "expired"), (0x800B010F, "wrong_host"), (0x800B0109, "untrusted"), (-67843, "untrusted")],
)
def test_certificates_refused_by_windows_and_macos_are_told_apart_by_number(number: int, code: str) -> None:
    refused = ssl.SSLCertVerificationError("in the system's own language")
    refused.verify_code = number
    assert cause(Layer.TLS, refused).code == f"net.tls_{code}"


# TLS


def test_a_listener_that_says_nothing(lab: Lab) -> None:
    fails_with(lab.look(lab.plain(servers.silent), seconds={"connect": SOON}), "net.tls_timeout")


def test_a_connection_reset_in_the_handshake(lab: Lab) -> None:
    fails_with(lab.look(lab.plain(servers.resetting)), "net.tls_closed")


def test_a_connection_closed_in_the_handshake(lab: Lab) -> None:
    fails_with(lab.look(lab.plain(servers.closing)), "net.tls_closed")


def test_a_server_that_speaks_no_tls(lab: Lab) -> None:
    fails_with(lab.look(lab.plain(servers.plain)), "net.not_tls")


def test_an_unknown_issuer_is_named(lab: Lab) -> None:
    stranger = trustme.CA(organization_name="Strange Filter")
    values = fails_with(lab.look(lab.tls(saying(response()), ca=stranger)), "net.tls_untrusted")
    assert "Strange Filter" in values["issuer"]


def test_a_certificate_that_has_expired(lab: Lab) -> None:
    values = fails_with(lab.look(lab.tls(saying(response()), days=(-90, -2))), "net.tls_expired")
    assert values["end"] == (NOW - timedelta(days=2)).date().isoformat()


def test_a_certificate_that_is_not_yet_valid(lab: Lab) -> None:
    values = fails_with(lab.look(lab.tls(saying(response()), days=(2, 90))), "net.tls_not_yet")
    assert values["begin"] == (NOW + timedelta(days=2)).date().isoformat()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_for_another_host(lab: Lab, host: str) -> None:
    site = lab.tls(saying(response()), name="other.example")
    fails_with(lab.look(site.replace("localhost", host)), "net.tls_wrong_host")


# After the handshake


def test_a_server_that_never_answers(lab: Lab) -> None:
    fails_with(lab.look(lab.tls(servers.silent), seconds={"head": SOON}), "net.no_answer")


def test_a_server_that_hangs_up_instead_of_answering(lab: Lab) -> None:
    fails_with(lab.look(lab.tls(servers.closing)), "net.closed")


def test_a_connection_reset_instead_of_an_answer(lab: Lab) -> None:
    [code] = codes(lab.look(lab.tls(servers.reset_after_request)))
    assert code in ("net.reset", "net.closed")  # inside TLS some versions of OpenSSL tell a reset as an end


def test_an_answer_that_is_no_http(lab: Lab) -> None:
    fails_with(lab.look(lab.tls(saying(b"SSH-2.0-OpenSSH\r\n\r\n"))), "net.not_http")


def test_a_head_without_end(lab: Lab) -> None:
    endless = servers.endless(b"HTTP/1.1 200 OK\r\n", b"X-More: more\r\n" * 1000)
    fails_with(lab.look(lab.tls(endless)), "net.not_http")


def test_all_are_told_at_the_end_of_the_time_whatever_they_hang_in(lab: Lab) -> None:
    slow = servers.endless(b"", b"")
    result = lab.look(lab.tls(slow), lab.plain(servers.silent), seconds={"total": SOON})
    assert result.detail == "0/2"
    assert set(codes(result)) <= set(LATE.values())


# Portals


def test_a_network_that_wants_a_log_in(lab: Lab) -> None:
    fails_with(lab.look(lab.tls(saying(response("511 Network Authentication Required")))), "net.portal_login")


def test_a_redirect_to_somebody_else(lab: Lab) -> None:
    values = fails_with(
        lab.look(lab.tls(saying(response("302 Found", "Location: http://portal.example/login")))), "net.portal_redirect"
    )
    assert values["host"] == "portal.example"


def test_a_redirect_to_nowhere(lab: Lab) -> None:
    values = fails_with(lab.look(lab.tls(saying(response("302 Found", "Location: http://[")))), "net.portal_redirect")
    assert values["host"] == "?"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("www.kaigo.e-seikyuu.jp", "login.e-seikyuu.jp", True),
        ("www.mhlw.go.jp", "mhlw.go.jp", True),
        ("www.mhlw.go.jp", "www.nta.go.jp", False),
        ("www.kokuho.or.jp", "kokuho.or.jp", True),
        ("www.careplan-renkei.jp", "www.careplan-renkei-support.jp", False),
        ("10.0.0.1", "192.168.0.1", False),
        ("localhost", "localhost", True),
    ],
)
def test_hosts_of_one_registered_name_are_one_house(one: str, other: str, same: bool) -> None:
    assert same_house(one, other) is same


def test_the_registered_name_is_the_part_that_somebody_registered() -> None:
    assert [registered(host) for host in ("a.b.go.jp", "A.B.example.com.", "jp")] == ["b.go.jp", "example.com", "jp"]


# This PC's clock


@pytest.mark.parametrize(("ahead", "minutes"), [(timedelta(hours=-1), "+60"), (timedelta(minutes=7), "-7")])
def test_a_server_with_another_time_shows_this_clock_to_be_off(lab: Lab, ahead: timedelta, minutes: str) -> None:
    result = lab.look(lab.tls(saying(response(ahead=ahead))))
    assert (result.outcome, result.value, codes(result)) == (Outcome.WARN, "reached", ["net.clock"])
    assert result.findings[0].values["minutes"] == minutes


def test_one_server_of_three_with_a_wrong_clock_proves_nothing(lab: Lab) -> None:
    right, wrong = lab.tls(saying(response())), lab.tls(saying(response(ahead=timedelta(hours=5))))
    assert lab.look(right, wrong, right).outcome is Outcome.PASS


def test_an_old_answer_from_a_cache_is_no_sign_of_a_wrong_clock(lab: Lab) -> None:
    cached = response("200 OK", "Age: 3600", ahead=timedelta(hours=-1))
    assert lab.look(lab.tls(saying(cached))).outcome is Outcome.PASS


def test_dates_wrong_on_all_sites_show_this_clock_to_be_off(lab: Lab) -> None:
    result = lab.look(lab.tls(saying(b""), days=(-9, -2)), lab.tls(saying(b""), days=(2, 9)))
    assert (result.outcome, codes(result)) == (Outcome.FAIL, ["net.clock_dates", "net.tls_expired", "net.tls_not_yet"])


# Proxies


def through(lab: Lab, behaviour: Behaviour, **request: Any) -> CheckResult:
    return lab.look("www.example.jp", proxy=f"http://{lab.plain(behaviour)}", **request)


def test_through_a_proxy_without_the_credentials_in_its_address(lab: Lab) -> None:
    heard: list[bytes] = []
    site = lab.tls(saying(response(), heard), name="www.example.jp")
    proxy = lab.plain(servers.tunnel(int(site.partition(":")[2]), heard))
    result = lab.look("www.example.jp", proxy=f"http://user:canary@{proxy}")
    assert (result.outcome, result.seen) == (Outcome.PASS, (f"www.example.jp 200 via http://{proxy}",))
    assert b"CONNECT www.example.jp:443" in heard[0]
    assert b"authorization" not in b"".join(heard).lower()


def test_a_certificate_refused_through_a_proxy_is_the_sites(lab: Lab) -> None:
    site = lab.tls(saying(response()), name="other.example")
    relay = servers.tunnel(int(site.partition(":")[2]), [])
    assert fails_with(through(lab, relay), "net.tls_wrong_host")["issuer"] != "?"


def test_a_proxy_that_wants_a_password_names_its_schemes(lab: Lab) -> None:
    wants = response(
        "407 Proxy Authentication Required",
        "Proxy-Authenticate: Negotiate, NTLM",
        'Proxy-Authenticate: Basic realm="a, b"',
    )
    assert fails_with(through(lab, saying(wants)), "net.proxy_auth")["schemes"] == "Basic, NTLM, Negotiate"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (saying(response("403 Forbidden")), "net.proxy_denied"),
        (saying(response("502 Bad Gateway")), "net.proxy_error"),
        (saying(b"no proxy at all\r\n\r\n"), "net.proxy_closed"),
        (servers.closing, "net.proxy_closed"),
        (servers.resetting, "net.proxy_closed"),
    ],
)
def test_a_proxy_that_refuses(lab: Lab, said: Behaviour, code: str) -> None:
    assert fails_with(through(lab, said), code)["proxy"].startswith("http://localhost:")


def test_a_proxy_that_says_nothing(lab: Lab) -> None:
    fails_with(through(lab, servers.silent, seconds={"head": SOON}), "net.proxy_silent")


def test_a_proxy_nobody_listens_at(lab: Lab) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{bound.getsockname()[1]}"
        assert fails_with(lab.look("www.example.jp", proxy=proxy), "net.proxy_refused")["proxy"] == proxy


def test_a_proxy_whose_name_does_not_exist(lab: Lab) -> None:
    fails_with(lab.look("www.example.jp", proxy="http://proxy.invalid:8080"), "net.proxy_not_found")


def test_a_proxy_of_a_kind_that_is_not_spoken(lab: Lab) -> None:
    values = fails_with(lab.look("www.example.jp", proxy="socks5://127.0.0.1:1080"), "net.proxy_unsupported")
    assert values["scheme"] == "socks5"


def test_the_proxy_comes_from_the_environment_with_its_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "user:pass@proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert proxy_for("www.example.jp") == "http://proxy.example:3128"
    assert proxy_for("inside.example") is None


@pytest.mark.parametrize(
    ("listed", "first"),
    [
        ("proxy.example:8080", "proxy.example:8080"),
        ("a:1; b:2", "a:1"),
        ("http=a:1;https=b:2", "b:2"),
        ("HTTPS=b:2 c:3", "b:2"),
        ("http=a:1;ftp=b:2", None),
        ("", None),
        (";;=", None),
    ],
)
def test_of_a_scripts_list_the_first_proxy_for_https_is_taken(listed: str, first: str | None) -> None:
    assert first_proxy(listed) == first


def test_what_a_script_decides_goes_before_the_fixed_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "fixed.example:3128")
    monkeypatch.setattr(proxies, "automatic", lambda url: (True, "auto.example:8080" if "mhlw" in url else None))
    assert proxy_for("www.mhlw.go.jp") == "http://auto.example:8080"
    assert proxy_for("inside.example") is None
    monkeypatch.setattr(proxies, "automatic", lambda _: (False, None))
    assert proxy_for("www.mhlw.go.jp") == "http://fixed.example:3128"


def test_a_script_that_never_comes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(sites, "proxy_for", lambda _: never.wait())
    fails_with(lab.look("www.example.jp", proxy=None, seconds={"total": SOON}), "net.proxy_settings")
    never.set()


@pytest.mark.parametrize(
    ("address", "clean"),
    [("https://u:p@[::1]:8443/x", "https://[::1]:8443"), ("http://proxy", "http://proxy:80"), ("p:1", "http://p:1")],
)
def test_a_proxys_address_is_kept_without_its_credentials(address: str, clean: str) -> None:
    assert without_credentials(address) == clean


# In the child


def test_the_child_answers_and_tells_its_progress(lab: Lab) -> None:
    site, lines = lab.tls(saying(response())), list[str]()
    request = {"sites": [site], "proxy": "", "ca_file": str(lab.ca_file), "public_file": str(lab.ca_file)}
    assert running.run("sites", request, progress=lines.append).outcome is Outcome.PASS
    assert lines == [f"{site} reached"]


def test_a_child_killed_at_its_bound_is_a_result(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(running.CHECKS, "sites", running.Check("states.checks.sites", SOON))
    result = running.run("sites", {"sites": [lab.plain(servers.silent)], "proxy": ""})
    assert (result.outcome, result.value, codes(result)) == (Outcome.COULD_NOT_RUN, None, ["check.timeout"])


def test_a_check_that_is_cancelled_is_a_result(lab: Lab) -> None:
    cancel = threading.Event()
    cancel.set()
    request = {"sites": [lab.plain(servers.silent)], "proxy": ""}
    assert codes(running.run("sites", request, cancel=cancel)) == ["check.cancelled"]


@pytest.mark.parametrize("sites", [[], ["http://plain.example"], ["a"] * 33])
def test_a_request_that_makes_no_sense_is_a_result(sites: list[str]) -> None:
    assert codes(running.run("sites", {"sites": sites, "proxy": ""})) == ["check.failed"]


def test_a_pc_that_starts_no_process_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "call", raising(OSError(errno.ENOMEM, "")))
    assert codes(running.run("sites", {"sites": ["a"]})) == ["check.failed"]


def raising(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail
