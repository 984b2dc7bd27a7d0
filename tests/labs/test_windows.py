"""The Windows parts of the checks, run by the official Windows Python under wine.

Real there: the registry, the certificate store with its keys, WinHTTP with scripts, COM up to the update agent (whose
search wine does not have, and says so by number), the sockets' own errors, `cryptography`. Trust of TLS, Edge and
updates are not real there.
"""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from states.desk import Desk
from states.flow.events import moment
from states.flow.session import How
from states.visit import Who
from tests.certificates import make_der, make_pfx
from tests.checks.servers import closing, plain, response, saying
from tests.checks.test_sites import Lab
from tests.flow.stories import EDITION, OFFICE, OFFICE_NAME, Said, done, reach, tell
from tests.labs.windows import Windows, path_there
from tests.labs.windows_python import look_at_signature

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]


@pytest.mark.skipif(shutil.which("osslsigncode") is None, reason="no osslsigncode")
def test_a_python_that_somebody_altered_is_refused(windows: Windows, tmp_path: Path) -> None:
    look_at_signature(windows.exe)
    altered, content = tmp_path / "python.exe", bytearray(windows.exe.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    with pytest.raises(LookupError):
        look_at_signature(altered)


def test_the_pc_is_measured_from_its_own_registry(windows: Windows) -> None:
    results = windows.said(
        r"""
import winreg
from states.checks import edge, programs, system, updates
def put(root, key, **values):
    with winreg.CreateKeyEx(root, key, 0, winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY) as opened:
        for name, value in values.items():
            winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)
put(winreg.HKEY_LOCAL_MACHINE, edge.KEY, pv="149.0.1.1")
listed = programs.KEY + r"\client"
put(winreg.HKEY_CURRENT_USER, listed, DisplayName="ケアプランデータ連携クライアント", DisplayVersion="3.1.0")
put(winreg.HKEY_LOCAL_MACHINE, updates.RESTART[0])
quiet = lambda _: None
said = {
    "system": system.measure({"windows": [[10240, "10", "2025-10-14"]], "today": "2026-11-22", "pc": None}, quiet),
    "edge": edge.measure({"floor": "150.0.1.1", "confirmed": "2026-07-02", "today": "2026-11-22"}, quiet),
    "programs": programs.measure({"client": ["ケアプランデータ連携"]}, quiet),
    "updates": updates.measure({}, quiet),
}
"""
    )
    told = {name: (result["value"], [f["code"] for f in result["findings"]]) for name, result in results.items()}
    assert told == {
        "system": ("win10", ["pc.support_ended"]),
        "edge": ("old", ["pc.edge_old"]),
        "programs": ("yes", ["pc.client_compare"]),
        "updates": ("behind", ["pc.restart", "pc.updates_unread"]),
    }
    assert results["programs"]["detail"] == "3.1.0"
    # COM led to the agent's own search: "not implemented" is wine's answer to it.
    assert results["updates"]["findings"][1]["values"] == {"error": "0x80004001"}


def test_what_a_kiosk_s_user_could_change_is_no_settings_of_a_kiosk(windows: Windows, tmp_path: Path) -> None:
    """Wine has no rights of its own but those of a Unix owner; what real ones look like is laid in its way."""
    mine = tmp_path / "kiosk.toml"
    mine.write_text("")
    told = windows.said(
        rf"""
from pathlib import Path
from states.system import here
real, file = here._rights_of, Path({path_there(mine)!r})
folder = "O:SYG:SYD:AI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)"
good = "O:BAG:BAD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)"
user = "S-1-5-21-1-2-3-1001"
def alone(own, above=folder):
    here._rights_of = lambda path: own if path == file else above
    try:
        here.administrators_alone(file)
    except PermissionError:
        return False
    return True
said = {{
    "as it should be": alone(good),
    "modified by users": alone(good + "(A;;0x1301bf;;;BU)"),
    "written by one": alone(good + f"(A;;FRFW;;;{{user}})"),
    "appended to by one": alone(good + f"(A;;LC;;;{{user}})"),
    "its rights changed by one": alone(good + f"(A;;WD;;;{{user}})"),
    "somebody's own": alone(good.replace("O:BA", f"O:{{user}}")),
    "everybody's": alone("O:BAG:BAD:NO_ACCESS_CONTROL"),
    "on a disk without rights": alone(""),
    "swapped in its folder": alone(good, folder + "(A;OICI;0x1301ff;;;BU)"),
    "in somebody's folder": alone(good, folder.replace("O:SY", f"O:{{user}}")),
}}
here._rights_of = real
said["the user's own, really"] = alone(real(file), real(file.parent))
said["rights of it, really"] = real(file).startswith("O:S-1-5-21-")
"""
    )
    assert {case for case, held in told.items() if held} == {"as it should be", "rights of it, really"}


def test_the_store_tells_which_keys_can_be_used(windows: Windows, tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    sealed = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())
        .build(b"secret")
    )
    mine = _certificate_for(key)
    (tmp_path / "with_key.pfx").write_bytes(pkcs12.serialize_key_and_certificates(b"1", key, mine, None, sealed))
    make_der(tmp_path / "without.der")
    found = windows.said(
        rf"""
import ctypes
from states.checks.store import entries
crypt = ctypes.WinDLL("crypt32")
for name in ("CertOpenSystemStoreW", "PFXImportCertStore", "CertEnumCertificatesInStore"):
    getattr(crypt, name).restype = ctypes.c_void_p
class Blob(ctypes.Structure):
    _fields_ = [("size", ctypes.c_ulong), ("bytes", ctypes.c_char_p)]
store = ctypes.c_void_p(crypt.CertOpenSystemStoreW(None, "MY"))
pfx = open(r"Z:{tmp_path}/with_key.pfx", "rb").read()
given = ctypes.c_void_p(crypt.PFXImportCertStore(ctypes.byref(Blob(len(pfx), pfx)), "secret", 0))
one = ctypes.c_void_p(crypt.CertEnumCertificatesInStore(given, None))
crypt.CertAddCertificateContextToStore(store, one, 3, None)
der = open(r"Z:{tmp_path}/without.der", "rb").read()
crypt.CertAddEncodedCertificateToStore(store, 1, der, len(der), 3, None)
crypt.CertCloseStore(store, 0)
said = sorted(usable for _, usable in entries())
"""
    )
    assert found == [False, True]


