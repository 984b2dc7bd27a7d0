"""What each check is asked, from the edition's data: the same from a session, from the command line, for a probe."""

from __future__ import annotations

import os
from datetime import date
from typing import Any, Final

from states.flow.edition import Edition

PC = ("system", "edge", "updates", "programs")
NETWORK = ("sites",)
CERTIFICATE = ("certificate",)

ROOTS: Final = "CAREPLAN_SETUP_ROOTS"
"""Names a PEM file: roots that the sites may lead to beside this PC's own, such as that of an inspecting proxy."""


def request_for(
    name: str, edition: Edition, today: date, *, office_number: str | None = None, pc: str | None = None
) -> dict[str, Any]:
    """The request of a check, as its module's `measure` takes it.

    Args:
        name: a key of `states.checks.run.CHECKS`.
        today: in Japan.
        office_number, pc: the office's number and what its PC is called, where a session knows them.
    """
    known = edition.known_good
    match name:
        case "system":
            windows = [[one.build, one.name, one.end.isoformat()] for one in known.windows]
            return {"windows": windows, "today": today.isoformat(), "pc": pc}
        case "edge":
            return {"floor": known.edge, "confirmed": known.edge_day.isoformat(), "today": today.isoformat()}
        case "programs":
            return {"client": list(known.client)}
        case "sites":
            return {"sites": list(edition.sites), "ca_file": os.environ.get(ROOTS) or None}
        case "certificate":
            rules = [{"kind": r.kind, "value": r.value, "any_of": list(r.any_of)} for r in edition.certificates]
            return {"path": "", "rules": rules, "today": today.isoformat(), "office_number": office_number}
    return {}
