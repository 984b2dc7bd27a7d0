"""The commands that measure outside any session: `check`, for a first look on arrival, and `probe`, for another PC.

Neither needs a store. What is going on is told on standard error, what was found on standard output.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from locales import Texts
from states import child
from states.checks.asking import CERTIFICATE, NETWORK, PC, request_for
from states.checks.result import CheckResult, Outcome
from states.checks.run import run_all
from states.fault import shown_code
from states.flow import editions
from states.flow.edition import Edition
from states.flow.events import day
from states.system import here
from tui.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUPS = {"all": (*PC, *NETWORK), "pc": PC, "network": NETWORK, "certificate": CERTIFICATE}
GOOD, BAD, NOTHING = 0, 1, 2  # exit codes


def check(given: Any, texts: Texts, now: datetime) -> int:
    """Run checks and say what they found.

    Args:
        given: `what`, a key of `GROUPS`; `file`; `proxy`, `ca`: addresses or None; `json`, `request`: flags; `edition`.

    Returns:
        0 when all passed, with warnings or without; 1 when one failed, or a person has to look; 2 when one could not
        run and none failed.
    """
    names = GROUPS[given.what]
    if given.file:
        names = tuple(dict.fromkeys((*names, *CERTIFICATE)))
    if given.request:
        names = tuple(dict.fromkeys((*names, *NETWORK)))
    more: dict[str, dict[str, Any]] = {
        "sites": {} if given.proxy is None else {"proxy": given.proxy},
        "certificate": {"path": given.file or "", "password": _password(texts, given), "ca_file": given.ca},
    }
    edition = editions.find(given.edition or editions.in_force(day(now)))
    results = _measured(edition, names, more, texts, now)
    if given.request:
        _print(_request(edition, results["sites"], texts, now))
    elif given.json:
        _print(json.dumps({name: result.to_json() for name, result in results.items()}, ensure_ascii=False, indent=1))
    else:
        _print("\n".join(line for name, result in results.items() for line in told(name, result, texts)))
    return code_of(list(results.values()))


def probe(given: Any, texts: Texts, now: datetime) -> int:
    """Measure this PC for a session on another one, by an edition's data; one JSON document on standard output."""
    from states.checks.probe import written

    names = (*PC, *NETWORK, *(CERTIFICATE if here.HAS_CERTIFICATE_STORE else ()))
    edition = editions.find(given.edition or editions.in_force(day(now)))
    results = _measured(edition, names, {}, texts, now)
    sys.stdout.write(written(edition.name, platform.node(), now, results, _program()))
    sys.stdout.flush()
    return GOOD


def _program() -> str:
    """This program's version; "" when it runs from a stick and is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("careplan-setup")
    except PackageNotFoundError:
        return ""


def code_of(results: Sequence[CheckResult]) -> int:
    """The exit code for these results."""
    outcomes = {result.outcome for result in results}
    if outcomes & {Outcome.FAIL, Outcome.UNCLEAR}:
        return BAD
    return NOTHING if Outcome.COULD_NOT_RUN in outcomes else GOOD


def told(name: str, result: CheckResult, texts: Texts) -> list[str]:
    """A result in words: how it ended, every reason with its remedy, what was seen."""
    lines = [f"== {texts(f'cli.check.{name}')}: {texts(f'check.outcome.{result.outcome}')} {result.detail}".rstrip()]
    for finding in result.findings:
        lines.append(f"- {texts(f'finding.{finding.code}', **finding.values)} ({shown_code(finding.code)})")
        lines.append(f"  {texts(f'finding.{finding.code}.remedy', **finding.values)}")
    return [plain(line) for line in (*lines, *(f"    {line}" for line in result.seen), "")]


def _measured(
    edition: Edition, names: Sequence[str], more: Mapping[str, Mapping[str, Any]], texts: Texts, now: datetime
) -> dict[str, CheckResult]:
    today = day(now)
    asked = {name: {**request_for(name, edition, today), **more.get(name, {})} for name in names}

    def ended(name: str, result: CheckResult) -> None:
        _say(f"{texts(f'cli.check.{name}')}: {texts(f'check.outcome.{result.outcome}')}")

    _say(texts("cli.check.running"))
    try:
        return run_all(asked, progress=lambda _, line: _say(f"  {line}"), ended=ended)
    finally:
        child.kill_all()  # after a Ctrl+C


def _password(texts: Texts, given: Any) -> str | None:
    """A certificate file's password, asked for where somebody is there to type it; never an argument."""
    if not given.file or not sys.stdin.isatty():
        return None
    from getpass import getpass

    return getpass(texts("ui.field.file_password") + ": ") or None


def _request(edition: Edition, result: CheckResult, texts: Texts, now: datetime) -> str:
    from states.handover.allow import request_paper
    from states.handover.paper import draw

    return draw(request_paper(edition.sites, result, platform.node(), now, texts), "md")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()
