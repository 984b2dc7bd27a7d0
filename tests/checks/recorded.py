"""Answers of Windows' registry, recorded, in its place."""

from __future__ import annotations

from collections.abc import Mapping

from states.checks.registry import Root


class Recorded:
    """A registry that holds these values.

    Args:
        values: `HKLM\\key` to the values by name; a key may have none.
    """

    def __init__(self, values: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.values = dict(values or {})

    def text(self, root: Root, key: str, name: str) -> str | None:
        return self.values.get(rf"{root}\{key}", {}).get(name)

    def there(self, root: Root, key: str) -> bool:
        return any(place == rf"{root}\{key}" for place in self.values)

    def below(self, root: Root, key: str) -> tuple[str, ...]:
        above = rf"{root}\{key}" + "\\"
        return tuple(place.removeprefix(above) for place in self.values if place.startswith(above))
