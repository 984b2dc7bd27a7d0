"""Skeletons of scenarios: for a reason, a movement or a wait, a shortest honest way to it, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from states.acceptance.language import GIVEN, THEN, WHEN
from states.acceptance.lexicon import lexicon
from states.acceptance.machine import Machine
from states.acceptance.record import Writer
from states.acceptance.story import MissedError
from states.acceptance.way import Overheard, applying, demands
from states.acceptance.world import World
from states.flow.board import ENDS, WAITING
from states.flow.edition import Edition
from states.flow.facts import OVERDUE, Facts, Meaning, age, time

Said = tuple[Callable[..., None], dict[str, str]]  # a sentence, and the text of its slots
Road = list[Said]

MOVES: dict[str, Callable[..., None]] = {
    "next": World.move_next,
    "back": World.move_back,
    "park": World.park,
    "complete": World.complete,
    "refuse": World.refuse,
    "reopen": World.reopen,
    "abandon": World.abandon,
}
LONG = "365"  # days after which everything has grown stale


class Sketcher:
    """Writes skeletons for one edition in one language; each is the lines of a scenario without its heading."""

    def __init__(self, edition: Edition, language: str) -> None:
        self.edition, self.language, self.machine = edition, language, Machine(edition)

    def _lines(self, given: Sequence[Said], when: Sequence[Said], then: Said) -> list[str]:
        writer = Writer(self.language)
        for part, said in ((GIVEN, given), (WHEN, when), (THEN, [then])):
            for does, slots in said:
                writer.say(part, does, **slots)
        return writer.lines

    # -- reasons and waits: what has to be answered is worked out from the guards

    def reason(self, code: str) -> list[str]:
        """A way to a step that gives this reason; nothing where there is none."""
        for step in self.edition.order:
            found = demands(self.edition, self._gives(step, code), {})
            if found is not None:
                changes, facts = found
                given = self._unusual({n: v for n, v in changes.items() if self._step(n) != step})
                when = self._answers(step, facts)
                days = [self._days(name, facts) for name in changes if self.edition.facts[name].clock]
                when += [(World.pass_days, {"n": str(max(days))})] if days else []
                given.append((World.come_to, {"place": step}))
                if not self._stands([*given, *when]) or code not in self._codes(step):  # it hangs on other steps too
                    others = dict.fromkeys(self._step(name) for name in facts.looked if name in facts.values)
                    given[-1:-1] = [(World.finish, {"step": other}) for other in others if other != step]
                return self._lines(given, when, (World.why_among, {"step": step, "code": code}))
        return []

    def _codes(self, step: str) -> list[str]:
        return [reason.code for reason in self.edition.reasons(step, self.machine.board.facts)]

    def _gives(self, step: str, code: str) -> Callable[[Facts], bool]:
        def gives(f: Facts) -> bool:
            applies = self.edition.step[step].applies(f).verdict is True
            return applies and any(reason.code == code for reason in self.edition.reasons(step, f))

        return gives

    def _step(self, fact: str) -> str:
        return self.edition.facts[fact].step

    def _unusual(self, answers: dict[str, str | None]) -> Road:
        given = {name: value for name, value in answers.items() if value and not self.edition.facts[name].clock}
        return [(World.usually, {"fact": name, "value": value}) for name, value in given.items() if value]

    def _answers(self, step: str, facts: Overheard) -> Road:
        """What the test has looked at, answered as it was when the test held."""
        road: Road = []
        for fact in self.edition.asked_in(step, facts):
            value = facts.values.get(fact.name)
            if value is not None and fact.name in facts.looked:
                day = {"day": "2026-05-01"} if self.edition.facts[fact.name].value(value).dated else {}
                road.append((World.answer, {"fact": fact.name, "value": value, **day}))
        return road

    def _days(self, slot: str, facts: Facts) -> int:
        """After how many days the clock has put this slot where it is."""
        name = slot.rpartition(".")[0]
        wait = self.edition.facts[name].value(facts.values[name]).wait
        if slot == age(name) or wait is None:
            return int(LONG)
        return wait.days + (wait.grace + 1 if facts.values[time(name)] == OVERDUE else 0)

    def wait(self, name: str, *, overdue: bool) -> list[str]:
        """A way to a wait that an answer ends."""
        asking, _, value = name.partition(".")
        fact = self.edition.facts[asking]
        changes, _ = demands(self.edition, lambda f: f.has(asking, value) and fact.needed(f), {}) or ({}, None)
        awaited = [n for n in fact.awaits if n in changes] or [asking]
        came = next(v.name for v in self.edition.facts[awaited[0]].values if v.meaning is Meaning.FINE)
        given = [*self._unusual({**changes, asking: value}), (World.finish, {"step": fact.step})]
        wait = fact.value(value).wait
        assert wait is not None
        when: Road = [(World.pass_days, {"n": str(wait.days + wait.grace + 1)})] if overdue else []
        when.append((World.arrive, {"fact": awaited[0], "value": came}))
        return self._lines(given, when, (World.stands_at, {"fact": awaited[0], "value": came}))

    # -- movements: tried from many beginnings, the shortest first

    def rows(self, wanted: Sequence[str]) -> dict[str, list[str]]:
        """Ways to rows of the table, each named `source trigger dest`; nothing where none was found."""
        found: dict[str, list[str]] = {name: [] for name in wanted}
        left = [(name, *name.split(" ")) for name in wanted]
        for road in self._roads() if left else ():
            if not self._stands(road):
                continue
            here = self.machine.session.state
            for row in list(left):
                name, source, trigger, dest = row
                words = "-" if trigger == "abandon" else ""
                if source != here and self.machine.explain(f"go_{source}"):
                    continue
                if not self.machine.mover.explain(source, trigger, self.machine.board, words):
                    left.remove(row)
                    when: Road = [] if source == here else [(World.move_to, {"step": source})]
                    when.append(_move(trigger, words))
                    found[name] = self._lines(road, when, (World.is_at, {"place": dest}))
            if not left:
                break
        return found

    def movement_codes(self, wanted: Sequence[str]) -> dict[str, list[str]]:
        """Ways to movements that are refused for one reason alone."""
        found: dict[str, list[str]] = {code: [] for code in wanted}
        triggers = sorted({row.trigger for row in self.machine.mover.rows} | {"next", "back"})
        for road in self._roads() if wanted else ():
            if self._stands(road):
                here = self.machine.session.state
                for there in (here, *self.edition.order):
                    if there != here and self.machine.explain(f"go_{there}"):
                        continue
                    for trigger in triggers:
                        code = self._only_code(there, trigger)
                        if found.get(code) == []:
                            when: Road = [] if there == here else [(World.move_to, {"step": there})]
                            when.append(_move(trigger, ""))
                            found[code] = self._lines(road, when, (World.was_refused, {"code": code}))
            if all(found.values()):
                break
        return found

    def _only_code(self, state: str, trigger: str) -> str:
        codes = {r.code for r in self.machine.mover.explain(state, trigger, self.machine.board)}
        return next(iter(codes)) if len(codes) == 1 else ""

    def _roads(self) -> Iterator[Road]:
        facts = [fact for fact in self.edition.facts.values() if not fact.clock]
        offices: list[Road] = [
            [],
            *(self._unusual(dict(applying(self.edition, s, {}) or {})) for s in self.edition.order),
        ]
        for fact in facts:
            offices += [self._unusual({fact.name: v.name}) for v in fact.values if v.meaning is not Meaning.FINE]
        for office in offices:
            for place in (*self.edition.order, WAITING, *ENDS):
                yield [*office, (World.come_to, {"place": place})]
            for step in self.edition.order:
                done: Road = [*office, (World.finish, {"step": step})]
                yield done
                yield [*done, (World.abandon, {"text": "-"}), (World.reopen, {})]  # in the lobby, whatever is left
        for fact in facts:  # something is asked for again after all has been done
            for value in fact.values:
                if value.meaning in (Meaning.WAIT, Meaning.BLOCKED):
                    for office in offices[: len(self.edition.order)]:
                        end: Said = (World.come_to, {"place": self.edition.order[-1]})
                        answer: Said = (World.answer, {"fact": fact.name, "value": value.name})
                        yield [*office, end, (World.move_to, {"step": fact.step}), answer]

    def _stands(self, road: Road) -> bool:
        """Whether a road leads anywhere; the machine stands there then."""
        world, names = World(self.machine), lexicon(self.edition.name)
        try:
            for does, slots in road:
                read: dict[str, object] = {}
                for slot, text in slots.items():
                    read[slot] = names.read(slot, text, read)
                does(world, **read)
                world.settled()
        except MissedError:
            return False
        return True


def _move(trigger: str, words: str) -> Said:
    if trigger.startswith("go_"):
        return World.move_to, {"step": trigger.removeprefix("go_")}
    return MOVES[trigger], {"text": words} if words else {}
