"""The gate through which every child's answer comes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from states import child
from states.checks.result import CheckResult, Finding, Outcome, visible
from states.checks.run import run
from states.fault import Fault

FULL = CheckResult(
    Outcome.WARN,
    "usable",
    "2025-04-01..2028-03-31",
    (Finding("cert.soon", {"days": "3"}), Finding("cert.several", {"count": "2"})),
    ("subject CN=居宅　太郎",),
    "2028-03-31",
    True,
)


def test_a_result_comes_back_from_json_as_it_was() -> None:
    assert CheckResult.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL
    nothing = CheckResult(Outcome.COULD_NOT_RUN)
    assert CheckResult.from_json(nothing.to_json()) == nothing


def test_a_findings_values_cannot_be_changed_afterwards() -> None:
    given = {"days": "3"}
    finding = Finding("cert.soon", given)
    given["days"] = "4"
    assert finding.values["days"] == "3"
    assert {finding, Finding("cert.soon", {"days": "3"})} == {finding}


def put(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda raw: raw.update({name: value})


HOSTILE = [
    put("outcome", "splendid"),
    put("outcome", None),
    put("outcome", []),
    put("value", None),
    put("value", "Two Words"),
    put("value", 3),
    put("value", "a" * 41),
    put("detail", "d" * 201),
    put("detail", "\x1b[31m"),
    put("detail", None),
    put("findings", {}),
    put("findings", [{"code": "cert.soon", "values": {}}] * 201),
    put("findings", [{"code": "cert.soon"}]),
    put("findings", [{"code": "no dots", "values": {}}]),
    put("findings", [{"code": 1, "values": {}}]),
    put("findings", [{"code": "cert.soon", "values": {"days": 3}}]),
    put("findings", [{"code": "cert.soon", "values": {"DAYS": "3"}}]),
    put("findings", [{"code": "cert.soon", "values": {"days": "3" * 401}}]),
    put("findings", [{"code": "cert.soon", "values": {f"n{n}": "" for n in range(13)}}]),
    put("findings", [{"code": "cert.soon", "values": ["days"]}]),
    put("findings", ["cert.soon"]),
    put("seen", "a line"),
    put("seen", ["\u202egnp.exe"]),
    put("seen", ["half \ud83d"]),
    put("seen", ["line\nbreak"]),
    put("seen", ["s" * 401]),
    put("seen", ["s"] * 301),
    put("seen", [None]),
    put("until", "2028-02-30"),
    put("until", "20280331"),
    put("until", "2028-W01-1"),  # ISO 8601 as well, and ten characters
    put("until", 20280331),
    put("here", 1),
    put("more", True),
    lambda raw: raw.pop("here"),
]


@pytest.mark.parametrize("change", HOSTILE)
def test_an_answer_of_another_shape_is_a_broken_child(change: Callable[[dict[str, Any]], object]) -> None:
    raw = FULL.to_json()
    change(raw)
    with pytest.raises(Fault, match=r"child\.failed"):
        CheckResult.from_json(raw)


@pytest.mark.parametrize("raw", [None, [], "pass", 1, {}])
def test_an_answer_that_is_no_object_is_a_broken_child(raw: object) -> None:
    with pytest.raises(Fault, match=r"child\.failed"):
        CheckResult.from_json(raw)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("居宅　太郎 [red]", "居宅　太郎 [red]"),
        ("a\x00b\nc", "a\\u{0}b\\u{a}c"),
        ("\u200b\u202e\ufeff", "\\u{200b}\\u{202e}\\u{feff}"),
        ("\ud83d", "\\u{d83d}"),
    ],
)
def test_invisible_characters_are_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_long_text_is_cut_with_a_sign_of_it() -> None:
    assert visible("a" * 11, 10) == "a" * 9 + "…"
    assert visible("a" * 10, 10) == "a" * 10
    assert len(visible("\x1b" * 100, 10)) == 10


def test_progress_that_is_no_line_is_dropped_and_a_line_is_made_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    def talkative(_module: str, _request: object, *, progress: Callable[[Any], None], **_: object) -> dict[str, Any]:
        for step in ("text", {"line": 3}, {}, {"line": "a\x1b" + "b" * 200}):
            progress(step)
        return FULL.to_json()

    lines: list[str] = []
    monkeypatch.setattr(child, "call", talkative)
    assert run("system", {}, progress=lines.append) == FULL
    assert [line[:8] for line in lines] == ["a\\u{1b}b"]
    assert len(lines[0]) == 120


def test_what_the_program_imports_of_the_checks_stays_light() -> None:
    heavy = "{'httpx', 'cryptography', 'truststore', 'asyncio'}"
    code = (
        f"import sys, states.checks.run; sys.exit(str({heavy} & set(sys.modules)) if {heavy} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
