"""The life of a secret within a session: kept on consent, shown, replaced, wiped. Its place is on record, it never is.

What is kept where is derived from the events, so that a kill between two of them is made good at the next start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from states.fault import Fault
from states.flow.facts import Form
from states.flow.session import Session

if TYPE_CHECKING:
    from states.storage.secrets import Secret, SecretStore, Slot
    from states.storage.vault import Vault

KEYRING, VAULT, VISIT, NOT_KEPT = "keyring", "vault", "visit", "not_kept"
PLACES = (KEYRING, VAULT, VISIT)  # where one may be, the best first
WIPED, NONE = ("secrets", "wiped"), ("secrets", "none")  # what the hand-over may only say when nothing is kept


class Custody:
    """Where the secrets of one session are. Every call that speaks to a place may block for 5 s: call it in a thread.

    Args:
        session: whose record says what is kept where.
        vault: the one of this PC; None where there can be none.
        note: records an event of that kind, with these values, durably; None for one that only looks.
    """

    def __init__(self, session: Session, vault: Vault | None = None, note: Callable[..., None] | None = None) -> None:
        self.session, self.vault = session, vault
        self.turn = threading.RLock()
        """Held from the first look at the record to the last entry: one such call ends before the next begins."""
        self._noted_by = note
        self._stores: dict[str, SecretStore] = {VAULT: vault} if vault else {}
        self._keyring = ""
        if vault:
            vault.expect(self._generations())

    # -- the places

    def keyring_state(self, *, anew: bool = False) -> str:
        """How it stands with the OS keyring of this PC: its self-test, made once and again while it is not ok."""
        from states.storage.secrets import OsKeyring

        if anew or self._keyring != "ok":
            store = self._store(KEYRING)
            self._keyring = store.test() if isinstance(store, OsKeyring) else store.state()
        return self._keyring

    def vault_state(self) -> str:
        """How it stands with the vault: ok, locked, absent, or what is wrong with it; "" where there can be none."""
        return self._store(VAULT).state() if self.vault else ""

    # -- the secrets

    def put(self, fact: str, secret: Secret, place: str, *, agreed: str) -> None:
        """Record the consent, store the secret, read it back. That the fact is answered is the caller's to see to.

        The consent is on record first: what a kill leaves in the place is then found and wiped.

        Args:
            agreed: who of the office agreed.

        Raises:
            Fault: `keyring.<state>`, `vault.<state>`; it may be there or not, and counts as left behind.
        """
        with self.turn:
            self._note("consented", fact=fact, place=place, by=agreed)
            self._store(place).put(self._slot(fact), secret)
            self._note_vault()

    def show(self, fact: str, *, witness: str) -> Secret:
        """Hand a kept secret out to be looked at; on record before it is.

        Args:
            witness: who of the office looks on.

        Raises:
            Fault: `secret.gone`, when it is not there; `keyring.<state>`, `vault.<state>`.
        """
        with self.turn:
            place = dict(self.kept()).get(fact)
            secret = self._store(place).get(self._slot(fact)) if place else None
            if secret is None:
                raise Fault("secret.gone")
            self._note("shown", fact=fact, place=place, by=witness)
            return secret

    def holds(self, fact: str, place: str) -> bool:
        """Whether something is really there; asked by whoever doubts the record.

        Raises:
            Fault: `keyring.<state>`, `vault.<state>`.
        """
        return self._store(place).get(self._slot(fact)) is not None

    def wipe_left_behind(self) -> None:
        """Wipe what a changed answer or a kill has left somewhere; a second call finds nothing to do.

        A vault that is locked is left for later: it would need its passphrase.

        Raises:
            Fault: as `wipe_all`.
        """
        with self.turn:
            found = self.left_behind()
            if any(place == VAULT for _, place in found) and self.vault_state() not in ("ok", "absent"):
                found = [(fact, place) for fact, place in found if place != VAULT]
            self._wipe(found)

    def wipe_all(self) -> None:
        """Wipe every secret of this session and read back that it is gone: for a hand-over that leaves none.

        What is on record as kept on another machine is looked for here as well: this one may have got another name.

        Raises:
            Fault: `vault.locked`, when it has to be opened first, `keyring.<state>`, `vault.<state>`; what has been
                wiped until then is on record.
        """
        with self.turn:
            self._wipe(self.anywhere())
            for fact, place, host in self.elsewhere():
                if place == VISIT or self._is_here(fact, place):
                    self._wipe([(fact, place)], host=host)

    def _is_here(self, fact: str, place: str) -> bool:
        try:
            return self.holds(fact, place)
        except Fault as fault:
            if fault.code == "vault.locked":
                raise
            return False  # what cannot keep anything here keeps nothing

    # -- the vault

    def open_vault(self, passphrase: Secret) -> None:
        """Open the vault of this PC, or make it where there is none.

        Raises:
            Fault: `vault.<state>`, `vault.passphrase_short`.
        """
        vault = self._the_vault()
        with self.turn:
            if vault.state() == "absent":
                vault.create(passphrase)
            else:
                vault.open(passphrase)
            self._note_vault()

    def change_passphrase(self, old: Secret, new: Secret) -> None:
        """Give the vault another passphrase.

        Raises:
            Fault: `vault.<state>`, `vault.passphrase_short`.
        """
        vault = self._the_vault()
        with self.turn:
            vault.change(old, new)
            self._note_vault()

    # -- what the record says of them

    def kept(self) -> list[tuple[str, str]]:
        """(fact, place) of every secret that is on record as kept and has not been wiped since."""
        return list(self._ledger()[0].items())

    def left_behind(self) -> list[tuple[str, str]]:
        """(fact, place) of every secret that may be somewhere without standing on record, and is to be wiped."""
        return self._ledger()[1]

    def elsewhere(self) -> list[tuple[str, str, str]]:
        """(fact, place, machine) of every secret on record as kept on another machine: only there is it wiped."""
        hosts = {str(e.body.get("host", "")) for e in self.session.everything() if e.kind == "visit"}
        return [
            (fact, place, host)
            for host in sorted(hosts - {self.session.host})
            for fact, place in (*self._ledger(host)[0].items(), *self._ledger(host)[1])
        ]

    def anywhere(self) -> list[tuple[str, str]]:
        """Both: every place of this machine that may hold a secret of this session."""
        return list(dict.fromkeys([*self.left_behind(), *self.kept()]))

    def named(self) -> str:
        """Who of the office was last named, for agreeing or for looking on; "" where nobody was."""
        return next((str(e.body["by"]) for e in reversed(self.session.log) if e.kind in ("consented", "shown")), "")

    def to_wipe(self, fact: str, value: str | None) -> bool:
        """Whether that answer says that all is wiped, and there is something to wipe first."""
        return (fact, value) == WIPED and bool(self.anywhere() or self.elsewhere())

    def closed_to(self, fact: str, value: str | None) -> bool:
        """Whether that answer would be untrue, for something is kept that it says is not."""
        return (fact, value) in (WIPED, NONE) and bool(self.anywhere() or self.elsewhere())

    def _ledger(self, host: str | None = None) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """What is kept and what is left behind on a machine; a sitting says on which machine it was."""
        kept: dict[str, str] = {}
        behind: dict[tuple[str, str], None] = {}
        wanted, at = self.session.host if host is None else host, ""
        for event in self.session.everything():
            body = event.body
            if event.kind == "visit":
                at = str(body.get("host", ""))
            elif (body.get("host", at) if event.kind == "wiped" else at) != wanted:
                continue
            elif event.kind == "consented":  # a kill before the answer leaves behind what was perhaps put there
                behind[body["fact"], body["place"]] = None
            elif event.kind == "wiped":
                behind.pop((body["fact"], body["place"]), None)
                if kept.get(body["fact"]) == body["place"]:
                    del kept[body["fact"]]
            elif event.kind == "answered":
                for fact in (*body.get("withdrawn", ()), *body.get("closed", ())):
                    if fact in kept:
                        behind[fact, kept.pop(fact)] = None
                fact, value = body["fact"], body["value"]
                known = self.session.edition.facts.get(fact)
                if known is None or known.form is not Form.SECRET:
                    continue
                before = kept.pop(fact, None)
                if before is not None and before != value:
                    behind[fact, before] = None
                if value in PLACES:
                    kept[fact] = value
                    behind.pop((fact, value), None)  # the slot holds the new one
        return kept, list(behind)

    def _wipe(self, found: list[tuple[str, str]], **where: str) -> None:
        for fact, place in found:
            self._store(place).wipe(self._slot(fact))
            self._note_vault()
            self._note("wiped", fact=fact, place=place, **where)

    def _note(self, kind: str, **body: Any) -> None:
        assert self._noted_by is not None, "whoever only looks changes nothing"
        self._noted_by(kind, **body)

    def _generations(self) -> dict[str, int]:
        """The last generation of each vault that is on record, by the vault's id."""
        return {e.body["id"]: e.body["generation"] for e in self.session.log if e.kind == "vault"}

    def _note_vault(self) -> None:
        mark = self.vault.mark if self.vault else None
        if mark is not None and self._generations().get(mark.id) != mark.generation:
            self._note("vault", id=mark.id, generation=mark.generation)

    def _the_vault(self) -> Vault:
        assert self.vault is not None, "there can be no vault here"
        return self.vault

    def _store(self, place: str) -> SecretStore:
        from states.storage.secrets import OsKeyring, ThisVisit

        if place == VAULT:
            self._the_vault()
        if place not in self._stores:
            self._stores[place] = OsKeyring() if place == KEYRING else ThisVisit()
        return self._stores[place]

    def _slot(self, fact: str) -> Slot:
        from states.storage.secrets import Slot

        issuing = fact.startswith("issuing_password")
        return Slot(self.session.office_number, "issuing_password" if issuing else "password")
