"""Whether an event that came from elsewhere has the form that its kind has here: nothing else reads it without asking.

A chain says that nobody altered a record since it was made. It does not say that we made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from states.flow import editions
from states.flow.edition import Edition
from states.flow.events import Event
from states.flow.facts import Form
from states.flow.session import How

LATEST: Final = 253_370_764_800_000  # milliseconds: what a clock and a calendar can still show
LONGEST: Final = 2_000  # characters of any one text

_TEXTS: Final = {  # texts that the body of a kind has to have; (name, may it be missing)
    "created": (),
    "edition": ("to", "dest"),
    "visit": ("host", "terminal"),
    "left": (),
    "watched": ("host",),
    "checked_out": ("host",),
    "moved": ("dest",),
    "chased": ("fact",),
    "answered": ("fact", "value"),
    "consented": ("fact", "place", "by"),
    "shown": ("fact", "place", "by"),
    "wiped": ("fact", "place"),
    "vault": ("id",),
}


def sound(event: Event, edition: Edition) -> bool:
    """Whether the event could have been made by this program under that edition."""
    body = event.body
    if not (0 <= event.at < LATEST and _text(event.actor) and isinstance(body, dict)):
        return False
    if event.kind == "joined":
        return _joined(body, edition)
    if event.kind not in _TEXTS:
        return _plain(body)  # passed over by every reader
    if not all(_text(body.get(name)) for name in _TEXTS[event.kind]):
        return False
    known = edition.facts.get(body["fact"]) if "fact" in body else None
    if "fact" in body and known is None:
        return False
    match event.kind:
        case "created":
            carried = body.get("carried", {})
            return isinstance(carried, dict) and all(_carried(name, told, edition) for name, told in carried.items())
        case "edition":
            aside = body.get("aside")
            known_there = body["to"] in editions.KNOWN and body["dest"] in (
                *editions.find(body["to"]).order,
                *_ELSEWHERE,
            )
            return known_there and isinstance(aside, list) and all(map(_text, aside))
        case "answered":
            return _answer(body, edition)
        case "moved":
            return _text(body.get("words", "")) and body["dest"] in (*edition.order, *_ELSEWHERE)
        case "vault":
            return type(body.get("generation")) is int
        case "visit":
            taken = body.get("taken_from", {})
            return isinstance(taken, dict) and all(map(_text, taken.values()))
        case "consented" | "shown" | "wiped":
            return known is not None and any(value.name == body["place"] for value in known.values)
    return _plain(body)


def unsound(events: Iterable[Event], edition: Edition) -> int | None:
    """Place of the first event that is not sound, each under the edition that was followed by then; None for none."""
    for at, event in enumerate(events):
        if not sound(event, edition):
            return at
        if event.kind == "edition":
            edition = editions.find(event.body["to"])
    return None


_ELSEWHERE: Final = ("waiting", "complete", "refused", "abandoned")


def _answer(body: Mapping[str, Any], edition: Edition) -> bool:
    fact = edition.facts.get(body.get("fact", ""))
    if fact is None or fact.clock or not (body["value"] == "" or any(v.name == body["value"] for v in fact.values)):
        return False
    if body.get("how", "attested") not in list(How) or not _text(body.get("host", "")):
        return False
    if "until" in body and not _day(body["until"]):
        return False
    lists = [body.get(name, []) for name in ("withdrawn", "closed", "seen")]
    if not all(isinstance(one, list) and all(map(_text, one)) for one in lists):
        return False
    if not all(name in edition.facts for name in (*lists[0], *lists[1])):
        return False
    detail = body.get("detail", "")
    if fact.form is Form.PARTNERS:
        return detail == "" or (isinstance(detail, list) and all(map(_partner, detail)))
    return _text(detail)


def _joined(body: Mapping[str, Any], edition: Edition) -> bool:
    """Its `after` and `head` are judged with the chain."""
    tail, stands = body.get("tail"), body.get("stands", [])
    if body.get("goes_on") not in ("base", "tail") or not (isinstance(tail, list) and isinstance(stands, list)):
        return False
    followed = body.get("edition", edition.name)
    if followed not in editions.KNOWN:
        return False
    if body["goes_on"] == "tail" and body.get("state") not in (*editions.find(followed).order, *_ELSEWHERE):
        return False
    whole = [one for one in tail if not _text(one)]
    if not all(isinstance(one, list) and len(one) == 4 and type(one[1]) is int and _text(one[0]) for one in whole):
        return False
    if unsound((Event(*one) for one in whole), edition) is not None:
        return False
    return all(_stood(one, editions.find(followed)) for one in stands)


def _carried(name: str, told: Any, edition: Edition) -> bool:
    """An answer that a session has begun with, brought from the one it continues."""
    if not isinstance(told, dict):
        return False
    return _stood({"at": told.get("at"), "by": told.get("by"), "body": {"fact": name, **told}}, edition)


def _stood(one: Any, edition: Edition) -> bool:
    if not (isinstance(one, dict) and isinstance(one.get("body"), dict) and _text(one["body"].get("value"))):
        return False
    times = (one.get("at"), one.get("chased") if one.get("chased") is not None else 0)
    in_time = all(type(at) is int and 0 <= at < LATEST for at in times)
    return in_time and _text(one.get("by")) and bool(one["body"]["value"]) and _answer(one["body"], edition)


def _partner(one: Any) -> bool:
    return isinstance(one, dict) and all(map(_text, one.values())) and _text(one.get("intention"))


def _plain(body: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str | int | float | bool | list | dict | None) for value in body.values())


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and "\0" not in value


def _day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False