def _certificate_for(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name.from_rfc4514_string("CN=介護保険証明書")
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2028, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )


def test_a_script_decides_the_proxy_and_the_fixed_settings_have_their_exceptions(windows: Windows) -> None:
    told = windows.said(
        r"""
import http.server, struct, threading, winreg
from states.checks.proxies import proxy_for
SCRIPT = b'''function FindProxyForURL(url, host) {
    return host == "direct.example" ? "DIRECT" : "PROXY proxy.office.example:3128; DIRECT"; }'''
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "application/x-ns-proxy-autoconfig")
        self.send_header("content-length", str(len(SCRIPT)))
        self.end_headers()
        self.wfile.write(SCRIPT)
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
def script(url, flags=5):
    held = struct.pack("<IIIIII", 0x46, 1, flags, 0, 0, len(url)) + url.encode() + bytes(32)
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, SETTINGS + r"\Connections") as key:
        winreg.SetValueEx(key, "DefaultConnectionSettings", 0, winreg.REG_BINARY, held)
def both():
    return [proxy_for("www.mhlw.go.jp"), proxy_for("direct.example")]
script(f"http://127.0.0.1:{server.server_port}/proxy.pac")
said = [both()]
script("http://127.0.0.1:1/proxy.pac")  # one that cannot be had: the fixed settings hold
with winreg.CreateKey(winreg.HKEY_CURRENT_USER, SETTINGS) as key:
    winreg.SetValueEx(key, "ProxyEnable", 0, winreg.REG_DWORD, 1)
    winreg.SetValueEx(key, "ProxyServer", 0, winreg.REG_SZ, "fixed.example:8080")
    winreg.SetValueEx(key, "ProxyOverride", 0, winreg.REG_SZ, "direct.example;<local>")
said.append(both())
with winreg.CreateKey(winreg.HKEY_CURRENT_USER, SETTINGS) as key:
    winreg.SetValueEx(key, "ProxyEnable", 0, winreg.REG_DWORD, 0)
script("", 1)
"""
    )
    assert told == [["http://proxy.office.example:3128", None], ["http://fixed.example:8080", None]]


