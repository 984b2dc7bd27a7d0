"""A real sshd on the loopback, for this user, with keys that are thrown away afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/me.pub
StrictModes no
UsePAM no
PidFile none
PasswordAuthentication no
PermitRootLogin prohibit-password
AcceptEnv LANG
"""


class Sshd:
    """A context manager.

    Args:
        folder: for the keys.
    """

    account = "127.0.0.1"  # who logs in where

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self) -> Self:
        for name in ("host", "me"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name], check=True)
        (self.folder / "conf").write_text(self.configuration())
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # Debian's service makes it; sshd as root asks for it
        program = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin")
        assert program is not None
        self._process = subprocess.Popen([program, "-D", "-e", "-f", self.folder / "conf"], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not self.lets_in():
            assert time.monotonic() < end, "nobody can log in"
            time.sleep(0.1)
        return self

    def configuration(self) -> str:
        """What stands in its configuration."""
        return CONFIGURATION.format(port=self.port, folder=self.folder)

    def lets_in(self) -> bool:
        """Whether one can log in by now."""
        tried = ["/bin/sh", "-c", " ".join(self.login("true"))]
        return not subprocess.run(tried, capture_output=True, check=False).returncode

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()

    def login(self, *command: str | Path) -> list[str]:
        """What logs in and runs a command on a terminal there."""
        return self.client("ssh", "-tt", "-p", str(self.port), self.account, *map(str, command))

    def client(self, program: str, *arguments: str) -> list[str]:
        """One of OpenSSH's programs, with this key and nothing of the user's own configuration."""
        found = shutil.which(program)
        assert found is not None
        quiet = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
        key = ["-i", str(self.folder / "me"), "-o", "IdentitiesOnly=yes", "-o", "SendEnv=LANG"]
        return [found, "-F", "none", *quiet, *key, *arguments]
