"""Spare room: a file that holds some of the disk for us, and is let go when the disk is full."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

NAME: Final = "ballast"
SIZE: Final = 3 << 20  # bytes; enough for more than a thousand steps
PLENTY: Final = 64 << 20  # bytes free; with less, others need the room more than we do


def keep(folder: Path) -> None:
    """See to it that the ballast is there; without much room left, or the right to make it, there is none."""
    place = folder / NAME
    with contextlib.suppress(OSError):
        if place.exists() or shutil.disk_usage(folder).free < PLENTY:
            return
        descriptor = os.open(place, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            place.chmod(0o600)  # the umask may have taken from it
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, 0, SIZE)
            else:
                os.write(descriptor, os.urandom(SIZE))  # not zeros, which some file systems do not store
        finally:
            os.close(descriptor)


def release(folder: Path) -> bool:
    """Give the room back to the disk; whether there was any to give."""
    try:
        (folder / NAME).unlink()
    except OSError:
        return False
    return True
