"""Windows 10 and 11. Nothing here needs rights that a user without administrator's does not have.

`ctypes` is imported where it is used: it takes 8 ms, and the first paint has no need of it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

assert sys.platform == "win32"

if TYPE_CHECKING:
    import ctypes

KEYRING: Final = "credential_manager"
HAS_CERTIFICATE_STORE: Final = True
RENAMES_OPEN_FILES: Final = False
# A Ctrl+C in the window is not the child's, and no window of its own flashes up for it.
SPAWN: Final[dict[str, Any]] = {
    "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
}
DRIVER: Final = "tui.windows_driver"
TERMINAL: Final = "console"

HELD_SECONDS: Final = 5.0  # how long a virus scanner or an indexer may keep a file from being replaced
_ACCESS_DENIED, _SHARING, _LOCKED = 5, 32, 33  # what they make of it
_LONG: Final = 200  # characters; beyond MAX_PATH (260) less the longest name below, calls want another form
_REMOTE, _RAM_DISK = 4, 6  # GetDriveType
_QUERY_LIMITED, _STILL_ACTIVE = 0x1000, 259  # PROCESS_QUERY_LIMITED_INFORMATION, STATUS_PENDING
_OWNER_ONLY: Final = "D:P(A;OICI;FA;;;{owner})(A;OICI;FA;;;SY)"  # SDDL: protected; this user, and the system itself
_SYNCED: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\SyncRootManager"
_ONE_DRIVE: Final = r"Software\Microsoft\OneDrive\Accounts"


def _kernel() -> ctypes.WinDLL:
    import ctypes

    return ctypes.WinDLL("kernel32", use_last_error=True)


# -- files


def close_to_others(path: Path) -> None:
    """Only its owner may read it from now on, and the system itself. A file is as its folder says.

    What is carried from PC to PC is left alone: the same person is another user on the next one, and shut out.
    """
    if not path.is_dir() or apart(path):
        return
    import ctypes

    rights, descriptor = ctypes.WinDLL("advapi32", use_last_error=True), ctypes.c_void_p()
    wanted = _OWNER_ONLY.format(owner=_own_sid())
    if rights.ConvertStringSecurityDescriptorToSecurityDescriptorW(wanted, 1, ctypes.byref(descriptor), None):
        rights.SetFileSecurityW(str(path), 4, descriptor)  # 4: the list of who may do what
        _kernel().LocalFree(descriptor)


def open_to_others(path: Path) -> bool:
    """May users of this PC read it who are neither this one, nor the system, nor administrators?"""
    listed = _who_may(path)
    ours = {_own_sid(), "SY", "BA", "S-1-5-18", "S-1-5-32-544", "OW", "CO"}
    return listed is None or any(who not in ours for who in listed)


def _who_may(path: Path) -> list[str] | None:
    """Whom the rights of a file or folder let in; None where everybody is: no list, or a disk without rights."""
    import ctypes

    rights, descriptor, text = ctypes.WinDLL("advapi32"), ctypes.c_void_p(), ctypes.c_wchar_p()
    found = ctypes.c_void_p()
    if rights.GetNamedSecurityInfoW(str(path), 1, 4, None, None, ctypes.byref(found), None, ctypes.byref(descriptor)):
        return None
    try:
        if not found or not rights.ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor, 1, 4, ctypes.byref(text), None
        ):
            return None
        told = text.value or ""
        _kernel().LocalFree(text)
        return re.findall(r"\(A;[^;]*;[^;]*;[^;]*;[^;]*;([^;)]+)\)", told)
    finally:
        _kernel().LocalFree(descriptor)


def _own_sid() -> str:
    """This user, as Windows numbers users."""
    import ctypes
    from ctypes import wintypes

    rights, kernel = ctypes.WinDLL("advapi32"), _kernel()
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    token, size = wintypes.HANDLE(), wintypes.DWORD()
    rights.OpenProcessToken(wintypes.HANDLE(kernel.GetCurrentProcess()), 8, ctypes.byref(token))  # 8: only to look
    try:
        rights.GetTokenInformation(token, 1, None, 0, ctypes.byref(size))  # 1: the user
        held = ctypes.create_string_buffer(size.value)
        rights.GetTokenInformation(token, 1, held, size, ctypes.byref(size))
        text = ctypes.c_wchar_p()
        rights.ConvertSidToStringSidW(ctypes.c_void_p.from_buffer(held), ctypes.byref(text))
        sid = text.value or ""
        kernel.LocalFree(text)
        return sid
    finally:
        kernel.CloseHandle(token)


def sync_folder(folder: Path) -> None:
    """Folders cannot be synced; NTFS keeps names in its own journal."""


def sync_file(descriptor: int) -> None:
    """On return what was written is on the disk itself."""
    os.fsync(descriptor)


def replace(source: Path, target: Path) -> None:
    """Give `source` the name of `target`, whose old content is then nobody's.

    A virus scanner or an indexer that holds one of them does so for a moment: it is tried again.
    """
    end, pause = time.monotonic() + HELD_SECONDS, 0.01
    while True:
        try:
            source.replace(target)
            return
        except OSError as error:
            if error.winerror not in (_ACCESS_DENIED, _SHARING, _LOCKED) or time.monotonic() > end:
                raise
        time.sleep(pause)
        pause = min(pause * 2, 0.25)


def identity(status: os.stat_result) -> int:
    """An open file cannot be replaced, so there is no other one to be told from."""
    del status
    return 0


def lock(descriptor: int) -> None:
    """Take the lock of an open file, at once or not at all (OSError); it ends with the file, or the process."""
    import msvcrt

    msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)


def long(path: Path) -> Path:
    """The path, however long it is, in a form that every call takes."""
    whole = os.path.abspath(path)  # noqa: PTH100  # not resolved: the disk need not be there
    if len(whole) < _LONG or whole.startswith("\\\\"):
        return path
    return Path("\\\\?\\" + whole)


def apart(folder: Path) -> bool:
    """Is this on a disk that may be carried away: any but the one Windows is on?"""
    drive = os.path.splitdrive(str(folder).removeprefix("\\\\?\\"))[0] or os.path.splitdrive(Path.cwd())[0]
    return drive.casefold() != os.environ.get("SYSTEMDRIVE", "C:").casefold()


def kind_of_ground(folder: Path) -> str:
    """`cifs` on a network share, `tmpfs` on a RAM disk, `synced` where OneDrive or its like has the folder; else ''."""
    place = os.path.realpath(folder).removeprefix("\\\\?\\")  # a mapped drive resolves to its share
    if place.startswith(("\\\\", "UNC\\")):
        return "cifs"
    kind = _kernel().GetDriveTypeW(os.path.splitdrive(place)[0] + "\\")
    if kind in (_REMOTE, _RAM_DISK):
        return "cifs" if kind == _REMOTE else "tmpfs"
    inside = os.path.normcase(place) + "\\"
    if any(inside.startswith(os.path.normcase(root).rstrip("\\") + "\\") for root in _synced() if root):
        return "synced"
    return ""


def _synced() -> Iterator[str]:
    """Folders that are kept the same as somewhere else, as their programs have told Windows."""
    import winreg

    for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
        yield os.environ.get(name, "")
    for account in _below(winreg.HKEY_CURRENT_USER, _ONE_DRIVE):
        yield from _values(winreg.HKEY_CURRENT_USER, rf"{_ONE_DRIVE}\{account}", "UserFolder")
    for program in _below(winreg.HKEY_LOCAL_MACHINE, _SYNCED):
        yield from _values(winreg.HKEY_LOCAL_MACHINE, rf"{_SYNCED}\{program}\UserSyncRoots")


def _below(root: int, key: str) -> Iterator[str]:
    import winreg

    with contextlib.suppress(OSError), winreg.OpenKey(root, key) as opened:
        for place in range(winreg.QueryInfoKey(opened)[0]):
            yield winreg.EnumKey(opened, place)


def _values(root: int, key: str, only: str = "") -> Iterator[str]:
    import winreg

    with contextlib.suppress(OSError), winreg.OpenKey(root, key) as opened:
        for place in range(winreg.QueryInfoKey(opened)[1]):
            name, value, _ = winreg.EnumValue(opened, place)
            if isinstance(value, str) and only in ("", name):
                yield value


# -- the PC


def pc() -> Any:
    """What can be read of a Windows PC (`states.system.windows_pc`)."""
    from states.system import windows_pc

    return windows_pc


def display_language() -> str:
    """The language in which Windows shows itself to this user."""
    import locale

    number = _kernel().GetUserDefaultUILanguage()
    return locale.windows_locale.get(number, f"{number:#06x}")


# -- processes


def alive(pid: int) -> bool:
    """Does the process still run? (`os.kill` with 0 would end it.)"""
    if pid <= 0:
        return False
    import ctypes

    kernel = _kernel()
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(_QUERY_LIMITED, False, pid)
    if not handle:
        return ctypes.get_last_error() == _ACCESS_DENIED
    try:
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
        return code.value == _STILL_ACTIVE
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


def started(pid: int) -> int:
    """When the process started, in units of 100 ns since 1601; 0 where Windows does not tell.

    After a restart numbers of processes come again soon.
    """
    import ctypes
    from ctypes import wintypes

    kernel, times = _kernel(), [wintypes.FILETIME() for _ in range(4)]
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = kernel.OpenProcess(_QUERY_LIMITED, False, pid)
    if not handle:
        return 0
    try:
        if not kernel.GetProcessTimes(wintypes.HANDLE(handle), *map(ctypes.byref, times)):
            return 0
        return int(times[0].dwHighDateTime << 32 | times[0].dwLowDateTime)
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a child; what it started has its own pipes."""
    process.kill()


def forbid_core_dumps() -> None:
    """Nothing is written unless a PC's administrator has set up that it should be."""


def bound_memory(limit: int) -> None:
    """There is no such limit for a process that asks for itself."""
    del limit


# -- the terminal, before the app has it


def ignore_keyboard_signals() -> None:
    """Ctrl+C and Ctrl+Break do nothing from here on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGBREAK, signal.SIG_IGN)


def can_place_a_cursor(term: str) -> bool:
    """Whether a terminal of that name can paint a full screen: every console can, and none has a name."""
    del term
    return True


def shows_kanji(term: str) -> bool:
    """Whether the terminal can be expected to have glyphs for Japanese: every Windows has a font for them."""
    del term
    return True


def ask_terminal(question: bytes, answer: re.Pattern[bytes], seconds: float) -> re.Match[bytes] | None:
    """Nothing is asked: the answer would have to be picked out of the console's events."""
    del question, answer, seconds
    return None
