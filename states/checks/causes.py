"""What went wrong between this PC and a site, told apart so that a technician can act on it.

The same failure has other numbers on each system, and httpx raises one type for most of them. So the cause is read
from two things: the layer that was being worked on, and the error at the bottom. The list of causes is
that of the measured facts on reachability; each stands behind a real server in the tests.
"""

from __future__ import annotations

import errno
import socket
import ssl
from enum import StrEnum

from states.checks.result import Stopped


class Layer(StrEnum):
    """What was being worked on; everything spoken with a proxy before its tunnel stands is one layer."""

    SETTINGS = "settings"  # of this PC: which proxy, perhaps by a script that has to be fetched
    NAME = "name"
    TCP = "tcp"
    PROXY = "proxy"
    TLS = "tls"
    HEAD = "head"


# What it means that a layer's time was up.
LATE = {
    Layer.SETTINGS: "net.proxy_settings",
    Layer.NAME: "net.dns_timeout",
    Layer.TCP: "net.timeout",
    Layer.PROXY: "net.proxy_silent",
    Layer.TLS: "net.tls_timeout",
    Layer.HEAD: "net.no_answer",
}

NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}

# Name servers that do not answer, told by number: EAI_AGAIN, and Windows' WSATRY_AGAIN.
NAME_SERVER_SILENT = {socket.EAI_AGAIN, 11002}

# Why a certificate was refused: OpenSSL's X509_V_ERR_*, Windows' CERT_E_*, macOS' errSec*.
REFUSED_CERTIFICATE = {
    9: "net.tls_not_yet",
    10: "net.tls_expired", 0x800B0101: "net.tls_expired", -67818: "net.tls_expired",
    62: "net.tls_wrong_host", 64: "net.tls_wrong_host", 0x800B010F: "net.tls_wrong_host", -67602: "net.tls_wrong_host",
    2: "net.tls_untrusted", 18: "net.tls_untrusted", 19: "net.tls_untrusted", 20: "net.tls_untrusted",
    21: "net.tls_untrusted", 27: "net.tls_untrusted",
    0x800B0109: "net.tls_untrusted", 0x800B010A: "net.tls_untrusted", 0x800B0112: "net.tls_untrusted",
    -67843: "net.tls_untrusted",
}  # fmt: skip

# OpenSSL's words for bytes that are no TLS at all; which of them depends on what came.
NOT_TLS = {
    "WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST",
    "HTTPS_PROXY_REQUEST",
}  # fmt: skip


def cause(layer: Layer, root: BaseException) -> Stopped:
    """What it means that `root`, an error of the socket or of TLS itself, came while `layer` was being worked on."""
    if isinstance(root, TimeoutError):
        return Stopped(LATE[layer])
    if layer is Layer.PROXY:
        return _with_proxy(root)
    if isinstance(root, socket.gaierror):
        return Stopped("net.dns_timeout" if root.errno in NAME_SERVER_SILENT else "net.dns_not_found")
    if isinstance(root, ssl.SSLError):
        return _in_tls(layer, root)
    if isinstance(root, ConnectionError) and layer is Layer.TLS:
        return Stopped("net.tls_closed")
    if isinstance(root, OSError):
        return _in_transport(root)
    if layer is Layer.NAME:  # a name that cannot even be put into a question
        return Stopped("net.dns_not_found")
    return Stopped("net.other", error=type(root).__name__)


def _in_transport(root: OSError) -> Stopped:
    if isinstance(root, ConnectionRefusedError):
        return Stopped("net.refused")
    if isinstance(root, ConnectionError):
        return Stopped("net.reset")
    if root.errno in NO_ROUTE:
        return Stopped("net.no_route")
    return Stopped("net.other", error=errno.errorcode.get(root.errno or 0, type(root).__name__))


def _in_tls(layer: Layer, root: ssl.SSLError) -> Stopped:
    if isinstance(root, ssl.SSLCertVerificationError):
        code = REFUSED_CERTIFICATE.get(root.verify_code)
        return Stopped(code) if code else Stopped("net.tls_other", error=str(root.verify_message))
    if isinstance(root, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Stopped("net.tls_closed" if layer is Layer.TLS else "net.closed")
    reason = root.reason or type(root).__name__
    return Stopped("net.not_tls") if reason in NOT_TLS else Stopped("net.tls_other", error=reason)


def _with_proxy(root: BaseException) -> Stopped:
    if isinstance(root, socket.gaierror):
        return Stopped("net.proxy_not_found")
    if isinstance(root, ConnectionRefusedError):
        return Stopped("net.proxy_refused")
    if isinstance(root, OSError) and root.errno in NO_ROUTE:
        return Stopped("net.proxy_silent")
    if isinstance(root, ssl.SSLError):
        return Stopped("net.proxy_error", error=root.reason or type(root).__name__)
    return Stopped("net.proxy_closed")
