"""Data never acts: the whole corpus through every way in, and what then reaches a terminal."""

from __future__ import annotations

import contextlib
import io
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from locales import Texts
from states.checks import certificate
from states.checks.probe import _sum as probe_sum
from states.checks.probe import read_probe, written
from states.checks.result import CheckResult, Outcome
from states.fault import Fault, in_words
from tests.certificates import key_pair
from tests.checks.servers import read_head
from tests.checks.test_sites import Lab
from tests.flow.stories import japan
from tests.injection import CORPUS, FORBIDDEN, acts
from tests.tui.liner import Liner
from tests.tui.offices import EDITION, READY, desk_at, office
from tests.tui.technician import Technician
from tui.cli import main
from tui.measure import told
from tui.terminal import plain

pytestmark = pytest.mark.lab  # minutes, all on real terminals: run by `make labs`

NOW = "2026-11-22T09:00"
TEXTS = Texts("ja")
WAYS_IN = 9  # a field pasted into, typed into, searched with; in line mode; stored; certificate, probe, script, proxy


def test_the_corpus_is_as_large_as_it_is_said_to_be_and_is_seen_to_act() -> None:
    assert len(CORPUS) == 42
    print(f"\n{len(CORPUS)} texts by {WAYS_IN} ways in: {len(CORPUS) * WAYS_IN}")
    harmless = [name for name, text in CORPUS.items() if not acts(text) and not FORBIDDEN.search(text.encode())]
    assert len(harmless) < len(CORPUS) / 2  # planted: the judge sees the others act
    assert [name for name, text in CORPUS.items() if acts(plain(text))] == []
    assert plain("が\u3099é\u0301") == "が\u3099é\u0301"  # what a person writes is left alone


def unharmed(raw: bytes) -> None:
    assert FORBIDDEN.findall(raw) == []


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every text as an office's name, an answer, a partner, a draft and a technician: as another program stored it."""
    folder = tmp_path_factory.mktemp("injection") / "store"
    with desk_at(folder, "2026-11-22T08:00") as desk:
        for at, text in enumerate(CORPUS.values()):
            text = text[:400].replace("\x00", "")  # the store refuses that one by name
            partners = [{"name": text, "kind": "service", "intention": "willing"}]
            facts = READY | {"partners": ("willing", partners)}
            facts |= {name: ("given", text if text.strip() else "x") for name in ("product", "pc")}
            visit = office(desk, number=f"13720{at:05}", name=f"{at:02} {text}", **facts, stand="care_software")
            visit.keep_draft("vendor", text)
            visit.leave()
    return folder


@pytest.mark.timeout(240)
def test_stored_sessions_are_shown_harmless_on_the_full_screen(store: Path) -> None:
    with Technician(store, NOW, name="\x1b]52;c;eA==\x07[/]") as t:
        for at in range(len(CORPUS)):
            t.press("/")
            t.terminal.send(f"13720{at:05}")
            t.wait(f"1372{0:01}{at:05} {at:02}"[:10])
            t.press("enter")
            t.open_first()
            t.wait(t.texts("key.park"))
            t.press("h")
            t.wait(t.texts("ui.history.title"))
            t.press("f3")
            t.wait(t.texts("key.park"))
            t.press("p")
            t.wait(t.texts("ui.card.title"))
            t.press("0")
            t.wait(t.texts("key.new"))
            t.press("f3")
            assert t.terminal.exit_code is None, list(CORPUS)[at]
        unharmed(t.terminal.raw)


@pytest.mark.timeout(240)
def test_stored_sessions_and_typed_lines_are_harmless_in_line_mode(store: Path) -> None:
    with Liner(store, NOW) as t:
        for at, text in enumerate(CORPUS.values()):
            t.prompt()
            t.type("13", t.texts("ui.search"))
            t.type(f"13720{at:05}")
            t.type("1")
            t.until(t.texts("step.care_software.title"))
            t.type("16")
            typed = "".join(sign for sign in text if sign.isprintable())[:300]
            t.type("3", t.texts("ui.line.leave"))  # a field: the vendor
            t.type(typed or ".")
            t.type("0")
            t.type("0")
        said = b"".join(line for line in t.terminal.raw.split(b"\n") if "連携先" in line.decode(errors="replace"))
        unharmed(said)
        heard = t.terminal.raw.decode(errors="replace").replace("\r\n", "\n")
        assert [told for told in acts(heard) if told != "flood"] == []


