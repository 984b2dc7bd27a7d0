"""Reads what a stranger may have made: an ordinary file only (a pipe would never end), and no more than asked."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path


class TooLarge(Exception):
    """There is more in the file than may be read."""


def read_bounded(path: str, limit: int) -> bytes:
    """All of it.

    Args:
        path: as typed.
        limit: bytes.

    Raises:
        FileNotFoundError: there is none, or the path could not be one.
        OSError: it is no ordinary file, or cannot be read.
        TooLarge: it holds more than `limit`.
    """
    try:
        place = Path(path)
        if not place.exists():
            raise FileNotFoundError(path)
    except ValueError as error:  # a path with a NUL
        raise FileNotFoundError from error
    if not place.is_file():
        raise OSError("not a file")
    with place.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLarge
    return data


def names_at(path: str, most: int) -> list[str]:
    """Names of the CSV files in a folder, at most so many; for what is no folder here, the last part of the path.

    A name may be typed that stands on another PC, so a path's parts may be parted in Windows' way or not.
    """
    try:
        if Path(path).is_dir():
            found = (entry.name for entry in Path(path).iterdir() if entry.name.lower().endswith(".csv"))
            return sorted(islice(found, most))
    except (OSError, ValueError):
        pass
    name = re.split(r"[\\/]", path)[-1]
    return [name] if name else []
