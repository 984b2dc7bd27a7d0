"""What a PostgreSQL server or the line to it raises, as the `Fault` that a person can act on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import psycopg
import psycopg.conninfo

from states.fault import Fault

AGAIN: Final = ("40001", "40P01")  # another transaction was in the way, and this one is to be done again as a whole
# The class of an SQLSTATE, or all of it, and what it means to a person.
_MEANS: Final = {
    "42501": "team.no_right",
    "42P01": "team.no_schema",
    "3F000": "team.no_schema",
    "42703": "team.older",
    "25006": "team.read_only",
    "53100": "team.full",
    "53": "team.busy",
    "40": "team.busy",
    "55P03": "team.busy",
    "57014": "team.busy",
    "22P05": "store.text",
    "22021": "store.text",
    "28": "team.refused",
    "3D": "team.refused",
}
_LOST: Final = ("08", "57P", "25P03")  # classes and codes with which a server closes the line


@contextlib.contextmanager
def told(server: str, lost: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Turn what is raised inside, about the server that is shown so, into a `Fault`.

    Args:
        lost: called when the line broke.
    """
    try:
        yield
    except psycopg.Error as error:
        state = error.sqlstate or ""
        if not state or state.startswith(_LOST):
            lost()
            raise Fault("team.unreachable", server=server, detail=state or type(error).__name__) from None
        raise _of_state(state, server) from None
    except UnicodeEncodeError:
        raise Fault("store.text", path=server) from None


def _of_state(state: str, server: str) -> Fault:
    match _MEANS.get(state) or _MEANS.get(state[:2]):
        case "team.no_right":
            return Fault("team.no_right", server=server)
        case "team.no_schema":
            return Fault("team.no_schema", server=server)
        case "team.read_only":
            return Fault("team.read_only", server=server)
        case "team.full":
            return Fault("team.full", server=server)
        case "team.busy":
            return Fault("team.busy", server=server, detail=state)
        case "store.text":
            return Fault("store.text", path=server)
        case "team.refused":
            return Fault("team.refused", server=server)
        case _:
            return Fault("team.io", server=server, detail=state)


def unmade(error: psycopg.Error, server: str, given: dict[str, Any]) -> Fault:
    """Why a connection did not come about. A server says it in its own language only, so it is asked how it is.

    Args:
        given: what was to be connected to.
    """
    tried = error.pgconn
    if tried is not None and (tried.needs_password or tried.used_password):
        return Fault("team.wrong_password", server=server)
    if "SSL" in str(error) or "certificate" in str(error):
        return Fault("team.tls", server=server)
    if tried is not None and not isinstance(error, psycopg.errors.ConnectionTimeout):
        asked = psycopg.conninfo.make_conninfo(**given | {"connect_timeout": 2})
        if psycopg.pq.PGconn.ping(asked.encode()) == psycopg.pq.Ping.OK:
            return Fault("team.refused", server=server)
    return Fault("team.unreachable", server=server, detail=type(error).__name__)
