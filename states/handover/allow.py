"""The one-page request to an office's network people: the sites that are needed, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from locales import Texts
from states.checks.result import CheckResult
from states.fault import shown_code
from states.flow.events import day
from states.handover.folder import put
from states.handover.paper import FORMS, Paper, Part, Table, draw

ASKS = ("allow", "inspection", "proxy", "names")


def write(
    sites: Sequence[str], result: CheckResult, host: str, now: datetime, texts: Texts, folder: Path
) -> list[Path]:
    """Write the paper in every form and return where; one of the same day is replaced.

    Raises:
        Fault: `papers.not_written`.
    """
    paper = request_paper(sites, result, host, now, texts)
    name = f"network-{day(now):%Y%m%d}.{texts.language}"
    return [put(folder, f"{name}.{form}", draw(paper, form)) for form in FORMS]


def request_paper(sites: Sequence[str], result: CheckResult, host: str, now: datetime, texts: Texts) -> Paper:
    """The paper.

    Args:
        sites: of the edition; always HTTPS.
        result: of the check `sites`; one that measured nothing, and found nothing, where it has not been run yet.
        host: the name that the measured PC gives itself.
    """
    about = {site: [f for f in result.findings if _speaks_of(f.values, site)] for site in sites}
    rows = [
        (site, texts("paper.allow.port"), _state(result, [finding.code for finding in about[site]], texts))
        for site in sites
    ]
    columns = tuple(texts(f"paper.allow.column.{name}") for name in ("site", "port", "state"))
    told = [
        f"{texts(f'finding.{finding.code}', **finding.values)} ({shown_code(finding.code)})"
        for finding in result.findings
    ]
    title = texts("paper.allow.title")
    measured = result.value is not None or bool(result.findings)
    about_pc = texts("paper.allow.measured", host=host, time=f"{now:%Y-%m-%d %H:%M}")
    return Paper(
        texts.language,
        title,
        title,
        (
            texts("paper.allow.about"),
            about_pc if measured else texts("paper.allow.unmeasured", host=host),
        ),
        (
            Part(texts("paper.allow.sites"), table=Table(columns, tuple(rows))),
            Part(texts("paper.allow.asks"), points=tuple(texts(f"paper.allow.ask.{name}") for name in ASKS)),
            *(
                [Part(texts("paper.allow.found"), points=tuple(told) or (texts("paper.allow.nothing"),))]
                if measured
                else []
            ),
        ),
    )


def _speaks_of(values: Mapping[str, str], site: str) -> bool:
    return values.get("site", "").partition(":")[0] == site


def _state(result: CheckResult, codes: list[str], texts: Texts) -> str:
    if codes:
        return ", ".join(map(shown_code, codes))
    return texts("paper.allow.not_measured" if result.value is None else "paper.allow.reached")