def test_a_probe_made_by_windows_is_taken_into_a_session(windows: Windows, tmp_path: Path) -> None:
    file = tmp_path / "probe.json"
    file.write_text(windows.python("-m", "tui", "probe", "--edition", EDITION.name))
    made = json.loads(file.read_text())
    assert made["checks"]["system"]["value"] == "win10"
    desk = Desk.open(tmp_path / "store", _later(made["at"]))
    visit = desk.begin(OFFICE, OFFICE_NAME, EDITION.name, Who("佐藤", "NOTE-PC", "pts/1"))
    reach(visit, "terminal")
    tell(visit, pc=Said("given", f"事務室 {made['pc']}"))
    found = visit.import_probe(str(file))
    assert "windows" in found
    for fact, result in found.items():
        done(visit.record_check(fact, result))
    answer = visit.answer_to("windows")
    assert answer is not None
    assert (answer.value, answer.how) == ("win10", How.MEASURED_THERE)
    desk.close()


def _later(at: int) -> Callable[[], datetime]:
    return lambda: moment(at + 60_000)


def test_the_sites_are_asked_and_each_cause_has_its_name_there_too(whole_windows: Windows, tmp_path: Path) -> None:
    with ExitStack() as stack:
        lab = Lab(trustme.CA(), tmp_path / "ca.pem", stack)
        lab.ca.cert_pem.write_to_path(str(lab.ca_file))
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # and does not listen
            sites = {
                "": lab.tls(saying(response())),
                "net.http_5xx": lab.tls(saying(response("503 Service Unavailable"))),
                "net.refused": f"localhost:{nobody.getsockname()[1]}",
                "net.dns_not_found": "no-such-name.invalid",
                "net.tls_closed": lab.plain(closing),
                "net.not_tls": lab.plain(plain),
                "net.portal_login": lab.tls(saying(response("511 Network Authentication Required"))),
            }
            ca_file = path_there(lab.ca_file)
            request = {"sites": list(sites.values()), "proxy": "", "ca_file": ca_file, "public_file": ca_file}
            found = whole_windows.said(
                f"from states.checks.run import run\nsaid = run('sites', {request!r}).to_json()"  # in its child process
            )
    told = {finding["values"]["site"]: finding["code"] for finding in found["findings"]}
    assert told == {site: code for code, site in sites.items() if code}
    assert (found["outcome"], found["detail"]) == ("fail", f"2/{len(sites)}")


def test_a_certificate_s_file_is_read_and_judged_there_too(whole_windows: Windows, tmp_path: Path) -> None:
    make_pfx(tmp_path / "証明書.pfx")
    make_der(tmp_path / "without.der")

    def judged(name: str, password: str | None) -> list[object]:
        file = path_there(tmp_path / name)
        told: list[object] = whole_windows.said(
            f"""
from datetime import date
from states.checks.asking import request_for
from states.checks.run import run
from states.flow import editions
asked = request_for("certificate", editions.find(editions.NEWEST), date(2026, 11, 22), office_number="1310000001")
result = run("certificate", {{**asked, "path": {file!r}, "password": {password!r}}})
said = [result.value, result.until, [finding.code for finding in result.findings]]
"""
        )
        return told

    assert judged("証明書.pfx", "secret") == ["usable", "2028-03-31", []]
    assert judged("証明書.pfx", "not this one") == [None, None, ["cert.password_or_damaged"]]
    assert judged("without.der", None) == ["no_key", "2028-03-31", ["cert.no_key"]]
