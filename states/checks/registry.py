"""The one door to Windows' registry, so that recorded answers can stand in for it. Read-only, and needs no rights.

A key that is not there, or that this user may not read, reads as nothing: what is missing is told by what is asked for,
never by an error.
"""

from __future__ import annotations

import sys
from typing import Literal, Protocol

Root = Literal["HKLM", "HKLM32", "HKCU"]  # HKLM32: what 32-bit programs see of HKLM


class Registry(Protocol):
    """A registry that can be read."""

    def text(self, root: Root, key: str, name: str) -> str | None:
        """The value of that name, where it is a text."""

    def there(self, root: Root, key: str) -> bool:
        """Whether the key exists."""

    def below(self, root: Root, key: str) -> tuple[str, ...]:
        """Names of the keys below a key."""


if sys.platform == "win32":
    import winreg

    _PLACES = {
        "HKLM": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_READ | winreg.KEY_WOW64_64KEY),
        "HKLM32": (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_READ | winreg.KEY_WOW64_32KEY),
        "HKCU": (winreg.HKEY_CURRENT_USER, winreg.KEY_READ),
    }
    _MOST = 10_000  # keys below one; more is not a PC's list of programs

    class WindowsRegistry:
        """This PC's own."""

        def text(self, root: Root, key: str, name: str) -> str | None:
            try:
                with self._open(root, key) as opened:
                    value, kind = winreg.QueryValueEx(opened, name)
            except OSError:
                return None
            return value if kind == winreg.REG_SZ else None

        def there(self, root: Root, key: str) -> bool:
            try:
                self._open(root, key).Close()
            except OSError:
                return False
            return True

        def below(self, root: Root, key: str) -> tuple[str, ...]:
            found: list[str] = []
            try:
                with self._open(root, key) as opened:
                    while len(found) < _MOST:
                        found.append(winreg.EnumKey(opened, len(found)))
            except OSError:  # no such key, or no more keys
                pass
            return tuple(found)

        def _open(self, root: Root, key: str) -> winreg.HKEYType:
            place, access = _PLACES[root]
            return winreg.OpenKey(place, key, 0, access)

    def registry() -> Registry | None:
        """This PC's registry; None where there is none."""
        return WindowsRegistry()

else:

    def registry() -> Registry | None:
        """This PC's registry; None where there is none."""
        return None
