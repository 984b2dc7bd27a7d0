"""Linux and macOS."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import stat
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

assert sys.platform != "win32"

if TYPE_CHECKING:
    from subprocess import Popen

KEYRING: Final = {"linux": "secret_service", "darwin": "keychain"}.get(sys.platform, "")
HAS_CERTIFICATE_STORE: Final = False  # one that tells which keys can be used
RENAMES_OPEN_FILES: Final = True
SPAWN: Final[dict[str, Any]] = {"start_new_session": True}  # a Ctrl+C on the terminal is not the child's
DRIVER: Final = "tui.driver"
TERMINAL: Final = ""  # what a terminal without a name is called
KIOSK: Final = Path("/etc/careplan-setup/kiosk.toml")

_MOUNTS: Final = Path("/proc/self/mountinfo")
_ESCAPED: Final = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"}  # as the kernel writes them there
_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
_IUTF8: Final = 0o40000  # Linux: backspace takes a whole character; Python has no name for it
_NO_KANJI: Final = re.compile(r"/dev/(tty\d+|tty(S|USB|AMA|ACM)\d+|hvc\d+|console)")


# -- files


def close_to_others(path: Path) -> None:
    """Only its owner may read it from now on."""
    path.chmod(0o700 if path.is_dir() else 0o600)


def open_to_others(path: Path) -> bool:
    """May other users of this PC read it?"""
    return bool(path.stat().st_mode & 0o077)


def administrators_alone(path: Path) -> None:
    """Do nothing for a file that nobody but root can change, nor put another one in its place.

    Raises:
        PermissionError: for any other.
    """
    for place in (path.absolute(), *path.absolute().parents):
        found = place.lstat()
        others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
        if found.st_uid != 0 or others or stat.S_ISLNK(found.st_mode):
            raise PermissionError(f"{place}: not root's alone")


def sync_folder(folder: Path) -> None:
    """On return the names in `folder` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(descriptor: int) -> None:
    """On return what was written is on the disk itself."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(descriptor)


def replace(source: Path, target: Path) -> None:
    """Give `source` the name of `target`, whose old content is then nobody's."""
    source.replace(target)


def identity(status: os.stat_result) -> int:
    """Tells a file from another one that has been put in its place."""
    return status.st_ino


def lock(descriptor: int) -> None:
    """Take the lock of an open file, at once or not at all (OSError); it ends with the file, or the process."""
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def long(path: Path) -> Path:
    """The path, however long it is, in a form that every call takes."""
    return path


def apart(folder: Path) -> bool:
    """Is this on a disk that may be carried away?"""
    del folder
    return False  # what is carried from PC to PC is the bundle for Windows


def kind_of_ground(folder: Path) -> str:
    """The type of file system at a folder, which need not be there yet; '' where the system does not say.

    Read from the list of mounts and not asked of `statfs`: Python reaches that through ctypes alone, whose import the
    first paint would wait for.
    """
    place = os.path.realpath(folder)
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    kind, longest = "", -1
    for line in lines:
        mount, _, system = line.partition(" - ")
        point = mount.split(" ")[4]
        for code, character in _ESCAPED.items():
            point = point.replace(code, character)
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= longest:  # of two mounts at one place the later one is seen
            kind, longest = system.split(" ")[0], len(point)
    return kind


# -- the PC


def pc() -> Any:
    """What can be read of a Windows PC; nothing here."""
    return None


def display_language() -> str:
    """The language that this user's programs speak."""
    import locale

    return locale.getlocale()[0] or "?"


# -- processes


def own_environment(given: Mapping[str, str]) -> dict[str, str]:
    """What a program of this user's needs of the environment, none of it out of what was given."""
    import pwd

    del given
    account = pwd.getpwuid(os.getuid())
    own = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    own |= {"HOME": account.pw_dir, "USER": account.pw_name, "LOGNAME": account.pw_name}
    runtime = Path(f"/run/user/{os.getuid()}")
    if runtime.is_dir() and runtime.stat().st_uid == os.getuid():
        bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus"} if (runtime / "bus").exists() else {}
        own |= {"XDG_RUNTIME_DIR": str(runtime)} | bus
    return own


