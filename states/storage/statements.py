"""Every statement the journal speaks, by name, in the subset that SQLite and PostgreSQL share.

TEXT, a 64-bit integer and bytes; keys given by us; ON CONFLICT and RETURNING; named parameters. An engine fills in
`{text}`, `{int}`, `{bytes}` and `{tail}` of the schema and may rewrite `:name` into its own way of naming a parameter.
Text has to compare by code point (SQLite does; elsewhere by collation "C").

Decision: docs/decisions/storage.md.
"""

from __future__ import annotations

from typing import Final

# `sought` is the office's name folded for searching; `shelf` and `day` are where the session stands in the list.
SCHEMA: Final = (
    """
    CREATE TABLE session (
        id {text} PRIMARY KEY, office_number {text} NOT NULL, office_name {text} NOT NULL, sought {text} NOT NULL,
        edition {text} NOT NULL, state {text} NOT NULL, status {text} NOT NULL, work {int} NOT NULL,
        due {text} NOT NULL, awaiting {text} NOT NULL, item {text} NOT NULL, shelf {text} NOT NULL, day {text} NOT NULL,
        version {int} NOT NULL, head {bytes} NOT NULL,
        epoch {int} NOT NULL, holder {text} NOT NULL, created {int} NOT NULL, updated {int} NOT NULL
    ){tail}
    """,
    "CREATE INDEX session_by_urgency ON session (shelf, day, updated, id, office_number, sought)",
    "CREATE INDEX session_by_office ON session (office_number, created, id)",
    """
    CREATE TABLE event (
        session {text} NOT NULL, seq {int} NOT NULL, kind {text} NOT NULL, at {int} NOT NULL, actor {text} NOT NULL,
        body {text} NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (session, seq)
    ){tail}
    """,
    """
    CREATE TABLE draft (
        session {text} NOT NULL, fact {text} NOT NULL, text {text} NOT NULL, PRIMARY KEY (session, fact)
    ){tail}
    """,
    "CREATE TABLE meta (name {text} PRIMARY KEY, value {text} NOT NULL){tail}",
)

_ROW: Final = (
    "id, office_number, office_name, edition, state, status, work, due, awaiting, item,"
    " version, head, epoch, holder, created, updated"
)

CREATE_SESSION: Final = f"""
    INSERT INTO session VALUES (
        :id, :office_number, :office_name, :sought, :edition, :state, :status, :work, :due, :awaiting, :item,
        :shelf, :day, :version, :head, :epoch, :holder, :created, :updated
    ) ON CONFLICT DO NOTHING RETURNING {_ROW}
"""

# The fence: a writer who was overtaken, by another step or by another holder, changes no row.
ADVANCE: Final = f"""
    UPDATE session SET
        state = :state, status = :status, work = :work, due = :due, awaiting = :awaiting, item = :item,
        shelf = :shelf, day = :day, version = :new_version, head = :head, updated = :updated
    WHERE id = :id AND version = :version AND epoch = :epoch
    RETURNING {_ROW}
"""

TAKE: Final = f"""
    UPDATE session SET epoch = epoch + 1, holder = :holder WHERE id = :id AND epoch = :epoch RETURNING {_ROW}
"""
SET_EDITION: Final = f"UPDATE session SET edition = :edition WHERE id = :id RETURNING {_ROW}"
RELEASE: Final = "UPDATE session SET holder = '' WHERE id = :id AND epoch = :epoch"

ROW: Final = f"SELECT {_ROW} FROM session WHERE id = :id"
BY_OFFICE: Final = f"SELECT {_ROW} FROM session WHERE office_number = :office_number ORDER BY created, id"
BY_PREFIX: Final = f"SELECT {_ROW} FROM session WHERE id >= :low AND id < :high ORDER BY id LIMIT 2"

ADD_EVENT: Final = "INSERT INTO event VALUES (:id, :seq, :kind, :at, :actor, :body, :hash)"
# Only for a chain that holds what is dropped: see `Journal.take_in`.
DROP_TAIL: Final = "DELETE FROM event WHERE session = :id AND seq > :last"
EVENTS: Final = """
    SELECT seq, kind, at, actor, body, hash FROM event WHERE session = :id AND seq >= :first ORDER BY seq
"""
HASH: Final = "SELECT hash FROM event WHERE session = :id AND seq = :seq"
EVERY_ROW: Final = f"SELECT {_ROW} FROM session WHERE id > :after ORDER BY id LIMIT 500"

# What the store knows of itself: its installation, its second copy's folder, and the last line of that copy.
META: Final = "SELECT name, value FROM meta"
SET_META: Final = "INSERT INTO meta VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

# The two halves of the list, in no order. Each walks one shelf of the index from a key on, so that a page costs the
# same however many sessions there are; a search is a filter on that walk, and the index holds what it looks at.
_FOUND: Final = r"(office_number LIKE :number ESCAPE '\' OR sought LIKE :name ESCAPE '\')"
_NUMBERED: Final = "office_number >= :number AND office_number < :beyond"  # another index knows them


def _page_dated(filter: str) -> str:
    return f"""
    SELECT {_ROW} FROM session WHERE id IN (
        SELECT id FROM session
        WHERE shelf = :shelf AND (day, updated, id) > (:day, :updated, :id) AND day <= :until AND {filter}
        ORDER BY day, updated, id LIMIT :limit
    )
"""


def _page_undated(filter: str) -> str:
    return f"""
    SELECT {_ROW} FROM session WHERE id IN (
        SELECT id FROM session
        WHERE shelf = :shelf AND day = '' AND (updated, id) < (:updated, :id) AND {filter}
        ORDER BY updated DESC, id DESC LIMIT :limit
    )
"""


PAGE_DATED: Final = _page_dated(_FOUND)
PAGE_UNDATED: Final = _page_undated(_FOUND)
NUMBER_DATED: Final = _page_dated(_NUMBERED)
NUMBER_UNDATED: Final = _page_undated(_NUMBERED)
COUNT_SHELF: Final = "SELECT count(*) FROM session WHERE shelf = :shelf"
COUNT_DUE: Final = "SELECT count(*) FROM session WHERE shelf = :shelf AND day > '' AND day <= :until"

KEEP_DRAFT: Final = """
    INSERT INTO draft VALUES (:id, :fact, :text)
    ON CONFLICT (session, fact) DO UPDATE SET text = excluded.text RETURNING fact
"""
DRAFTS: Final = "SELECT fact, text FROM draft WHERE session = :id ORDER BY fact"
DROP_DRAFT: Final = "DELETE FROM draft WHERE session = :id AND fact = :fact"
EVERY_DRAFT: Final = "SELECT session, fact, text FROM draft"
