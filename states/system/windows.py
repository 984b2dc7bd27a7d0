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
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, Final, NoReturn

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
KIOSK: Final = Path(r"C:\ProgramData\careplan-setup\kiosk.toml")

HELD_SECONDS: Final = 5.0  # how long a virus scanner or an indexer may keep a file from being replaced
_ACCESS_DENIED, _SHARING, _LOCKED = 5, 32, 33  # what they make of it
_LONG: Final = 200  # characters; beyond MAX_PATH (260) less the longest name below, calls want another form
_REMOTE, _RAM_DISK = 4, 6  # GetDriveType
_QUERY_LIMITED, _STILL_ACTIVE = 0x1000, 259  # PROCESS_QUERY_LIMITED_INFORMATION, STATUS_PENDING
_OWNER_ONLY: Final = "D:P(A;OICI;FA;;;{owner})(A;OICI;FA;;;SY)"  # SDDL: protected; this user, and the system itself
_ADMINISTRATORS: Final = {"SY", "BA", "S-1-5-18", "S-1-5-32-544"}  # SYSTEM, and the group itself
# What lets a file be changed or another one be put in its place: of SDDL's words for rights, and as bits of a number.
_CHANGES: Final = {"GA", "GW", "FA", "FW", "DC", "LC", "DT", "SD", "WD", "WO"}
_CHANGE_BITS: Final = 0x2 | 0x4 | 0x40 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000
_SWAP_BITS: Final = _CHANGE_BITS & ~(0x2 | 0x4)  # in a folder those two add files, and swap none
_PAUSE: Final = 0.1  # seconds; a wait without end would not hear of Ctrl+C
_IN: Final = -10  # STD_INPUT_HANDLE
_COOKED, _ECHO = 0x1 | 0x2, 0x4  # ENABLE_PROCESSED_INPUT, ENABLE_LINE_INPUT, ENABLE_ECHO_INPUT
_INSTALLER: Final = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"  # owns what Windows brought
_OWN: Final = (
    *("SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
    *("TEMP", "TMP", "PATH"),
)
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
    ours = _ADMINISTRATORS | {_own_sid(), "OW", "CO"}
    listed = _granted(_rights_of(path))
    return listed is None or any(who not in ours for _, _, who in listed)


def administrators_alone(path: Path) -> None:
    """Do nothing for a file that none but administrators can change, nor put another one in its place.

    Raises:
        PermissionError: for any other.
    """
    path.stat()
    for place in (path.absolute(), *path.absolute().parents[:-1]):  # a drive's root lets everybody add folders
        told = _rights_of(place)
        owner = re.match(r"O:(S-[\d-]+|[A-Z]{2})", told)
        listed = _granted(told)
        if listed is None or owner is None or owner[1] not in _ADMINISTRATORS | {_INSTALLER}:
            raise PermissionError(f"{place}: not the administrators' alone")
        for flags, rights, who in listed:
            if "IO" not in flags and who not in _ADMINISTRATORS | {_INSTALLER} and _changes(rights, place == path):
                raise PermissionError(f"{place}: not the administrators' alone")


def _changes(rights: str, a_file: bool) -> bool:
    """Do these rights, as SDDL writes them, change a file, or swap one in a folder?"""
    if rights.startswith("0x"):
        return bool(int(rights, 16) & (_CHANGE_BITS if a_file else _SWAP_BITS))
    words = {rights[at : at + 2] for at in range(0, len(rights), 2)}
    return bool(words & (_CHANGES if a_file else _CHANGES - {"DC", "LC"}))


def _granted(told: str) -> list[tuple[str, str, str]] | None:
    """(flags, rights, whom) of what a descriptor allows; None where it allows everybody everything: it has no list."""
    if "D:" not in told or "NO_ACCESS_CONTROL" in told:
        return None
    return re.findall(r"\(A;([^;]*);([^;]*);[^;]*;[^;]*;([^;)]+)\)", told)


def _rights_of(path: Path) -> str:
    """Owner and rights of a file or folder as Windows writes them (SDDL); '' on a disk without rights."""
    import ctypes

    rights, descriptor, text = ctypes.WinDLL("advapi32"), ctypes.c_void_p(), ctypes.c_wchar_p()
    found = ctypes.c_void_p()
    if rights.GetNamedSecurityInfoW(str(path), 1, 5, None, None, ctypes.byref(found), None, ctypes.byref(descriptor)):
        return ""
    try:
        if not found or not rights.ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor, 1, 5, ctypes.byref(text), None
        ):
            return ""
        told = text.value or ""
        _kernel().LocalFree(text)
        return told
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


def own_environment(given: Mapping[str, str]) -> dict[str, str]:
    """What a program of this user's needs of the environment; here it is given by the one who logs the user in."""
    return {name: given[name] for name in _OWN if name in given}


def become(program: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Another program does the rest. No process can take another's place here: this one waits, and ends as it did."""
    sys.exit(subprocess.call(list(program), env=dict(environment)))


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


class Line:
    """The console as a line: what is typed comes whole, with its Enter."""

    def __init__(self) -> None:
        self._before: int | None = None
        self._typed: Queue[str] = Queue()
        self._reader: threading.Thread | None = None

    def take(self) -> None:
        """From here on the console edits and echoes the line itself. What is no console is left as it is."""
        self._before = self._mode()
        if self._before is not None:
            self._set(self._before | _COOKED | _ECHO)

    def give_back(self) -> None:
        """The console is as it was."""
        if self._before is not None:
            self._set(self._before)

    def echo(self, *, on: bool) -> bool:
        """Ask for what is typed to be shown, or not; returns whether it is."""
        now = self._mode()
        if now is None:
            return on
        self._set(now | _ECHO if on else now & ~_ECHO)
        return bool((self._mode() or 0) & _ECHO)

    def write(self, text: str) -> None:
        """On return it has been given to the console, which takes characters: bytes it reads by its code page.

        Raises:
            OSError: the console is gone.
        """
        sys.stdout.write(text.encode("utf-8", "replace").decode())
        sys.stdout.flush()

    def half_typed(self) -> str:
        """Nothing: a line without its Enter is the console's own."""
        return ""

    def forget(self) -> None:
        """What was typed and not read yet is gone."""
        if self._before is not None:
            _kernel().FlushConsoleInputBuffer(_standard_input())

    def read(self, seconds: float | None) -> str | None:
        """What comes next, "" at the end of it; None where nothing came for so many seconds.

        Who waits is a thread, which goes on waiting for the next one who asks.
        """
        if self._reader is None:
            self._reader = threading.Thread(target=lambda: self._typed.put(sys.stdin.readline()), daemon=True)
            self._reader.start()
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            with contextlib.suppress(Empty):
                typed = self._typed.get(timeout=_PAUSE)
                self._reader = None
                return typed
        return None

    def _mode(self) -> int | None:
        from ctypes import byref, wintypes

        mode = wintypes.DWORD()
        return mode.value if _kernel().GetConsoleMode(_standard_input(), byref(mode)) else None

    def _set(self, mode: int) -> None:
        _kernel().SetConsoleMode(_standard_input(), mode)


def _standard_input() -> Any:
    from ctypes import wintypes

    kernel = _kernel()
    kernel.GetStdHandle.restype = wintypes.HANDLE
    return wintypes.HANDLE(kernel.GetStdHandle(_IN))
