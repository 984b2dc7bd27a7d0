"""The POSIX driver: the only file that changes `termios` and signals while the app runs. `tui.base` chooses it.

It stands on Textual 8.2.8's `LinuxDriver` and on private names of it; tests/tui/test_cures.py holds each of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import signal
import termios
import threading
import time
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

if TYPE_CHECKING:
    from types import FrameType

LAST_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT)
FLUSH_SECONDS: Final = 10  # then a flush that hangs is given up and SIGALRM ends the process
LEAVE_SECONDS: Final = 0.25  # how long a stalled link may keep the last bytes from the terminal

PASTE_START: Final = "\x1b[200~"
PASTE_END: Final = "\x1b[201~"
PASTE_LIMIT: Final = 1 << 16  # characters; a paste whose end never comes must not fill the memory
_CONTROLS: Final = dict.fromkeys([*(n for n in range(0x20) if chr(n) not in "\t\r\n"), *range(0x7F, 0xA0)])

# Only what was asked for is taken back: Textual's own farewell also pops a kitty keyboard mode it never pushed,
# which would be the one of the program around us.
LEAVE: Final = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h"


class PasteGuard:
    """Takes control characters out of bracketed pastes before Textual's parser sees them.

    The parser looks for a sequence behind every ESC, inside a paste too, and hands up to 32 characters behind it
    to the app as keys: pasted text would press buttons.
    """

    def __init__(self) -> None:
        self._pasting = False
        self._room = PASTE_LIMIT
        self._passed = ""  # outside a paste: the last characters, perhaps the beginning of a start marker
        self._held = ""  # inside: characters kept back, perhaps the beginning of the end marker

    def clean(self, text: str) -> str:
        """What the parser may have of `text`, and of what was kept back of the text before it."""
        kept: list[str] = []
        while text:
            text = self._paste(text, kept) if self._pasting else self._keys(text, kept)
        return "".join(kept)

    def _keys(self, text: str, kept: list[str]) -> str:
        # Nothing is kept back here: a lone ESC is a key, and the parser has its own clock for what follows it.
        joined = self._passed + text
        before, found, rest = joined.partition(PASTE_START)
        kept.append((before + found)[len(self._passed) :])
        self._passed = "" if found else joined[1 - len(PASTE_START) :]
        self._pasting, self._room = bool(found), PASTE_LIMIT
        return rest

    def _paste(self, text: str, kept: list[str]) -> str:
        inside, found, rest = (self._held + text).partition(PASTE_END)
        self._held = "" if found else _beginning_of(PASTE_END, inside)
        inside = inside[: len(inside) - len(self._held)][: self._room]
        self._room -= len(inside)
        kept.append(inside.translate(_CONTROLS) + found)
        self._pasting = not found
        return rest


def _beginning_of(marker: str, text: str) -> str:
    """The longest end of `text` that could go on to be `marker`."""
    return next((text[-n:] for n in range(len(marker) - 1, 0, -1) if marker.startswith(text[-n:])), "")


class KioskDriver(LinuxDriver):
    """Never suspends, survives any byte, asks the terminal nothing, and gives it back whatever ends the app.

    The app it drives must have `last_words()`: what has to be done before the process ends by a signal.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        del mouse  # never: a mouse report is bytes on the line and text nobody can select any more
        super().__init__(app, debug=debug, mouse=False, size=size)
        self._raw: list[Any] | None = None
        _watch_signals()
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # The kernel sends SIGCONT behind SIGHUP, systemd behind SIGTERM. Textual's handler takes each for the end
        # of a stop and starts a second reader and a second writer.
        signal.signal(signal.SIGCONT, self._continue)

    @property
    def can_suspend(self) -> bool:
        return False

    # -- the terminal ---------------------------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        # signal.signal, not loop.add_signal_handler: when a link stalls, the loop sits in a full write queue and
        # would never see the signal. A Python handler runs there too.
        for number in LAST_SIGNALS:
            signal.signal(number, self._leave)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGWINCH, self._resized)
        self.write("\x1b[?1004l")  # focus reports: a blurred app would only repaint itself
        with contextlib.suppress(termios.error):
            self._raw = termios.tcgetattr(self.fileno)

    def stop_application_mode(self) -> None:
        self.disable_input()
        self._set_attributes(self.attrs_before)
        self.write(LEAVE)

    def write(self, data: str) -> None:
        writer = self._writer_thread
        if writer is not None and writer.is_alive():  # it dies of EIO; its queue of 30 would then block for ever
            super().write(data)

    def close(self) -> None:
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().close()

    def _get_terminal_size(self) -> tuple[int, int]:
        # Not shutil's: that believes COLUMNS and LINES, and asks standard output, which may be no terminal.
        try:
            columns, lines = os.get_terminal_size(self.fileno)
        except OSError:
            columns, lines = 0, 0
        return columns or 80, lines or 24

    def _resized(self, _number: int, _frame: FrameType | None) -> None:
        # Textual's handler reads the size at once. A second signal may interrupt it behind that, and the older size
        # then arrives last: of a window dragged larger, a corner stays drawn. Read in the loop it is the latest.
        self._loop.call_soon_threadsafe(self._tell_size)

    def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        asyncio.run_coroutine_threadsafe(self._app._post_message(events.Resize(size, size)), self._loop)

    # A question asked now is answered into somebody's keys, or after our end into the shell's.
    def _request_terminal_sync_mode_support(self) -> None: ...
    def _query_in_band_window_resize(self) -> None: ...

    # -- what comes in --------------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        decode = getincrementaldecoder("utf-8")("replace").decode  # Textualize/textual#6456: strict ends the app
        clean = PasteGuard().clean
        parser = XTermParser(self._debug)
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:  # EIO: the other side hung up, and nobody told us
                        data = b""
                    if not data:
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    # An empty text means the end of input to the parser; half a character decodes to one.
                    if text := clean(decode(data)):
                        for message in parser.feed(text):
                            self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)

    # -- signals --------------------------------------------------------------------------------------------------

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        for other in LAST_SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(FLUSH_SECONDS)
        try:
            self._app.last_words()  # type: ignore[attr-defined]
        finally:
            self.restore_terminal()
            os._exit(128 + number)

    def _continue(self, _number: int, _frame: FrameType | None) -> None:
        if self._raw is not None and not self.exit_event.is_set():
            self._set_attributes(self._raw)  # the shell that stopped us has set its own
            self._loop.call_soon_threadsafe(self._app.refresh)

    def restore_terminal(self) -> None:
        """Give the terminal back, from a signal handler, in `LEAVE_SECONDS` at most, whatever the link does."""
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # in the background, the next line would stop us
        self._set_attributes(self.attrs_before)
        with contextlib.suppress(OSError, termios.error):
            # A description of our own: O_NONBLOCK on descriptor 2 would be set for the shell around us as well.
            terminal = os.open(os.ttyname(self.fileno), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where frames still queued go from now on
            signal.signal(signal.SIGURG, _nothing)
            end = time.monotonic() + LEAVE_SECONDS
            while not _wrote(terminal, LEAVE.encode()) and time.monotonic() < end:
                # The writer thread sleeps in a write that holds the line, and dropping what the other side has not
                # read does not wake it; a signal does, and what it then tries again goes to the null device.
                writer = self._writer_thread
                if writer is not None and writer.is_alive() and writer.ident is not None:
                    signal.pthread_kill(writer.ident, signal.SIGURG)
                termios.tcflush(terminal, termios.TCOFLUSH)
                time.sleep(0.005)

    def _set_attributes(self, attributes: list[Any] | None) -> None:
        if attributes is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)


def _watch_signals() -> None:
    """See to it that a last signal reaches the main thread, where Python runs its handler.

    The kernel may hand a signal to any thread. When SIGHUP and SIGCONT come together, as they do at a hang-up, one
    thread often takes SIGHUP while the main thread, blocked in a full write queue, is woken for SIGCONT only and
    goes back to sleep: the handler of SIGHUP then never runs. The wake-up descriptor is written whoever takes it.
    """
    ear, mouth = os.pipe()
    os.set_blocking(mouth, False)
    main = threading.main_thread().ident
    assert main is not None

    def insist() -> None:
        while heard := os.read(ear, 64):
            for number in LAST_SIGNALS:
                while number in heard:  # until the process ends
                    signal.pthread_kill(main, number)
                    time.sleep(0.05)

    threading.Thread(target=insist, name="signals", daemon=True).start()
    signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)


def _wrote(terminal: int, data: bytes) -> bool:
    try:
        return os.write(terminal, data) == len(data)
    except BlockingIOError:
        return False


def _nothing(_number: int, _frame: FrameType | None) -> None: ...
