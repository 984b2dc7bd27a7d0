"""Prints papers in a process of its own, which ends with the program: a browser may take its time, or hang."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from states import child
from states.handover.pdf import print_pdf


def handle(request: child.Json, progress: Callable[[child.Json], None]) -> child.Json:
    """Print `pages` with `program`, each beside itself; how many have been. Behind one that failed none is tried."""
    for number, page in enumerate(request["pages"]):
        progress({"printing": number + 1})
        if print_pdf(Path(page), Path(request["program"])) is None:
            return {"printed": number}
    return {"printed": len(request["pages"])}


if __name__ == "__main__":
    child.answer(handle)
