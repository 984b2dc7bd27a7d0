"""What a run says: for people, as TAP version 13, as JUnit XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from locales import Texts
from states.acceptance.load import Script
from states.acceptance.prepare import Problem
from states.acceptance.run import Failure, Result

MOST_PROBLEMS = 100  # shown of one run


def problems_told(texts: Texts, problems: Sequence[Problem]) -> Iterator[str]:
    """Each problem on a line of its own: `file:line: what is wrong`."""
    for problem in problems[:MOST_PROBLEMS]:
        said = texts(f"accept.problem.{problem.code}", text=problem.text)
        if problem.nearest:
            said += " " + texts("accept.nearest", nearest=problem.nearest)
        yield f"{problem.path}:{problem.line}: {said}"
    if len(problems) > MOST_PROBLEMS:
        yield texts("accept.more_problems", n=len(problems) - MOST_PROBLEMS)


def failure_told(texts: Texts, path: Path, failure: Failure) -> Iterator[str]:
    """Which line, what was expected, what stood there, the route that led to it."""
    yield f"{path}:{failure.line.number}: {failure.line.text}"
    stood = texts(failure.code, stood=failure.stood)
    yield from (f"  {line}" for line in stood.splitlines())
    yield f"  {texts('accept.route')}"
    yield from (f"    {line}" for line in failure.route)


def unexpected(script: Script, results: Sequence[Result]) -> bool:
    """Whether a script did otherwise than it should: one that is known to fail has to."""
    failed = any(result.failure for result in results)
    return not failed if script.fails else failed


def told(texts: Texts, script: Script, results: Sequence[Result]) -> Iterator[str]:
    """One script for people: a line when all is well, else each failure."""
    failed = [result for result in results if result.failure]
    if script.fails:
        name = "accept.known" if failed else "accept.passes_after_all"
        yield f"{script.path}: " + texts(name, why=script.fails.splitlines()[0], n=len(failed), all=len(results))
        return
    yield f"{script.path}: " + texts("accept.script", n=len(results) - len(failed), all=len(results))
    for result in failed:
        assert result.failure is not None
        yield f"- {result.scenario.name}"
        yield from (f"  {line}" for line in failure_told(texts, script.path, result.failure))


def tap(texts: Texts, number: int, script: Script, result: Result) -> Iterator[str]:
    """One result as TAP version 13. A known failure is a TODO; one that passes after all is not ok."""
    scenario = result.scenario
    name = f"{scenario.feature}: {scenario.name}".replace("#", "\\#")
    where = f"{scenario.path}:{scenario.line}"
    if result.failure is None:
        yield f"ok {number} - {name}"
        return
    todo = f" # TODO {script.fails.splitlines()[0]}" if script.fails else ""
    yield f"not ok {number} - {name}{todo}"
    yield "  ---"
    yield f"  at: {where}"
    yield "  message: |"
    yield from (f"    {line}" for line in failure_told(texts, scenario.path, result.failure))
    yield "  ..."


def junit(texts: Texts, runs: Iterable[tuple[Script, Sequence[Result]]]) -> bytes:
    """JUnit XML; a case has the file and the line of its scenario.

    No schema is official. This keeps to one that knows files and lines: PHPUnit's, as Jenkins' xUnit plugin has it
    (phpunit-4.0.xsd); so the root has no attributes.
    """
    root = ElementTree.Element("testsuites")
    for script, results in runs:
        feature = results[0].scenario.feature if results else script.path.stem
        suite = ElementTree.SubElement(root, "testsuite", name=feature)
        failures = skipped = 0
        for result in results:
            scenario = result.scenario
            case = ElementTree.SubElement(
                suite,
                "testcase",
                name=scenario.name,
                classname=script.path.stem,
                time=f"{result.seconds:.6f}",
                file=str(scenario.path),
                line=str(scenario.line),
            )
            if result.failure is not None and script.fails:
                ElementTree.SubElement(case, "skipped", message=script.fails.splitlines()[0])
                skipped += 1
            elif result.failure is not None:
                said = "\n".join(failure_told(texts, scenario.path, result.failure))
                failure = ElementTree.SubElement(
                    case, "failure", message=said.splitlines()[0], type=result.failure.code
                )
                failure.text = said
                failures += 1
        if script.fails and not skipped:
            case = ElementTree.SubElement(
                suite, "testcase", name=script.path.stem, classname=script.path.stem, time="0"
            )
            said = texts("accept.passes_after_all", why=script.fails.splitlines()[0])
            ElementTree.SubElement(case, "failure", message=said, type="accept.passes_after_all").text = said
            failures += 1
        counts = {"tests": len(suite), "failures": failures, "errors": 0, "skipped": skipped}
        for name, count in counts.items():
            suite.set(name, str(count))
        suite.set("time", f"{sum(result.seconds for result in results):.6f}")
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
