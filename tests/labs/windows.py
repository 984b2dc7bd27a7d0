"""Windows' own Python under wine: runs code of ours against the Windows API, as far as wine has it.

The Python is named by `WINDOWS_PYTHON`, the path of a `python.exe` (3.11 or newer, 64 bit): wine comes from Debian,
a Windows Python does not. A lab that needs it is skipped by name where either is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = os.environ.get("WINDOWS_PYTHON", "")

needed = [
    pytest.mark.lab,
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("wine") is None, reason="no wine"),
    pytest.mark.skipif(not Path(PYTHON).is_file(), reason="no Windows Python: WINDOWS_PYTHON names none"),
]


class Windows:
    """A Windows user of its own, with our sources and some wheels on its path.

    Args:
        folder: where its disk and the wheels go.
        wheels: pure Python, as `name==version`.
    """

    def __init__(self, folder: Path, *wheels: str) -> None:
        self.prefix, self.site = folder / "prefix", folder / "site"
        self.prefix.mkdir()
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(self.site), *wheels]
        if subprocess.run(pip, capture_output=True, check=False).returncode:
            pytest.skip(f"not to be had: {', '.join(wheels)}")

    def run(self, code: str, text: str = "") -> str:
        """What `code` prints; it may import our packages, and reads `text` from standard input."""
        places = [f"Z:{place}".replace("/", "\\") for place in (ROOT, self.site)]
        done = subprocess.run(
            ["wine", PYTHON, "-I", "-X", "utf8", "-c", f"import sys; sys.path[:0] = {places!r}\n{code}"],
            input=text.encode(),
            capture_output=True,
            env={
                "WINEPREFIX": str(self.prefix),
                "WINEDEBUG": "-all",
                "HOME": str(self.prefix),
                "PATH": os.environ["PATH"],
            },
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode()

    def close(self) -> None:
        """End what wine has left running for this user."""
        env = {"WINEPREFIX": str(self.prefix), "PATH": os.environ["PATH"]}
        subprocess.run(["wineserver", "-k"], env=env, capture_output=True, check=False)
