"""A Windows user of its own under wine, whose Python has this project and everything that it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.labs.windows_python import ITS_OWN, ROOT, windows_python

COMPILER = "x86_64-w64-mingw32-gcc"

# `cryptography` takes its randomness from a DLL that wine does not have; advapi32 has the same under an older name.
RANDOMNESS = """
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{ return SystemFunction036(data, (ULONG)size); }
"""


class Windows:
    """A Windows 10.

    Args:
        folder: where its disk and its Python go.

    Raises:
        LookupError: there can be none, with the reason.
    """

    def __init__(self, folder: Path) -> None:
        if shutil.which("wine") is None:
            raise LookupError("no wine")
        self.folder, self.prefix = folder, folder / "prefix"
        self.prefix.mkdir()
        self.exe = windows_python(folder / "python")
        # Child processes run isolated, so the sources are made known the way an installation would.
        (self.exe.parent / ITS_OWN / "careplan-setup.pth").write_text(path_there(ROOT))
        self._wine("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")

    def add_randomness(self) -> None:
        """Without it `cryptography` and what needs it cannot be imported under wine.

        Raises:
            LookupError: it cannot be compiled here.
        """
        if shutil.which(COMPILER) is None:
            raise LookupError(f"no {COMPILER}")
        library = self.exe.with_name("bcryptprimitives.dll")
        command = [COMPILER, "-shared", "-x", "c", "-", "-x", "none", "-ladvapi32", "-o", str(library)]
        subprocess.run(command, input=RANDOMNESS.encode(), check=True)

    def python(self, *arguments: str, text: str = "", code: int = 0) -> str:
        """What the Python prints; it reads `text` from standard input and ends with `code`."""
        return self._wine(str(self.exe), "-X", "utf8", *arguments, text=text, code=code)

    def said(self, code: str) -> Any:
        """Run a piece of Python; what it has put into `said`."""
        return json.loads(self.python("-c", f"import json\n{code}\nprint(json.dumps(said))"))

    def close(self) -> None:
        """End what wine has left running for this user."""
        for how in ("-k", "-w"):  # kill, then wait until it is gone
            subprocess.run(["wineserver", how], env=self._env, capture_output=True, check=False)

    @property
    def _env(self) -> dict[str, str]:
        own = {"WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all", "HOME": str(self.folder)}
        return {**own, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}  # arguments in Japanese

    def _wine(self, *command: str, text: str = "", code: int = 0) -> str:
        done = subprocess.run(
            ["wine", *command],
            input=text.encode(),
            capture_output=True,
            env=self._env,
            cwd=ROOT,
            timeout=240,
            check=False,
        )
        assert done.returncode == code, done.stderr.decode(errors="replace")
        return done.stdout.decode()


def path_there(path: Path) -> str:
    """What a file of ours is called by Windows."""
    return f"Z:{path}".replace("/", "\\")
