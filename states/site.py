"""An organisation's own file, `site.toml`: its help desk, hints, sites, defaults. It adds; it can take nothing away.

Nothing of it reaches a table, a guard, a meaning or a need: what is not named here is refused with its line, and what
is named is shown beside the program's own words, measured besides the edition's sites, or put into a field before
somebody types. An answer is never given by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from states.fault import Fault

NAME = "site.toml"
LONGEST = 120  # characters of a text
MOST = 20  # hints, sites
CODES = ("syntax", "unknown", "value", "host", "choice")  # what can be wrong, behind `site.`
_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_SECTION = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_\"'-]+)\s*=")
_SYNTAX = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class Site:
    """What an organisation says of itself.

    Args:
        organisation: its name; "" for none.
        help: whom to telephone there; shown above the official help desk, never instead of it.
        sites: hosts that are measured besides those of the edition.
        hints: by fact: a line below the program's own.
        technician, language, edition: what is proposed; a person may choose another.
        texts: by typed fact: what its field begins with.
    """

    organisation: str = ""
    help: str = ""
    sites: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    technician: str = ""
    language: str = ""
    edition: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def contact(self) -> str:
        """Whom to telephone there, in one line; "" where it says nothing."""
        return f"{self.organisation} {self.help}".strip() if self.help else ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something in the file that cannot stand, with its line (from 1) and a code behind `site.`."""

    line: int
    code: str
    text: str


def read_site(path: Path) -> Site:
    """The organisation's file; an empty one where there is none.

    Raises:
        Fault: `site.<code>` for the first thing that is wrong, with its line; `site.unreadable`.
    """
    if not path.exists():
        return Site()
    site, wrong = examine(path)
    if wrong:
        raise Fault(f"site.{wrong[0].code}", path=path, line=wrong[0].line, text=wrong[0].text)
    return site


def examine(path: Path) -> tuple[Site, list[Wrong]]:
    """What the file says, and everything that is wrong with it, by line.

    Raises:
        Fault: `site.unreadable`.
    """
    import tomllib

    try:
        raw = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault("site.unreadable", path=path) from error
    try:
        told = tomllib.loads(raw)
    except tomllib.TOMLDecodeError as error:
        at = _SYNTAX.search(str(error))
        line = int(at[1]) if at else raw.count("\n") + 1
        return Site(), [Wrong(line, "syntax", raw.splitlines()[line - 1][:40] if raw else "")]
    lines = _lines(raw)
    wrong = sorted(_wrong(told, lines), key=lambda one: one.line)
    return (Site() if wrong else _made(told)), wrong


def _lines(raw: str) -> dict[tuple[str, ...], int]:
    """Where each section and each key of one stands."""
    found: dict[tuple[str, ...], int] = {}
    section = ""
    for number, line in enumerate(raw.splitlines(), 1):
        if named := _SECTION.match(line):
            section = named[1]
            found.setdefault((section,), number)
        elif key := _KEY.match(line):
            found.setdefault((section, key[1].strip("\"'")) if section else (key[1].strip("\"'"),), number)
    return found


def _wrong(told: Mapping[str, Any], lines: Mapping[tuple[str, ...], int]) -> Iterator[Wrong]:
    from locales import LANGUAGES
    from states.flow.editions import KNOWN

    facts, typed = _facts()
    allowed: dict[str, frozenset[str]] = {
        "organisation": frozenset(("name", "help")),
        "sites": frozenset(("extra",)),
        "hints": facts,
        "defaults": frozenset(("technician", "language", "edition", *typed)),
    }
    for section, said in told.items():
        if section not in allowed or not isinstance(said, dict):
            yield Wrong(lines.get((section,), 1), "unknown", section)
            continue
        for key, value in said.items():
            at = lines.get((section, key), lines.get((section,), 1))
            if key not in allowed[section]:
                yield Wrong(at, "unknown", f"{section}.{key}")
            elif section == "sites":
                if not isinstance(value, list) or len(value) > MOST:
                    yield Wrong(at, "value", key)
                else:
                    yield from (Wrong(at, "host", str(h)[:40]) for h in value if not _host(h))
            elif not _text(value):
                yield Wrong(at, "value", key)
            elif (key == "edition" and value not in KNOWN) or (key == "language" and value not in LANGUAGES):
                yield Wrong(at, "choice", f"{key} = {value}")


def _facts() -> tuple[frozenset[str], frozenset[str]]:
    """Every fact that may have a hint; those of them that are typed. A secret may have neither."""
    from states.flow.editions import KNOWN, find
    from states.flow.facts import Form

    all_of = [fact for name in KNOWN for fact in find(name).facts.values() if not fact.clock]
    return (
        frozenset(fact.name for fact in all_of if fact.form is not Form.SECRET),
        frozenset(fact.name for fact in all_of if fact.form is Form.TEXT),
    )


def _host(value: object) -> bool:
    return isinstance(value, str) and _HOST.fullmatch(value) is not None


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def _made(told: Mapping[str, Any]) -> Site:
    organisation, defaults = dict(told.get("organisation", {})), dict(told.get("defaults", {}))
    return Site(
        organisation=organisation.get("name", ""),
        help=organisation.get("help", ""),
        sites=tuple(told.get("sites", {}).get("extra", ())),
        hints=dict(told.get("hints", {})),
        technician=defaults.pop("technician", ""),
        language=defaults.pop("language", ""),
        edition=defaults.pop("edition", ""),
        texts=defaults,
    )
