"""How the team store is, as seen from this PC: what `careplan-setup doctor` says of it. It only reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from states.fault import Fault
from states.storage.health import Finding
from states.storage.journal import Journal
from states.storage.team import Team

MOST: Final = 1000  # sessions whose chains are read; a team's may be a hundred thousand


def examine(journal: Journal, today: str) -> Iterator[Finding]:
    """Look at an open team store.

    Args:
        today: ISO date; the most urgent sessions are looked at first.
    """
    store = journal.store
    assert isinstance(store, Team)
    yield Finding("team", "ok")  # it was opened, so tables, settings and encoding are as they should be
    yield from _named("team_line", store.notices)
    [mighty] = store.ask("SELECT has_table_privilege('event', 'UPDATE') OR has_table_privilege('event', 'DELETE')")
    yield from _named("team_rights", [Fault("team.mighty", server=store.shown)] if mighty else [])
    broken = []
    for row in journal.page(today=today, limit=MOST):
        try:
            journal.verify(row.id)
        except Fault as fault:
            broken.append(fault)
    yield from [Finding("team_chain", "fail", fault) for fault in broken] or [Finding("team_chain", "ok")]


def _named(check: str, faults: list[Fault]) -> Iterator[Finding]:
    yield from [Finding(check, "warn", fault) for fault in faults] or [Finding(check, "ok")]
