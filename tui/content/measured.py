"""What a check has found, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from locales import Texts
from states.fault import shown_code
from states.wording import Wording
from tui import words

if TYPE_CHECKING:
    from states.checks.result import CheckResult, Finding
    from states.visit import Visit


def found_lines(
    texts: Texts, findings: Iterable[Finding], columns: int, said: set[str] | None = None
) -> Iterator[str | tuple[str, str]]:
    """Every finding with its code, and its remedy where it has not been said yet.

    Args:
        said: remedies that stand on the page already; those said now are added.
    """
    said = set() if said is None else said
    for finding in findings:
        sentence = texts(f"finding.{finding.code}", **finding.values)
        remedy = texts.find(f"finding.{finding.code}.remedy", **finding.values) or ""
        first, *more = words.wrap(f"- {sentence} ({shown_code(finding.code)})", columns - 4)
        yield f" {first}\n"
        yield from (f"   {row}\n" for row in more)
        for row in words.wrap("" if remedy in said else remedy, columns - 6):
            yield (f"   {row}\n" if row else "", "dim")
        said.add(remedy)


def takeable(visit: Visit, results: Mapping[str, CheckResult]) -> list[tuple[str, CheckResult]]:
    """(fact, its result) of what may be taken in the step the technician stands in."""
    found = [(fact, results[fact.check]) for fact in visit.questions() if fact.check in results]
    return [(fact.name, result) for fact, result in found if any(v.name == result.value for v in fact.values)]


def outcome(wording: Wording, fact: str, result: CheckResult) -> Iterator[str]:
    """How it ended, and what that is as an answer."""
    yield wording.texts(f"check.outcome.{result.outcome}")
    if result.value is not None:
        label = wording.value(fact, result.value)
        until = f" {wording.texts('ui.until', day=result.until)}" if result.until else ""
        yield f"{wording.fact(fact)}: {label} {result.detail}{until}"
