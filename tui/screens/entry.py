"""Answers that are typed: a text, a user ID, a day, a list of partners, a secret. One page a form."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
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
from states.flow.events import day
from states.flow.facts import Fact, Form
from states.flow.identifiers import judge_partners, judge_user_id, read_day
from tui import words
from tui.content import asking
from tui.screens.new import FormPage
from tui.screens.page import Page
from tui.screens.preview import with_preview
from tui.widgets.choices import Choices
from tui.widgets.fields import Field


def page_for(fact: Fact) -> Page[bool]:
    """The page on which a fact of that form is typed."""
    from tui.screens.secret import SecretPage

    pages: dict[Form, type[Any]] = {
        Form.TEXT: TextPage,
        Form.DATE: DatePage,
        Form.USER_ID: UserIdPage,
        Form.PARTNERS: PartnersPage,
        Form.SECRET: SecretPage,
    }
    page: Page[bool] = pages[fact.form](fact)
    return page


class EntryPage(FormPage):
    """A page that answers one fact."""

    FIELDS = ("entry",)
    HELP = "help.entry"

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self.fact = fact

    def head(self) -> tuple[str, str]:
        return f"{self.wording.step(self.fact.step)}  {self.wording.fact(self.fact.name)}", ""

    def first_value(self, name: str) -> str:
        del name
        return asking.first_typed(self.visit, self.fact) or self.kiosk.desk.site.texts.get(self.fact.name, "")

    def repaint(self) -> None:
        super().repaint()
        self.put("#label_entry", Content(self.wording.fact(self.fact.name)))
        self.put("#more", Content("\n".join(words.wrap(self.hint(), self.columns - 6))))

    def hint(self) -> str:
        return self.wording.hint(self.fact.name)

    def label(self, field: str) -> str:
        del field
        return self.wording.fact(self.fact.name)

    def half_typed(self) -> dict[str, str]:
        return {self.fact.name: self.typed("entry")}

    def give(self, value: str, detail: Any = "", until: date | None = None) -> None:
        """Give the answer, over the preview where it re-opens something; the page closes when it is stored."""

        def record() -> None:
            try:
                reasons = self.visit.answer(self.fact.name, value, detail, until=until)
            except Fault as fault:
                self.say_fault(fault)
                return
            if reasons:
                self.say_reasons(reasons)
                return
            self.settle()
            self.dismiss(True)

        with_preview(self.kiosk, self.fact.name, value, detail, record)


class TextPage(EntryPage):
    """A text: the name of a PC, of a product."""

    def action_decide(self) -> None:
        typed = self.typed("entry").strip()
        if typed:
            self.give("given", typed)
        else:
            self.say_fault(Fault("answer.empty", fact=self.fact.name))


class UserIdPage(EntryPage):
    """The user ID, judged as it is typed; F2 when the office has none."""

    BINDINGS = [Binding("f2", "none")]
    KEYS = (
        ("Enter/F10", "key.decide"),
        ("F2", "key.no_id"),
        ("Esc/F3", "key.back"),
        ("F9", "key.language"),
    )

    def note(self, name: str, value: str) -> list[str]:
        del name
        return asking.user_id_notes(self.visit, self.wording, self.fact, value)

    def action_decide(self) -> None:
        judged = judge_user_id(self.typed("entry"), self.visit.session.office_number)
        if judged.text:
            self.give(judged.value, judged.text)
        else:
            self.say_fault(Fault("answer.empty", fact=self.fact.name))

    def action_none(self) -> None:
        self.give("none")


class DayPage(EntryPage):
    """A day that belongs to a value: until when a certificate is valid, from when the exchange runs."""

    def __init__(self, fact: Fact, value: str) -> None:
        super().__init__(fact)
        self.value = value

    def first_value(self, name: str) -> str:
        typed = super().first_value(name)
        return typed if asking.looks_like_a_day(typed) else ""

    def hint(self) -> str:
        return asking.day_hint(self.texts, self.fact, self.value)

    def note(self, name: str, value: str) -> list[str]:
        del name
        return asking.day_notes(self.visit, self.texts, value)

    def action_decide(self) -> None:
        found = read_day(self.typed("entry"), day(self.visit.now))
        if found is None:
            self.say_fault(Fault("answer.no_day", text=self.typed("entry")[:20]))
        elif found < day(self.visit.now):
            self.say_fault(Fault("answer.past_day", day=found.isoformat()))
        else:
            self.give(self.value, "", found)


class DatePage(DayPage):
    """A day that is the answer itself; any day there is."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact, fact.values[0].name)

    def action_decide(self) -> None:
        found = read_day(self.typed("entry"), day(self.visit.now))
        if found is None:
            self.say_fault(Fault("answer.no_day", text=self.typed("entry")[:20]))
        else:
            self.give(self.value, found.isoformat())


