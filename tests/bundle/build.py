"""Makes the archive: the same bytes each time it is made of the same parts."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.bundle.papers import sizes, write_parts, write_sums
from tests.bundle.parts import EPOCH, PACKAGES, files_below, put_packages, put_python
from tests.labs.windows_python import ROOT

NAME: Final = "careplan-setup"
CONTENT: Final = Path(__file__).with_name("content")
MOST: Final = 120_000_000  # bytes unpacked: an old stick has to take it, and to be read from at every start
SIGN: Final = "CAREPLAN_SETUP_SIGN"
"""A command that signs what is to be signed; the folder of the bundle is added to it. Nothing is signed without it."""


@dataclass(frozen=True)
class Bundle:
    """An archive that was made, and what takes the room in it."""

    archive: Path
    table: tuple[str, ...]


def build(target: Path) -> Bundle:
    """Make the archive for this version of the program in a folder.

    Raises:
        LookupError: a part cannot be had, is not signed by whom it should be, or it all became too large.
    """
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    with tempfile.TemporaryDirectory(prefix="bundle-", dir=_made(target)) as temporary:
        work = Path(temporary)
        folder = work / NAME
        python = put_python(folder / "python")
        packages = put_packages(folder / "python" / PACKAGES, work)
        for file in CONTENT.iterdir():
            _put_text(file, folder / file.name, version)
        shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE.txt")
        write_parts(folder, version, _of_the_source(), [python, *packages])
        if command := os.environ.get(SIGN):
            subprocess.run([*shlex.split(command), str(folder)], check=True)
        write_sums(folder)
        if sum(file.stat().st_size for file in files_below(folder)) > MOST:
            raise LookupError("\n".join(["it takes too much room:", *sizes(folder)]))
        made = work / "made.zip"
        _zip(folder, made)
        archive = target / f"{NAME}-{version}-windows-x64.zip"
        made.replace(archive)
        return Bundle(archive, tuple(sizes(folder)))


def _put_text(file: Path, place: Path, version: str) -> None:
    """Windows' line ends; the text for people with the mark by which its editor knows UTF-8."""
    text = file.read_text(encoding="utf-8").replace("@VERSION@", version)
    place.write_text(text, encoding="utf-8-sig" if place.suffix == ".txt" else "ascii", newline="\r\n")


def _of_the_source() -> datetime:
    """When the source was last changed: of the build itself nothing is told."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told is None:
        asked = ["git", "log", "-1", "--format=%ct"]
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return datetime.fromtimestamp(int(told), UTC) if told else datetime(*EPOCH[:3], tzinfo=UTC)


def _zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for file in files_below(folder):
            entry = zipfile.ZipInfo(file.relative_to(folder.parent).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            made.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
