"""The address of a team store: what may stand in it, and what of it may be shown."""

from __future__ import annotations

from typing import Any

from states.fault import Fault

SCHEMES = ("postgresql", "postgres")
_SECRET = ("password", "sslpassword", "oauth_client_secret")


def parameters(address: str) -> dict[str, Any]:
    """What libpq is to be given: `postgresql://[user@]host[:port]/database[?option=value]`.

    Raises:
        Fault: `store.address`, for what is no such address; `team.password`, for one that holds a secret, which
            everybody on this PC could read from the list of processes.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    scheme = address.partition("://")[0]
    if scheme not in SCHEMES:
        raise Fault("store.address", text=scheme[:20])
    try:
        given = conninfo_to_dict(address)
    except (ProgrammingError, UnicodeError):  # its words may hold a piece of a password
        raise Fault("store.address", text=scheme) from None
    if any(name in given for name in _SECRET):
        raise Fault("team.password")
    # A password with signs of its own in it has slipped elsewhere; then no part of the address may be shown.
    if (
        any("@" in str(given.get(name)) for name in ("host", "dbname"))
        or not str(given.get("port") or 0).replace(",", "0").isdigit()
    ):
        raise Fault("store.address", text=scheme)
    return given


def shown(given: dict[str, Any]) -> str:
    """A store as a person may see it: where, and which database."""
    return f"{given.get('host') or 'localhost'}/{given.get('dbname') or '-'}"


def is_here(given: dict[str, Any]) -> bool:
    """Does the line stay within this PC?"""
    hosts = str(given.get("host") or "").split(",")
    return all(host in ("", "localhost", "::1") or host.startswith(("/", "@", "127.")) for host in hosts)
