"""Which care plan data is in an exported file, by its name alone. Pure; no file is opened, for they hold personal data.

`<KIND>_[YYYYMM_]<from office>_<service>_<to office>_<service>_<YYYYMMDDHHMMSS>.CSV`
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from states.checks.result import CheckResult, Finding, Outcome, could_not_run, visible

KINDS = ("UP1KYO", "UP2KYO", "UP3KYO", "UPPLAN", "UPJSK", "UPSIKYU", "UPHOSOKU")
WITH_MONTH = ("UPPLAN", "UPJSK", "UPSIKYU", "UPHOSOKU")
SET = ("UPPLAN", "UPSIKYU", "UPHOSOKU")  # a plan travels as these three
MOST = 100  # names

_FORM = re.compile(
    rf"({'|'.join(KINDS)})_(?:(\d{{6}})_)?(\w{{10}})_(\w{{2}})_(\w{{10}})_(\w{{2}})_(\d{{14}})\.CSV", re.ASCII
)


@dataclass(frozen=True)
class Name:
    """What a name says. `month`: YYYYMM, "" where the kind has none."""

    kind: str
    month: str
    sender: str
    receiver: str

    @property
    def plan(self) -> tuple[str, str, str]:
        """What the files of one set have in common."""
        return (self.month, self.sender, self.receiver)


def parse(name: str) -> Name | None:
    """What a name says; None for one of another form."""
    match = _FORM.fullmatch(name.strip().upper())
    if match is None:
        return None
    kind, month, sender, _, receiver, _, made = match.groups()
    if (month is not None) != (kind in WITH_MONTH) or not _time(made, "%Y%m%d%H%M%S"):
        return None
    if month is not None and not _time(month, "%Y%m"):
        return None
    return Name(kind, month or "", sender, receiver)


def judge(names: Sequence[str], office_number: str, partners: Collection[str]) -> CheckResult:
    """The value `names_fine`, or `names_odd` with all that is odd about them.

    Args:
        names: of files, without their folders.
        office_number: this office's.
        partners: what is known of the partners; those that are office numbers are compared.
    """
    if not names:
        return could_not_run(Finding("csv.nothing"))
    numbers = {number for partner in partners if re.fullmatch(r"\w{10}", number := _narrow(partner), re.ASCII)}
    findings: list[Finding] = []
    read: list[Name] = []
    for given in names[:MOST]:
        name = parse(given)
        if name is None:
            findings.append(Finding("csv.form", {"file": visible(given, 100)}))
            continue
        read.append(name)
        findings += _of_offices(name, visible(given, 100), office_number, numbers)
    findings += _of_sets(read)
    seen = tuple(visible(" ".join(filter(None, (n.kind, n.month, n.sender, n.receiver)))) for n in read)
    if findings:
        return CheckResult(Outcome.WARN, "names_odd", f"{len(names)}", tuple(findings), seen)
    return CheckResult(Outcome.PASS, "names_fine", f"{len(names)}", (), seen)


def _of_offices(name: Name, file: str, office_number: str, partners: Collection[str]) -> Iterable[Finding]:
    if office_number not in (name.sender, name.receiver):
        return [Finding("csv.office", {"file": file, "number": office_number})]
    if name.sender == name.receiver:  # offices of one number: sending between them can fail
        return [Finding("csv.same", {"file": file})]
    other = name.receiver if name.sender == office_number else name.sender
    return [Finding("csv.partner", {"file": file, "number": other})] if partners and other not in partners else []


def _of_sets(names: Sequence[Name]) -> Iterable[Finding]:
    """Plans of which a file of the set is missing; each once."""
    for plan in dict.fromkeys(name.plan for name in names if name.kind in SET):
        there = {name.kind for name in names if name.plan == plan}
        lacking = [kind for kind in SET if kind not in there]
        if lacking:
            yield Finding("csv.set", {"month": f"{plan[0][:4]}-{plan[0][4:]}", "kinds": ", ".join(lacking)})


def _time(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text
    except ValueError:
        return False


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
