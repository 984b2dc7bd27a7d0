"""Acceptance scripts at the real app: keys into a real terminal, and what its screen says held against the machine.

What a script takes for granted is put into the store; from there on everything is done by keys. The clock is the only
thing that is not real: it stands where its scenario says. What a script says was measured is given by hand here, for
this PC is what it is; so how it is known is not compared.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self

from locales import Texts
from states.acceptance.machine import Given, Machine, Reasons
from states.acceptance.world import CANARY, World
from states.desk import Desk
from states.fault import Fault, shown_code
from states.flow.board import ENDS, WAITING, Status
from states.flow.events import JAPAN
from states.flow.facts import Form
from states.flow.session import Answer, How, Session
from states.visit import listing
from states.wording import Wording

try:
    from tui.technician import Technician
except ImportError:  # a system without terminals of its own making
    raise Fault("accept.no_terminal") from None

PATIENCE = 8.0  # seconds that a screen may take to show what the machine has come to
INTENTIONS = "using", "willing", "undecided", "unwilling"  # the order of the keys 1 to 4
CODE = re.compile(r"\b[A-Z0-9]+(?:-[A-Z0-9]+)+\b")


class RealApp:
    """The app, as `states.acceptance.run` plays it along with the machine. A context manager.

    Args:
        language: of the screen.
    """

    def __init__(self, language: str) -> None:
        self.texts = Texts(language)
        from platformdirs import user_cache_path

        cache = user_cache_path("careplan-setup", appauthor=False)  # not the temporary folder: it may be in memory
        cache.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="accept-", dir=cache))
        self.store, self.clock = self.folder / "store", self.folder / "clock"
        self.desk = Desk.open(self.store, lambda: datetime.now(JAPAN))
        self.idle: dict[str, Technician] = {}  # apps that show the list, by their technician
        self.app: Technician | None = None
        self.scenarios = 0
        self.by_hand: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for app in (*self.idle.values(), *([self.app] if self.app else [])):
            app.terminal.close()
        self.desk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- a scenario

    def open(self, world: World) -> None:
        self.world, self.by_hand, self.typed = world, set(), False
        self.scenarios += 1
        self.id, self.name = f"{self.scenarios:016x}", f"S{self.scenarios:05}"
        session, now = world.session, world.now
        self.by_hand = {name for name, answer in session.answers.items() if answer.how in MEASURED}
        self.desk.journal.create(
            self.id, session.office_number, self.name, session.edition.name, session.log, listing(session, now), None
        )
        self.wording = Wording(self.texts, session.edition)
        if world.machine.here:
            self._sit(world.machine.who)

    def close(self) -> None:
        if self.app is None:
            return
        try:
            self._stand_up()
        except AssertionError:  # after a failure it may be anywhere
            self.app, app = None, self.app
            if app is not None:
                app.terminal.close()

    @property
    def machine(self) -> Machine:
        return self.world.machine

    @property
    def now_at(self) -> Technician:
        assert self.app is not None
        return self.app

    def _sit(self, name: str, *, take_over: bool = False) -> None:
        """Open the session in this technician's app."""
        self._set_clock(self.world.now)
        self.app = self.idle.pop(name, None) or Technician(self.store, f"@{self.clock}", self.texts.language, name=name)
        app = self.app
        app.press("/")
        app.terminal.paste(self.name)  # at once, so that the list is searched once
        app.terminal.wait(lambda: self.name in app.screen.split("\n", 5)[5] and app.screen.count(self.name) >= 3)
        app.press("enter", "enter")
        app.wait_gone(self.texts("key.new"))
        if take_over:
            app.wait(self.texts("ui.held.title"))
            app.press("2")

    def _set_clock(self, now: datetime) -> None:
        written = self.clock.with_suffix(".new")
        written.write_text(now.isoformat(), encoding="ascii")
        written.replace(self.clock)  # at once: an app may be reading it

    def _stand_up(self) -> None:
        """Leave the visit where it stands. In a step that could be left for the lobby only the plug can be pulled."""
        app, state = self.now_at, self.stored().state
        self.app = None
        if app.terminal.exit_code is None and (state == WAITING or state in ENDS or self.machine.explain("park")):
            if state not in (WAITING, *ENDS):
                app.press("f8")
                app.wait(self.texts("ui.card.title"))
            app.press("f10")
            app.wait(self.texts("key.new"))
            app.press("esc")
            self.idle[app.name] = app
        else:
            app.power_cut()

    def stored(self) -> Session:
        """The session of this scenario as the store has it."""
        return self.desk.read(self.desk.find(self.id))

    # -- hands

    def tick(self, now: datetime) -> Reasons:
        del now  # the world's; to sit down again sets it
        if self.app is not None:
            self._stand_up()
        if self.machine.here:
            self._sit(self.machine.who)
        return ()

    def leave(self) -> Reasons:
        self._stand_up()
        return ()

    def come(self, name: str) -> Reasons:
        self._sit(name)
        return ()

    def cut(self) -> Reasons:
        self.now_at.power_cut()
        self._sit(self.machine.who)
        return ()

    def take_over(self, name: str) -> Reasons:
        """The first window finds out at its next step that it can only look."""
        before = self.now_at
        self._sit(name, take_over=True)
        self.now_at.wait_gone(self.texts("ui.held.title"))
        before.press("x")
        before.wait(self.texts("ui.ends.title"))
        before.press("3")
        before.wait(self.texts("ui.field.words")[:6])
        before.terminal.send("-")
        before.press("enter")
        before.wait("LEASE-LOST")
        before.power_cut()
        return ()

    def move(self, trigger: str, words: str) -> Reasons:
        app, refused = self.now_at, bool(self.world.refused)
        if trigger.startswith("go_"):
            app.press("f2")
            app.wait(self.texts("ui.steps.title"))
            app.choose_step(trigger.removeprefix("go_"))
            app.wait(self.texts("key.jump"))
        elif trigger in ("complete", "refuse", "abandon"):
            self._end(trigger, words, refused=refused)
        elif trigger == "park":
            app.press("f8")
            if refused:  # the card is shown over the step, which says what can still be done
                app.wait(self.texts("ui.card.title"))
                app.press("esc")
        else:
            app.press({"next": "]", "back": "[", "reopen": "o"}[trigger])
        return ()

    def _end(self, trigger: str, words: str, *, refused: bool) -> None:
        app = self.now_at
        app.press("x")
        app.wait(self.texts("ui.ends.title"))
        app.press(str(("complete", "refuse", "abandon").index(trigger) + 1))
        if trigger == "abandon":
            app.wait(self.texts("ui.field.words")[:6])
            app.terminal.send(words)
            app.press("enter")
            if refused:
                app.wait("MOVE-REASON-MISSING")
                app.press("esc")

    def chase(self, fact: str) -> Reasons:
        self._choose(fact, self.texts("ui.choice.chase"))
        return ()

    def look(self, given: Given) -> Reasons:
        if self.world.change_asks():
            pages = self._give(given)
            self._preview(yes=False)
            self.now_at.press(*("esc" for _ in range(pages)))
        return ()

    def answer(self, given: Given) -> Reasons:
        app = self.now_at
        if given.how in MEASURED:
            self.by_hand.add(given.fact)
        if self.world.refused:
            if app.shows(given.fact):  # one that is not asked here has no line that could be opened
                app.open_field(given.fact)
                app.terminal.wait(lambda: all(shown_code(r.code) in app.screen for r in self.world.refused[:1]))
            return ()
        asks = self.world.change_asks()
        self._give(given)
        if asks:
            self._preview(yes=True)
        app.wait(self.texts("key.jump"))  # back at the step: what was offered for this question is gone
        return ()

    def _preview(self, *, yes: bool) -> None:
        app = self.now_at
        app.wait(self.texts("ui.preview.title"))
        if not yes:
            for fact in self.world.consequences().withdrawn:
                app.wait(self.texts(f"fact.{fact}"))
        app.press("2" if yes else "1")
        app.wait_gone(self.texts("ui.preview.title"))

    def _give(self, given: Given) -> int:
        """Give an answer by keys, up to where it may be asked whether it is meant; how many pages are open by then."""
        app, fact = self.now_at, self.machine.edition.facts[given.fact]
        if given.value is None:
            self._choose(fact.name, self.texts("ui.choice.clear"))
            return 0
        if fact.form is Form.CHOICE:
            self._choose(fact.name, self._label(given.fact, given.value))
            if not fact.value(given.value).dated:
                return 0
            app.wait(self.texts("ui.day.form")[:10])
            app.retype(f"{given.until}")
            app.press("enter")
            return 1
        app.open_field(fact.name)
        if fact.form is Form.PARTNERS:
            self._partners(given)
        elif fact.form is Form.SECRET:
            self._secret(given.value)
        else:
            app.terminal.wait(lambda: any(row.startswith("  >") for row in app.terminal.screen()))
            if given.value == "none":
                app.press("f2")
            else:
                app.retype(str(given.detail))
                app.press("enter")
        return 1

    def _label(self, fact: str, value: str) -> str:
        """As the line reads on which this value is chosen; something that is awaited can be asked for again."""
        label = self.texts(f"value.{fact}.{value}")
        stood = self.world.stood_before(fact)
        asked_again = stood == value and self.machine.edition.facts[fact].value(value).wait
        return self.texts("ui.choice.again", label=label) if asked_again else label

    def _choose(self, fact: str, label: str) -> None:
        self.now_at.open_field(fact)
        self.now_at.choose(label)

    def _partners(self, given: Given) -> None:
        app = self.now_at
        app.wait(self.texts("ui.partner.add"))
        for _ in self._partners_before(given.fact):
            app.press("f8")
        app.wait(self.texts("ui.partner.none"))
        office = self.machine.session.answers.get("office_kind")
        sides = {"home_care_support": ("service",), "service": ("home_care_support",)}
        kinds = sides.get(office.value if office else "", ("service", "home_care_support"))
        for partner in given.detail:
            app.press("end")
            app.press("ctrl+u")
            app.terminal.send(partner["name"])
            app.press("enter")
            app.wait(partner["name"])
            if partner["kind"] in kinds[1:]:
                app.press("k")
            app.press(str(INTENTIONS.index(partner["intention"]) + 1))
        app.press("f10")

    def _partners_before(self, fact: str) -> list[object]:
        """What stands in the list when it is opened: the last answer ever given."""
        for event in reversed(self.stored().log):
            if event.kind == "answered" and event.body["fact"] == fact and event.body["value"]:
                return list(event.body.get("detail", ()))
        return []

    def _secret(self, place: str) -> None:
        """The place; and for one that keeps it, who of the office agrees, and a secret to be searched for later."""
        app, label = self.now_at, self.texts(f"ui.secret.{place}")
        app.terminal.wait(lambda: self.texts("ui.keyring.looking") not in app.screen and label in app.screen)
        app.choose(label)
        if place == "not_kept":
            return
        app.wait(self.texts("ui.secret.type")[:8])
        fields = [row.strip() for row in app.terminal.screen() if row.startswith("  >")]
        if fields[0] == ">":
            app.terminal.send(self.texts("who.office"))
            app.press("enter")
        app.terminal.send(CANARY)
        app.press("enter")
        self.typed = True

    # -- eyes

    def differences(self) -> list[str]:
        end = time.monotonic() + PATIENCE
        while found := [*self._screen_differs(), *self._store_differs()]:
            if time.monotonic() > end:
                screen = self.app.screen if self.app else ""
                return [*found, *(f"| {line}" for line in screen.split("\n"))]
            time.sleep(0.01)
        if self.typed and (leak := self._leak()):
            return [f"a secret is in {leak}"]
        return []

    def _leak(self) -> str:
        canary = CANARY.encode()
        for path in self.store.rglob("*"):
            if path.is_file() and canary in path.read_bytes():
                return str(path.relative_to(self.store))
        return "the terminal" if self.app and canary in self.app.terminal.raw else ""

    def _store_differs(self) -> Iterator[str]:
        stored, session = self.stored(), self.machine.session
        if stored.state != session.state:
            yield f"stored: {stored.state}; machine: {session.state}"
        for name in {**stored.answers, **session.answers}:
            one, other = (_told(s.answers.get(name), name in self.by_hand) for s in (stored, session))
            if one != other:
                yield f"stored: {name} {one}; machine: {other}"

    def _screen_differs(self) -> Iterator[str]:
        if self.app is None:
            return
        if self.app.terminal.exit_code is not None:
            yield f"the app has ended with {self.app.terminal.exit_code}"
        elif self.machine.session.state == WAITING:
            yield from self._card_differs()
        elif self.machine.session.state in ENDS:
            if self.texts(f"ui.end.{self.machine.session.state}") not in self.app.screen:
                yield f"the screen does not say that it is {self.machine.session.state}"
        else:
            yield from self._steps_differ()
            yield from self._fields_differ()
            yield from self._reasons_differ()

    def _card_differs(self) -> Iterator[str]:
        screen = self.now_at.screen
        if self.texts("ui.card.title") not in screen:
            yield "the card is not shown"
        for wait in self.machine.session.waits(self.machine.now):
            what, day = self.texts(f"wait.{wait.fact}.{wait.value}"), self.wording.short(wait.expected)
            if not any(what in line and day in line for line in screen.split("\n")):
                yield f"the card does not say that {wait.fact} is awaited by {day}"

    def _steps_differ(self) -> Iterator[str]:
        board, session = self.machine.board, self.machine.session
        lines = [row.partition("|")[0] for row in self.now_at.terminal.screen()]
        for step in session.edition.order:
            here = step == session.state
            sign = self.wording.sign("here" if here else board.status(step))
            title = self.texts(f"step.{step}")[:6]
            shown = next((line for line in lines if title in line and line[:1] in "> "), None)
            if shown is None or shown.lstrip("> ").split(" ")[0] != sign or shown.startswith(">") != here:
                yield f"the screen says of {step}: {shown and shown.strip()}; the machine: {sign}"

    def _fields_differ(self) -> Iterator[str]:
        session, facts, app = self.machine.session, self.machine.board.facts, self.now_at
        asked = session.edition.asked_in(session.state, facts)
        for fact in asked:
            answer = session.answers.get(fact.name) if facts.known(fact.name) else None
            try:
                shown = app.field(fact.name)
            except AssertionError:
                yield f"the screen does not ask {fact.name}"
                continue
            said = self.wording.answer(fact.name, answer) if answer else ""
            if (answer is None) != ("[ ]" in shown) or said[:6] not in shown:
                yield f"the screen says of {fact.name}: {shown}; the machine: {said or '-'}"
        for fact in session.edition.step[session.state].asks:
            if all(fact.name != other.name for other in asked) and app.shows(fact.name):
                yield f"the screen asks {fact.name}; the machine does not"

    def _reasons_differ(self) -> Iterator[str]:
        board, session = self.machine.board, self.machine.session
        step, right = session.state, "\n".join(row.partition("|")[2] for row in self.now_at.terminal.screen())
        due = {shown_code(reason.code) for reason in session.edition.reasons(step, board.facts)}
        if board.shut(step) and not board.is_(step, Status.DONE):
            due.add(shown_code("move.needs"))
        shown = set(CODE.findall(right))
        if "F7/n" not in right and due - shown:  # where not all fit, it says that there are more
            yield f"the screen does not give the reasons {', '.join(sorted(due - shown))}"


MEASURED = (How.MEASURED_HERE, How.MEASURED_THERE)


def _told(answer: Answer | None, by_hand: bool) -> tuple[object, ...] | None:
    if answer is None:
        return None
    known = (answer.value, answer.until, answer.by)
    return known if by_hand else (*known, answer.detail, str(answer.how))
