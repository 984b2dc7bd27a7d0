"""The one door to Windows' registry, so that recorded answers can stand in for it. Read-only, and needs no rights.

A key that is not there, or that this user may not read, reads as nothing: what is missing is told by what is asked for,
never by an error.
"""

from __future__ import annotations

from typing import Literal, Protocol

from states.system import here

Root = Literal["HKLM", "HKLM32", "HKCU"]  # HKLM32: what 32-bit programs see of HKLM


class Registry(Protocol):
    """A registry that can be read."""

    def text(self, root: Root, key: str, name: str) -> str | None:
        """The value of that name, where it is a text."""

    def there(self, root: Root, key: str) -> bool:
        """Whether the key exists."""

    def below(self, root: Root, key: str) -> tuple[str, ...]:
        """Names of the keys below a key."""


def registry() -> Registry | None:
    """This PC's registry; None where there is none."""
    pc = here.pc()
    found: Registry | None = pc.WindowsRegistry() if pc else None
    return found
