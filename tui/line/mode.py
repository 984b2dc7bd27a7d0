"""The way through line mode, as the screens are through the full screen: list, office, step, card, end."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locales import Texts
from states import child
from states.desk import Desk
from states.fault import Fault
from states.flow.board import WAITING
from states.flow.edition import CSV_NAMES
from states.flow.guards import Kind
from tui.content import asking, pages
from tui.content.edition import may_move
from tui.content.odd import odd
from tui.line import edition
from tui.line.home import Home
from tui.line.talk import Ended, FullScreen, Key, Talk
from tui.terminal import INTERNAL

if TYPE_CHECKING:
    from states.visit import Visit, Who
    from states.wording import Wording
    from tui.line.answers import Answers

REASONS = 31  # the number of the first reason


class LineMode:
    """careplan-setup, line by line.

    Args:
        desk: the opened store.
        language: `ja` or `en`.
        who: the technician, where that is known.
        papers: the folder that reports are written to.
        visit: one to go on with, from the full screen.
        full_screen: whether this terminal can have one.
    """

    def __init__(
        self,
        desk: Desk,
        language: str,
        who: Who | None,
        papers: Path,
        *,
        visit: Visit | None = None,
        full_screen: bool = False,
    ) -> None:
        self.desk, self.who, self.papers, self.visit = desk, who, papers, visit
        self.talk = self.make_talk(Texts(language))
        self.talk.full_screen = full_screen
        self._wording: Wording | None = None
        self._noticed = 0
        self._home = Home(self)

    def make_talk(self, texts: Texts) -> Talk:
        return Talk(texts)

    @property
    def texts(self) -> Texts:
        return self.talk.texts

    @property
    def the_visit(self) -> Visit:
        assert self.visit is not None
        return self.visit

    @property
    def wording(self) -> Wording:
        from states.wording import Wording

        if (
            self._wording is None
            or self._wording.texts is not self.texts
            or self._wording.edition != self.the_visit.edition
        ):
            self._wording = Wording(self.texts, self.the_visit.edition, self.desk.site.hints)
        return self._wording

    # -- from beginning to end

    def run(self) -> int:
        """Until the end; returns the exit code.

        Raises:
            FullScreen: where that is wanted; `visit` is what goes on there.
        """
        with self.talk.on_the_line():
            try:
                self.talk.say(self.texts("ui.title"), self.texts("ui.line.how"))
                if self.visit is None:
                    threading.Thread(target=self._look_through, daemon=True).start()
                else:
                    self.sit()
                while self._home.show():
                    pass
            except Ended as ended:
                return self._end(ended.number)
            except FullScreen:
                raise
            except Exception:
                self.talk.say(INTERNAL)
                self._close()
                return 1
            finally:
                child.kill_all()
        return 0

    def _end(self, number: int) -> int:
        with contextlib.suppress(ValueError):
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_IGN)
        self._close()
        self.talk.say("", self.texts("ui.line.saved"))
        return 128 + number if number else 0

    def _close(self) -> None:
        """Leave the visit. A store that fails here has lost nothing: all was acknowledged."""
        visit, self.visit = self.visit, None
        if visit is not None:
            if visit.custody.vault is not None:
                visit.custody.vault.lock()
            try:
                visit.leave()
            except Fault as fault:
                self.talk.say_fault(fault)

    def _look_through(self) -> None:
        with contextlib.suppress(Fault):
            self.desk.check()

    def doing(self, act: Callable[[], Any]) -> Any:
        """What `act` returns; a fault is said, and None returned."""
        try:
            return act()
        except Fault as fault:
            self.talk.say_fault(fault)
            return None

    def notices(self) -> None:
        """Say, once, what the store has to tell."""
        for notice in self.desk.notices[self._noticed :]:
            self._noticed += 1
            self.talk.say_fault(notice)

    def may_quit(self) -> bool | None:
        """False to end; None to stay."""
        return False

    # -- a visit

    def begun(self) -> None:
        """Called when a visit has begun, or goes on here."""

    def sit(self) -> None:
        """A sitting, until it is left."""
        visit = self.the_visit
        self.talk.say(*odd(visit, self.wording))
        self.notices()
        self.begun()
        if visit.custody.left_behind():
            self.doing(visit.custody.wipe_left_behind)
        while self.visit is not None:
            self.doing(self._follow)
            page = self._end_page if visit.ended else self._card if visit.state == WAITING else self._step
            self.doing(page)

    def _follow(self) -> None:
        """Take in what somebody else did, before each page; who was overtaken is told on it, and only looks on."""
        visit = self.the_visit
        if visit.moved_on():
            visit.follow()

    def leave(self) -> None:
        self._close()

    def go_on_with(self, visit: Visit) -> None:
        """Another sitting, in place of the one that was left."""
        self.visit = visit
        self.sit()

    def _head(self, title: str) -> None:
        session = self.the_visit.session
        self.talk.say("", f"== {session.office_number} {session.office_name}  {title}")

    def everywhere(self, about: str) -> list[Key]:
        keys = [Key(("11", "?"), "key.help", lambda: self._help(about)), Key(("19", "l"), "key.language", lambda: None)]
        return [*keys, Key(("22", "-"), "key.full_screen", lambda: None)] if self.talk.full_screen else keys

    def _help(self, about: str) -> None:
        lines = pages.step_help(self.the_visit, self.wording) if self.visit is not None else []
        self.talk.say("", *lines, self.texts("help.line"), "", self.texts(about))

    # -- a step

    @property
    def answers(self) -> Answers:
        from tui.line.answers import Answers

        return Answers(self)

    def _step(self) -> None:
        visit, wording, talk = self.the_visit, self.wording, self.talk
        step = visit.state
        nth = sum(event.kind == "visit" for event in visit.session.log)
        if visit.read_only is not None:
            talk.say_fault(visit.read_only)
        self._head(self.texts("ui.visit", n=nth))
        talk.say(f"{wording.item(step)}  {wording.own(f'step.{step}.title')}".strip(), wording.own(f"step.{step}.do"))
        told, drafts, questions = asking.reasons(visit, wording), visit.drafts(), visit.questions()
        lines: dict[str, Callable[[], Any]] = {}
        for at, fact in enumerate(questions, 1):
            mark = asking.mark(fact, visit.answer_to(fact.name), told)
            talk.say(f"{at} {mark} {wording.fact(fact.name)}: {asking.shown(visit, wording, fact, drafts)}")
            lines[str(at)] = self._asker(fact.name)
        leads = visit.leads_to("next")
        talk.say(self.texts(("ui.not_done" if leads else "ui.closed") if told else "ui.step_done"))
        for at, reason in enumerate(told, REASONS):
            talk.say(f"{at} {reason.sentence} {reason.remedy if reason.kind is not Kind.ASK else ''} ({reason.code})")
            lines[str(at)] = self._asker(reason.fact)
        talk.say(*asking.warned(visit, wording))
        talk.menu(self._keys(leads), lines)

    def _keys(self, leads: str) -> list[Key]:
        visit = self.the_visit
        keys = [Key(("20", "]"), "key.next" if leads else "key.next_closed", lambda: self._move("next"))]
        keys += [Key(("13", "["), "key.back", lambda: self._move("back")), Key(("12", "g"), "key.steps", self._steps)]
        keys += [Key(("14", "t"), "key.phone", self._addresses), Key(("15", "r"), "key.again", self._again)]
        keys.append(Key(("25", "m"), "key.measures", lambda: self.answers.measures()))
        keys.append(Key(("26", "e"), "key.edition", lambda: edition.show(self)))
        keys += [Key(("16", "h"), "key.history", self._history), Key(("17", "n"), "key.reasons", self._reasons)]
        if CSV_NAMES in visit.edition.step[visit.state].tools:
            keys.append(Key(("23", "v"), "key.files", lambda: self.answers.files()))
        keys += [Key(("18", "p", "0"), "key.park", self._park), Key(("21", "x"), "key.end", self._ends)]
        return [*keys, *self.everywhere("help.step")]

    def _asker(self, about: str) -> Callable[[], None]:
        return lambda: self._ask(about)

    def _ask(self, about: str) -> None:
        """Ask a question, go to a step; and on to what that leads to."""
        visit = self.the_visit
        while about:
            fact = next((fact for fact in visit.questions() if fact.name == about), None)
            if fact is None:  # a step may have the name of one of its questions
                step = asking.mended_in(visit, about)
                if step in visit.edition.step:
                    self._move(f"go_{step}")
                return
            about = self.answers.ask(fact)

    def _move(self, trigger: str) -> None:
        visit = self.the_visit
        if trigger == "next" and not visit.leads_to("next"):
            self.talk.say_text("ui.line.closed")
        elif trigger != f"go_{visit.state}":
            self.answers.refused(visit.move(trigger))

    def _steps(self) -> None:
        found = pages.steps(self.the_visit, self.wording)
        at = self.talk.pick([said for _, said in found])
        if at is not None:
            self._move(f"go_{found[at][0]}")

    def _reasons(self) -> None:
        found = pages.all_reasons(self.the_visit, self.wording)
        if not found:
            self.talk.say_text("ui.step_done")
        at = self.talk.pick([said for _, said in found]) if found else None
        if at is not None:
            self._ask(found[at][0])

    def _addresses(self) -> None:
        visit = self.the_visit
        sites = visit.edition.step[visit.state].sites if visit.state in visit.edition.step else ()
        self.talk.say("", *(sites or (self.texts("ui.address.none"),)))
        self.talk.say(self.texts("ui.address.desk"), self.texts("ui.address.hours"))

    def _again(self) -> None:
        facts = [fact for fact in self.the_visit.questions() if fact.check]
        at = self.talk.pick([self.wording.fact(fact.name) for fact in facts]) if facts else None
        if at is not None:
            self.answers.check(facts[at])
        elif not facts:
            self.talk.say_text("ui.nothing_to_measure")

    def _history(self) -> None:
        self.talk.say("", self.texts("ui.history.title"), *pages.history(self.the_visit, self.wording))

    # -- the card, the ends

    def _park(self) -> None:
        """That is all for today: the lobby when only waiting is left, else the card over what is still open."""
        visit = self.the_visit
        if visit.read_only is None and not visit.explain("park") and not visit.move("park"):
            return
        self._card()

    def _card(self) -> None:
        visit = self.the_visit
        lobby = visit.state == WAITING
        self._head(self.texts("ui.card.title"))
        self.talk.say(*pages.card_lines(visit, self.wording, self.talk.columns))
        keys = [Key(("0", "q"), "key.close", self.leave)]
        if lobby and visit.leads_to("next"):
            keys.append(Key(("20", "]"), "key.next", lambda: self._move("next")))
        keys.append(Key(("13", "["), "key.to_step", (lambda: self._move("back")) if lobby else lambda: None))
        keys += [Key(("17",), "key.papers", self._papers), Key(("16", "h"), "key.history", self._history)]
        keys.append(Key(("26", "e"), "key.edition", lambda: edition.show(self)))
        if lobby:
            keys.append(Key(("12", "g"), "key.steps", self._steps))
        keys.append(Key(("21", "x"), "key.end", self._ends))
        self.talk.menu([*keys, *self.everywhere("help.card")])

    def _end_page(self) -> None:
        self._head(self.texts(f"status.{self.the_visit.state}"))
        self.talk.say(*pages.end_lines(self.the_visit, self.wording))
        keys = [Key(("0", "q"), "key.close", self.leave), Key(("17",), "key.papers", self._papers)]
        keys += [
            Key(("16", "h"), "key.history", self._history),
            Key(("24", "o"), "key.reopen", lambda: self._move("reopen")),
            Key(("26", "e"), "key.edition", lambda: edition.show(self)),
        ]
        if may_move(self.the_visit):
            keys.append(Key(("27", "m"), "key.move", lambda: edition.move_on(self)))
        self.talk.menu([*keys, *self.everywhere("help.end")])

    def _ends(self) -> None:
        """Let the technician choose an end; nothing ends by accident."""
        found = pages.ends(self.the_visit, self.wording)
        self.talk.say("", self.texts("ui.ends.title"))
        at = self.talk.pick([said for _, said in found])
        trigger = found[at][0] if at is not None else ""
        if not trigger:
            return
        words = ""
        if trigger == "abandon":
            words = (
                self.answers.typed(self.texts("ui.field.words"), self.the_visit.drafts().get("words", ""), "words")
                or ""
            )
            if not words:
                return
        if not self.answers.refused(self.the_visit.move(trigger, words)) and words:
            self.the_visit.keep_draft("words", "")

    def _papers(self) -> None:
        def writing(number: int, of: int) -> None:
            self.talk.say_text("ui.papers.printing", n=number, of=of)

        self.talk.say_text("ui.papers.writing")
        self.wrote(self.desk.write_papers(self.the_visit, self.texts, self.papers, writing))

    def wrote(self, paths: list[Path]) -> None:
        """Say where papers have been written to."""
        self.talk.say(self.texts("ui.papers.written"), *map(str, paths))
