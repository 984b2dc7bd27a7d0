"""The edition a session follows: what it holds to be so, since when, how firm; another one chosen; one gone into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from textual.binding import Binding

from locales import Texts
from states.fault import Fault
from states.flow import editions
from states.flow.claims import Claim, Firm, HelpDesk
from states.flow.edition import Edition
from states.flow.events import day
from states.flow.upgrade import Change
from states.wording import Wording
from tui.content.odd import past
from tui.screens.ask import AskPage
from tui.screens.page import Reading
from tui.screens.pick import PickPage

Line = str | tuple[str, str]


def held(texts: Texts, edition: Edition) -> str:
    """From when to when it holds, in words."""
    since = texts.full(edition.since)
    if edition.until is None:
        return texts("ui.edition.since", since=since)
    return texts("ui.edition.held", since=since, until=texts.full(edition.until))


def desk_today(texts: Texts, desk: HelpDesk | None, today: date) -> str:
    """The help desk's hours of today, and whether lines are slow; "" where the edition names none."""
    if desk is None:
        return ""
    hours = desk.hours(today)
    said = texts("ui.desk.open", begin=hours[0], end=hours[1]) if hours else texts("ui.desk.closed")
    slow = texts("ui.desk.billing", first=desk.window[0], last=desk.window[1]) if desk.billing(today) else ""
    return f"{texts('ui.desk', phone=desk.phone)} {said} {slow}".strip()


class EditionPage(Reading):
    """What the session's edition says of itself; what is not verified comes first."""

    BINDINGS = [Binding("u", "change")]
    HELP = "help.edition"

    def keys(self) -> list[tuple[str, str]]:
        change = [("u", "key.change_edition")] if self._target() else []
        return [*change, ("Esc/F3/Enter", "key.back"), ("F9/l", "key.language")]

    def head(self) -> tuple[str, str]:
        return self.texts("ui.edition.title"), self.texts(f"edition.{self.visit.edition.name}")

    def lines(self) -> list[Line]:
        edition, texts = self.visit.edition, self.texts
        lines: list[Line] = [""]
        warning = past(texts, edition, self.visit.now)
        lines += [(warning, "bold"), ""] if warning else []
        lines += [texts(f"edition.{edition.name}.about").replace("\n", ""), held(texts, edition)]
        lines += [texts("ui.edition.source", source=edition.source)]
        if edition.price is not None:
            free = edition.price.free_until
            name = "ui.edition.price" if free is None else "ui.edition.free"
            until = texts.full(free) if free else ""
            lines.append(texts(name, yen=f"{edition.price.yen:,}", until=until))
        for deadline in edition.deadlines:
            lines.append(f"{texts(f'paper.date.{deadline.name}')}: {texts.full(deadline.day)}")
        lines += ["", desk_today(texts, edition.help_desk, day(self.visit.now))] if edition.help_desk else []
        lines += ["", (texts("ui.edition.claims"), "bold")]
        return [*lines, *(row for claim in _open_first(edition) for row in self._claim(claim))]

    def _claim(self, claim: Claim) -> Iterator[Line]:
        texts = self.texts
        firm, on = texts(f"firm.{claim.firm}"), texts.full(claim.confirmed)
        yield f"- [{firm}] {texts(f'claim.{claim.name}')}"
        yield f"  {texts('ui.edition.confirmed', day=on, source=claim.source)}"
        if claim.firm is Firm.OPEN:
            yield f"  {texts('ui.edition.look', place=claim.look or texts('ui.address.desk'))}"

    def _target(self) -> str:
        """The later edition that this session may be taken into; "" where there is none, or it has ended."""
        if self.visit.ended or self.visit.read_only is not None:
            return ""
        here = self.visit.edition.name
        return next((name for name in editions.KNOWN if here in editions.find(name).upgrades), "")

    def action_change(self) -> None:
        target = self._target()
        if target:
            found = self.visit.edition_change(target)
            self.app.push_screen(ChangePage(found), self._changed)

    def _changed(self, yes: bool | None) -> None:
        target = self._target()
        if not yes or not target:
            return
        try:
            self.visit.follow_edition(target)
        except Fault as fault:
            self.say_fault(fault)
            return
        app = self.kiosk
        self.dismiss()
        app.call_later(app.show_state)


def _open_first(edition: Edition) -> list[Claim]:
    return sorted(edition.claims, key=lambda claim: claim.firm is not Firm.OPEN)


def change_lines(texts: Texts, found: Change) -> Iterator[Line]:
    """What going into another edition would do, in words; for the screen and for the command line."""
    here, there = Wording(texts, found.source), Wording(texts, found.target)
    yield texts("ui.change.kept", n=len(found.carried.kept))
    parts: tuple[tuple[str, Sequence[str], Callable[[str], str]], ...] = (
        ("must", found.must, there.fact),
        ("may", found.may, there.fact),
        ("aside", found.carried.aside, here.fact),
        ("rests", found.rests, there.fact),
        ("reopened", found.reopened, there.step),
    )
    for part, names, named in parts:
        if names:
            yield ("", "")
            yield (texts(f"ui.change.{part}"), "bold")
            yield "  " + ", ".join(map(named, names))
    yield ("", "")
    yield texts("ui.change.dest", step=there.step(found.dest))


class ChangePage(AskPage):
    """Before a session goes into another edition: what is new, what is set aside; the safe choice is to stay."""

    HELP = "help.edition"

    def __init__(self, found: Change) -> None:
        super().__init__("ui.change.title", tuple, "key.stay", "key.change_edition")
        self.found = found

    def head(self) -> tuple[str, str]:
        old, new = (self.texts(f"edition.{edition.name}") for edition in (self.found.source, self.found.target))
        return self.texts(self.title_text), f"{old} > {new}"

    def content(self) -> list[Line]:
        return list(change_lines(self.texts, self.found))


class EditionsPage(PickPage):
    """Which edition a new session follows; the one in force is marked."""

    TITLE_TEXT = "ui.editions.title"

    def entries(self) -> Sequence[tuple[str, str]]:
        now = self.kiosk.desk.now
        proposed = editions.in_force(day(now))
        found = []
        for name in editions.KNOWN:
            edition = editions.find(name)
            said = f"{self.texts(f'edition.{name}')} {held(self.texts, edition)}"
            if name == proposed:
                said += f" {self.texts('ui.editions.proposed')}"
            more = past(self.texts, edition, now) or self.texts(f"edition.{name}.about").replace("\n", "")
            found.append((name, f"{said}\n{more}"))
        return found
