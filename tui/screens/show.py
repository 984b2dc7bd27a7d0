"""A kept secret, shown for ten seconds while somebody of the office looks on; that it was shown is on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from states.fault import Fault
from states.flow.facts import Fact
from tui import words
from tui.screens.page import Page
from tui.screens.vault import with_vault
from tui.widgets.fields import Field
from tui.widgets.shown import ShownSecret

if TYPE_CHECKING:
    from states.storage.secrets import Secret

SECONDS = 10.0


class ShowPage(Page[bool]):
    """Asks who looks on; then shows.

    Args:
        fact: where the secret is kept, as the record has it.
    """

    BINDINGS = [Binding("f10", "decide")]
    HELP = "help.show"

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self.fact = fact
        self.state = "asking"  # asking, fetching, shown, hidden

    def body(self) -> Iterator[Widget]:
        with Vertical(classes="form"):
            yield Static("", id="told", markup=False)
            yield Static("", id="label_witness", classes="line", markup=False)
            with Horizontal(classes="line"):
                yield Static("> ", classes="label", markup=False)
                yield Field(self.visit.custody.named(), id="witness", max_length=60)
            yield Static("", classes="line", markup=False)
            yield ShownSecret(SECONDS, self._hidden, id="shown")

    def opened(self) -> None:
        self.query_one("#witness").focus()

    def head(self) -> tuple[str, str]:
        return self.texts("ui.show.title"), self.wording.fact(self.fact.name)

    def keys(self) -> list[tuple[str, str]]:
        if self.state in ("shown", "hidden"):
            return [("Esc/F3/Enter", "key.hide" if self.state == "shown" else "key.back"), ("F9", "key.language")]
        return [("Enter/F10", "key.show"), ("Esc/F3", "key.back"), ("F9", "key.language")]

    def repaint(self) -> None:
        super().repaint()
        about = "ui.show.now" if self.state == "shown" else "ui.show.about"
        self.put("#told", Content("\n".join([*words.wrap(self.texts(about, n=int(SECONDS)), self.columns - 6), ""])))
        self.put("#label_witness", Content(self.texts("ui.show.witness")))

    def on_input_submitted(self) -> None:
        self.action_decide()

    def action_decide(self) -> None:
        if self.state in ("shown", "hidden"):
            self.action_leave_page()
            return
        witness = self.query_one("#witness", Field).value.strip()
        if not witness:
            self.say_fault(Fault("secret.nobody"))
        elif self.state == "asking":
            self.state = "fetching"
            self.say()
            custody, name = self.visit.custody, self.fact.name
            with_vault(self.kiosk, lambda: custody.show(name, witness=witness), self._show, self._refused)

    def _refused(self, fault: Fault) -> None:
        self.state = "asking"
        self.say_fault(fault)

    def _show(self, secret: Secret) -> None:
        self.state = "shown"
        self.query_one("#shown", ShownSecret).show(secret)
        self.repaint()

    def _hidden(self) -> None:
        if self.painted and self.state == "shown":
            self.state = "hidden"
            self.say_text("ui.show.hidden")
            self.repaint()

    def action_leave_page(self) -> None:
        self.query_one("#shown", ShownSecret).hide()
        self.dismiss(False)
