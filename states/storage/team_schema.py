"""The tables of a team store and who may do what with them, as SQL: to be read, to be run by hand, or by `init`.

A technician may append events and read; nobody but the owner can change or delete one. Forward only, as in the
embedded store: a newer schema is refused by an older program, an older one is carried forward by its owner.

Decision: docs/decisions/team-store.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from states.fault import Fault
from states.storage import statements
from states.storage.schema import MIGRATIONS, VERSION

TECHNICIAN: Final = "careplan_technician"  # the role that a technician's login is a member of
READER: Final = "careplan_reader"
_TYPES: Final = {"text": 'TEXT COLLATE "C"', "int": "BIGINT", "bytes": "BYTEA", "tail": ""}
# The figures above the list are counted on an index of their own, which few different keys keep small.
_COUNTED: Final = "CREATE INDEX session_by_shelf ON session (shelf, day)"
# What a step, a lease or a draft changes of a row; whose session it is stays as it was begun.
_CHANGES: Final = "edition, state, status, work, due, awaiting, item, shelf, day, version, head, epoch, holder, updated"


def script(found: int = 0) -> list[str]:
    """What makes a team store of this program's form.

    Args:
        found: the form that is there; 0 for none.
    """
    lines = [] if found else [*_made((*statements.SCHEMA, _COUNTED)), *_roles()]
    for version in range(found or VERSION, VERSION):
        lines += _made(MIGRATIONS[version])
    lines += _granted()
    if not found:
        lines.append(f"INSERT INTO meta VALUES ('installation', '{os.urandom(8).hex()}')")
        lines.append(f"INSERT INTO meta VALUES ('schema', '{VERSION}')")
    else:
        lines.append(f"UPDATE meta SET value = '{VERSION}' WHERE name = 'schema'")
    return lines


def init(address: str) -> int:
    """Make the tables as their owner, or carry them forward; all of it or nothing. The form that was found (0: none).

    Raises:
        Fault: as `Team.open`.
    """
    from states.storage.team import Team
    from states.storage.team_trouble import told

    store = Team.connect(address)
    try:
        with told(store.shown), store.writing():
            there = store.run(
                "SELECT count(*) FROM pg_tables WHERE tablename = 'meta' AND schemaname = current_schema()"
            )
            found = int(dict(store.run(statements.META)).get("schema", 0)) if there[0][0] else 0
            if found > VERSION:
                raise Fault("team.newer", server=store.shown, found=found, known=VERSION)
            for line in script(found) if found != VERSION else []:
                store.run(line)
    finally:
        store.close()
    return found


def _made(templates: tuple[str, ...]) -> Iterator[str]:
    for template in templates:
        yield "\n".join(line.strip() for line in template.format(**_TYPES).strip().split("\n"))


def _roles() -> Iterator[str]:
    for role in (TECHNICIAN, READER):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"
        )


def _granted() -> Iterator[str]:
    yield "REVOKE ALL ON session, event, draft, meta FROM PUBLIC"
    yield f"GRANT SELECT ON session, event, draft, meta TO {TECHNICIAN}, {READER}"
    yield f"GRANT INSERT ON session, event, draft TO {TECHNICIAN}"
    yield f"GRANT UPDATE ({_CHANGES}) ON session TO {TECHNICIAN}"
    yield f"GRANT UPDATE (text), DELETE ON draft TO {TECHNICIAN}"
