"""The words for faults and for what the checks find: complete and without leftovers, in both languages, and short.

Which codes there are, and which values come with each, is read from the sources; a code that cannot be read there
fails a test by its line.
"""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from rich.cells import cell_len

import states
import tui
from locales import FOLDER, LANGUAGES, ROOMS, Texts
from states import site
from states.checks import sites
from states.checks.exchange import Bounds, Site
from states.checks.result import CheckResult, Finding, Outcome, Stopped
from states.custody import NOT_KEPT, PLACES
from states.fault import Fault
from states.fault import in_words as told
from states.storage import bundle, secrets, vault
from states.storage.journal import PREFIX

PACKAGES = tuple(Path(package.__path__[0]) for package in (states, tui))
CHECKS = PACKAGES[0] / "checks"

# Codes that are put together while the program runs: what they begin with, and all that can come of it.
FAMILIES = {
    "keyring.": {f"keyring.{state}" for state in secrets.STATES if state != "ok"},
    "site.": {f"site.{code}" for code in site.CODES},
    "vault.": {f"vault.{state}" for state in vault.STATES if state != "ok"},
    "bundle.": {f"bundle.{state}" for state in bundle.STATES},
}

# The longest that is likely to be put in.
SAMPLES = {
    "path": r"C:\Users\jimusho\AppData\Local\careplan-setup\sessions.db",
    "detail": "SQLITE_IOERR_DIR_FSYNC",
    "server": "careplan-db.office.example.co.jp/careplan",
    "setting": "cell_size_check",
    "found": "12",
    "id": "0123456789abcdef",
    "seq": "10000",
    "version": "10000",
    "edition": "2026-07-01",
    "known": "2023-05-26, 2025-10-01, 2026-07-01",
    "text": "2026-04-01T09:30:00+09:00:00",
    "fact": "証明書発行用パスワード",
    "value": "home_care_support",
    "limit": "500",
    "n": "4",
    "left": "2",
    "what": "UnicodeDecodeError",
    "where": "certificate.py:1234",
    "day": "2026-12-08",
    "name": "佐藤 花子",
    "host": "www.jimusho-pc01.example.jp",
    "terminal": "/dev/pts/12",
    "since": "11/08 14:02",
    "site": "www.careplan-renkei-support.jp",
    "proxy": "http://proxy.office.example:8080",
    "issuer": "CN=Office Gateway CA,O=Office,C=JP",
    "begin": "2026-12-08",
    "end": "2029-12-07",
    "error": "CERTIFICATE_VERIFY_FAILED",
    "schemes": "Basic, Negotiate, NTLM",
    "scheme": "socks5h",
    "status": "503",
    "here": "2026-11-22 19:36",
    "minutes": "+540",
    "when": "2026-11-22 19:36",
    "build": "19045",
    "system": "Windows",
    "release": "10.0.22631",
    "kind": "請求委任事業所用ケアプラン証明書",
    "count": "16",
    "days": "89",
    "free": "0.1",
    "floor": "150.0.4078.48",
    "file": "UPHOSOKU_202611_1372001234_01_1372005678_01_20261122101112.CSV",
    "number": "1372001234",
    "month": "2026-11",
    "line": "12",
    "kinds": "UPPLAN, UPSIKYU, UPHOSOKU",
}
LONGEST = 150  # cells, where a kanji counts two
NEVER_FIRST = tuple("、。」』)）・ーっゃゅょ,.;:!?")
WHO = {
    "ja": r"技術者|事業所|事業所のネットワーク担当|国保連|ヘルプデスク|入力した人",
    "en": r"[Tt]echnician|[Oo]ffice|help desk",
}


@dataclass(frozen=True)
class Named:
    """A code in a source, and the names of the values given with it; None where that cannot be read."""

    code: str
    values: frozenset[str] | None


@cache
def trees(*folders: Path) -> dict[Path, ast.Module]:
    files = sorted(file for folder in folders for file in folder.rglob("*.py"))
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Every call of a function or method of one of these names, with at least one argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


def codes(node: ast.expr) -> set[str]:
    """The codes that an argument can be: a string, either side of a choice, or a known family; none if unreadable."""
    match node:
        case ast.Constant(value=str(code)):
            return {code}
        case ast.IfExp(body=one, orelse=other) if codes(one) and codes(other):
            return codes(one) | codes(other)
        case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]):
            return FAMILIES.get(begin, set())
    return set()


