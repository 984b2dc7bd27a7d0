"""A probe: what was measured on another PC, as one file that a session can take in.

The file carries a checksum, which tells a copy that was cut or edited in passing; it is no seal, and whoever wants to
can make one. So a file is bounded, every result in it goes through the gate of `result`, and what it says is recorded
as measured elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from states.checks.bounded import TooLarge, read_bounded
from states.checks.result import SEEN, CheckResult, visible
from states.checks.run import CHECKS
from states.checks.system import named, same_name
from states.fault import Fault
from states.flow.events import instant, moment
from states.flow.session import Answer

FORM = 1  # of the file
SIZE = 1 << 20  # bytes; a real one is below 50 KiB
AGE = timedelta(hours=24)  # as old as a probe may be: it is made on the visit on which it is taken in
AHEAD = timedelta(minutes=10)  # how far the other PC's clock may be ahead of this one's
NAMES = {"careplan_setup_probe", "program", "edition", "pc", "at", "checks", "sha256"}


@dataclass(frozen=True)
class Probe:
    """What a probe's file says.

    Args:
        pc: the name that PC gives itself.
        at: when it was measured, by that PC's clock.
        results: by the check's name; each says that it was not measured here.
    """

    pc: str
    at: datetime
    results: Mapping[str, CheckResult]


def written(edition: str, pc: str, now: datetime, results: Mapping[str, CheckResult], program: str) -> str:
    """The file's text.

    Args:
        edition: by whose data it was measured.
        pc: the name that this PC gives itself.
        program: version of the program.
    """
    body = {
        "careplan_setup_probe": FORM,
        "program": program,
        "edition": edition,
        "pc": visible(pc, 64),
        "at": instant(now),
        "checks": {name: result.to_json() for name, result in results.items()},
    }
    # ASCII: a Windows console redirects text in its own code page.
    return json.dumps({**body, "sha256": _sum(body)}, ensure_ascii=True, indent=1) + "\n"


def read_probe(path: str, edition: str, now: datetime) -> Probe:
    """Read a file that may come from anybody.

    Args:
        edition: that of the session that wants it.

    Raises:
        Fault: `probe.missing`, `probe.unreadable`, `probe.too_large`, `probe.malformed`, `probe.version`,
            `probe.damaged`, `probe.edition`, `probe.too_old`, `probe.ahead`.
    """
    given = _parsed(path)
    if given.get("careplan_setup_probe") != FORM:
        raise Fault("probe.version", known=FORM)
    if set(given) != NAMES:
        raise Fault("probe.malformed")
    if given.pop("sha256") != _sum(given):
        raise Fault("probe.damaged")
    probe = _probe(given)
    if given["edition"] != edition:
        raise Fault("probe.edition", known=edition)
    if now - probe.at > AGE:
        raise Fault("probe.too_old", since=f"{probe.at:%Y-%m-%d %H:%M}")
    if probe.at - now > AHEAD:
        raise Fault("probe.ahead", since=f"{probe.at:%Y-%m-%d %H:%M}")
    return probe


def for_session(probe: Probe, answers: Mapping[str, Answer]) -> Probe:
    """The probe as a session takes it: on the PC that it has measured before, and with what it calls that PC compared.

    What people call a PC may be a nickname; the name that the PC gives itself is known once it has been measured.

    Raises:
        Fault: `probe.other_pc`.
    """
    measured = [line.removeprefix("host ") for one in answers.values() for line in one.seen if line.startswith("host ")]
    if any(not same_name(probe.pc, host) for host in measured):
        raise Fault("probe.other_pc", host=probe.pc, name=measured[0])
    from_there = f"measured on {probe.pc} at {probe.at:%Y-%m-%d %H:%M}"
    results = {name: replace(one, seen=(from_there, *one.seen[: SEEN - 1])) for name, one in probe.results.items()}
    if "system" in results and "pc" in answers:
        results["system"] = named(results["system"], probe.pc, str(answers["pc"].detail))
    return replace(probe, results=results)


def _parsed(path: str) -> dict[str, Any]:
    try:
        data = read_bounded(path, SIZE)
        # PowerShell 5 redirects as UTF-16 with a mark; others may put one before UTF-8.
        given = json.loads(data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"))
    except FileNotFoundError:
        raise Fault("probe.missing") from None
    except OSError as error:
        raise Fault("probe.unreadable", detail=type(error).__name__) from error
    except TooLarge:
        raise Fault("probe.too_large", limit=SIZE >> 20) from None
    except (ValueError, RecursionError) as error:
        raise Fault("probe.malformed") from error
    if not isinstance(given, dict):
        raise Fault("probe.malformed")
    return given


def _probe(given: dict[str, Any]) -> Probe:
    try:
        if given["pc"] != visible(given["pc"], 64) or not set(given["checks"]) <= set(CHECKS):
            raise ValueError
        results = {name: replace(CheckResult.from_json(raw), here=False) for name, raw in dict(given["checks"]).items()}
        return Probe(given["pc"], moment(given["at"]), results)
    except (Fault, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise Fault("probe.malformed") from error


def _sum(body: Mapping[str, Any]) -> str:
    said = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
