"""What a proof finds: a kind, what it is about, and the shortest route on which it is met."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

KEPT = 12  # of each kind: one is enough to mend it, a flood hides the others


@dataclass(frozen=True, slots=True)
class Failure:
    """One property that does not hold.

    Args:
        kind: stable: `done_disagrees`, `no_way_on` …
        what: where, in the names of the table.
        path: the shortest route to it, line by line: `go_terminal`, `pc=given`, `sites.age: stale`. Where it was
            found on sets, with no route of its own, the lines say what has to hold: `password in lost`.
    """

    kind: str
    what: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}" + (f"  [{' > '.join(self.path)}]" if self.path else "")


class EnoughError(Exception):
    """Raised when what was looked for is found."""


@dataclass
class Findings:
    """Failures as they come in, the first of each (kind, what) alone: the walks are breadth first, so it is short.

    Args:
        stop_at: raise `EnoughError` at the first failure of this kind.
    """

    stop_at: str = ""
    failures: list[Failure] = field(default_factory=list)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _count: dict[str, int] = field(default_factory=dict)

    def note(self, kind: str, what: str, path: Callable[[], Iterable[str]] = tuple) -> None:
        if (kind, what) in self._seen:
            return
        self._seen.add((kind, what))
        self._count[kind] = self._count.get(kind, 0) + 1
        if self._count[kind] <= KEPT:
            self.failures.append(Failure(kind, what, tuple(path())))
        if kind == self.stop_at:
            raise EnoughError
