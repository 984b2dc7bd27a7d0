"""An edition's machine as a picture to be read: what needs what, what decides, where one waits, how it ends.

Not the table of movements: one may go from any step to any open one, and that many arrows show nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from states.flow.board import ABANDONED, COMPLETE, REFUSED, WAITING
from states.flow.edition import Edition, Step
from states.flow.facts import Meaning
from states.flow.proof.lazy import Choices, LazyFacts, every_branch


def graph(edition: Edition) -> str:
    """A Mermaid flowchart. Solid arrows: has to be done (or hold) first; dotted: decides whether it applies."""
    return "\n".join(_lines(edition)) + "\n"


def _lines(edition: Edition) -> Iterator[str]:
    last = [name for name, step in edition.step.items() if len(step.needs) == len(edition.order) - 1]
    rows = [step for step in edition.steps if step.name not in last]
    yield "flowchart TD"
    yield f'    subgraph steps["edition {edition.name}"]'
    for step in rows:
        yield f'        {step.name}["{_label(step)}"]'
    for condition in edition.conditions:
        yield f'        {condition.name}(["{condition.name}"])'
    for step in rows:
        for need in step.needs:
            yield f"        {need} --> {step.name}"
    for condition in edition.conditions:
        for mending in condition.mended_in:
            yield f"        {mending} --> {condition.name}"
    for step in rows:
        for decider in _deciders(edition, step):
            yield f"        {decider} -.-> {step.name}"
    yield "    end"
    for name in last:
        yield f'    {name}["{_label(edition.step[name])}"]'
        yield f"    steps -->|all that apply are done| {name}"
    for end in (WAITING, COMPLETE, REFUSED, ABANDONED):
        yield f"    {end}(({end}))"
    yield f"    steps -->|park: nothing left but waiting| {WAITING}"
    yield f"    {WAITING} -->|next visit| steps"
    for name in last or [rows[-1].name]:
        yield f"    {name} -->|complete| {COMPLETE}"
    for step in rows:
        refusals = [f"{fact.name}: {v.name}" for fact in step.asks for v in fact.values if v.meaning is Meaning.REFUSE]
        if refusals:
            yield f"    {step.name} -->|{'<br/>'.join(refusals)}| {REFUSED}"
    yield f"    steps -->|a person's decision| {ABANDONED}"
    for end in (COMPLETE, REFUSED, ABANDONED):
        yield f"    {end} -.->|reopen| {WAITING}"


def _label(step: Step) -> str:
    waits = [
        f"waits for {fact.name}: {value.wait.days} days"
        for fact in step.asks
        for value in fact.values
        if value.wait is not None and value.wait.holds_up and value.meaning is Meaning.WAIT
    ]
    return "<br/>".join((f"{step.item} · {step.name}" if step.item != "-" else step.name, *waits))


def _deciders(edition: Edition, step: Step) -> list[str]:
    """The steps that ask what decides whether this one applies."""

    def by(choices: Choices) -> str:
        return step.applies(LazyFacts(edition.facts, choices)).by

    names = {edition.facts[name].step for name in every_branch(by) if name}
    return [name for name in edition.order if name in names]
