"""The bundle as it was built, on a Windows of its own under wine: unpacked, started by its starter, on a pty."""

from __future__ import annotations

import shutil
import termios
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from locales import Texts
from tests.bundle.build import NAME
from tests.labs.windows import Windows, path_there
from tests.terminal import Terminal
from tests.tui.technician import Technician


class Carried(Windows):
    """A Windows 10 with a bundle on a disk beside its own.

    Args:
        folder: where its disk goes, and the stick beside it.
        archive: the bundle.

    Raises:
        LookupError: there can be none, with the reason.
    """

    def __init__(self, folder: Path, archive: Path) -> None:
        if shutil.which("wine") is None:
            raise LookupError("no wine")
        self.folder, self.prefix = folder, folder / "prefix"
        self.prefix.mkdir(parents=True)
        self.bundle = self.unpack(archive, folder / "佐藤 USB" / "導入 キット")
        self._wine("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")
        # Windows that nobody sees need no screen.
        self._wine("reg", "add", r"HKCU\Software\Wine\Drivers", "/v", "Graphics", "/d", "null", "/f")
        self.power_cut()

    def unpack(self, archive: Path, place: Path) -> Path:
        with zipfile.ZipFile(archive) as held:
            held.extractall(place)
        return self.at(place / NAME)

    def at(self, bundle: Path) -> Path:
        """From now on this bundle is meant."""
        self.bundle, self.exe = bundle, bundle / "python" / "python.exe"
        return bundle

    def command(self, *command: str) -> None:
        """Run one of Windows' own."""
        self._wine(*command)

    @property
    def starter(self) -> list[str]:
        return [path_there(self.bundle / "careplan-setup.cmd")]

    def run(self, *arguments: str, code: int = 0) -> str:
        """What the program prints, without a screen."""
        return self._wine(*self.starter, *arguments, code=code)

    def power_cut(self) -> None:
        """Every process of this Windows is gone at once."""
        self.close()

    @property
    def env(self) -> dict[str, str]:
        return self._env

    @property
    def user(self) -> Path:
        """This user's local data."""
        return next((self.prefix / "drive_c" / "users").glob("*/AppData/Local"))


class Console(Terminal):
    """Wine's console does not know escape sequences: it counts them as text, and breaks lines where that is full.

    The app moves the cursor to the beginning of each line that it writes, so those breaks can be left out again.
    """

    _held = ""

    def __init__(self, command: Sequence[str | Path], *, env: Mapping[str, str]) -> None:
        super().__init__(command, env=env)
        modes = termios.tcgetattr(self._master)
        modes[0] &= ~termios.ICRNL  # Enter comes as it is pressed; wine takes a line feed for Ctrl+J
        termios.tcsetattr(self._master, termios.TCSANOW, modes)

    def _show(self, text: str) -> None:
        text = self._held + text
        self._held = text[len(text.rstrip("\r")) :]  # perhaps the beginning of a break
        super()._show(text[: len(text) - len(self._held)].replace("\r\r\n", ""))


class LineConsole(Console):
    """The same in line mode, which breaks its lines itself."""

    def _show(self, text: str) -> None:
        Terminal._show(self, text)


class There(Technician):
    """At the bundle's screen under wine.

    Args:
        store: named on the command line; None for where the bundle keeps data by itself.
        wait: for the list of offices.
        starter: in place of the bundle's own.
        line: in line mode.
    """

    TERMINAL = Console

    def __init__(
        self,
        windows: Carried,
        store: Path | None,
        now: str,
        *,
        wait: bool = True,
        starter: Sequence[str] = (),
        line: bool = False,
    ) -> None:
        wine = shutil.which("wine")
        assert wine is not None
        self.windows, self.texts = windows, Texts("ja")
        own = ["--now", now, "--name", "佐藤", *(["--store", path_there(store)] if store else [])]
        own += ["--line"] if line else []
        self.terminal = (LineConsole if line else self.TERMINAL)(
            [wine, *(starter or windows.starter), *own], env=windows.env
        )
        if wait:
            self.wait(self.texts("key.new"))

    def press(self, *keys: str) -> None:
        """F-keys do not come through wine's console; letters, digits and Enter do the same."""
        super().press(*("enter" if key == "f10" else key for key in keys))

    def open_field(self, fact: str) -> None:
        """Until the keys at the foot, which come last, are another page's: a page comes in pieces here."""
        self.wait(self.texts("key.park"))
        super().open_field(fact)
        self.wait_gone(self.texts("key.park"))

    def next(self, step: str | None = None) -> None:
        self.wait(self.texts("key.park"))
        self.press("]")
        if step:
            self.step(step)

    def close(self) -> None:
        """The line is gone; this Windows runs on, and keeps what it has been given."""
        self.terminal.hang_up()
        self.terminal.wait_exit()

    def power_cut(self) -> None:
        self.windows.power_cut()
        self.terminal.wait_exit()
        self.terminal.close()