class PartnersPage(EntryPage):
    """The partners on the other side: each with a number or name and what it intends."""

    FIELDS = ("partner",)
    BINDINGS = [Binding("f8,delete", "remove"), Binding("f4,k", "kind"), Binding("f10", "decide", priority=True)]
    KEYS = (
        ("Enter", "key.add_partner"),
        ("1-4", "key.intention"),
        ("F4/k", "key.kind"),
        ("F8", "key.remove"),
        ("F10", "key.decide"),
        ("Esc/F3", "key.back"),
    )

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact)
        self.partners: list[dict[str, str]] = []

    def body(self) -> Iterator[Widget]:
        with Vertical(classes="form"):
            yield Choices(id="partners")
            yield Static("", id="label_partner", markup=False)
            with Horizontal(classes="line"):
                yield Static("> ", classes="label", markup=False)
                yield Field(id="partner", max_length=60)
            yield Static("", id="note_partner", markup=False)
            yield Static("", id="more", markup=False)

    def opened(self) -> None:
        self.partners = asking.first_partners(self.visit, self.fact)
        self.query_one("#partner", Field).value = self.visit.drafts().get(self.fact.name, "")
        self.repaint()
        self.begin_drafts()
        self.query_one("#partner").focus()

    @property
    def _list(self) -> str:
        """The name under which the list is stored while it is being made."""
        return asking.partner_drafts(self.fact)

    def half_typed(self) -> dict[str, str]:
        return {self.fact.name: self.typed("partner"), self._list: json.dumps(self.partners, ensure_ascii=False)}

    def settle(self) -> None:
        super().settle()
        with contextlib.suppress(Fault):  # then it is the list that has just been answered
            self.visit.keep_draft(self._list, "")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which kinds stand on the other side of this office."""
        return asking.partner_kinds(self.visit)

    def repaint(self) -> None:
        Page.repaint(self)
        self.put("#label_partner", Content(self.texts("ui.partner.add")))
        listed = self.query_one("#partners", OptionList)
        at = listed.highlighted
        listed.clear_options()
        listed.add_options([Option(Content(self._line(partner))) for partner in self.partners])
        if self.partners:
            listed.highlighted = min(at if at is not None else 0, len(self.partners) - 1)
        value = judge_partners(self.partners)
        said = self.wording.value(self.fact.name, value) if value else self.texts("ui.partner.none")
        intentions = "  ".join(f"{n} {self.texts('intention.' + i)}" for n, i in enumerate(asking.INTENTIONS, 1))
        lines = words.wrap(f"{said}\n\n{self.texts('ui.partner.how')}\n{intentions}", self.columns - 6)
        self.put("#more", Content("\n".join(lines)))

    def _line(self, partner: dict[str, str]) -> str:
        kind = words.fit(self.texts(f"office_kind.{partner['kind']}"), 18)
        return f"{words.fit(partner['name'], 30)} {kind} {self.texts('intention.' + partner['intention'])}"

    def submitted(self, name: str) -> None:
        name = self.typed("partner").strip()
        if not name:
            self.action_decide()
            return
        self.partners.append({"name": name, "kind": self.kinds[0], "intention": asking.UNDECIDED})
        self.query_one("#partner", Field).value = ""
        self.repaint()
        listed = self.query_one("#partners", OptionList)
        listed.highlighted = len(self.partners) - 1
        listed.focus()  # its intention comes next

    def on_option_list_option_selected(self) -> None:
        self.query_one("#partner").focus()

    def on_key(self, event: events.Key) -> None:
        """On the list, digits say what the marked partner intends."""
        at = self.query_one("#partners", OptionList).highlighted
        digit = event.character or ""
        if self.focused is self.query_one("#partners") and at is not None and digit in ("1", "2", "3", "4"):
            event.stop()
            self.partners[at]["intention"] = asking.INTENTIONS[int(digit) - 1]
            self.repaint()
            self.query_one("#partner").focus()

    def action_kind(self) -> None:
        at = self.query_one("#partners", OptionList).highlighted
        if at is not None and self.partners:
            kinds = self.kinds
            now = self.partners[at]["kind"]
            self.partners[at]["kind"] = kinds[(kinds.index(now) + 1) % len(kinds)] if now in kinds else kinds[0]
            self.repaint()

    def action_remove(self) -> None:
        at = self.query_one("#partners", OptionList).highlighted
        if at is not None and self.partners:
            del self.partners[at]
            self.repaint()

    def action_decide(self) -> None:
        if self.typed("partner").strip():
            self.submitted("partner")
            return
        value = judge_partners(self.partners)
        if value is None:
            self.say_fault(Fault("partners.none"))
        else:
            self.give(value, self.partners)
