"""The one shape in which every check answers, and the gate that a child's answer has to pass.

What a check has read (a certificate's subject, a server's header) was written by strangers. So everything textual is
bounded and free of control characters; a result that is not cannot be built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from states.fault import Fault

TEXT = 400  # characters of one line of evidence or one value of a finding
DETAIL = 200  # characters
FINDINGS = 200  # in one result; 32 sites with a few each
VALUES = 12  # in one finding
SEEN = 300  # lines

_CODE = re.compile(r"[a-z]+\.[a-z0-9_]{1,40}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

T = TypeVar("T")


class Outcome(StrEnum):
    """How a check ended; what that means for a step, the edition says by the value."""

    PASS = "pass"
    FAIL = "fail"
    WARN = "warn"
    UNCLEAR = "unclear"  # measured, but a person has to decide
    COULD_NOT_RUN = "could_not_run"  # nothing was measured


class Stopped(Exception):
    """A check's way ends here: raised and caught within a check's own modules.

    Args:
        code, values: those of the finding that says why.
    """

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def visible(text: str, limit: int = TEXT) -> str:
    """`text` with control, bidirectional and invisible characters written as escapes, at most `limit` characters."""
    cut = text[: limit + 1]
    shown = "".join(sign if _harmless(sign) else f"\\u{{{ord(sign):x}}}" for sign in cut)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _harmless(sign: str) -> bool:
    return sign.isprintable() or sign == "\u3000"  # the full-width space parts Japanese names


def _plain(text: object, limit: int) -> bool:
    return isinstance(text, str) and len(text) <= limit and all(map(_harmless, text))


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"a check's {what} is out of bounds")


def _is_day(text: object) -> bool:
    """Whether it is YYYY-MM-DD; the standard library reads weeks and bare digits too."""
    return isinstance(text, str) and date.fromisoformat(text).isoformat() == text


@dataclass(frozen=True)
class Finding:
    """One reason or warning.

    Args:
        code: dotted and stable, such as `net.dns_not_found`; the catalogue has its sentence under this key.
        values: named values for that sentence; plain text, no secrets.

    Raises:
        ValueError: a code or name of another form, or text that is too long or holds control characters.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _require(isinstance(self.code, str) and bool(_CODE.fullmatch(self.code)), "finding code")
        _require(isinstance(self.values, Mapping) and len(self.values) <= VALUES, "finding values")
        for name, value in self.values.items():
            _require(isinstance(name, str) and bool(_NAME.fullmatch(name)) and _plain(value, TEXT), "finding value")
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))


@dataclass(frozen=True)
class CheckResult:
    """What a check measured.

    Args:
        outcome: how it ended.
        value: the fact's value that this measurement stands for; None when nothing could be measured.
        detail: one short language-neutral line, such as "build 22631".
        findings: all reasons and warnings, the first one being what decided.
        seen: lines of evidence for the report; no secrets, no personal data.
        until: ISO date of the last day on which it holds, such as a certificate's; None when it carries none.
        here: measured on the machine that the program runs on.

    Raises:
        ValueError: anything of another form, too long, or with control characters.
    """

    outcome: Outcome
    value: str | None = None
    detail: str = ""
    findings: tuple[Finding, ...] = ()
    seen: tuple[str, ...] = ()
    until: str | None = None
    here: bool = True

    def __post_init__(self) -> None:
        _require(isinstance(self.outcome, Outcome), "outcome")
        _require(
            self.value is None or (isinstance(self.value, str) and bool(_NAME.fullmatch(self.value))),
            "value",
        )
        _require((self.value is None) == (self.outcome is Outcome.COULD_NOT_RUN), "value for this outcome")
        _require(_plain(self.detail, DETAIL), "detail")
        _require(len(self.findings) <= FINDINGS and all(isinstance(f, Finding) for f in self.findings), "findings")
        _require(len(self.seen) <= SEEN and all(_plain(line, TEXT) for line in self.seen), "evidence")
        _require(self.until is None or _is_day(self.until), "last day")
        _require(isinstance(self.here, bool), "place")

    def to_json(self) -> dict[str, Any]:
        """This result as an object of plain JSON types."""
        return {
            "outcome": self.outcome.value,
            "value": self.value,
            "detail": self.detail,
            "findings": [{"code": finding.code, "values": dict(finding.values)} for finding in self.findings],
            "seen": list(self.seen),
            "until": self.until,
            "here": self.here,
        }

    @classmethod
    def from_json(cls, raw: object) -> CheckResult:
        """The result that `to_json` wrote, whoever says so.

        Raises:
            Fault: `child.failed` for anything but exactly that shape within its bounds.
        """
        try:
            given = _object(raw, {"outcome", "value", "detail", "findings", "seen", "until", "here"})
            return cls(
                outcome=Outcome(given["outcome"]),
                value=given["value"],
                detail=given["detail"],
                findings=_each(given["findings"], FINDINGS, _finding),
                seen=_each(given["seen"], SEEN, lambda line: line),
                until=given["until"],
                here=given["here"],
            )
        except (ValueError, TypeError) as error:
            raise Fault("child.failed") from error


def could_not_run(why: Finding, *, seen: tuple[str, ...] = ()) -> CheckResult:
    """The result of a check that measured nothing."""
    return CheckResult(Outcome.COULD_NOT_RUN, findings=(why,), seen=seen)


def _finding(raw: object) -> Finding:
    given = _object(raw, {"code", "values"})
    return Finding(given["code"], given["values"])


def _object(raw: object, names: set[str]) -> dict[str, Any]:
    if not isinstance(raw, dict) or set(raw) != names:
        raise ValueError("not this shape")
    return raw


def _each(raw: object, limit: int, read: Callable[[Any], T]) -> tuple[T, ...]:
    if not isinstance(raw, list) or len(raw) > limit:
        raise ValueError("not a list, or too long")
    return tuple(read(item) for item in raw)
