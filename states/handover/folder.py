"""Puts a paper into a folder: whole or not at all, for its owner's eyes alone."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from states.fault import Fault
from states.flow.events import day
from states.storage.folders import replace_file


def stem(office_number: str, now: datetime) -> str:
    """What every paper of an office and a day is called by: `<office number>-<YYYYMMDD>`."""
    office = re.sub(r"[^0-9A-Za-z]", "_", office_number)  # it becomes part of a path
    return f"{office}-{day(now):%Y%m%d}"


def put(folder: Path, name: str, text: str) -> Path:
    """Write `text` under that name, in place of an earlier one; the folder is made where there is none.

    Raises:
        Fault: `papers.not_written`; an earlier paper of that name is then as it was.
    """
    path = folder / name
    try:
        if not folder.exists():
            folder.mkdir(0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)  # the umask may have taken from it
        replace_file(path, text.encode())
    except OSError as error:
        raise Fault("papers.not_written", path=path) from error
    return path
