"""A kiosk as docs/kiosk.md sets one up: an account of its own, the script and the sshd_config that stand there."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType

from states.desk import Desk
from states.flow.events import JAPAN
from states.flow.session import Session
from tests.labs.ssh import Sshd
from tests.tui.technician import Technician
from tests.tui.test_kiosk import write

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "kiosk.md").read_text(encoding="utf-8")
USER = "careplan-lab"
TOP = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
UsePAM no
StrictModes no
PidFile none
PasswordAuthentication no
"""


def block(name: str) -> str:
    """A fenced block of the page."""
    found = re.search(rf"^```{name}\n(.*?)^```", PAGE, re.M | re.S)
    assert found, name
    return found[1]


class Kiosk(Sshd):
    """A context manager. Needs root, for an account of its own.

    Args:
        folder: root's alone, and to be passed by everybody.
        settings: as `tests.tui.test_kiosk.write` takes them.

    Raises:
        LookupError: where something is missing that it needs.
    """

    account = f"{USER}@127.0.0.1"

    def __init__(self, folder: Path, **settings: object) -> None:
        if os.geteuid() != 0 or shutil.which("useradd") is None or shutil.which("ssh") is None:
            raise LookupError("a kiosk's account can only be made as root")
        super().__init__(folder)
        self._remove()
        home = folder / "home"
        subprocess.run(["useradd", "-s", "/bin/sh", "-p", "*", "-m", "-d", home, USER], check=True, capture_output=True)
        self.home, self.uid = home, pwd.getpwnam(USER).pw_uid
        self.store = home / "store"
        self.python = self._python()
        self.settings = write(folder, self.store, **settings)
        self.settings.chmod(0o644)
        script = block("sh kiosk").replace("/opt/careplan/venv/bin/python", str(self.python))
        self.script = folder / "kiosk"
        self.script.write_text(script.replace("--kiosk", f"--kiosk={self.settings}"))
        self.script.chmod(0o755)

    def configuration(self) -> str:
        here = block("sshd_config").replace("User careplan", f"User {USER}")
        here = here.replace("/opt/careplan/kiosk", str(self.script))
        here = here.replace("/etc/ssh/authorized_keys.d/%u", str(self.folder / "me.pub"))
        return TOP.format(port=self.port, folder=self.folder) + here

    @contextlib.contextmanager
    def open_door(self) -> Iterator[None]:
        """Within it there is no kiosk: the account has its shell."""
        kept = self.script.read_text()
        self.script.write_text('#!/bin/sh\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n')
        try:
            yield
        finally:
            self.script.write_text(kept)

    def lets_in(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        self._remove()

    def processes(self) -> dict[int, str]:
        """What runs as the kiosk's account: the arguments of each process."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if place.stat().st_uid == self.uid or self._is_ours(place):
                    line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found[int(place.name)] = line.strip()
        return found

    def _is_ours(self, place: Path) -> bool:
        # A process that may not be dumped belongs to root in /proc; its status says whose it is.
        found = re.search(r"^Uid:\s+(\d+)", (place / "status").read_text(), re.M)
        return found is not None and int(found[1]) == self.uid

    def stored(self) -> Session:
        """The first session as the store has it."""
        with self._desk() as desk:
            return desk.read(desk.page()[0])

    def drafts(self) -> dict[str, str]:
        """What is half-typed in it."""
        with self._desk() as desk:
            return desk.journal.drafts(desk.page()[0].id)

    @contextlib.contextmanager
    def _desk(self) -> Iterator[Desk]:
        """The store; what root leaves there in reading it is given to the account."""
        desk = Desk.open(self.store, lambda: datetime.now(JAPAN))
        try:
            yield desk
        finally:
            desk.close()
            for path in self.store.rglob("*"):
                os.chown(path, self.uid, -1)

    def sit(self) -> Technician:
        """Somebody at the list, over SSH; what is asked of the kiosk's program there is not heard."""
        return Technician(self.store, "", program=self.login("/bin/sh", "-i"))

    def until_gone(self) -> None:
        """Wait until nothing runs as that account."""
        end = time.monotonic() + 30
        while left := self.processes():
            assert time.monotonic() < end, left
            time.sleep(0.05)

    def _remove(self) -> None:
        with contextlib.suppress(KeyError):
            self.uid = pwd.getpwnam(USER).pw_uid
            for process in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, 9)
            subprocess.run(["userdel", "-f", "-r", USER], check=False, capture_output=True)

    def _python(self) -> Path:
        """One that this account may run: ours, or the system's of the same version with our packages."""
        if self._runs(Path(sys.executable)):
            return Path(sys.executable)
        system = Path(f"/usr/bin/python3.{sys.version_info.minor}")
        venv = self.folder / "venv"
        if not system.exists():
            raise LookupError(f"the account may not run {sys.executable}, and there is no {system}")
        subprocess.run([system, "-m", "venv", "--without-pip", venv], check=True)
        packages = next((venv / "lib").glob("python3*/site-packages"))
        ours = next(Path(path) for path in sys.path if path.endswith("site-packages"))
        (packages / "ours.pth").write_text(f"{ours}\n{ROOT}\n")
        python = venv / "bin" / "python"
        if not self._runs(python):
            raise LookupError("the account may not read this folder")
        return python

    def _runs(self, python: Path) -> bool:
        command: list[str | Path] = [python, "-I", "-c", "import tui.cli, textual, apsw"]
        try:
            ended = subprocess.run(command, capture_output=True, check=False, cwd="/", user=USER, group=USER)
        except OSError:  # not even to be started
            return False
        return not ended.returncode
