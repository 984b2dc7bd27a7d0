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
from states.fault import Fault, in_words
from states.flow import editions
from states.flow.board import WAITING
from states.flow.edition import CSV_NAMES
from states.flow.events import day, moment
from states.flow.guards import Kind
from states.storage.records import Row
from tui.content import asking, offices, pages
from tui.content.edition import may_move
from tui.content.odd import odd
from tui.line import edition
from tui.line.talk import BACK, Ended, FullScreen, Key, Talk
from tui.terminal import INTERNAL
from tui.who import user_name, who_sits_here

if TYPE_CHECKING:
    from states.visit import Visit, Who
    from states.wording import Wording
    from tui.line.answers import Answers

PAGE = 9  # offices at a time: a digit each, and a second's worth of a slow line
REASONS = 31  # the number of the first reason
FIELDS = ("office_number", "office_name", "technician")


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
        self._searched = ""
        self._after: Row | None = None

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
                    self._sit()
                while self._home():
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

    # -- the list

    def _home(self) -> bool:
        """Show the list and do what is asked for; False to end."""
        rows = self.doing(self._list)
        keys = [Key(("12", "n"), "key.new", self._new), Key(("13", "/"), "key.search", self._search)]
        if rows and len(rows) == PAGE:
            keys.append(Key(("14", "m"), "key.more", lambda: self._more(rows[-1])))
        keys.append(Key(("15", "w"), "key.board", self._board))
        keys += self._everywhere("help.home")
        keys.append(Key(("0", "q"), "key.quit", self.may_quit))
        lines = {str(at): self._opener(row) for at, row in enumerate(rows or (), 1)}
        return self.doing(lambda: self.talk.menu(keys, lines)) is not False

    def may_quit(self) -> bool | None:
        """False to end; None to stay."""
        return False

    def _list(self) -> list[Row]:
        counts = self.desk.counts()
        today = day(self.desk.now)
        of = {"work": counts.work, "waiting": counts.waiting, "overdue": counts.overdue, "complete": counts.complete}
        self.talk.say("", f"== {self.texts.long(today)}  {self.texts('ui.edition', name=editions.in_force(today))}")
        self.notices()
        self.talk.say(self.texts("ui.counts", **of))
        rows = self.desk.page(self._searched, after=self._after, limit=PAGE)
        for at, row in enumerate(rows, 1):
            told = (offices.due_of(row, today), row.office_number, row.office_name)
            more = (offices.step_of(row, self.texts), offices.awaited_of(row, self.texts))
            self.talk.say(" ".join(filter(None, (str(at), *told, *more))))
        if not rows:
            self.talk.say_text("ui.line.none" if self._searched or self._after else "ui.line.empty")
        self._searched, self._after = "", None
        return rows

    def _more(self, last: Row) -> None:
        self._after = last

    def _board(self) -> None:
        from tui.company import lines

        self.talk.say("", f"== {self.texts('ui.board.title')}", self.texts("ui.board.reading"))
        self.talk.say(*lines(self.texts, self.desk.overview()))

    def _search(self) -> None:
        self._searched = self.talk.ask(self.texts("ui.search"), limit=40)

    def _opener(self, row: Row) -> Callable[[], None]:
        return lambda: self._open(row)

    def _open(self, row: Row, *, take_over: bool = False) -> None:
        """Go on with a session; somebody else who has it open is named first, and is only overtaken by choice."""
        self.talk.say(*offices.about(row, self.texts, day(self.desk.now)))
        if self.who is None and not self._named():
            return
        assert self.who is not None
        try:
            self.visit = self.desk.resume(row.id, self.who, take_over=take_over)
        except Fault as fault:
            if fault.code != "lease.held":
                raise
            since = f"{moment(int(fault.values['since'])):%m/%d %H:%M}"
            told = in_words(self.texts, Fault("lease.held", **{**fault.values, "since": since}))
            said = [f"{told[0]} ({told[2]})", told[1]]
            if self.talk.agree([self.texts("ui.held.title"), *said], "key.not_take_over", "key.take_over"):
                self._open(row, take_over=True)
            return
        self._sit()

    def _named(self) -> bool:
        name = self._field("technician", user_name())
        if name:
            self.who = who_sits_here(name)
        return bool(name)

    def _field(self, name: str, first: str) -> str:
        """What was typed into a field of the list's forms; "" where it was left."""
        label = self.texts(f"ui.field.{name}")

        def keep(half: str) -> None:
            self.desk.journal.keep_draft(self.desk.journal.new_office, name, half)

        typed = self.talk.ask(f"{label} [{first}]:" if first else f"{label}:", keep, 200) or first
        return "" if typed == BACK else typed

    def _new(self) -> None:
        drafts = self.desk.journal.drafts(self.desk.journal.new_office)
        known = {"technician": self.who.name if self.who else self.desk.site.technician or user_name()}
        self.talk.say("", f"== {self.texts('ui.new.title')}", self.texts("ui.line.leave"))
        proposed = self.desk.site.edition or editions.in_force(day(self.desk.now))
        given: dict[str, str] = {}
        for name in FIELDS:
            given[name] = self._field(name, drafts.get(name, known.get(name, "")))
            if not given[name]:
                return
            self.desk.journal.keep_draft(self.desk.journal.new_office, name, given[name])
            if name == "office_number":
                self.talk.say(*asking.office_notes(self.desk, self.texts, given[name]))
        label = self.texts("ui.line.edition", names=", ".join(editions.KNOWN))
        chosen = self.talk.ask(f"{label} [{proposed}]:", lambda _: None, 40) or proposed
        if chosen == BACK:
            return
        self.who = who_sits_here(given["technician"])
        self.visit = self.desk.begin(given["office_number"], given["office_name"], chosen, self.who)
        with contextlib.suppress(Fault):  # the session stands; a draft too many is wiped by hand
            self.desk.journal.drop_drafts(self.desk.journal.new_office, FIELDS)
        self._sit()

    # -- a visit

    def begun(self) -> None:
        """Called when a visit has begun, or goes on here."""

    def _sit(self) -> None:
        """A sitting, until it is left."""
        visit = self.the_visit
        self.talk.say(*odd(visit, self.wording))
        self.notices()
        self.begun()
        if visit.custody.left_behind():
            self.doing(visit.custody.wipe_left_behind)
        while self.visit is not None:
            page = self._end_page if visit.ended else self._card if visit.state == WAITING else self._step
            self.doing(page)

    def leave(self) -> None:
        self._close()

    def go_on_with(self, visit: Visit) -> None:
        """Another sitting, in place of the one that was left."""
        self.visit = visit
        self._sit()

    def _head(self, title: str) -> None:
        session = self.the_visit.session
        self.talk.say("", f"== {session.office_number} {session.office_name}  {title}")

    def _everywhere(self, about: str) -> list[Key]:
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
        return [*keys, *self._everywhere("help.step")]

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
        self.talk.menu([*keys, *self._everywhere("help.card")])

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
        self.talk.menu([*keys, *self._everywhere("help.end")])

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
