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

pytestmark = [pytest.mark.lab, pytest.mark.skipif(shutil.which("mitmdump") is None, reason="no mitmproxy")]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    ca, ca_file = trustme.CA(), tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    with ExitStack() as stack:
        yield Lab(ca, ca_file, stack)


@pytest.fixture
def inspector(lab: Lab, tmp_path: Path) -> tuple[str, Path]:
    """Start one; its address, and the file of its own root."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "mitm"
    command = ["mitmdump", "-q", "--listen-host", "127.0.0.1", "-p", str(port), "--set", f"confdir={folder}"]
    process = subprocess.Popen(
        [*command, "--set", f"ssl_verify_upstream_trusted_ca={lab.ca_file}"],
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


def test_a_reader_on_the_way_is_named_whether_it_is_trusted_or_not(lab: Lab, inspector: tuple[str, Path]) -> None:
    address, root = inspector
    site = lab.tls(saying(response()))
    seen = lab.look(site, proxy=address)
    assert (seen.outcome, codes(seen)) == (Outcome.FAIL, ["net.tls_untrusted"])
    assert "mitmproxy" in seen.findings[0].values["issuer"]
    trusted = lab.look(site, proxy=address, ca_file=str(root))
    assert (trusted.outcome, trusted.value, codes(trusted)) == (Outcome.WARN, "reached", ["net.inspected"])
    assert "mitmproxy" in trusted.findings[0].values["issuer"]
