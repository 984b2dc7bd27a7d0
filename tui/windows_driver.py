"""The driver for Windows' consoles: conhost and Windows Terminal. `tui.base` takes it where there is no `termios`.

It stands on Textual 8.2.8's `WindowsDriver`, whose thread reads the console's own events.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from ctypes import wintypes
from typing import TYPE_CHECKING, Any, Final

from textual.drivers.win32 import (
    ENABLE_EXTENDED_FLAGS,
    ENABLE_VIRTUAL_TERMINAL_INPUT,
    ENABLE_WINDOW_INPUT,
    set_console_mode,
)
from textual.drivers.windows_driver import WindowsDriver

if TYPE_CHECKING:
    from textual.app import App

assert sys.platform == "win32"

CTRL_C, CTRL_BREAK = 0, 1
ENDS: Final = {2: "close", 5: "log-off", 6: "shutdown"}  # CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT
UTF_8: Final = 65001
_KERNEL: Final = ctypes.WinDLL("kernel32", use_last_error=True)
_HANDLER: Final = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)


_MESSAGE: Final = ctypes.WINFUNCTYPE(ctypes.c_ssize_t, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
QUERY_END, END = 0x11, 0x16  # WM_QUERYENDSESSION, WM_ENDSESSION
SIGN_OUT: Final = 0x80000000  # ENDSESSION_LOGOFF


class _Class(ctypes.Structure):
    """WNDCLASSW."""

    _fields_ = [
        ("style", wintypes.UINT),
        ("told", _MESSAGE),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", wintypes.HINSTANCE),
        ("icon", wintypes.HANDLE),
        ("cursor", wintypes.HANDLE),
        ("background", wintypes.HANDLE),
        ("menu", wintypes.LPCWSTR),
        ("name", wintypes.LPCWSTR),
    ]


class EndOfSession(threading.Thread):
    """Hears of a sign-out and of a shutdown.

    A process that has user32 loaded, and `ctypes` brings it, is no console program to Windows: it is told by a message
    to its window. So there has to be one, never shown.

    Args:
        leave: called with 5 or 6, as a console program would be told.
    """

    def __init__(self, leave: Callable[[int], object]) -> None:
        super().__init__(name="end of session", daemon=True)
        self._leave = leave
        self._user = ctypes.WinDLL("user32", use_last_error=True)
        self._user.DefWindowProcW.argtypes = [wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM]
        self._user.DefWindowProcW.restype = ctypes.c_ssize_t
        self._class = _Class(told=_MESSAGE(self._told), name="careplan-setup")

    def run(self) -> None:
        self._user.RegisterClassW(ctypes.byref(self._class))
        self._user.CreateWindowExW(0, self._class.name, self._class.name, 0, 0, 0, 0, 0, None, None, None, None)
        message = wintypes.MSG()
        while self._user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            self._user.DispatchMessageW(ctypes.byref(message))

    def _told(self, window: int, message: int, wide: int, long: int) -> int:
        if message == QUERY_END:
            return 1  # nothing stands against it
        if message == END and wide:
            self._leave(5 if long & SIGN_OUT else 6)
        return int(self._user.DefWindowProcW(window, message, wide, long))


class KioskDriver(WindowsDriver):
    """Never suspends, cannot be frozen by a click, and keeps what is half-typed when the window is closed.

    The app it drives must have `last_words()`: what has to be done before the process ends.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        del mouse  # never: see the driver for the other systems
        super().__init__(app, debug=debug, mouse=False, size=size)
        self._told = _HANDLER(self._leave)  # kept: Windows calls it for as long as the process lives
        self._pages = _KERNEL.GetConsoleCP(), _KERNEL.GetConsoleOutputCP()

    @property
    def can_suspend(self) -> bool:
        return False

    def start_application_mode(self) -> None:
        _KERNEL.SetConsoleCtrlHandler(self._told, True)
        EndOfSession(self._leave).start()
        _KERNEL.SetConsoleCP(UTF_8)
        _KERNEL.SetConsoleOutputCP(UTF_8)
        super().start_application_mode()
        # Without ENABLE_EXTENDED_FLAGS the flag of QuickEdit stays as it was: a click into the window then stops every
        # program in it until a key is pressed, and the screen looks hung.
        assert sys.__stdin__ is not None
        set_console_mode(sys.__stdin__, ENABLE_VIRTUAL_TERMINAL_INPUT | ENABLE_WINDOW_INPUT | ENABLE_EXTENDED_FLAGS)
        self.write("\x1b[<u\x1b[?1004l")  # no kitty keys: an input method's text would be cut; no focus reports
        self.flush()

    def close(self) -> None:
        super().close()
        for set_page, page in zip((_KERNEL.SetConsoleCP, _KERNEL.SetConsoleOutputCP), self._pages, strict=True):
            if page:
                set_page(page)

    def _leave(self, event: int) -> bool:
        """Called by Windows in a thread of its own; when it returns from an end, the process is gone.

        Five seconds are given at a close, and are not needed: what was acknowledged is on the disk already.
        """
        if event not in ENDS:
            return event in (CTRL_C, CTRL_BREAK)  # handled: they do nothing
        try:
            self._app.last_words()  # type: ignore[attr-defined]
        finally:
            os._exit(128 + event)
