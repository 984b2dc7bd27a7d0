"""Before an answer is changed: what is to be done again, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from states.flow.session import Answer, Consequences
from tui.screens.ask import AskPage

if TYPE_CHECKING:
    from tui.app import SetupApp


def with_preview(app: SetupApp, fact: str, value: str | None, detail: Any, record: Callable[[], None]) -> None:
    """Call `record` at once where nothing is re-opened, else only after the preview has been agreed to."""
    assert app.visit is not None
    consequences = app.visit.consequences(fact, value, detail)
    if consequences.worth_asking:
        app.push_screen(PreviewPage(fact, value, detail, consequences), lambda yes: record() if yes else None)
    else:
        record()


class PreviewPage(AskPage):
    """What a changed answer re-opens; the safe choice is to leave it."""

    HELP = "help.preview"

    def __init__(self, fact: str, value: str | None, detail: Any, consequences: Consequences) -> None:
        super().__init__("ui.preview.title", tuple, "key.keep", "key.change")
        self.fact, self.value, self.detail, self.consequences = fact, value, detail, consequences

    def head(self) -> tuple[str, str]:
        session = self.visit.session
        return f"{session.office_number} {session.office_name}", self.texts(self.title_text)

    def content(self) -> list[str | tuple[str, str]]:
        wording, now = self.wording, self.visit.answer_to(self.fact)
        new = wording.answer(self.fact, Answer(self.value or "", self.detail))
        change = self.texts(
            "ui.preview.change",
            step=wording.step(self.visit.edition.facts[self.fact].step),
            fact=wording.fact(self.fact),
            old=wording.answer(self.fact, now) if now else self.texts("ui.not_yet"),
            new=new,
        )
        lines: list[str | tuple[str, str]] = [change, ""]
        parts = ((self.consequences.withdrawn, "again"), (self.consequences.dormant, "rests"))
        for names, heading in parts:
            if names:
                lines += [(self.texts(f"ui.preview.{heading}"), "bold"), *self._by_step(names)]
        gone = {self.visit.edition.facts[name].step for names, _ in parts for name in names}
        others = [step for step in self.consequences.reopened if step not in gone]
        if others:
            lines += [(self.texts("ui.preview.open"), "bold"), "  " + ", ".join(map(wording.step, others))]
        if self.consequences.stays:
            lines += ["", (self.texts("ui.preview.stays"), "bold")]
            lines.append("  " + ", ".join(map(wording.step, self.consequences.stays)))
        return lines

    def _by_step(self, names: tuple[str, ...]) -> list[str]:
        """One line a step: the answers that go, each with the day it was given."""
        by_step: dict[str, list[str]] = {}
        for name in names:
            answer = self.visit.session.answers[name]
            said = f"{self.wording.fact(name)} {self.wording.evidence(answer).split(' ')[0]}"
            by_step.setdefault(self.visit.edition.facts[name].step, []).append(said)
        return [f"  {self.wording.step(step)}: {', '.join(said)}" for step, said in by_step.items()]
