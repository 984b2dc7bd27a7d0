"""The machine: an edition's table of movements, executed by `transitions`. The only file that imports it.

Why the settings are as they are is said in docs/decisions/0001-transitions.md: one flat machine an edition is shared
by all sessions; no automatic transitions; nothing is saved from a callback, for an exception there leaves the state
moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from transitions import EventData, Machine

from states.flow.board import ENDS, WAITING, Board, Move, closed_because, moves, resolve
from states.flow.edition import Edition

if TYPE_CHECKING:
    from states.flow.guards import Reason
    from states.flow.session import Session


class Mover:
    """One edition's machine, and what it can explain.

    Args:
        edition: the table.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.rows = moves(edition)
        self.known = frozenset((row.source, row.trigger) for row in self.rows)
        self.states = (*edition.order, WAITING, *ENDS)
        self.machine = Machine(
            model=None,
            initial=edition.order[0],
            states=list(self.states),
            transitions=[
                {"trigger": r.trigger, "source": r.source, "dest": r.dest, "conditions": _condition(r)}
                for r in self.rows
            ],
            auto_transitions=False,
            send_event=True,
            queued=False,
            ignore_invalid_triggers=False,
        )
        # The library checks neither: a misspelt state would be found in front of a customer.
        assert set(self.machine.states) == set(self.states)
        assert all(row.source in self.machine.states and row.dest in self.machine.states for row in self.rows)

    def attach(self, session: Session) -> None:
        """Make the session a model of the machine, standing where it stands: without `initial` it would be reset."""
        self.machine.add_model(session, initial=session.state)

    def explain(self, state: str, trigger: str, board: Board, words: str = "") -> tuple[Reason, ...]:
        return tuple(self.closed_because(state, trigger, board, words))

    def closed_because(self, state: str, trigger: str, board: Board, words: str = "") -> Iterator[Reason]:
        """The same, one by one."""
        return closed_because(state, trigger, board, self.known, words)

    def fire(self, session: Session, trigger: str, board: Board, words: str = "") -> tuple[Reason, ...]:
        """Move, or say why not: () when it moved. The machine is asked only when nothing is in the way.

        Args:
            trigger: a row's trigger, or `next` or `back`.
            words: a person's reason, for `abandon`.
        """
        reasons = self.explain(session.state, trigger, board, words)
        if not reasons:
            row = resolve(session.state, trigger, board)
            moved = self.machine.events[row].trigger(session, board=board, words=words)
            assert moved, f"explain says {row} is open in {session.state}, the machine says it is not"
        return reasons


def _condition(row: Move) -> Callable[[EventData], bool]:
    return lambda event: bool(row.open_when(event.kwargs["board"], event.kwargs["words"]))
