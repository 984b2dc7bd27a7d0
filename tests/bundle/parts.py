"""The parts of a bundle: Windows' Python in its embeddable form, the locked packages, the program; all compiled."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.labs.windows_python import LANGUAGE, ROOT, SHA256, original, signer

PACKAGES: Final = "packages"  # beside python.exe
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # of what stands in an archive: a zip knows no earlier one
TAG: Final = "python" + LANGUAGE.replace(".", "")

# The standard library's modules for developers, for other systems, and for windows of their own. With them go the
# extension modules and libraries that nothing else uses.
_LEFT_OUT: Final = {
    *("site-packages", "__pycache__", "test", "idlelib", "tkinter", "turtledemo", "turtle.py", "ensurepip", "venv"),
    *("lib2to3", "distutils", "pydoc_data", "pydoc.py", "msilib", "curses", "dbm", "sqlite3", "doctest.py", "wsgiref"),
    *("_aix_support.py", "_osx_support.py", "_bootsubprocess.py", "antigravity.py", "this.py", "xmlrpc"),
}
_KEPT: Final = re.compile(r"python\.exe|python\d*\.dll|vcruntime140(_1)?\.dll|lib\w+-\d\.dll|[_a-z]+\.pyd")
_NOT_KEPT: Final = {"_tkinter.pyd", "_msi.pyd", "_sqlite3.pyd", "winsound.pyd"}
_SIGNERS: Final = ("O=Python Software Foundation", "O=Microsoft Corporation")
_NO_MODULES: Final = ("bin", "Scripts", "share", ".lock")  # a man page, and starters with the path of no Python
# What an installer notes for itself: where it had a package from, and sums of files that are not all there any more.
_NOTES: Final = ("RECORD", "direct_url.json", "uv_cache.json", "INSTALLER", "REQUESTED")


@dataclass(frozen=True)
class Part:
    """Something in the bundle that came from elsewhere: its name and version, and the SHA-256 of what was fetched."""

    name: str
    version: str
    sha256: str


def put_python(folder: Path) -> Part:
    """Windows' Python without what nobody needs here; each program and library in it signed by who made it.

    Raises:
        LookupError: it cannot be had, or is not signed.
    """
    came = original().parent
    folder.mkdir(parents=True)
    for file in sorted([*came.iterdir(), *(came / "DLLs").iterdir()]):
        if _KEPT.fullmatch(file.name) and file.name not in _NOT_KEPT:
            if not any(one in signer(file) for one in _SIGNERS):
                raise LookupError(f"{file.name} is not signed by whom it should be")
            shutil.copyfile(file, folder / file.name)
    shutil.copyfile(came / "LICENSE.txt", folder / "LICENSE.txt")
    library = folder / "library"
    shutil.copytree(came / "Lib", library, ignore=lambda _, names: _LEFT_OUT.intersection(names))
    compile_all(library)
    _zip_modules(library, folder / f"{TAG}.zip")
    shutil.rmtree(library)
    # With this file beside it a Python looks nowhere else: no variable, registry or working folder adds to its path.
    (folder / f"{TAG}._pth").write_text(f"{TAG}.zip\n.\n{PACKAGES}\n", newline="\r\n")
    found = re.search(r'PY_VERSION\s+"([\d.]+)"', (came / "include" / "patchlevel.h").read_text())
    assert found
    return Part("CPython", found[1], SHA256)


def put_packages(folder: Path, work: Path) -> list[Part]:
    """The wheels for Windows of what the lock file pins, checked by its hashes, and the program itself."""
    locked = _locked(work)
    wheels = work / "wheels"
    # pip and not uv: it leaves the checked archive, whose checksum the list of parts names.
    what = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", str(locked)]
    where = ["--platform", "win_amd64", "--python-version", LANGUAGE, "--implementation", "cp", "--dest", str(wheels)]
    _run(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *what, *where)
    fetched = sorted(wheels.iterdir())
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(work / "own"))
    own = next((work / "own").glob("*.whl"))
    target = ["--target", str(folder), "--python-platform", "windows", "--python-version", LANGUAGE]
    install = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--no-config", "--no-deps"]
    _run(*install, *target, *map(str, [*fetched, own]))
    for place in (
        *map(folder.joinpath, _NO_MODULES),
        *(found for name in _NOTES for found in folder.glob(f"*/{name}")),
    ):
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    compile_all(folder)
    return [_part(wheel) for wheel in fetched]


def compile_all(folder: Path) -> None:
    """Put every module below, compiled, in the place of its source: half the files to be unpacked onto a stick.

    Raises:
        LookupError: this Python compiles for another one.
    """
    if f"{sys.version_info[0]}.{sys.version_info[1]}" != LANGUAGE:
        raise LookupError(f"Python {LANGUAGE} is needed to compile for it: make PYTHON=python{LANGUAGE} ...")
    # One process, whose hashes are always the same, makes the same bytes each time.
    how = ["-q", "-f", "-b", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", str(folder)]
    _run(sys.executable, "-m", "compileall", *how, str(folder), PYTHONHASHSEED="0")
    for source in folder.rglob("*.py"):
        source.unlink()


def _locked(work: Path) -> Path:
    """What the program needs on Windows, as lines of the lock file, hashes and all."""
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--no-config", "pyproject.toml"]
    how = ["--constraint", "requirements.lock", "--no-annotate", "--no-header", "--no-emit-index-url"]
    names = _run(*uv, *how, "--python-platform", "windows", "--python-version", LANGUAGE).split()
    lines = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
    pinned = {line.split()[0]: line for line in lines}
    wanted = [re.sub(r" ; .*?(?= \\\n)", "", pinned[name]) for name in names]  # its marker speaks of this PC, not that
    file = work / "windows.lock"
    file.write_text("\n".join(wanted) + "\n")
    return file


def _part(wheel: Path) -> Part:
    name, version = wheel.name.split("-")[:2]
    return Part(name.replace("_", "-").lower(), version, hashlib.sha256(wheel.read_bytes()).hexdigest())


def _zip_modules(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as made:  # not compressed: it is read at every start
        for file in files_below(folder):
            made.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH), file.read_bytes())


def files_below(folder: Path) -> Iterator[Path]:
    """Every file, in an order that is the same everywhere."""
    yield from sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())


def _run(*command: str, **more: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **more}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LookupError(f"{_shown(command)}: {(done.stderr or done.stdout).strip()[-1000:]}")
    return done.stdout


def _shown(command: Sequence[str]) -> str:
    return " ".join(Path(part).name for part in command[:4])
