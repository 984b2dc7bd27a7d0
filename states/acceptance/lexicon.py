"""The names a script may use: ids, and the labels of both catalogues; an unknown one is told the nearest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Any

from locales import LANGUAGES, Texts
from states.fault import shown_code
from states.flow.board import ENDS, WAITING, Status
from states.flow.edition import Edition
from states.flow.editions import KNOWN, find
from states.flow.events import JAPAN
from states.flow.facts import Fact, Facts, Form, Holds, Meaning, never
from states.flow.identifiers import judge_office, judge_user_id
from states.flow.session import How

MOVEMENT_CODES = (
    *("here_already", "not_from_here", "needs", "skipped", "cannot_be_told_yet", "work_left", "refusal_stands"),
    *("nothing_awaited", "not_done", "no_refusal", "reason_missing", "first_step", "work_here", "only_waiting"),
)
ANSWER_CODES = ("not_here", "not_asked")
INTENTIONS = ("using", "willing", "undecided", "unwilling")
OFFICE_KINDS = ("home_care_support", "service", "both")
LONGEST = 500  # characters of a typed answer


class UnknownError(Exception):
    """A name that is not there.

    Args:
        code: `unknown_<kind>`, or what else is wrong with it.
        text: as written.
        nearest: the name that comes closest, or "".
    """

    def __init__(self, code: str, text: str, nearest: str = "") -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.nearest = code, text, nearest


@dataclass(frozen=True, slots=True)
class Saying:
    """A value as a script gives it; `detail` is None where the usual one is meant."""

    value: str
    detail: Any = None


@dataclass
class Names:
    """Labels of one kind, and the ids they stand for."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)

    def add(self, id: str, *labels: str) -> None:
        for label in (id, *labels):
            self.ids.setdefault(folded(label), set()).add(id)
            self.labels.append(label)

    def find(self, kind: str, text: str) -> str:
        """The id behind an id or a label.

        Raises:
            UnknownError: with the nearest name; `ambiguous`, with the ids, where a label stands for several.
        """
        found = self.ids.get(folded(text), set())
        if text in found:
            return text
        if len(found) > 1:
            raise UnknownError("ambiguous", text, ", ".join(sorted(found)))
        if not found:
            raise UnknownError(f"unknown_{kind}", text, nearest(text, self.labels))
        return next(iter(found))


