"""A secret: where the office wants it kept, who agreed, and the field in which the office's person types it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from states.custody import NOT_KEPT, VAULT
from states.fault import Fault
from states.flow.facts import Fact
from states.flow.guards import Reason
from tui import words
from tui.content import keeping
from tui.content.keeping import PASSPHRASE, SHOW
from tui.screens.page import Page
from tui.screens.vault import PassphrasePage
from tui.widgets.choices import Choices
from tui.widgets.fields import Field, SecretField


class SecretPage(Page[bool]):
    """Places first, the best first; then a name and a hidden field.

    Args:
        fact: the one that says where the secret is kept.
    """

    BINDINGS = [Binding("f10", "decide", priority=True), Binding("f5", "look"), Binding("f4", "glimpse")]
    HELP = "help.secret"

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self.fact = fact
        self.place = ""  # chosen; empty while there is a choice
        self.keyring = self.vault = ""  # their states; empty while they are looked at
        self._storing = False

    def body(self) -> Iterator[Widget]:
        with Vertical(classes="form"):
            yield Static("", id="told", markup=False)
            yield Choices(id="places")
            with Vertical(id="typing"):
                yield Static("", id="label_agreed", classes="line", markup=False)
                with Horizontal(classes="line"):
                    yield Static("> ", classes="label", markup=False)
                    yield Field(self.visit.custody.named(), id="agreed", max_length=60)
                yield Static("", id="label_secret", classes="line", markup=False)
                with Horizontal(classes="line"):
                    yield Static("> ", classes="label", markup=False)
                    yield SecretField(id="secret", max_length=1024)
                yield Static("", id="notes", markup=False)

    def opened(self) -> None:
        self.query_one("#places").focus()
        self._look(anew=False)

    def head(self) -> tuple[str, str]:
        return f"{self.wording.step(self.fact.step)}  {self.wording.fact(self.fact.name)}", ""

    def keys(self) -> list[tuple[str, str]]:
        own = [("F4", "key.glimpse")] if self.place else [("F5", "key.look_again")]
        return [("Enter", "key.decide"), *own, ("Esc/F3", "key.back"), ("F9", "key.language")]

    # -- the places

    def _look(self, *, anew: bool) -> None:
        custody = self.visit.custody
        self.keyring = self.vault = ""

        def known(found: tuple[str, str]) -> None:
            self.keyring, self.vault = found
            self.repaint()

        self.kiosk.aside(lambda: (custody.keyring_state(anew=anew), custody.vault_state()), known)

    def action_look(self) -> None:
        """A keyring that was locked, or whose prompt stood on the PC's own screen, may be open by now."""
        if not self.place:
            self._look(anew=True)
            self.repaint()

    @property
    def choices(self) -> list[str]:
        """What is offered now, the best first; nothing takes the place of another by itself."""
        return keeping.offered(self.visit.custody, self.fact, self.keyring, self.vault)

    def _states(self) -> Iterator[str]:
        return keeping.states(self.texts, self.keyring, self.vault, self.choices)

    def repaint(self) -> None:
        super().repaint()
        told = [self.texts("ui.secret.consent"), "", *self._states(), ""]
        self.put("#told", Content("\n".join(row for line in told for row in words.wrap(line, self.columns - 6))))
        listed = self.query_one("#places", OptionList)
        listed.display = not self.place
        names = [Content(f"{at} {self.texts('ui.secret.' + choice)}") for at, choice in enumerate(self.choices, 1)]
        if [option.prompt for option in listed.options] != names:
            listed.clear_options()
            listed.add_options([Option(name) for name in names])
            listed.highlighted = 0
        self.query_one("#typing").display = bool(self.place)
        if self.place:
            self.put("#label_agreed", Content(self.texts("ui.secret.agreed", place=self._named(self.place))))
            self.put("#label_secret", Content(self.texts("ui.secret.type")))
            self._paint_notes()

    def _named(self, place: str) -> str:
        return self.wording.value(self.fact.name, place)

    def _paint_notes(self) -> None:
        notes = [self.texts(f"note.secret.{remark}") for remark in self._field.remarks()]
        self.put("#notes", Content("\n".join(row for note in notes for row in words.wrap(note, self.columns - 6))))

    @property
    def _field(self) -> SecretField:
        return self.query_one("#secret", SecretField)

    # -- choosing

    def on_key(self, event: events.Key) -> None:
        if not self.place and event.character and event.character.isdigit():
            at = int(event.character) - 1
            if 0 <= at < len(self.choices):
                event.stop()
                self._chosen(self.choices[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._chosen(self.choices[event.option_index])

    def _chosen(self, choice: str) -> None:
        self.say()
        if choice == NOT_KEPT:
            self._finish(lambda: self.visit.answer(self.fact.name, NOT_KEPT))
        elif choice == SHOW:
            from tui.screens.show import ShowPage

            self.app.push_screen(ShowPage(self.fact))
        elif choice == PASSPHRASE:
            self.app.push_screen(PassphrasePage("change"), self._passphrase_changed)
        elif choice == VAULT and self.vault != "ok":
            deed = "create" if self.vault == "absent" else "open"
            self.app.push_screen(PassphrasePage(deed), self._vault_opened)  # type: ignore[arg-type]
        else:
            self._type_for(choice)

    def _passphrase_changed(self, changed: bool | None) -> None:
        if changed:
            self.vault = "ok"
            self.say_text("ui.vault.changed")
            self.repaint()

    def _vault_opened(self, opened: bool | None) -> None:
        if opened:
            self.vault = "ok"
            self._type_for(VAULT)
        else:
            self._look(anew=False)

    def _type_for(self, place: str) -> None:
        self.place = place
        self.repaint()
        named = self.query_one("#agreed", Field)
        (self._field if named.value else named).focus()

    # -- typing

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input is self._field and self.place:
            self._paint_notes()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self._field:
            self.action_decide()
        else:
            self._field.focus()

    def action_glimpse(self) -> None:
        if self.focused is self._field:
            self._field.glimpse()

    def action_decide(self) -> None:
        if not self.place or self._storing:
            return
        from states.storage.secrets import Secret

        agreed = self.query_one("#agreed", Field).value.strip()
        if not agreed:
            self.say_fault(Fault("secret.nobody"))
            return
        try:
            secret, place = Secret(keeping.checked(self._field.take())), self.place
        except Fault as fault:
            self.say_fault(fault)
            return
        self.say_text("ui.secret.storing")
        self._finish(lambda: self.visit.keep_secret(self.fact.name, secret, place, agreed=agreed))

    def _finish(self, act: Callable[[], tuple[Reason, ...]]) -> None:
        def done(reasons: tuple[Reason, ...]) -> None:
            self._storing = False
            if reasons:
                self.say_reasons(reasons)
            else:
                self.dismiss(True)

        def failed(fault: Fault) -> None:
            self._storing = False
            self.place = ""  # the place may be another one now
            self.say_fault(fault)
            self.repaint()
            self.query_one("#places").focus()
            self._look(anew=False)

        self._storing = True
        self.kiosk.aside(act, done, failed)

    def action_leave_page(self) -> None:
        self._field.take()
        self.dismiss(False)
