"""The life of a secret within a session: kept on consent, replaced, wiped. Its place is on record, it never is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.flow.facts import Form
from states.flow.session import Session

if TYPE_CHECKING:
    from states.storage.secrets import Secret, SecretStore, Slot, State

KEYRING, VISIT, NOT_KEPT = "keyring", "visit", "not_kept"


class Custody:
    """Where the secrets of one session are. Every call may block for up to 5 s: call it in a thread.

    Args:
        session: whose record says what is kept where.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._stores: dict[str, SecretStore] = {}

    def keyring_state(self) -> State:
        """How it stands with the OS keyring of this PC."""
        return self._store(KEYRING).state()

    def put(self, fact: str, secret: Secret, place: str) -> None:
        """Store a secret and read it back.

        Raises:
            Fault: `keyring.<state>`.
        """
        self._store(place).put(self._slot(fact), secret)

    def left_behind(self) -> list[tuple[str, str]]:
        """(fact, place) of every secret that no longer stands on record and has not been wiped since.

        Derived from the record, so that a kill between the two is made good at the next start.
        """
        kept: dict[str, str] = {}
        behind: dict[tuple[str, str], None] = {}
        for event in self.session.log:
            body = event.body
            if event.kind == "wiped":
                behind.pop((body["fact"], body["place"]), None)
                continue
            if event.kind != "answered":
                continue
            for fact in (*body.get("withdrawn", ()), *body.get("closed", ())):
                if fact in kept:
                    behind[fact, kept.pop(fact)] = None
            fact = body["fact"]
            known = self.session.edition.facts.get(fact)
            if known is None or known.form is not Form.SECRET:
                continue
            before = kept.pop(fact, None)
            if before is not None and before != body["value"]:
                behind[fact, before] = None
            if body["value"] in (KEYRING, VISIT):
                kept[fact] = body["value"]
                behind.pop((fact, body["value"]), None)  # the slot holds the new one
        return list(behind)

    def kept(self) -> list[tuple[str, str]]:
        """(fact, place) of every secret that is on record as kept."""
        return [
            (name, answer.value)
            for name, answer in self.session.answers.items()
            if self.session.edition.facts[name].form is Form.SECRET and answer.value in (KEYRING, VISIT)
        ]

    def wipe(self, fact: str, place: str) -> None:
        """Remove a secret and read back that it is gone.

        Raises:
            Fault: `keyring.<state>`; then it may still be there.
        """
        self._store(place).wipe(self._slot(fact))

    def _store(self, place: str) -> SecretStore:
        from states.storage.secrets import OsKeyring, ThisVisit

        if place not in self._stores:
            self._stores[place] = OsKeyring() if place == KEYRING else ThisVisit()
        return self._stores[place]

    def _slot(self, fact: str) -> Slot:
        from states.storage.secrets import Slot

        issuing = fact.startswith("issuing_password")
        return Slot(self.session.office_number, "issuing_password" if issuing else "password")
