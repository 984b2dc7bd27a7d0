"""One step: where I am, what to do, why not yet. The same page for every step; the edition feeds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from states.fault import Fault
from states.flow.board import Status
from states.flow.edition import CSV_NAMES
from states.flow.facts import Fact, Form
from states.flow.guards import Kind, Reason
from states.wording import Told
from tui import words
from tui.content import asking
from tui.content.asking import Choice
from tui.content.pages import NARROW
from tui.screens.page import Page, text
from tui.widgets.choices import Choices

STEPS, BAR = 27, 2  # cells of the list at the left, and of the line beside it
LABEL = 22  # cells of a question's label
LOW = 16  # rows below which only the title stands over the questions
JUMPS = "abcdfijkosuwyz"  # letters that no action uses


class StepPage(Page[None]):
    """The step the technician stands in."""

    BINDINGS = [
        Binding("f10,right_square_bracket", "move('next')"),
        Binding("f3,left_square_bracket", "move('back')"),
        Binding("f2,g", "steps"),
        Binding("f4,t", "address"),
        Binding("f5,r", "again"),
        Binding("f6,h", "history"),
        Binding("f7,n", "all_reasons"),
        Binding("f8,p", "park"),
        Binding("f12,m", "measures"),
        Binding("v", "files"),
        Binding("e", "edition"),
        Binding("x", "end"),
        Binding("q", "leave_page"),
        Binding("escape", "leave_page"),
    ]
    HELP = "help.step"
    # Here and not in kiosk.tcss: what the home screen does not need is not parsed before the first paint.
    CSS = """
    #middle { height: 1fr; }
    #steps { width: 27; height: 100%; }
    #bar { width: 2; height: 100%; color: ansi_bright_black; }
    #work { width: 1fr; height: 100%; }
    #do { height: auto; }
    #fields { height: auto; max-height: 9; margin-top: 1; }
    #lower { height: 1fr; margin-top: 1; }
    #choices { max-height: 11; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[Fact] = []
        self.told: list[Told] = []
        self.drafts: dict[str, str] = {}
        self.asking: Fact | None = None
        self.choices: list[Choice] = []

    def body(self) -> Iterator[Widget]:
        with Horizontal(id="middle"):
            yield Static("", id="steps", markup=False)
            yield Static("", id="bar", markup=False)
            with Vertical(id="work"):
                yield Static("", id="do", markup=False)
                yield Choices(id="fields")
                yield Static("", id="lower", markup=False)
                yield Choices(id="choices")

    def opened(self) -> None:
        self.query_one("#fields").focus()
        self._to_first_unanswered()

    # -- painting

    @property
    def width(self) -> int:
        return self.columns - (STEPS + BAR if self.wide else 0)

    @property
    def wide(self) -> bool:
        """Whether the list of steps has room beside the work; where it has not, F2 shows it."""
        return self.columns >= NARROW

    def head(self) -> tuple[str, str]:
        visit = self.visit
        nth = sum(event.kind == "visit" for event in visit.session.log)
        saved = self.wording.clock(visit.session.log[-1].at)
        who = f"{visit.session.office_number} {visit.session.office_name}"
        if visit.read_only is not None:
            watching = visit.read_only.code == "lease.watching"
            name = visit.read_only.values["name"]
            return who, self.texts("ui.watching", name=name) if watching else self.texts("ui.read_only")
        return who, f"{self.texts('ui.visit', n=nth)}  {self.texts('ui.saved', time=saved)}"

    def keys(self) -> list[tuple[str, str]]:
        if self.asking is not None:
            return [("1-9/Enter", "key.choose"), ("Esc", "key.not_now"), ("F1/?", "key.help")]
        after = "key.next" if self._next_open() else "key.next_closed"
        keys = [("1-9", "key.fields"), ("a-z", "key.jump"), ("F2/g", "key.steps"), ("F4/t", "key.address")]
        keys += [("F5/r", "key.again"), ("F12/m", "key.measures"), ("e", "key.edition"), ("F6/h", "key.history")]
        keys.append(("F1/?", "key.help"))
        if CSV_NAMES in self.visit.edition.step[self.visit.state].tools:
            keys.append(("v", "key.files"))
        return [*keys, ("F3/[", "key.back"), ("F8/p", "key.park"), ("x", "key.end"), ("F10/]", after)]

    def repaint(self) -> None:
        if self.visit.state not in self.visit.edition.step:
            return  # on the way to another page
        super().repaint()
        self.told = asking.reasons(self.visit, self.wording)
        self.drafts = self.visit.drafts()
        for beside in ("#steps", "#bar"):
            self.query_one(beside).display = self.wide
        self.query_one("#fields").styles.max_height = max(min(self.app.size.height - 9, 9), 2)
        self._paint_steps()
        self._paint_do()
        self._paint_fields()
        self._paint_lower()

    def _paint_steps(self) -> None:
        parts: list[str | tuple[str, str]] = []
        places = self.visit.standings()
        over = sum(place.status in (Status.DONE, Status.SKIPPED) for place in places)
        for place in places:
            here = place.step == self.visit.state
            sign = self.wording.sign("here" if here else place.status)
            item = self.wording.item(place.step)
            title = f"{words.fit(sign, 4)} {words.fit(item, 4)} {self.texts('step.' + place.step)}"
            style = "bold" if here else "dim" if place.status in (Status.SKIPPED, Status.NEEDS) else ""
            parts.append((words.fit((">" if here else " ") + title, STEPS) + "\n", style))
            if here and place.lacking:
                lacks = self.texts("ui.needs", needs=", ".join(map(self._short_need, place.lacking)))
                parts.append((words.fit(f"      {lacks}", STEPS) + "\n", ""))
        parts.append("\n")
        progress = self.texts("ui.progress", done=over, all=len(places))
        parts.append(words.fit(f" {progress}  {self.texts('ui.edition', name=self.visit.edition.name)}", STEPS))
        self.put("#steps", text(*parts))
        self.put("#bar", Content("\n".join(["|"] * max(self.size.height - 5, 1))))

    def _short_need(self, need: str) -> str:
        item = self.wording.item(need) if need in self.visit.edition.step else ""
        return item or self.wording.need(need)

    def _paint_do(self) -> None:
        first, *more = self._do_lines()
        self.put("#do", text((first, "bold"), *(f"\n{line}" for line in more)))

    def _do_lines(self) -> list[str]:
        """The title, and what to do; where there are few rows, the title alone."""
        step = self.visit.state
        title = f"{self.wording.item(step)}  {self.wording.own(f'step.{step}.title')}".strip()
        rows = words.wrap(title, self.width)
        if self.app.size.height < LOW:
            return rows
        return rows + words.wrap(self.wording.own(f"step.{step}.do"), self.width)

    def _paint_fields(self) -> None:
        self.fields = self.visit.questions()
        listed = self.query_one("#fields", OptionList)
        prompts = [Content(self._field_line(at, fact)) for at, fact in enumerate(self.fields, 1)]
        if [option.id for option in listed.options] == [fact.name for fact in self.fields]:
            for fact, prompt in zip(self.fields, prompts, strict=True):
                if listed.get_option(fact.name).prompt != prompt:
                    listed.replace_option_prompt(fact.name, prompt)
            return
        at = listed.highlighted
        listed.clear_options()
        listed.add_options([Option(p, id=f.name) for p, f in zip(prompts, self.fields, strict=True)])
        if self.fields:
            listed.highlighted = min(at or 0, len(self.fields) - 1)

    def _field_line(self, number: int, fact: Fact) -> str:
        answer = self.visit.answer_to(fact.name)
        left = f"{number} {asking.mark(fact, answer, self.told)} {words.fit(self.wording.fact(fact.name), LABEL)} "
        shown = asking.shown(self.visit, self.wording, fact, self.drafts)
        return left + words.fit(shown, self.width - words.cell_len(left) - 1)

    def _next_open(self) -> bool:
        return bool(self.visit.leads_to("next"))

    def _paint_lower(self) -> None:
        choosing = self.asking is not None
        self.query_one("#choices").display = choosing
        low = self.app.size.height < LOW
        self.query_one("#fields").display = not (choosing and low)
        self.query_one("#lower").styles.height = (1 if low else 3) if choosing else "1fr"
        if choosing:
            self._paint_question()
            return
        above = 3 + len(self._key_lines()) + len(self._do_lines()) + len(self.fields) + 2  # rules, margins
        warned = asking.warned(self.visit, self.wording)
        noted = [f"{row}\n" for warning in warned for row in words.wrap(warning, self.width)]
        room = max(self.size.height - above - len(noted) - self.said_rows, 4)
        parts: list[str | tuple[str, str]] = []
        for letter, told in zip(JUMPS, self.told, strict=False):
            sentence = words.wrap(f"{told.sentence} {told.code}", self.width - 3)
            parts += [(f"{letter}  {sentence[0]}\n", ""), *((f"   {row}\n", "") for row in sentence[1:])]
            if told.kind is not Kind.ASK:  # "not answered yet" needs no remedy beside the field it points to
                parts += [(f"   {row}\n", "dim") for row in words.wrap(told.remedy, self.width - 3) if row]
        shown = parts if len(parts) <= room - 2 else parts[: room - 3]
        if len(shown) < len(parts):
            shown = [*shown, (self.texts("ui.more_reasons", n=len(self.told)) + "\n", "")]
        self.put("#lower", text(*self._over_reasons(), *shown, *noted, *self._under_reasons()))

    def make_room(self) -> None:
        self._paint_lower()  # so that no reason is pushed out unsaid

    def _over_reasons(self) -> list[tuple[str, str]]:
        if not self.told:
            return [(self.texts("ui.step_done") + "\n", "bold")]
        return [(self.texts("ui.not_done" if self._next_open() else "ui.closed") + "\n", "bold")]

    def _under_reasons(self) -> list[tuple[str, str]]:
        leads = self.visit.leads_to("next")
        if leads.startswith("go_"):
            return [(self.texts("ui.next_leads", step=self.wording.step(leads.removeprefix("go_"))), "")]
        if leads:
            return [(self.texts(f"ui.next_{leads}"), "")]
        return []

    # -- the question being asked

    def _paint_question(self) -> None:
        assert self.asking is not None
        lines = [self.wording.fact(self.asking.name)]
        hint = self.wording.hint(self.asking.name)
        if hint:
            lines += words.wrap(hint, self.width)[:3]
        self.put("#lower", text((lines[0] + "\n", "bold"), *(f"{line}\n" for line in lines[1:])))
        self.choices = asking.choices(self.visit, self.wording, self.asking, self.told)
        listed = self.query_one("#choices", OptionList)
        at = listed.highlighted if listed.has_focus else None
        listed.clear_options()
        listed.add_options(
            [Option(Content(words.fit(f"{at} {c.label}", self.width - 1))) for at, c in enumerate(self.choices, 1)]
        )
        values = [choice.value for choice in self.choices]
        answer = self.visit.answer_to(self.asking.name)
        first = values.index(answer.value) if answer and answer.value in values else 0
        listed.highlighted = first if at is None else min(at, len(self.choices) - 1)
        listed.focus()

    # -- choosing

    def on_key(self, event: events.Key) -> None:
        key = event.character or ""
        if key.isdigit() and key != "0":
            event.stop()
            at = int(key) - 1
            if self.asking is not None:
                if at < len(self.choices):
                    self._choose(self.choices[at])
            elif at < len(self.fields):
                self.query_one("#fields", OptionList).highlighted = at
                self.ask(self.fields[at])
        elif self.asking is None and key and key in JUMPS:
            at = JUMPS.index(key)
            if at < len(self.told):
                event.stop()
                self.jump(self.told[at].fact)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "choices":
            self._choose(self.choices[event.option_index])
        else:
            self.ask(self.fields[event.option_index])

    def ask(self, fact: Fact) -> None:
        """Ask one question: its values here, anything that is typed on a page of its own."""
        self.say()
        reasons = self.visit.closed_to(fact.name)
        if reasons:
            self.say_reasons(reasons)
            return
        if fact.form is Form.CHOICE:
            self.asking = fact
            self._repaint_keys()
            return
        from tui.screens.entry import page_for

        self.app.push_screen(page_for(fact), lambda _: self._answered(fact.name))

    def jump(self, about: str) -> None:
        """Go to what mends a reason: a field here, or the step (or condition) that lacks something."""
        names = [fact.name for fact in self.fields]
        if about in names:  # a step may have the name of one of its questions
            self.query_one("#fields", OptionList).highlighted = names.index(about)
            self.ask(self.fields[names.index(about)])
            return
        step = asking.mended_in(self.visit, about)
        if step in self.visit.edition.step:
            self.go(step)

    def _choose(self, choice: Choice) -> None:
        assert self.asking is not None
        fact = self.asking
        self._stop_asking()
        if choice.kind == "check":
            self.check(fact)
        elif choice.kind == "probe":
            from tui.screens.probe import ProbePage

            self.app.push_screen(ProbePage(), lambda _: self._answered(fact.name))
        elif choice.kind == "arrived":
            self.jump(choice.value)
        elif choice.kind == "chase":
            if self.doing(lambda: self.visit.chase(fact.name)):
                self._answered(fact.name)
        elif choice.kind == "clear":
            self.give(fact.name, None)
        elif fact.value(choice.value).dated:
            from tui.screens.entry import DayPage

            self.app.push_screen(DayPage(fact, choice.value), lambda _: self._answered(fact.name))
        else:
            self.give(fact.name, choice.value)

    def _stop_asking(self) -> None:
        self.asking = None
        self.query_one("#choices", OptionList).clear_options()  # else the next question shows them for a moment
        fields = self.query_one("#fields")
        fields.display = True
        fields.focus()
        self._repaint_keys()

    def _repaint_keys(self) -> None:
        self.repaint()

    # -- giving an answer

    def give(self, fact: str, value: str | None, detail: Any = "", until: date | None = None) -> None:
        """Give an answer; what it would re-open is shown first."""
        from tui.screens.preview import with_preview

        def record() -> None:
            self.doing(lambda: self.visit.answer(fact, value, detail, until=until))
            self._answered(fact)

        if self.visit.custody.to_wipe(fact, value):
            from tui.screens.vault import with_vault

            self.say_text("ui.secret.wiping")
            with_vault(self.kiosk, self.visit.custody.wipe_all, lambda _: self._wiped(record), self.say_fault)
            return
        with_preview(self.kiosk, fact, value, detail, record)

    def _wiped(self, record: Callable[[], None]) -> None:
        self.say()
        record()

    def doing(self, act: Any) -> bool:
        """Do something that stores; a refusal or a fault is said in words. True when it was done."""
        try:
            reasons: tuple[Reason, ...] = act()
        except Fault as fault:
            self.say_fault(fault)
            self.repaint()
            return False
        if reasons:
            self.say_reasons(reasons)
        return not reasons

    def _answered(self, fact: str) -> None:
        if self.kiosk.visit is None:
            return
        if self.visit.custody.left_behind():
            self.kiosk.aside(self.visit.custody.wipe_left_behind, lambda _: self.repaint())
        self.repaint()
        names = [field.name for field in self.fields]
        at = names.index(fact) if fact in names else 0
        later = [i for i, f in enumerate(self.fields) if i > at and asking.is_open(self.visit, f)]
        self.query_one("#fields", OptionList).highlighted = later[0] if later else at if names else None

    def _to_first_unanswered(self) -> None:
        open_ones = [at for at, fact in enumerate(self.fields) if asking.is_open(self.visit, fact)]
        if open_ones:
            self.query_one("#fields", OptionList).highlighted = open_ones[0]

    # -- what one can do

    def action_move(self, trigger: str) -> None:
        if self.asking is not None:
            self._stop_asking()
            return
        if trigger == "next" and not self.visit.leads_to("next"):
            self.say_text("ui.closed_because")
            return
        self.say()
        if self.doing(lambda: self.visit.move(trigger)):
            self._moved()

    def go(self, step: str) -> None:
        self.say()
        if step == self.visit.state or self.doing(lambda: self.visit.move(f"go_{step}")):
            self._moved()

    def _moved(self) -> None:
        self.kiosk.show_state()
        if self.visit.state in self.visit.edition.step:
            self._to_first_unanswered()

    def action_steps(self) -> None:
        from tui.screens.pick import StepsPage

        self.app.push_screen(StepsPage(), lambda step: self.go(step) if step else None)

    def action_address(self) -> None:
        from tui.screens.address import AddressPage

        self.app.push_screen(AddressPage(self.visit.edition.step[self.visit.state].sites))

    def action_again(self) -> None:
        """Measure again: the highlighted field if it can be measured, else the first that is stale or missing."""
        at = self.query_one("#fields", OptionList).highlighted
        facts = [self.fields[at]] if at is not None and self.fields[at].check else []
        facts += [fact for fact in self.fields if fact.check]
        if facts:
            self.check(facts[0])
        else:
            self.say_text("ui.nothing_to_measure")

    def check(self, fact: Fact) -> None:
        reasons = self.visit.closed_to(fact.name)
        if reasons:
            self.say_reasons(reasons)
            return
        from tui.screens.check import page_for_check

        self.app.push_screen(page_for_check(fact), lambda _: self._answered(fact.name))

    def action_measures(self) -> None:
        from tui.screens.measures import MeasuresPage

        self.app.push_screen(MeasuresPage(), lambda _: self._measured())

    def _measured(self) -> None:
        self.repaint()
        self._to_first_unanswered()

    def action_edition(self) -> None:
        from tui.screens.edition import EditionPage

        self.app.push_screen(EditionPage())

    def action_files(self) -> None:
        if CSV_NAMES in self.visit.edition.step[self.visit.state].tools:
            from tui.screens.files import FilesPage

            self.app.push_screen(FilesPage())

    def action_history(self) -> None:
        from tui.screens.history import HistoryPage

        self.app.push_screen(HistoryPage())

    def action_all_reasons(self) -> None:
        from tui.screens.pick import ReasonsPage

        self.app.push_screen(ReasonsPage(), lambda about: self.jump(about) if about else None)

    def action_park(self) -> None:
        """That is all for today: the lobby when only waiting is left, else the card over what is still open."""
        from tui.screens.card import CardPage

        if self.doing_quietly_park():
            self.kiosk.show_state()
        else:
            self.app.push_screen(CardPage())

    def doing_quietly_park(self) -> bool:
        return not self.visit.explain("park") and self.doing(lambda: self.visit.move("park"))

    def action_end(self) -> None:
        from tui.screens.end import end_by_choice

        end_by_choice(self.kiosk)

    def action_leave_page(self) -> None:
        if self.asking is not None:
            self._stop_asking()
        else:
            self.action_park()