def become(program: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Another program takes the place of this one, and nothing that is open goes along."""
    os.closerange(3, 1024)
    os.execve(program[0], list(program), dict(environment))


def alive(pid: int) -> bool:
    """Does the process still run?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return _stat(pid)[:1] != ["Z"]  # ended, and nobody has asked how


def started(pid: int) -> int:
    """When the process started, in the system's ticks; 0 where that is not cheap to learn."""
    fields = _stat(pid)
    return int(fields[19]) if len(fields) > 19 else 0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on (the second may hold blanks); none outside Linux."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def kill(process: Popen[bytes]) -> None:
    """End a child with all that it started: they would hold its output open."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def forbid_core_dumps() -> None:
    """This process leaves no picture of its memory, and its like may not read it."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A core_pattern that is a pipe ignores the limit (core(5)); this it does not ignore.
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def bound_memory(limit: int) -> None:
    """This process may take so many bytes at most."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


# -- the terminal, before the app has it


def ignore_keyboard_signals() -> None:
    """Ctrl+C, Ctrl+\\ and Ctrl+Z do nothing from here on."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)


def can_place_a_cursor(term: str) -> bool:
    """Whether a terminal of that name can paint a full screen."""
    return term not in ("", "dumb", "unknown")


def shows_kanji(term: str) -> bool:
    """Whether the terminal can be expected to have glyphs for Japanese, told from names."""
    if re.match(r"linux|cons25|vt\d", term) or term in ("", "dumb", "unknown"):
        return False
    try:
        return _NO_KANJI.fullmatch(os.ttyname(0)) is None
    except OSError:
        return True


def ask_terminal(question: bytes, answer: re.Pattern[bytes], seconds: float) -> re.Match[bytes] | None:
    """What the terminal answers to a question put before the app starts; None when no answer came in time."""
    import select
    import termios
    import tty

    before = termios.tcgetattr(0)
    heard = b""
    try:
        tty.setcbreak(0)
        termios.tcflush(0, termios.TCIFLUSH)
        os.write(2, question)
        while (found := answer.search(heard)) is None:
            if not select.select([0], [], [], seconds)[0] or not (piece := os.read(0, 64)):
                return None
            heard += piece
        return found
    except OSError:
        return None
    finally:
        with contextlib.suppress(OSError, termios.error):
            os.write(2, b"\r\x1b[K")
            termios.tcsetattr(0, termios.TCSAFLUSH, before)  # FLUSH: an answer that comes late is nobody's key


class Line:
    """The terminal as a line: what is typed comes whole, with its Enter."""

    def __init__(self) -> None:
        self._before: list[Any] | None = None
        self._ears: tuple[int, int] | None = None  # a pipe that every signal rings at, whichever thread it came to
        self._decode = getincrementaldecoder("utf-8")("replace").decode

    def take(self) -> None:
        """From here on the terminal edits and echoes the line itself. What is no terminal is left as it is."""
        import termios

        self._ears = os.pipe()
        for end in self._ears:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._ears[1], warn_on_full_buffer=False)
        if not os.isatty(0):
            return
        self._before = termios.tcgetattr(0)
        modes = termios.tcgetattr(0)
        modes[0] |= termios.ICRNL | (_IUTF8 if sys.platform == "linux" else 0)
        modes[3] |= termios.ICANON | termios.ECHO | termios.ISIG | termios.NOFLSH  # a half-typed line outlives ^C
        termios.tcsetattr(0, termios.TCSANOW, modes)

    def give_back(self) -> None:
        """The terminal is as it was."""
        import termios

        signal.set_wakeup_fd(-1)
        for end in self._ears or ():
            os.close(end)
        self._ears = None
        if self._before is not None:
            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(0, termios.TCSANOW, self._before)

    def echo(self, *, on: bool) -> bool:
        """Ask for what is typed to be shown, or not; returns whether it is."""
        import termios

        if self._before is None:
            return on
        modes = termios.tcgetattr(0)
        modes[3] = modes[3] | termios.ECHO if on else modes[3] & ~termios.ECHO
        termios.tcsetattr(0, termios.TCSADRAIN, modes)
        return bool(termios.tcgetattr(0)[3] & termios.ECHO)

    def write(self, text: str) -> None:
        """On return it has been given to the terminal.

        Raises:
            OSError: the other side has hung up.
        """
        data = text.encode("utf-8", "replace")
        while data:
            data = data[os.write(1, data) :]

    def half_typed(self) -> str:
        """What stands on the line without its Enter. The line cannot be read after that."""
        import termios

        if self._before is None:
            return ""
        with contextlib.suppress(OSError, termios.error):
            modes = termios.tcgetattr(0)
            modes[3] &= ~(termios.ICANON | termios.ECHO)
            modes[6][termios.VMIN], modes[6][termios.VTIME] = 0, 0
            termios.tcsetattr(0, termios.TCSANOW, modes)  # out of this mode, what waits for its Enter can be read
            return os.read(0, 4096).decode("utf-8", "replace").split("\n")[-1]
        return ""

    def forget(self) -> None:
        """What was typed and not read yet is gone."""
        import termios

        if self._before is not None:
            with contextlib.suppress(termios.error):
                termios.tcflush(0, termios.TCIFLUSH)

    def read(self, seconds: float | None) -> str | None:
        """What comes next, "" at the end of it; None where nothing came for so many seconds.

        Raises:
            OSError: the other side has hung up.
        """
        import select

        assert self._ears is not None, "only what was taken is read"
        ear = self._ears[0]
        end = None if seconds is None else time.monotonic() + seconds
        while 0 not in select.select([0, ear], [], [], None if end is None else max(end - time.monotonic(), 0))[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(ear, 512)  # whoever handles the signal has been called by now, and may have raised
            if end is not None and time.monotonic() >= end:
                return None
        while data := os.read(0, 4096):
            if text := self._decode(data):
                return text
        return ""
