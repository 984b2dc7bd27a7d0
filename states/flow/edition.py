"""What an edition is: a dated table of steps, and what follows from it (who hangs on whom, the clock's slots)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from states.flow.claims import Claim, Deadline, HelpDesk, Price
from states.flow.facts import (
    DUE,
    EVERYTHING,
    OVERDUE,
    STALE,
    Fact,
    Facts,
    Holds,
    Test,
    Value,
    age,
    is_,
    time,
)
from states.flow.guards import Guard, Reason, reasons_of

CSV_NAMES = "csv_names"  # a step's tool: judge exported files by their names


@dataclass(frozen=True, slots=True)
class Applies:
    """Whether a step applies: yes, no, or None for "cannot be told yet"; `by` names the fact that decides."""

    verdict: bool | None
    by: str = ""


def applies_always(_: Facts) -> Applies:
    return Applies(True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of the source text.

    Args:
        name: stable, stored.
        item: the row's number in the source.
        needs: steps that must be done, or conditions that must hold, before this one opens.
        asks: its facts, in the order they are asked.
        contradictions: guards of its own, besides those that its facts declare.
        applies: whether the row applies to this office.
        instead_of: steps that never apply together with this one.
        sites: official addresses that help here.
        tools: what can be done here besides answering.
    """

    name: str
    item: str
    needs: tuple[str, ...] = ()
    asks: tuple[Fact, ...]
    contradictions: tuple[Guard, ...] = ()
    applies: Callable[[Facts], Applies] = applies_always
    instead_of: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()

    # -- how a later edition says only what differs

    def but(self, fact: str, **changes: Any) -> Step:
        """The same row with one question changed. KeyError where it does not ask it."""
        if all(asked.name != fact for asked in self.asks):
            raise KeyError(fact)
        return replace(self, asks=tuple(replace(a, **changes) if a.name == fact else a for a in self.asks))

    def asking(self, *facts: Fact, behind: str = "") -> Step:
        """The same row with more questions, behind the one of that name, or last."""
        at = next((i + 1 for i, asked in enumerate(self.asks) if asked.name == behind), len(self.asks))
        return replace(self, asks=(*self.asks[:at], *facts, *self.asks[at:]))

    def without(self, *facts: str) -> Step:
        return replace(self, asks=tuple(asked for asked in self.asks if asked.name not in facts))


@dataclass(frozen=True, slots=True)
class Condition:
    """Something several steps need that is no step of its own.

    Args:
        name: stable.
        test: on the facts.
        mended_in: the steps where it can be mended, in order.
    """

    name: str
    test: Test
    mended_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """Which certificates count: decided by words in subject or issuer alone, for their layout is unverified."""

    kind: str
    value: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WindowsVersion:
    """A Windows by its first build, and the last day on which Microsoft supports it (Home and Pro)."""

    build: int
    name: str
    end: date


