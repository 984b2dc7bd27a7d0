"""A secret in line mode: where it is kept, who agreed, typed with the echo off; and the vault's passphrase."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from states.custody import NOT_KEPT, VAULT
from states.fault import Fault
from states.flow.facts import Fact
from tui.content import keeping
from tui.content.keeping import PASSPHRASE, SHOW

if TYPE_CHECKING:
    from states.storage.secrets import Secret
    from tui.line.answers import Answers

T = TypeVar("T")


class Keeping:
    """Asks for secrets. What is kept is never shown here: what a plain line has shown cannot be taken back.

    Args:
        answers: whose visit it is.
    """

    def __init__(self, answers: Answers) -> None:
        self.answers, self.talk, self.visit = answers, answers.talk, answers.visit

    def ask(self, fact: Fact) -> None:
        texts, custody = self.talk.texts, self.visit.custody
        self.talk.say_text("ui.secret.consent")
        keyring, vault = custody.keyring_state(anew=True), custody.vault_state()
        choices = keeping.offered(custody, fact, keyring, vault)
        self.talk.say(*keeping.states(texts, keyring, vault, choices))
        at = self.talk.pick([texts(f"ui.secret.{choice}") for choice in choices])
        choice = choices[at] if at is not None else ""
        if choice == NOT_KEPT:
            self.answers.give(fact, NOT_KEPT)
        elif choice == SHOW:
            self.talk.say_text("ui.line.no_show")
        elif choice == PASSPHRASE:
            self._change()
        elif choice:
            if choice == VAULT and vault != "ok" and not self._open(create=vault == "absent"):
                return
            self._type(fact, choice)

    def _type(self, fact: Fact, place: str) -> None:
        from states.storage.secrets import Secret

        texts = self.talk.texts
        label = texts("ui.secret.agreed", place=self.answers.mode.wording.value(fact.name, place))
        agreed = self.answers.typed(label, self.visit.custody.named(), limit=60)
        if agreed is None:
            self.talk.say_fault(Fault("secret.nobody"))
            return
        typed = keeping.checked(self.talk.ask_hidden(texts("ui.secret.type")))
        self.talk.say(*(texts(f"note.secret.{remark}") for remark in keeping.remarks(typed)))
        self.talk.say_text("ui.secret.storing")
        if not self.answers.refused(self.visit.keep_secret(fact.name, Secret(typed), place, agreed=agreed)):
            self.answers.stored(fact.name)

    # -- the vault

    def _passphrase(self, name: str) -> Secret:
        from states.storage.secrets import Secret

        return Secret(self.talk.ask_hidden(self.talk.texts(f"ui.vault.field.{name}")))

    def _new(self) -> Secret:
        new = self._passphrase("new")
        if new != self._passphrase("again"):
            raise Fault("vault.passphrase_differs")
        return new

    def _open(self, *, create: bool = False) -> bool:
        self.talk.say_text(f"ui.vault.{'create' if create else 'open'}.about")
        try:
            phrase = self._new() if create else self._passphrase("now")
            self.talk.say_text("ui.vault.working")
            self.visit.custody.open_vault(phrase)
        except Fault as fault:
            self.talk.say_fault(fault)
            return False
        return True

    def _change(self) -> None:
        self.talk.say_text("ui.vault.change.about")
        old, new = self._passphrase("now"), self._new()
        self.visit.custody.change_passphrase(old, new)
        self.talk.say_text("ui.vault.changed")

    def with_vault(self, work: Callable[[], T]) -> T:
        """Do something; where it needs the vault and that is locked, after its passphrase."""
        try:
            return work()
        except Fault as fault:
            if fault.code != "vault.locked" or not self._open():
                raise
            return work()
