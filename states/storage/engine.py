"""What the journal asks of whatever keeps its rows: the embedded store, or a server that a team shares."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from states.fault import Fault


class Engine(Protocol):
    """One connection, one thread at a time. What goes wrong leaves every method as a `Fault`."""

    notices: list[Fault]
    """What a person has to be told besides: something was mended, or is not as safe as it should be."""
    new_office: str
    """Under which id the half-typed fields of a session that is not there yet are kept."""

    def run(self, statement: str, **values: str | int | bytes) -> list[tuple[Any, ...]]:
        """Run one statement inside `reading` or `writing`; all its rows."""
        ...

    def reading(self) -> AbstractContextManager[object]:
        """Everything read inside is of one moment."""
        ...

    def writing(self) -> AbstractContextManager[bool]:
        """All or nothing of what is written inside; durable when the block has been left.

        The value of the block: whether this thread's writing just before may have gone in without an answer, so that
        the same thing is to be looked for before it is written.
        """
        ...

    def keep(self, body: Mapping[str, Any]) -> None:
        """Have an entry written to the second copy too, where there is one."""
        ...

    def put_right(self, fault: Fault, attempt: int) -> bool:
        """Clear away what a failed method met; whether it is worth doing it again.

        Args:
            attempt: how often the method has failed before this time.
        """
        ...

    def check(self) -> None:
        """See that nothing is wrong with the whole store, as far as this engine can."""
        ...

    def size(self) -> int:
        """Bytes of the store that `check` would read."""
        ...

    def close(self) -> None:
        """Give everything back; harmless the second time."""
        ...