@dataclass(frozen=True, slots=True)
class KnownGood:
    """What was known of programs on a day; facts with a date, never "the newest".

    Args:
        edge: the newest Edge on the day `edge_day`.
        windows: by build, ascending, as known on `windows_day`.
        client: words of which one is expected in the name of the installed client; its installer is not described.
    """

    edge: str
    edge_day: date
    windows: tuple[WindowsVersion, ...]
    windows_day: date
    client: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Edition:
    """A dated rule set.

    Args:
        name: stable, stored in every session: `2023-05-26`.
        source: the text it was read from.
        since: the day from which it holds.
        steps: in the order of the source.
        conditions: what steps may need besides steps.
        sites: every site the flow has to reach.
        certificates: how a certificate file is told apart.
        known_good: what a PC's programs are compared with.
        until: the last day on which it is known to hold; None for one whose end nobody knows. Past it, it warns.
        claims: what it holds to be so besides its table.
        price, help_desk, deadlines: see there.
        words: editions whose own words it shares, the nearest first; then come the words of all.
        upgrades: editions whose running sessions may be taken into this one.
        continues: editions whose completed sessions may be continued as a session of this one.
        renamed: steps of those editions that stand here under another name.
    """

    name: str
    source: str
    since: date
    steps: tuple[Step, ...]
    known_good: KnownGood
    conditions: tuple[Condition, ...] = ()
    sites: tuple[str, ...] = ()
    certificates: tuple[CertificateRule, ...] = ()
    until: date | None = None
    claims: tuple[Claim, ...] = ()
    price: Price | None = None
    help_desk: HelpDesk | None = None
    deadlines: tuple[Deadline, ...] = ()
    words: tuple[str, ...] = ()
    upgrades: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    facts: dict[str, Fact] = field(init=False, repr=False)
    step: dict[str, Step] = field(init=False, repr=False)
    condition: dict[str, Condition] = field(init=False, repr=False)
    dependents: dict[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "step", {step.name: step for step in self.steps})
        put(self, "condition", {condition.name: condition for condition in self.conditions})
        put(self, "facts", self._facts())
        hanging: dict[str, list[str]] = {name: [] for name in self.facts}
        for fact in self.facts.values():
            for name in fact.about:
                hanging[name].append(fact.name)
        put(self, "dependents", {name: tuple(names) for name, names in hanging.items()})
        for step in self.steps:
            unknown = [n for n in step.needs if n not in self.step and n not in self.condition]
            assert not unknown, f"{step.name} needs {unknown}, which {self.name} does not have"

    def _facts(self) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        for step in self.steps:
            before = tuple(name for name, fact in facts.items() if not fact.clock)
            for fact in step.asks:
                assert fact.name not in facts, f"{fact.name} is asked twice"
                about = before if fact.about == EVERYTHING else fact.about
                facts[fact.name] = replace(fact, step=step.name, about=about)
                facts.update((slot.name, slot) for slot in _slots(fact, step.name))
        for fact in facts.values():
            unknown = [n for n in (*fact.about, *fact.awaits) if n not in facts]
            assert not unknown, f"{fact.name} speaks of {unknown}, which {self.name} does not ask"
        return facts

    def past(self, today: date) -> bool:
        """Whether its last day is behind us: it may mislead, and says so."""
        return self.until is not None and today > self.until

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(self.step)

    def asked_in(self, step: str, f: Facts) -> list[Fact]:
        """The step's questions that are asked now, in order."""
        return [self.facts[fact.name] for fact in self.step[step].asks if f.asked(fact.name)]

    def reasons(self, step: str, f: Facts) -> tuple[Reason, ...]:
        """Every reason why the step is not done; none when it is."""
        row = self.step[step]
        own = [reason for fact in row.asks for reason in reasons_of(self.facts[fact.name], f)]
        return (*own, *(reason for guard in row.contradictions for reason in guard(f)))

    def hanging(self, values: Container[str], name: str) -> list[str]:
        """What no longer stands when the answer to `name` changes: all that is about it, and all that hangs on that."""
        out: list[str] = []
        todo = [name]
        while todo:
            for dependent in self.dependents[todo.pop()]:
                if dependent in values and dependent not in out:
                    out.append(dependent)
                    todo.append(dependent)
        return out

    def answer(
        self, values: Mapping[str, str], name: str, value: str | None, *, another: bool = False
    ) -> dict[str, str]:
        """The values after an answer: a new one withdraws what hangs on the old one, the same one only refreshes it.

        Args:
            values: what stands, dormant facts included.
            value: None withdraws the answer itself.
            another: the same value with another detail (another PC under "named"), which is another answer.
        """
        new = dict(values)
        if new.get(name) == value and not another:
            for slot in (age(name), time(name)):
                new.pop(slot, None)
            return new
        for dependent in self.hanging(new, name):
            del new[dependent]
        for slot in (age(name), time(name)):
            new.pop(slot, None)
        if value is None:
            new.pop(name, None)
        else:
            new[name] = value
        return new

    def waiting_values(self) -> Iterator[tuple[Fact, Value]]:
        for fact in self.facts.values():
            for value in fact.values:
                if value.wait is not None:
                    yield fact, value


def _slots(fact: Fact, step: str) -> Iterator[Fact]:
    """What the clock alone may move about a fact: whether it is stale, whether what it waits for is due."""
    if fact.holds is not Holds.ALWAYS:
        dated = fact.dated or tuple(value.name for value in fact.values)
        yield Fact(
            name=age(fact.name),
            values=(Value(STALE),),
            when=is_(fact.name, *dated),
            about=(fact.name,),
            clock=True,
            step=step,
        )
    waiting = tuple(value.name for value in fact.values if value.wait is not None)
    if waiting:
        yield Fact(
            name=time(fact.name),
            values=(Value(DUE), Value(OVERDUE)),
            when=is_(fact.name, *waiting),
            about=(fact.name,),
            clock=True,
            step=step,
        )
