"""A command on a real pty, its screen read by pyte: for tests, and for scripts that drive the app.

Pilot waits for the app to be idle between two keys and so hides the worst of what a technician meets; this does
what a line does. It answers no question of the program, and nothing in it sleeps to be right: it waits for what is
to be seen, with a generous bound. Nothing of the app imports it.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

PATIENCE = 30.0  # seconds; how long a machine under load may take for anything

KEYS: dict[str, bytes] = {
    "enter": b"\r",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "esc": b"\x1b",
    "space": b" ",
    "backspace": b"\x7f",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "shift+right": b"\x1b[1;2C",
    "shift+left": b"\x1b[1;2D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "shift+home": b"\x1b[1;2H",
    "shift+end": b"\x1b[1;2F",
    "insert": b"\x1b[2~",
    "delete": b"\x1b[3~",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    **{f"f{n}": b"\x1bO" + bytes([ord("P") + n - 1]) for n in range(1, 5)},
    **{f"f{n}": b"\x1b[%d~" % code for n, code in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)},
    **{f"ctrl+{chr(code + 0x60)}": bytes([code]) for code in range(1, 27)},
    "ctrl+\\": b"\x1c",
}
"""Names of keys and what xterm sends for them."""

# pyte takes these private sequences for public ones: a kitty keyboard push for "restore cursor", DECRQM for a mode.
_MISREAD = re.compile(r"\x1b\[[<>=][0-?]*[ -/]*[@-~]|\x1b\[\?[0-9;]*\$p")
_UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*)?\Z")
_MODE = re.compile(r"\x1b\[\?([0-9;]+)([hl])")
_ALTERNATE = 1049  # the mode pyte does not know: the screen full-screen programs leave behind them as it was


@dataclass(frozen=True)
class Cell:
    """One cell as shown. The right half of a wide character has an empty `text`."""

    text: str
    foreground: str  # a name of pyte's ("red", "default") or six hexadecimal digits
    background: str
    bold: bool
    italics: bool
    underscore: bool
    strikethrough: bool
    reverse: bool


@dataclass(frozen=True)
class Sent:
    """One `send`: what, and how many bytes had come from the program until then."""

    data: bytes
    received: int


class Terminal:
    """Runs `command` on a pty of its own, as the leader of a session of its own. A context manager.

    Args:
        command: program (an absolute path) and arguments.
        columns, rows: of the terminal, in cells.
        env: added to an environment of PATH, HOME, TMPDIR, TERM=xterm-256color and LANG=C.UTF-8; nothing else of
            this process's is handed on.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.sends: list[Sent] = []
        self.modes: set[int] = set()
        """Private modes (DECSET) that are set: 25 the cursor shows, 1049 the alternate screen, 2004 marked pastes."""
        self._received = bytearray()
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._screens = {False: pyte.Screen(columns, rows), True: pyte.Screen(columns, rows)}
        self._streams = {which: pyte.Stream(screen) for which, screen in self._screens.items()}
        self._status: int | None = None
        self._news = threading.Condition()
        self._reading = threading.Event()
        self._reading.set()
        self._closing = False
        self._read_off: tuple[tuple[int, int, int], list[str]] | None = None

        self.pid, self._master = spawn(command, columns, rows, env)
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- what goes in ---------------------------------------------------------------------------------------------

    def send(self, data: bytes | str) -> None:
        """Write all of `data` at once, as a bar-code reader or a paste would."""
        data = data.encode() if isinstance(data, str) else data
        self.sends.append(Sent(data, len(self._received)))
        while data:
            data = data[os.write(self._master, data) :]

    def key(self, *names: str) -> None:
        """Press keys one after the other: a name of `KEYS`, or the character itself."""
        for name in names:
            self.send(KEYS.get(name, name.encode()))

    def paste(self, text: str) -> None:
        """What a terminal sends for a paste once the program asked for marked ones."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the kernel tells the program."""
        with self._news:
            self.columns, self.rows = columns, rows
            for screen in self._screens.values():
                screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    # -- what came out --------------------------------------------------------------------------------------------

    @property
    def raw(self) -> bytes:
        """Every byte received."""
        with self._news:
            return bytes(self._received)

    def screen(self) -> list[str]:
        """The rows as text, wide characters once, spaces at the right kept."""
        with self._news:
            seen = (len(self._received), self.columns, self.rows)
            if self._read_off is None or self._read_off[0] != seen:  # looked at far more often than it changes
                buffer = self._shown.buffer
                rows = ["".join([buffer[y][x].data for x in range(self.columns)]) for y in range(self.rows)]
                self._read_off = (seen, rows)
            return list(self._read_off[1])

    @property
    def text(self) -> str:
        """The screen as one text, without the spaces at the right."""
        return "\n".join(row.rstrip() for row in self.screen())

    def cells(self) -> list[list[Cell]]:
        """The screen with its looks, a row a list, a cell a `Cell`."""
        with self._news:
            buffer = self._shown.buffer
            return [
                [
                    Cell(c.data, c.fg, c.bg, c.bold, c.italics, c.underscore, c.strikethrough, c.reverse)
                    for c in (buffer[y][x] for x in range(self.columns))
                ]
                for y in range(self.rows)
            ]

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the terminal's cursor is: (column, row), from 0."""
        with self._news:
            return self._shown.cursor.x, self._shown.cursor.y

    @property
    def bytes_per_send(self) -> list[int]:
        """How much the program wrote after each `send`, until the next one or now."""
        marks = [sent.received for sent in self.sends] + [len(self._received)]
        return [after - before for before, after in itertools.pairwise(marks)]

    @property
    def unread(self) -> int:
        """Bytes the program has written that nobody has read yet; it grows to a bound while `stalled`."""
        answer = fcntl.ioctl(self._master, termios.FIONREAD, b"\0" * 4)
        return int(struct.unpack("i", answer)[0])

    @property
    def attributes(self) -> list[object]:
        """The terminal's modes as `termios.tcgetattr` gives them."""
        return list(termios.tcgetattr(self._master))

    # -- waiting --------------------------------------------------------------------------------------------------

    def wait(self, what: str | Callable[[], object], seconds: float = PATIENCE) -> None:
        """Return when `what` stands on the screen, or, called without arguments, is true.

        Raises:
            AssertionError: with the screen, when `seconds` have gone by.
        """
        end = time.monotonic() + seconds
        while not (what in self.text if isinstance(what, str) else what()):
            if time.monotonic() > end:
                ended = "still runs" if self.exit_code is None else f"ended with {self.exit_code}"
                raise AssertionError(f"not in {seconds} s: {what!r}; the program {ended}; the screen:\n{self.text}")
            with self._news:
                self._news.wait(0.02)  # woken by output; a predicate may look at something else

    def wait_exit(self, seconds: float = PATIENCE) -> int:
        """Wait for the program's end; returns `exit_code`. Everything it wrote has been read by then."""
        self.wait(lambda: self.exit_code is not None, seconds)
        self._reader.join(seconds)
        assert self.exit_code is not None
        return self.exit_code

    def quiet_for(self, seconds: float, tries: int = 20) -> bool:
        """Whether there is a time of `seconds` in which nothing comes, in at most `tries` such times."""
        for _ in range(tries):
            before = len(self._received)
            end = time.monotonic() + seconds
            while len(self._received) == before and time.monotonic() < end:
                with self._news:
                    self._news.wait(end - time.monotonic())
            if len(self._received) == before:
                return True
        return False

    @property
    def exit_code(self) -> int | None:
        """None while it runs; then its exit code, or minus the signal that killed it."""
        if self._status is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._status = os.waitstatus_to_exitcode(status)
        return self._status

    # -- troubles -------------------------------------------------------------------------------------------------

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    @contextlib.contextmanager
    def stalled(self) -> Iterator[None]:
        """Within it nobody reads: a link that has stopped without being cut."""
        self._reading.clear()
        try:
            yield
        finally:
            self._reading.set()

    def hang_up(self) -> None:
        """Take the terminal away, as sshd does when a connection is gone."""
        if not self._closing:
            self._closing = True
            self._reading.set()
            self._reader.join(PATIENCE)
            os.close(self._master)

    def close(self) -> None:
        """Hang up, and see to it that nothing is left running."""
        self.hang_up()
        end = time.monotonic() + 5
        while self.exit_code is None and time.monotonic() < end:
            time.sleep(0.01)
        if self.exit_code is None:
            self.kill(signal.SIGKILL)
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    # -- reading --------------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> pyte.Screen:
        return self._screens[_ALTERNATE in self.modes]

    def _read(self) -> None:
        while not self._closing:
            if not self._reading.wait(0.05) or not select.select([self._master], [], [], 0.05)[0]:
                continue
            if not self._reading.is_set():
                continue
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:  # EIO: nobody has the other side open any more
                data = b""
            if not data:
                return
            with self._news:
                self._received += data
                self._show(self._decode(data))
                self._news.notify_all()

    def _show(self, text: str) -> None:
        text = self._rest + text
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        text, self._rest = text[:end], text[end:]
        text = _MISREAD.sub("", text)
        begin = 0
        for mode in _MODE.finditer(text):
            self._streams[_ALTERNATE in self.modes].feed(text[begin : mode.end()])
            begin = mode.end()
            numbers = {int(number) for number in mode[1].split(";") if number}
            if _ALTERNATE in numbers and mode[2] == "h" and _ALTERNATE not in self.modes:
                self._screens[True].reset()
            self.modes = self.modes | numbers if mode[2] == "h" else self.modes - numbers
        self._streams[_ALTERNATE in self.modes].feed(text[begin:])


def spawn(
    command: Sequence[str | Path], columns: int, rows: int, env: Mapping[str, str] | None = None
) -> tuple[int, int]:
    """Start `command` as `Terminal` does; returns its process id and the descriptor of our side of its terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    arguments = [str(part) for part in command]
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "CAREPLAN_SETUP_BROWSER") if name in os.environ
    }
    # posix_spawn, not fork: this process has threads. A session leader that opens a terminal gets it as its own.
    pid = os.posix_spawn(
        arguments[0],
        arguments,
        kept | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | dict(env or {}),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0),
            (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_DUP2, 0, 2),
        ],
        setsid=True,
        setsigdef=[signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE],
    )
    os.close(slave)
    return pid, master


def python(*arguments: str | Path) -> list[str | Path]:
    """The command that runs this Python with `arguments`."""
    return [sys.executable, *arguments]