def folded(text: str) -> str:
    """As it is compared: width, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def nearest(text: str, names: Iterable[str]) -> str:
    """The name most like it, or "" where none is like it at all."""
    by_fold = {folded(name): name for name in names}
    wanted = folded(text)[:200]
    close = get_close_matches(wanted, by_fold, n=1, cutoff=0.45)
    if not close and len(wanted) > 1:  # a part of a name is like it as well
        close = [name for name in by_fold if wanted in name][:1]
    return by_fold[close[0]] if close else ""


class Lexicon:
    """Every name of one edition.

    Args:
        edition: its table.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.texts = [Texts(language) for language in LANGUAGES]
        self.kinds: dict[str, Names] = {}
        for name, row in edition.step.items():
            titles = self._said(f"step.{name}") + self._said(f"step.{name}.title")
            numbers = [] if row.item == "-" else [row.item, *(f"{row.item} {title}" for title in titles)]
            self._add("step", name, *titles, *numbers)
            self._add("need", name, *titles, *numbers)
            self._add("place", name, *titles, *numbers)
        for name in (WAITING, *ENDS):
            self._add("place", name, *self._said(f"status.{name}"))
        for name in ENDS:
            self._add("end", name, *self._said(f"status.{name}"))
        for name in edition.condition:
            self._add("need", name, *self._said(f"condition.{name}"))
        for status in Status:
            self._add("status", status, *self._said(f"status.{status}"))
        for how in How:
            self._add("how", how, *self._said(f"how.{how}"))
        for intention in INTENTIONS:
            self._add("intention", intention, *self._said(f"intention.{intention}"))
        for kind in OFFICE_KINDS:
            self._add("office_kind", kind, *self._said(f"office_kind.{kind}"))
        for known in KNOWN:
            self._add("edition", known, *self._said(f"edition.{known}"))
        for fact in people(edition):
            self._add("fact", fact.name, *self._said(f"fact.{fact.name}"))
            for value in fact.values:
                self._add(f"value.{fact.name}", value.name, *self._said(f"value.{fact.name}.{value.name}"))
        for code in codes(edition):
            self._add("code", code, shown_code(code))

    def _said(self, id: str) -> list[str]:
        return [text for texts in self.texts if (text := texts.find(id))]

    def _add(self, kind: str, id: str, *labels: str) -> None:
        self.kinds.setdefault(kind, Names()).add(str(id), *labels)

    # -- from text to what is meant

    def read(self, kind: str, text: str, others: dict[str, Any]) -> Any:
        """What a slot of a sentence means.

        Args:
            kind: the slot's.
            others: slots of the same sentence that were read already: a value is read as one of its fact.

        Raises:
            UnknownError.
        """
        if kind == "value":
            return self.saying(self.edition.facts[others["fact"]], text)
        if kind in self.kinds:
            return self.kinds[kind].find(kind, text)
        reader = {"day": read_day, "time": read_time, "n": read_number, "number": read_office}.get(kind)
        return reader(text) if reader else read_text(text)

    def saying(self, fact: Fact, text: str) -> Saying:
        """An answer, by id, by label, or, where it is typed, as typed."""
        if fact.form is Form.TEXT:
            return Saying(fact.values[0].name, read_text(text))
        try:
            return Saying(self.kinds[f"value.{fact.name}"].find("value", text))
        except UnknownError:
            judged = judge_user_id(text, "")
            if fact.form is Form.USER_ID and judged.text.isascii() and judged.text:
                return Saying(judged.value, judged.text)
            raise


@cache
def lexicon(edition: str) -> Lexicon:
    return Lexicon(find(edition))


def people(edition: Edition) -> Iterator[Fact]:
    """The facts that people answer, in order; the clock's slots left out."""
    return (fact for fact in edition.facts.values() if not fact.clock)


def codes(edition: Edition) -> list[str]:
    """Every reason code that the table declares, and those of movements and answers."""
    found: list[str] = []
    for fact in people(edition):
        name = fact.name
        if fact.needed is not never:
            found.append(f"{name}.unanswered")
        if fact.holds is not Holds.ALWAYS:
            found.append(f"{name}.stale")
        for value in fact.values:
            if value.meaning is Meaning.WAIT and value.wait is not None and value.wait.holds_up:
                found += [f"{name}.{state}" for state in ("awaited", "due", "overdue")]
            elif value.meaning not in (Meaning.FINE, Meaning.WAIT) or value.warn:
                found.append(f"{name}.{value.name}")
    everything = _EverythingTrue(edition.facts)
    found += [r.code for step in edition.steps for guard in step.contradictions for r in guard(everything)]
    return [*found, *(f"move.{code}" for code in MOVEMENT_CODES), *(f"answer.{code}" for code in ANSWER_CODES)]


class _EverythingTrue(Facts):
    """So that every guard finds the reason it looks for."""

    def has(self, name: str, *wanted: str | None) -> bool:
        del name
        return any(value is not None for value in wanted)


def read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnknownError("bad_day", text) from None


def read_time(text: str) -> datetime:
    """A day, with a time where one is given; nine in the morning where none is."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UnknownError("bad_time", text) from None
    return found.replace(tzinfo=JAPAN, hour=found.hour if len(text) > len("2026-04-01") else 9)


def read_number(text: str) -> int:
    if len(text) > 4:
        raise UnknownError("bad_number", text)
    return int(text)


def read_office(text: str) -> str:
    judged = judge_office(text)
    if judged.value != "office":
        raise UnknownError("bad_office", text)
    return judged.text


def read_text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        raise UnknownError("bad_text", text[:40])
    return text
