"""What a kind of fault came to, and the judgement they all share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from states.fault import Fault
from states.storage.journal import Journal
from tests.storage.samples import go_on

KEPT = "kept"


@dataclass
class Result:
    """Counts of one kind of fault.

    Args:
        name: of the kind.
        verdicts: how often each was given; the ones in `fine` are as they should be.
        controls: for each planted fault, whether it was caught.
        skipped: why it could not be run here, or ''.
    """

    name: str
    verdicts: Counter[str] = field(default_factory=Counter)
    controls: dict[str, bool] = field(default_factory=dict)
    fine: tuple[str, ...] = (KEPT,)
    skipped: str = ""

    @property
    def wrong(self) -> int:
        return sum(count for verdict, count in self.verdicts.items() if verdict not in self.fine)

    @property
    def passed(self) -> bool:
        return not self.wrong and all(self.controls.values())

    def line(self) -> str:
        """One row of the table."""
        if self.skipped:
            return f"{self.name:12} skipped: {self.skipped}"
        seen = ", ".join(f"{verdict} {count}" for verdict, count in self.verdicts.most_common())
        controls = ", ".join(f"{name}: {'caught' if caught else 'MISSED'}" for name, caught in self.controls.items())
        tried = f"{self.verdicts.total():6} tried, {self.wrong} wrong ({seen})"
        return f"{self.name:12} {tried}; controls: {controls or '-'}"


def judged(folder: Path, id: str, acknowledged: int) -> str:
    """What is left of a session of which so many events were acknowledged (0: not even that it began).

    `KEPT` when they are all there, at most one step besides, the chain holds and the session can be gone on with.
    """
    try:
        journal = Journal.open(folder, any_ground=True)
    except Fault as fault:
        return fault.code
    try:
        found = journal.verify(id)
        if found < acknowledged:
            return "lost"
        if found > max(acknowledged, 1) + 1:
            return "invented"
        return KEPT if go_on(journal, journal.row(id)).version == found + 1 else "stuck"
    except Fault as fault:
        return KEPT if fault.code == "session.unknown" and not acknowledged else f"lost ({fault.code})"
    finally:
        journal.close()


Run = Callable[[bool, Path], Result]
"""Runs a kind of fault: at release size or not, in a folder for what it writes."""
