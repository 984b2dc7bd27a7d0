"""The vocabulary: what a fact is, what its values mean, and the one way in which facts are read.

Facts are read by one primitive, `Facts.has`. A reader that can only ask "is it one of these?" can be run on sets of
values as well as on values: that is what makes a whole edition walkable (see `explore.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Meaning(StrEnum):
    """What an answer means for the step that asks."""

    FINE = "fine"
    FIX = "fix"  # the technician or the office can mend it now
    WAIT = "wait"  # asked of somebody outside
    BLOCKED = "blocked"  # only somebody outside can mend it, and nothing has been asked
    REFUSE = "refuse"  # ends the introduction


class Who(StrEnum):
    """Who can mend it, or whom we wait for."""

    TECHNICIAN = "technician"
    OFFICE = "office"
    VENDOR = "vendor"
    FEDERATION = "federation"  # 国民健康保険団体連合会 (国保連) of the office's prefecture
    PARTNER = "partner"
    NOBODY = "nobody"


class Form(StrEnum):
    """How a fact is asked for; a screen draws a form, it does not know facts."""

    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"
    USER_ID = "user_id"
    PARTNERS = "partners"
    SECRET = "secret"


class Holds(StrEnum):
    """For how long an answer stands."""

    ALWAYS = "always"
    DAY = "day"  # the calendar day it was given on
    WEEK = "week"  # 7 days
    NOT_AFTER = "not_after"  # the day it carries itself, a certificate's last


@dataclass(frozen=True, slots=True)
class Wait:
    """How long an answer from outside takes.

    Args:
        days: from asking to the day it is expected.
        grace: days after that until it is overdue.
        holds_up: False for a wait that is listed and holds nothing up (an informational one).
    """

    days: int
    grace: int = 2
    holds_up: bool = True


@dataclass(frozen=True, slots=True)
class Value:
    """One answer a fact can have.

    Args:
        name: stable, stored.
        meaning, who: see there.
        wait: with `Meaning.WAIT`: how long; with `Meaning.FINE`: something that is awaited and holds nothing up.
        through: with `Meaning.WAIT`: the fact by which the asking is recorded, when it is not this one.
        unknown: nobody knows the outcome yet; it is looked up, never guessed, and needs do not keep anyone from that.
        warn: fine, and worth a warning.
        dated: asked together with a day: a certificate's last, or the one agreed on.
    """

    name: str
    meaning: Meaning = Meaning.FINE
    who: Who = Who.TECHNICIAN
    wait: Wait | None = None
    through: str = ""
    unknown: bool = False
    warn: bool = False
    dated: bool = False


def fine(
    name: str,
    *,
    warn: bool = False,
    wait: Wait | None = None,
    who: Who = Who.TECHNICIAN,
    dated: bool = False,
) -> Value:
    return Value(name, who=who, warn=warn, wait=wait, dated=dated)


def fix(name: str, who: Who = Who.TECHNICIAN, *, unknown: bool = False) -> Value:
    return Value(name, Meaning.FIX, who, unknown=unknown)


def asked(name: str, who: Who, wait: Wait) -> Value:
    return Value(name, Meaning.WAIT, who, wait)


def asked_through(name: str, fact: str, who: Who) -> Value:
    return Value(name, Meaning.WAIT, who, through=fact)


def blocked(name: str, who: Who) -> Value:
    return Value(name, Meaning.BLOCKED, who)


def refuse(name: str, who: Who) -> Value:
    return Value(name, Meaning.REFUSE, who)


class Facts:
    """What stands now, read by `has` alone.

    Args:
        table: every fact an edition knows, by name, the clock's slots included.
        values: fact name to the name of its value; what is missing has not been answered.

    A fact whose `when` does not hold is dormant: it reads as not answered, and reads as answered again as soon as it
    is asked again.
    """

    __slots__ = ("_asked", "table", "values")

    def __init__(self, table: Mapping[str, Fact], values: Mapping[str, str] | None = None) -> None:
        self.table = table
        self.values = dict(values or {})
        self._asked: dict[str, bool] = {}

    def has(self, name: str, *wanted: str | None) -> bool:
        """Whether the fact's value is one of `wanted`; None among them stands for "not answered"."""
        value = self.values.get(name)
        if value is not None and not self.asked(name):
            value = None
        return value in wanted

    def asked(self, name: str) -> bool:
        if name not in self._asked:
            self._asked[name] = self.table[name].when(self)
        return self._asked[name]

    def known(self, name: str) -> bool:
        return not self.has(name, None)


Test = Callable[[Facts], bool]


def always(_: Facts) -> bool:
    return True


def never(_: Facts) -> bool:
    return False


def is_(name: str, *values: str) -> Test:
    return lambda f: f.has(name, *values)


def either(*tests: Test) -> Test:
    return lambda f: any(test(f) for test in tests)


def both(*tests: Test) -> Test:
    return lambda f: all(test(f) for test in tests)


def not_(test: Test) -> Test:
    return lambda f: not test(f)


EVERYTHING = ("*",)  # `about` of a fact that speaks of all that was answered before


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One question, and all that follows from how it is declared.

    Args:
        name: stable, stored.
        values: every answer there is, with what it means.
        form: how it is asked; `Form.TEXT` and its like have a single value and carry a detail.
        when: whether it is asked at all.
        needed: whether the step waits for it; `never` for what is recorded and not required (◇).
        about: facts of the same or an earlier step; when one of them changes, this one no longer stands.
        awaits: those among `about` whose answer is what this request waits for: it closes it, it does not withdraw it.
        holds, dated: for how long, and for which values (empty: all).
        check: the check that can measure it.
        personal: names or numbers that belong to a person or an office.
        clock: moved by time alone, never by a person.
        step: filled in by the edition.

    Attributes:
        fine: names of the values that leave nothing to be done.
    """

    name: str
    values: tuple[Value, ...]
    form: Form = Form.CHOICE
    when: Test = always
    needed: Test = always
    about: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()
    holds: Holds = Holds.ALWAYS
    dated: tuple[str, ...] = ()
    check: str = ""
    personal: bool = False
    clock: bool = False
    step: str = ""
    fine: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        fine = tuple(value.name for value in self.values if value.meaning is Meaning.FINE)
        object.__setattr__(self, "fine", fine)

    def value(self, name: str) -> Value:
        """The value of that name. KeyError when the fact has none such."""
        for value in self.values:
            if value.name == name:
                return value
        raise KeyError(f"{self.name} has no value {name}")

    @property
    def identified_by_detail(self) -> bool:
        """Whether another detail under the same value is another answer: another PC, another ID, other partners."""
        return self.form in (Form.TEXT, Form.DATE, Form.USER_ID, Form.PARTNERS)

    @property
    def outcome(self) -> bool:
        """Whether it is something looked up outside, which may be looked up again whatever else is missing."""
        return any(value.unknown for value in self.values)


def yes(name: str = "yes") -> tuple[Value, ...]:
    return (Value(name),)


GIVEN = (Value("given"),)  # the one value of a text: what was given stands in the detail


def age(name: str) -> str:
    """The clock's slot that says whether a fact is stale."""
    return f"{name}.age"


def time(name: str) -> str:
    """The clock's slot that says whether what a fact waits for is due or overdue."""
    return f"{name}.time"


STALE, DUE, OVERDUE = "stale", "due", "overdue"