def keywords(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def faults(tree: ast.AST) -> Iterator[Named]:
    """Every fault that a source makes, and every text of one that it asks for by its id."""
    for call in calls(tree, "Fault"):
        for code in codes(call.args[0]):
            yield Named(code, keywords(call))
    for text in strings(tree):
        if re.fullmatch(r"fault(\.[a-z_]+)+", text):
            yield Named(text.removeprefix("fault.").removesuffix(".remedy"), frozenset())


def unreadable_faults(tree: ast.AST) -> list[int]:
    """Lines where a fault is made with a code that cannot be read there."""
    return [call.lineno for call in calls(tree, "Fault") if not codes(call.args[0])]


def keys(tree: ast.AST, values: ast.expr) -> frozenset[str] | None:
    """The keys of a dictionary that stands there, or that the name standing there was given."""
    if isinstance(values, ast.Name):
        given = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and _names(node, values.id)]
        return keys(tree, given[0]) if len(given) == 1 and isinstance(given[0], ast.Dict) else None
    names = [getattr(key, "value", None) for key in values.keys] if isinstance(values, ast.Dict) else [None]
    return frozenset(map(str, names)) if None not in names else None


def _names(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def findings(tree: ast.AST) -> Iterator[Named]:
    """Every finding that is made with its code beside it; the values of those in tables stand elsewhere."""
    for call in calls(tree, "Finding"):
        for code in codes(call.args[0]):
            yield Named(code, keys(tree, call.args[1]) if len(call.args) > 1 else frozenset())
    for call in calls(tree, "Stopped", "_stopped", "_finding"):
        for code in codes(call.args[0]):
            yield Named(code, keywords(call))


def computed_findings(tree: ast.AST) -> list[int]:
    """Lines where a finding's code is put together: nobody could tell what it may be."""
    made = calls(tree, "Finding", "Stopped", "_stopped", "_finding")
    return [call.lineno for call in made if isinstance(call.args[0], ast.JoinedStr | ast.BinOp)]


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def finding_codes(given: Iterable[ast.AST]) -> set[str]:
    """Every string that has the form of a finding's code and begins with a word that findings begin with.

    So a code is found wherever it stands: in a call, in a table of causes, as a default.
    """
    every = list(given)
    words = {named.code.partition(".")[0] for tree in every for named in findings(tree)}
    form = re.compile(rf"({'|'.join(sorted(words))})\.[a-z0-9_]{{0,39}}[a-z0-9]")
    return {text for tree in every for text in strings(tree) if form.fullmatch(text)}


def carried(named: Iterable[Named]) -> dict[str, frozenset[str]]:
    """For each code what every place that names it gives; places where that cannot be read do not count."""
    found: dict[str, frozenset[str]] = {}
    for one in named:
        if one.values is not None:
            found[one.code] = found.get(one.code, one.values) & one.values
    return found


@cache
def fault_values() -> dict[str, frozenset[str]]:
    return carried(named for tree in trees(*PACKAGES).values() for named in faults(tree))


@cache
def all_findings() -> frozenset[str]:
    return frozenset(finding_codes(trees(CHECKS).values()))


def finding_values(code: str, patch: pytest.MonkeyPatch) -> frozenset[str]:
    """What comes with a finding in the end: one of a site is sent through the check itself, which adds to it."""
    values = carried(named for tree in trees(CHECKS).values() for named in findings(tree)).get(code, frozenset())
    if not code.startswith("net.") or code.startswith("net.clock"):
        return values

    def stop(*_: object) -> None:
        raise Stopped(code, **dict.fromkeys(values, "x"))

    patch.setattr(sites, "ask", stop)
    patch.setattr(sites, "peek", lambda *_: None)
    visit = sites.Visit(Site("site.example"), "http://proxy.example:8080", Bounds(), None, None)
    visit.walk()
    assert visit.report is not None
    assert [finding.code for finding in visit.report.findings] == [code]
    return frozenset(visit.report.findings[0].values)


def required(room: str) -> set[str]:
    if room == "faults":
        names = {f"fault.{code}" for code in fault_values()}
        return names | {f"{name}.remedy" for name in names}
    names = {f"finding.{code}" for code in all_findings()}
    return names | {f"{name}.remedy" for name in names} | {f"check.outcome.{outcome}" for outcome in Outcome}


OURS = ("faults", "checks")


@cache
def texts(language: str, room: str) -> dict[str, str]:
    with (FOLDER / language / "LC_MESSAGES" / f"{room}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def all_texts() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for room in OURS:
            yield from ((language, name, text) for name, text in texts(language, room).items())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


# -- that codes are found at all


def test_a_planted_fault_is_found_with_its_values() -> None:
    tree = ast.parse(
        "def f(path):\n"
        "    raise Fault('planted.one', path=path, detail='x') from None\n"
        "def g(bad):\n"
        "    raise states.fault.Fault('planted.two' if bad else 'planted.three')\n"
        "def h(page, more):\n"
        "    page.say_fault(Fault('planted.four', **more))\n"
        "    return page.texts('fault.planted.five.remedy')\n"
        "raise Fault(f'keyring.{state}')\n"
    )
    found = list(faults(tree))
    assert Named("planted.one", frozenset({"path", "detail"})) in found
    assert Named("planted.four", None) in found
    assert {named.code for named in found} == {
        *("planted.one", "planted.two", "planted.three", "planted.four", "planted.five"),
        *FAMILIES["keyring."],
    }
    assert unreadable_faults(tree) == []


@pytest.mark.parametrize("code", ["f'planted.{state}'", "'planted.' + state", "state", "'a.b' if x else state"])
def test_a_planted_fault_whose_code_cannot_be_read_is_reported(code: str) -> None:
    assert unreadable_faults(ast.parse(f"\nraise Fault({code})")) == [2]


def test_of_two_places_only_the_values_that_both_give_count() -> None:
    tree = ast.parse("Fault('a.b', path=1, id=2)\nFault('a.b', path=3)\nFault('a.b', **more)")
    assert carried(faults(tree)) == {"a.b": frozenset({"path"})}


def test_a_planted_finding_is_found_in_calls_tables_and_defaults() -> None:
    tree = ast.parse(
        "TABLE = {5: 'planted.in_table'}\n"
        "class Check:\n"
        "    crash: str = 'planted.as_default'\n"
        "def f(error):\n"
        "    raise Stopped('planted.stopped', error=error)\n"
        "def g(self):\n"
        "    return could_not_run(Finding('planted.made', {'build': '1'})), self._stopped('planted.site', host='h')\n"
        "EVENT = 'other.thing'\n"
        "here = {'system': 's', 'release': 'r'}\n"
        "Finding('planted.named', here), Finding('planted.handed_in', values)\n"
    )
    ends = ("in_table", "as_default", "stopped", "made", "site", "named", "handed_in")
    assert finding_codes([tree]) == {f"planted.{end}" for end in ends}
    assert carried(findings(tree)) == {
        "planted.stopped": frozenset({"error"}),
        "planted.made": frozenset({"build"}),
        "planted.site": frozenset({"host"}),
        "planted.named": frozenset({"system", "release"}),
    }
    assert computed_findings(tree) == []
    assert computed_findings(ast.parse("\nFinding(f'planted.{x}')\nself._stopped('planted.' + x)")) == [2, 3]


def test_what_is_there_is_really_found() -> None:
    assert {"store.full", "lease.held", "keyring.failed", "keyring.network_logon", "office.malformed"} <= set(
        fault_values()
    )
    assert fault_values()["store.newer"] == {"path", "found", "known"}
    assert {"net.tls_expired", "cert.hostile", "check.timeout", "pc.support_ended"} <= all_findings()


def test_every_code_in_the_sources_can_be_read() -> None:
    for file, tree in trees(*PACKAGES).items():
        assert unreadable_faults(tree) == [], file.name
    for file, tree in trees(CHECKS).items():
        assert computed_findings(tree) == [], file.name


# -- that the words are there


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", OURS)
def test_every_code_has_its_sentence_and_its_remedy(language: str, room: str) -> None:
    assert required(room) - texts(language, room).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", OURS)
def test_no_text_is_left_that_nothing_asks_for(language: str, room: str) -> None:
    assert texts(language, room).keys() - required(room) == set()


@pytest.mark.parametrize("room", OURS)
def test_the_languages_have_the_same_ids_in_the_same_order(room: str) -> None:
    assert list(texts("ja", room)) == list(texts("en", room))
    assert {name.partition(".")[0] for name in texts("ja", room)} == set(ROOMS[room])


# -- that they can be filled in


@pytest.mark.parametrize("room", OURS)
def test_both_languages_say_the_same_values(room: str) -> None:
    for name, text in texts("ja", room).items():
        assert placeholders(text) == placeholders(texts("en", room)[name]), name


def test_a_fault_says_only_what_comes_with_it() -> None:
    for name, text in texts("ja", "faults").items():
        code = name.removeprefix("fault.").removesuffix(".remedy")
        assert placeholders(text) <= fault_values()[code], name


def test_a_finding_says_only_what_comes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for code in sorted(all_findings()):
        values = finding_values(code, monkeypatch)
        for name in (f"finding.{code}", f"finding.{code}.remedy"):
            assert placeholders(texts("ja", "checks")[name]) <= values, name


def test_nothing_that_a_person_would_not_understand_is_said() -> None:
    """Milliseconds, counts of entries, a check's module: given for a program, not for a person."""
    for name, text in texts("ja", "checks").items():
        assert "check" not in placeholders(text), name
    assert "version" not in placeholders(texts("ja", "faults")["fault.store.moved"])
    assert "since" not in placeholders(texts("ja", "faults")["fault.lease.lost"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_is_told_with_its_values_in_place(language: str) -> None:
    words = told(Texts(language), Fault("store.full", path="D:/store/{0}[b]"))
    assert "D:/store/{0}[b]" in words[0]
    assert words[2] == "STORE-FULL"


def test_a_result_with_every_finding_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [
        Finding(code, {value: SAMPLES.get(value, "x") for value in finding_values(code, monkeypatch)})
        for code in all_findings()
    ]
    for finding in CheckResult(Outcome.COULD_NOT_RUN, findings=tuple(made)).findings:
        for language in LANGUAGES:
            assert "{" not in Texts(language)(f"finding.{finding.code}", **finding.values)
            assert Texts(language).find(f"finding.{finding.code}.remedy", **finding.values)


# -- that they are short, plain and safe


def test_every_text_is_short_with_its_values_in_place() -> None:
    too_long = []
    for language, name, text in all_texts():
        width = cell_len(text.format_map(SAMPLES))
        if not 0 < width <= (LONGEST if not name.startswith("check.") else 60):
            too_long.append(f"{language} {name}: {width}")
    assert too_long == []


def test_every_remedy_says_who_can_do_it() -> None:
    for language, name, text in all_texts():
        if name.endswith(".remedy"):
            assert re.search(WHO[language], text), f"{language} {name}"


def test_a_text_is_whole_sentences_on_one_line_or_ends_in_a_value() -> None:
    for language, name, text in all_texts():
        assert "\n" not in text, f"{language} {name}"
        assert re.search(r"[。.?]$|: .*\{\w+\}$|(shows|表示:) \{here\}$|\)$", text), f"{language} {name}: {text}"
        assert not name.endswith(".remedy") or text.endswith(("。", ".", "?")), f"{language} {name}"
        assert not text.startswith(NEVER_FIRST), f"{language} {name}"


def test_japanese_has_no_double_negatives() -> None:
    for language, name, text in all_texts():
        if language == "ja":
            assert not re.search(r"な[いくけ][^。]*な(い|く|けれ)[^。]*|ません[^。]*ません", text), f"{name}: {text}"


def test_nothing_that_a_terminal_or_markup_could_take_amiss() -> None:
    for language, name, text in all_texts():
        for character in text:
            category = unicodedata.category(character)
            assert category not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"), f"{language} {name}"
            assert character not in "\u3000\u00a0[]\\", f"{language} {name}"
            # How wide those of ambiguous width are depends on the terminal; half-width katakana are hard to read.
            assert unicodedata.east_asian_width(character) not in "AH" or character.isascii(), f"{language} {name}"
            if language == "en":
                assert character.isascii() or unicodedata.east_asian_width(character) in "WF", f"{name}: {character}"
        assert text == text.strip(), f"{language} {name}"
        assert "  " not in text, f"{language} {name}"


def test_a_certificate_that_was_renamed_has_both_names() -> None:
    for language, name, text in all_texts():
        assert ("請求委任事業所用ケアプラン証明書" in text) == ("介護DX証明書" in text), f"{language} {name}"


def test_numbers_in_the_words_are_those_of_the_program() -> None:
    for language in LANGUAGES:
        assert str(PREFIX) in texts(language, "faults")["fault.session.unknown.remedy"]


def test_choices_are_quoted_as_they_are_labelled() -> None:
    labels = {Texts("ja")(f"value.password_kept.{place}") for place in (*PLACES, NOT_KEPT)}
    for name, text in texts("ja", "faults").items():
        if name.startswith(("fault.keyring.", "fault.vault.", "fault.secret.")):
            assert set(re.findall(r"「(.+?)」", text)) <= labels, name


def test_two_faults_or_findings_never_sound_alike() -> None:
    for language in LANGUAGES:
        for room in OURS:
            said = [text for name, text in texts(language, room).items() if not name.endswith(".remedy")]
            assert sorted(said) == sorted(set(said)), f"{language} {room}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", OURS)
def test_the_catalogue_is_a_proper_one(language: str, room: str) -> None:
    path = FOLDER / language / "LC_MESSAGES" / f"{room}.po"
    raw = path.read_text(encoding="utf-8")
    ids = re.findall(r'^msgid "(.+)"$', raw, re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(texts(language, room)), "an id stands there twice"
    assert all(re.fullmatch(r"[a-z]+(\.[a-z0-9_]+)+", name) for name in ids)
    assert max(map(len, raw.splitlines())) <= 120
    with path.open("rb") as file:
        catalogue = read_po(file)
    headers = dict(catalogue.mime_headers)
    assert headers["Language"] == language
    assert headers["Content-Type"].lower() == "text/plain; charset=utf-8"
    assert not any(message.fuzzy for message in catalogue if message.id)
