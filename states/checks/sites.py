"""Child module: are the flow's sites reached from this PC, and if not, what stands in the way.

All sites are asked at once. Every cause is told apart (see `causes`), so that the sentence behind it names what to do:
call whoever runs the network, set the clock, change the proxy, try again later.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from statistics import median
from urllib.parse import urljoin, urlsplit

from cryptography import x509

from states import child
from states.checks.causes import LATE, Layer
from states.checks.exchange import Answer, Bounds, Site, Trail, ask, peek, trusted_here, trusted_in_public, trusting_all
from states.checks.proxies import proxy_for, without_credentials
from states.checks.result import CheckResult, Finding, Outcome, Stopped, could_not_run, visible

SITES = 32  # at most, in one request
CLOCK = timedelta(minutes=5)  # how far this PC's clock may be off; beyond it sign-in and certificates begin to fail
DATED = {"net.tls_expired", "net.tls_not_yet"}
SHOWN = {"net.tls_untrusted", "net.tls_wrong_host", *DATED}  # a certificate came, and is worth looking at

# The second level of a name under .jp (and its like) that belongs to nobody: the name that was registered is above it.
SHARED = {"ac", "ad", "co", "com", "ed", "edu", "go", "gov", "gr", "lg", "ne", "net", "or", "org"}


@dataclass(frozen=True)
class Report:
    """What came of one site. `off`: how far this PC's clock is ahead of the site's; `findings` may be warnings only."""

    reached: bool
    findings: tuple[Finding, ...] = ()
    seen: str = ""
    off: timedelta | None = None


class Visit:
    """One site's way, walked by a thread of its own. `report` stands as soon as something is known."""

    def __init__(self, site: Site, given: str | None, bounds: Bounds, ca_file: str | None, roots: str | None) -> None:
        self.site = site
        self.report: Report | None = None
        self.trail = Trail()
        self._proxy: str | None = None
        self._given, self._bounds, self._ca_file, self._roots = given, bounds, ca_file, roots

    def walk(self) -> None:
        """Ask the site. Never raises: a thread's exception would be nobody's."""
        try:
            self._walk()
        except Exception as error:
            self.report = self.report or self._stopped("net.other", error=type(error).__name__)

    def _walk(self) -> None:
        self._find_proxy()
        try:
            answer = ask(self.site, self._proxy, trusted_here(self._ca_file), self._bounds, self.trail)
        except Stopped as stopped:
            unseen = dict.fromkeys(("issuer", "begin", "end"), "?") if stopped.code in SHOWN else {}
            self.report = self._stopped(stopped.code, **{**unseen, **stopped.values})
            if stopped.code in SHOWN:
                self.report = self._with_certificate(stopped.code)
        else:
            self.report = self._judge(answer)
            self.report = self._with_inspection(self.report)

    def _find_proxy(self) -> None:
        """What was typed, else what this PC's settings say; a script among those may take its time."""
        self.trail.layer = Layer.SETTINGS
        if self._given is None:
            self._proxy = proxy_for(self.site.host)
        elif self._given:
            self._proxy = without_credentials(self._given)
        self.trail = Trail(proxied=self._proxy is not None)

    def late(self) -> Report:
        """The report when time is up: what is known, else which layer it hangs in."""
        return self.report or self._stopped(LATE[self.trail.layer])

    def _finding(self, code: str, **values: str) -> Finding:
        proxy = {"proxy": self._proxy} if self._proxy and code.startswith("net.proxy_") else {}
        return Finding(code, {"site": str(self.site), **proxy, **{name: visible(v, 200) for name, v in values.items()}})

    def _stopped(self, code: str, **values: str) -> Report:
        return Report(False, (self._finding(code, **values),), f"{self.site} {code}")

    def _judge(self, answer: Answer) -> Report:
        seen = f"{self.site} {answer.status}" + (f" via {self._proxy}" if self._proxy else "")
        off = datetime.now(UTC) - answer.clock if answer.clock else None
        if answer.status == 511:  # RFC 6585: a network wants somebody to log in first
            return replace(self._stopped("net.portal_login"), off=off)
        if 300 <= answer.status < 400 and answer.location:
            host = target(self.site, answer.location)
            if not same_house(self.site.host, host):
                return replace(self._stopped("net.portal_redirect", host=host), off=off)
        if answer.status >= 500:
            return Report(True, (self._finding("net.http_5xx", status=str(answer.status)),), seen, off)
        return Report(True, (), seen, off)

    def _with_inspection(self, report: Report) -> Report:
        """Accepted by this PC, yet not by the public roots: somebody whom the office trusts reads along."""
        try:
            peek(self.site, self._proxy, trusted_in_public(self._roots), self._bounds)
        except Stopped:
            issuer = _issuer(x509.load_der_x509_certificate(self.trail.certificate or b""))
            warning = self._finding("net.inspected", issuer=issuer)
            return replace(report, findings=(*report.findings, warning), seen=f"{report.seen} issuer {issuer}")
        return report

    def _with_certificate(self, code: str) -> Report:
        """Who issued the certificate that was refused, and from when to when it is valid."""
        shown = peek(self.site, self._proxy, trusting_all(), self._bounds)
        if shown is None:
            return self._stopped(code, issuer="?", begin="?", end="?")
        if code == "net.tls_expired" and datetime.now(UTC) < shown.not_valid_before_utc:
            code = "net.tls_not_yet"  # Windows has one number for both
        issuer = _issuer(shown)
        begin, end = (moment.date().isoformat() for moment in (shown.not_valid_before_utc, shown.not_valid_after_utc))
        report = self._stopped(code, issuer=issuer, begin=begin, end=end)
        return replace(report, seen=f"{report.seen} issuer {issuer} {begin}..{end}")


