"""A real mitmproxy between this PC and a site: not trusted, it fails and is named; trusted, it is seen and named."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from states.checks.result import Outcome
from tests.checks.servers import response, saying
from tests.checks.test_sites import Lab, codes
from tests.tui.offices import READY, prepare, stored
from tests.tui.technician import COMMAND, Technician

NOW = "2026-11-22T09:00"

pytestmark = [pytest.mark.lab, pytest.mark.skipif(shutil.which("mitmdump") is None, reason="no mitmproxy")]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    ca, ca_file = trustme.CA(), tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    with ExitStack() as stack:
        yield Lab(ca, ca_file, stack)


def inspector(lab: Lab, folder: Path, *options: str) -> tuple[str, Path]:
    """Start one; its address, and the file of its own root."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [f"confdir={folder}", f"ssl_verify_upstream_trusted_ca={lab.ca_file}", *options]
    process = subprocess.Popen(
        ["mitmdump", "-q", "--listen-host", "127.0.0.1", "-p", str(port), *(w for s in settings for w in ("--set", s))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lab.stack.callback(process.wait)
    lab.stack.callback(process.kill)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return f"http://127.0.0.1:{port}", folder / "mitmproxy-ca-cert.pem"
        except OSError:
            time.sleep(0.1)
    raise AssertionError("mitmdump did not come up")


def test_a_reader_on_the_way_is_named_whether_it_is_trusted_or_not(lab: Lab, tmp_path: Path) -> None:
    address, root = inspector(lab, tmp_path / "mitm")
    site = lab.tls(saying(response()))
    seen = lab.look(site, proxy=address)
    assert (seen.outcome, codes(seen)) == (Outcome.FAIL, ["net.tls_untrusted"])
    assert "mitmproxy" in seen.findings[0].values["issuer"]
    trusted = lab.look(site, proxy=address, ca_file=str(root))
    assert (trusted.outcome, trusted.value, codes(trusted)) == (Outcome.WARN, "reached", ["net.inspected"])
    assert "mitmproxy" in trusted.findings[0].values["issuer"]


@pytest.mark.timeout(180)
def test_a_visit_that_a_reader_stops_goes_on_with_its_root_and_names_it(lab: Lab, tmp_path: Path) -> None:
    """No site is there behind it: the reader answers for all of them, with certificates of its own."""
    address, root = inspector(lab, tmp_path / "mitm", "connection_strategy=lazy", "upstream_cert=false")
    store, env = tmp_path / "store", {"https_proxy": address}
    id = prepare(store, NOW, **{name: value for name, value in READY.items() if name != "sites"}, stand="terminal")
    with Technician(store, NOW, env=env) as t:
        t.open_first()
        t.step("terminal")
        t.open_field("sites")
        t.choose(t.texts("ui.choice.check.sites"))
        t.wait("(NET-TLS-UNTRUSTED)")
        t.wait("mitmproxy")
        t.press("enter")
        t.until("sites", "[!]")
        t.wait("SITES-NOT-REACHED")
    with Technician(store, NOW, env=env, program=(COMMAND, "--roots", root)) as t:
        t.open_first()
        t.step("terminal")
        t.press("m")
        t.wait("(NET-INSPECTED)")
        t.wait(t.texts("ui.progress", done=6, all=6))
        t.press("a")
        t.until("sites", "[x]")
        t.next("user_id")
    answer = stored(store, id).answers["sites"]
    assert answer.value == "reached"
    assert all("mitmproxy" in line for line in answer.seen)
