"""Guards: pure functions of the facts that answer with every reason they find.

Most follow from what a fact declares (`reasons_of`); an edition writes a guard of its own only for what two facts
say together, such as a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from states.flow.facts import DUE, OVERDUE, STALE, Fact, Facts, Meaning, Who, age, time


class Kind(StrEnum):
    """What a reason asks for."""

    ASK = "ask"  # not answered yet
    FIX = "fix"  # can be mended here today
    STALE = "stale"  # measure again
    WAIT = "wait"  # asked, before the day
    BLOCKED = "blocked"
    REFUSE = "refuse"


TODAY = (Kind.ASK, Kind.FIX, Kind.STALE)  # what somebody on site can do something about


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot go on yet.

    Args:
        code: stable, the same in both languages: `<fact>.<value>` or `<fact>.unanswered|stale|awaited|due|overdue`.
        kind: what it asks for.
        fact: the fact (for a movement: the step or condition) to mend.
        who: who can mend it.
        other: the second fact, where two contradict each other.
    """

    code: str
    kind: Kind
    fact: str
    who: Who = Who.TECHNICIAN
    other: str = ""


Guard = Callable[[Facts], tuple[Reason, ...]]


def reasons_of(fact: Fact, f: Facts) -> Iterator[Reason]:
    """Why this fact keeps its step from being done: at most one reason, none when it is fine or not needed."""
    if not fact.when(f) or not fact.needed(f):
        return
    name = fact.name
    if f.has(name, None):
        yield Reason(f"{name}.unanswered", Kind.ASK, name)
        return
    if f.has(name, *fact.fine):  # one question, not many
        if f.has(age(name), STALE):
            yield Reason(f"{name}.stale", Kind.STALE, name)
        return
    value = next(value for value in fact.values if value.name not in fact.fine and f.has(name, value.name))
    match value.meaning:
        case Meaning.WAIT:
            if value.through:  # the request of that name says the rest
                return
            assert value.wait is not None
            if not value.wait.holds_up:
                return
            if f.has(time(name), OVERDUE):
                yield Reason(f"{name}.overdue", Kind.FIX, name, value.who)
            elif f.has(time(name), DUE):
                yield Reason(f"{name}.due", Kind.ASK, name, value.who)
            else:
                yield Reason(f"{name}.awaited", Kind.WAIT, name, value.who)
        case Meaning.FIX:
            yield Reason(f"{name}.{value.name}", Kind.FIX, name, value.who)
        case Meaning.BLOCKED:
            yield Reason(f"{name}.{value.name}", Kind.BLOCKED, name, value.who)
        case Meaning.REFUSE:
            yield Reason(f"{name}.{value.name}", Kind.REFUSE, name, value.who)


def contradiction(fact: str, values: tuple[str, ...], other: str, values_of_other: tuple[str, ...]) -> Guard:
    """Both sides are known and cannot both be true. The reason names the fact to look at first, and the other."""

    def guard(f: Facts) -> tuple[Reason, ...]:
        if f.has(fact, *values) and f.has(other, *values_of_other):
            return (Reason(f"{fact}.contradicts_{other}", Kind.FIX, fact, Who.OFFICE, other),)
        return ()

    return guard
