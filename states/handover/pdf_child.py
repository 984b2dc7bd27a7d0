"""Prints papers in a process of its own, which ends with the program: a browser may take its time, or hang."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from states import child
from states.handover.pdf import print_pdf


def handle(request: child.Json, progress: Callable[[child.Json], None]) -> child.Json:
    """Print `pages` with `program`; which have been, as [page, PDF]. What failed once is not tried with the rest."""
    printed: list[list[str]] = []
    for number, page in enumerate(request["pages"], 1):
        progress({"printing": number})
        drawn = print_pdf(Path(page), Path(request["program"]))
        if drawn is None:
            break
        printed.append([page, str(drawn)])
    return {"printed": printed}


if __name__ == "__main__":
    child.answer(handle)