@pytest.mark.timeout(240)
def test_fields_take_every_text_pasted_and_typed_and_stay_fields(tmp_path: Path) -> None:
    with Technician(tmp_path / "store", NOW) as t:
        t.press("n")
        t.wait(t.texts("ui.new.title"))
        t.press("enter")  # the office's name
        for name, text in CORPUS.items():
            t.terminal.paste(text)
            t.terminal.send("畢")
            t.wait("畢" if len(text) < 200 else t.texts("ui.new.title"))
            t.press("end", "ctrl+u")
            t.wait_gone("畢")
            assert t.terminal.exit_code is None, name
        # As a scanner would type them; a flood is rewritten as it comes, so that the cursor is not where one thinks.
        for text in (text for text in CORPUS.values() if len(plain(text)) == len(text)):
            t.terminal.send("".join(sign for sign in text if sign >= " " and sign != "\x7f")[:150] + "畢")
            t.wait("畢")
            t.press("end", "ctrl+u")
            t.wait_gone("畢")
        unharmed(t.terminal.raw)
        t.press("f3")
        t.wait(t.texts("key.new"))


# -- what is read: each through the real check, told as the command line tells it


def shown(result: CheckResult, name: str) -> str:
    return "\n".join(told(name, result, TEXTS))


def signed(text: str, path: Path) -> None:
    """A certificate whose names are this text."""
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, text[:2000] or " ", _validate=False)])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key_pair().public_key())
    built = built.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    path.write_bytes(built.sign(key_pair(), hashes.SHA256()).public_bytes(Encoding.PEM))


def by_certificate(text: str, folder: Path) -> str:
    path = folder / "x.pem"
    signed(text, path)
    request: dict[str, object] = {
        "path": str(path),
        "today": date.today().isoformat(),
        "rules": [],
        "password": None,
        "kinds": [],
    }
    answer = certificate.measure({**_asked(), **request}, lambda _: None)
    return shown(CheckResult.from_json(json.loads(json.dumps(answer))), "certificate")


def _asked() -> dict[str, object]:
    from states.checks.asking import request_for
    from states.flow import editions

    return dict(request_for("certificate", editions.find(EDITION), date.today(), office_number=None, pc=None))


def by_probe(text: str, folder: Path) -> str:
    """A file whose sum is right, as somebody who knows the form would write it."""
    path = folder / "probe.json"
    found = CheckResult(Outcome.PASS, "win11", "MARK", seen=("MARK", "host MARK"))
    made = written(EDITION, "PC", japan(11, 22), {"system": found}, "0")
    body = json.loads(made.replace("MARK", json.dumps(text)[1:-1]))
    del body["sha256"]
    path.write_text(json.dumps({**body, "sha256": probe_sum(body)}), encoding="utf-8")
    try:
        probe = read_probe(str(path), EDITION, japan(11, 22))
    except Fault as fault:
        return "\n".join(in_words(TEXTS, fault))
    return "\n".join(shown(result, "system") for result in probe.results.values())


def by_script(text: str, folder: Path) -> str:
    """As a person meets it: the command itself, its output and its errors."""
    path = folder / "x.feature"
    line = text.replace("\n", " ")
    told = f"# language: ja\n機能: {line}\n  シナリオ: {line}\n    前提 {line}\n"
    path.write_text(told, encoding="utf-8", errors="replace", newline="")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main(["accept", str(path)])
    return out.getvalue() + err.getvalue()


@pytest.mark.parametrize("way", [by_certificate, by_probe, by_script])
def test_what_is_read_from_files_is_told_harmless(way: Callable[[str, Path], str], tmp_path: Path) -> None:
    wrong = {name: acts(way(text, tmp_path)) for name, text in CORPUS.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    ca, ca_file = trustme.CA(), tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    with ExitStack() as stack:
        yield Lab(ca, ca_file, stack)


def test_what_a_proxy_answers_is_told_harmless(lab: Lab) -> None:
    answers = iter(CORPUS.items())
    now: dict[str, str] = {}

    def says(connection: socket.socket) -> None:
        read_head(connection)
        text = now["text"].encode("utf-8", "replace")[:4000]
        lines = (b"HTTP/1.1 407 " + text, b"Proxy-Authenticate: " + text, b"Via: " + text, b"", b"")
        connection.sendall(b"\r\n".join(lines))

    proxy = f"http://{lab.plain(says)}"
    wrong = {}
    for name, text in answers:
        now["text"] = text
        said = shown(lab.look("example.invalid:443", proxy=proxy), "sites") + "\n".join(lab.lines)
        wrong[name] = acts(said)
    assert {name: found for name, found in wrong.items() if found} == {}
