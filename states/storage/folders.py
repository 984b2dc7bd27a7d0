"""Folders and files that have to be whole and there after a power cut, and that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path

from states.system import here


def make_folder(folder: Path) -> None:
    """Make what is missing of `folder`, each part readable by its owner alone and sure to be there after a cut."""
    missing = []
    place = folder
    while not place.exists():
        missing.append(place)
        place = place.parent
    for place in reversed(missing):
        place.mkdir(0o700, exist_ok=True)
        here.close_to_others(place)  # the umask may have taken from it
        here.sync_folder(place.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in place of the file: after a kill or a power cut the old one or the new one is there, whole.

    One writer at a time (hold a lock): what an earlier one was killed over is cleared away first.

    Raises:
        OSError: the old file is then as it was.
    """
    import tempfile  # only where a file is written: the store is opened before the first paint

    beside = f".{path.name}."
    for stray in path.parent.glob(f"{beside}*"):
        stray.unlink(missing_ok=True)
    descriptor, growing = tempfile.mkstemp(prefix=beside, dir=path.parent)
    Path(growing).chmod(0o600)  # the umask may have taken from it
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        here.replace(Path(growing), path)
    except BaseException:
        Path(growing).unlink(missing_ok=True)
        raise
    here.sync_folder(path.parent)