def _issuer(certificate: x509.Certificate) -> str:
    try:
        return visible(certificate.issuer.rfc4514_string(), 200) or "?"
    except ValueError:  # a name that breaks its own encoding
        return "?"


def target(site: Site, location: str) -> str:
    """The host to which a redirect leads; "?" for one that leads nowhere."""
    try:
        return urlsplit(urljoin(site.url, location)).hostname or "?"
    except ValueError:
        return "?"


def same_house(one: str, other: str) -> bool:
    """Whether two hosts belong to one registered name: `www.x.go.jp`, `x.go.jp` and `login.x.go.jp` do."""
    return one == other or (registered(one) == registered(other) and not one.replace(".", "").isdigit())


def registered(host: str) -> str:
    """The part of a host's name that somebody registered, by the shape of .jp names; enough for the sites of a flow."""
    labels = host.lower().rstrip(".").split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SHARED
    return ".".join(labels[-3:] if shared else labels[-2:])


def measure(request: child.Json, progress: Callable[[child.Json], None]) -> child.Json:
    """The check.

    Args:
        request: `sites`: hosts, `host:port` or https addresses, at most 32.
            `proxy`: None for what this PC's settings say, "" for none, else its address.
            `ca_file`: None, or a PEM file of roots to trust beside this PC's.
            `public_file`: None, or a PEM file that stands for the public roots.
            `seconds`: bounds by their names in `Bounds`, smaller ones only.
        progress: gets `{"line": "<site> reached"}` or the first finding's code for each site.

    Returns:
        The value `reached` (pass, or warn with what was noticed) or `not_reached` (fail); detail "reached/asked".
        `net.roots_unreadable` when `ca_file` cannot be read.

    Raises:
        ValueError: a site or proxy that is none; too many sites, or none.
    """
    sites = [Site.parse(text) for text in request["sites"]]
    if not 0 < len(sites) <= SITES:
        raise ValueError("from one site to 32")
    bounds = Bounds.at_most(request.get("seconds") or {})
    end = time.monotonic() + bounds.total
    if request.get("proxy"):
        without_credentials(request["proxy"])  # one that is none is the request's fault, not each site's
    given = [request.get(name) for name in ("ca_file", "public_file")]
    try:
        trusted_here(given[0])
    except OSError:  # OpenSSL's own among them
        return could_not_run(Finding("net.roots_unreadable", {"file": visible(given[0] or "")})).to_json()
    visits = [Visit(site, request.get("proxy"), bounds, *given) for site in sites]
    _walk_all(visits, end, progress)
    return verdict([visit.late() for visit in visits], datetime.now(UTC)).to_json()


def _walk_all(visits: Sequence[Visit], end: float, progress: Callable[[child.Json], None]) -> None:
    """Let all walk at once until they have arrived or `end`, an instant of `time.monotonic`, has come."""
    arrived: SimpleQueue[Visit] = SimpleQueue()

    def walk(visit: Visit) -> None:
        visit.walk()
        arrived.put(visit)

    for visit in visits:
        threading.Thread(target=walk, args=(visit,), daemon=True).start()
    with contextlib.suppress(Empty):
        for _ in visits:
            visit = arrived.get(timeout=max(0.0, end - time.monotonic()))
            report = visit.late()
            progress({"line": f"{visit.site} {'reached' if report.reached else report.findings[0].code}"})


def verdict(reports: Sequence[Report], now: datetime) -> CheckResult:
    """All sites' reports as one result; `now` is this PC's clock."""
    reached = sum(report.reached for report in reports)
    clock = _clock(reports, now)
    findings = clock + tuple(finding for report in reports for finding in report.findings)
    seen = tuple(visible(report.seen) for report in reports)
    detail = f"{reached}/{len(reports)}"
    if reached < len(reports):
        return CheckResult(Outcome.FAIL, "not_reached", detail, findings, seen)
    return CheckResult(Outcome.WARN if findings else Outcome.PASS, "reached", detail, findings, seen)


def _clock(reports: Sequence[Report], now: datetime) -> tuple[Finding, ...]:
    here = f"{now.astimezone():%Y-%m-%d %H:%M}"
    offs = [report.off for report in reports if report.off is not None]
    if offs:  # the middle one: a single server's clock may be wrong
        off = timedelta(seconds=median(off.total_seconds() for off in offs))
        if abs(off) <= CLOCK:
            return ()
        minutes = round(off.total_seconds() / 60)
        return (Finding("net.clock", {"here": here, "minutes": f"{minutes:+d}"}),)
    codes = [finding.code for report in reports for finding in report.findings]
    if len(reports) > 1 and len(codes) == len(reports) and DATED.issuperset(codes):
        return (Finding("net.clock_dates", {"here": here}),)
    return ()


if __name__ == "__main__":
    child.answer(measure)
