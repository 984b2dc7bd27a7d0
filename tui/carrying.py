"""Commands for a session that is carried by hand: `bundle`, `key`, `verify-record`; and the words they share with the
screens. No Textual here.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locales import Texts
from states.fault import Fault
from states.system import here
from tui.terminal import plain

if TYPE_CHECKING:
    from states.carry import Incoming
    from states.desk import Desk
    from states.flow.events import Event
    from states.flow.session import Session
    from states.storage.secrets import Secret
    from states.storage.transcript import Transcript
    from states.wording import Wording

WHOLE, NO, UNSIGNED = 0, 1, 3
Print = Callable[[str], None]


def add_commands(
    command: Callable[..., argparse.ArgumentParser], shared: argparse.ArgumentParser, desk: Callable[[Any], Desk]
) -> None:
    """Put these commands beside the others.

    Args:
        command: makes one, as in `tui.cli`.
        shared: the options that every command has.
        desk: opens the store that the arguments name, or makes it.
    """

    def with_desk(run: Callable[[Any, Texts, Desk], int]) -> Callable[[Any, Texts], int]:
        def opened(given: Any, texts: Texts) -> int:
            found = desk(given)
            try:
                return run(given, texts, found)
            finally:
                found.close()

        return opened

    bundle = command("bundle", lambda *_: 2, "one session in one sealed file: take it along, look into it, bring it in")
    deeds = bundle.add_subparsers(title="what to do", metavar="", required=True)
    export = deeds.add_parser("export", parents=[shared], help="write a session into a new sealed file")
    export.add_argument("session", help="id of a session, the beginning of one, or the office number")
    export.add_argument("--to", type=Path, required=True, metavar="FILE", help="the new file")
    export.add_argument("--recipient", action="append", default=[], metavar="age1…", help="in place of a passphrase")
    export.add_argument("--out", action="store_true", help="check it out: it is shown here as gone until it comes back")
    export.add_argument("--sign", action="store_true", help="with this installation's key, or not at all")
    export.set_defaults(run=with_desk(_export))
    look = deeds.add_parser("look", parents=[shared], help="say what a file would bring, and bring nothing")
    look.set_defaults(run=with_desk(_look))
    bring = deeds.add_parser(
        "import", parents=[shared], help="bring a session in; what is here is continued, never replaced"
    )
    bring.add_argument("--goes-on", choices=("here", "there"), help="where both went on: whose way goes on")
    bring.add_argument("--take-over", action="store_true", help="also when somebody has the session open here")
    bring.set_defaults(run=with_desk(_import))
    for sub in (look, bring):
        sub.add_argument("file", type=Path, metavar="FILE")
    key = command("key", with_desk(_key), "this installation's public keys: to check what it signed, to seal for it")
    key.add_argument("--make", action="store_true", help="make them, where there are none; from then on it signs")
    for sub in (export, look, bring, key):
        sub.add_argument("--passphrase-fd", type=int, metavar="N", help="read the passphrase from there, do not ask")
    verify = command(
        "verify-record",
        _verify,
        "whether a record is whole, and who signed it; needs no store and no network. "
        "Ends with 0: whole and signed; 3: whole, not signed; 1: not so; 2: cannot be read",
    )
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--head", default="", metavar="HEX", help="as printed on a paper: its beginning will do")
    verify.add_argument("--key", default="", metavar="FINGERPRINT", help="of the key that should have signed it")


# -- the commands


def _export(given: Any, texts: Texts, desk: Desk) -> int:
    from states.carry import Seal

    row = desk.find(given.session)
    seal = Seal(recipients=tuple(given.recipient))
    if not given.recipient:
        seal = Seal(_passphrase(given, texts, twice=True))
    if given.sign:
        open_keys(desk, lambda: _passphrase(given, texts, name="ui.vault.passphrase"))
    who = _who(given)
    text = desk.check_out(row.id, given.to, seal, who) if given.out else desk.take_along(row.id, given.to, seal, who)
    print(texts("ui.carry.written", path=given.to, n=len(text.stored)))
    print(signature_line(texts, text))
    return WHOLE


def _look(given: Any, texts: Texts, desk: Desk) -> int:
    print("\n".join(preview_lines(texts, desk.look_into(given.file, _needed(given, texts, desk)))))
    return WHOLE


def _import(given: Any, texts: Texts, desk: Desk) -> int:
    incoming = desk.look_into(given.file, _needed(given, texts, desk))
    print("\n".join(preview_lines(texts, incoming)))
    way = {"here": "tail", "there": "base"}.get(given.goes_on or "")
    row = desk.bring_in(incoming, _who(given), way=way, take_over=given.take_over)  # type: ignore[arg-type]
    if row.version != incoming.row.version or row.head != incoming.row.head:
        print(texts("ui.carry.brought", n=row.version, head=head_of(row.head)))
    return WHOLE


def _key(given: Any, texts: Texts, desk: Desk) -> int:
    from states.storage.transcript import fingerprint

    open_keys(desk, lambda: _passphrase(given, texts, name="ui.vault.passphrase"), make=given.make)
    public = desk.public_keys(make=given.make)
    if public is None:
        print(texts("ui.carry.no_key"))
        return NO
    print(
        f"{texts('ui.carry.fingerprint')}: {fingerprint(public.key)}\n{texts('ui.carry.recipient')}: {public.recipient}"
    )
    return WHOLE


def _verify(given: Any, texts: Texts) -> int:
    from states.fault import in_words
    from states.storage.transcript import LIMIT, fingerprint, is_right, parse

    try:
        with given.file.open("rb") as file:
            raw = file.read(LIMIT + 1)
    except OSError:
        raise Fault("record.unreadable", path=given.file) from None
    try:
        text = parse(raw)
    except Fault as fault:
        if fault.code not in ("record.damaged", "record.chain"):
            raise
        sentence, remedy, code = in_words(texts, fault)
        print(f"{texts('ui.carry.not_whole')} {sentence} ({code})\n{remedy}")
        return NO
    print("\n".join(about_lines(texts, text)))
    wrong = []
    printed = re.sub(r"[^0-9a-f]", "", given.head.lower())
    if given.head and not (len(printed) >= 12 and text.head.hex().startswith(printed)):
        wrong.append("ui.carry.other_head")
    if text.key and not is_right(text):
        wrong.append("ui.carry.wrong_signature")
    if given.key and (not text.key or _digits(given.key) != _digits(fingerprint(text.key))):
        wrong.append("ui.carry.other_key")
    for name in wrong or ["ui.carry.whole"]:
        print(texts(name))
    return NO if wrong else WHOLE if text.key else UNSIGNED


def _digits(shown: str) -> str:
    return re.sub(r"[^0-9a-f]", "", shown.lower())


def _who(given: Any) -> Any:
    from tui.who import user_name, who_sits_here

    return who_sits_here(given.name or user_name())


def _needed(given: Any, texts: Texts, desk: Desk) -> Secret | None:
    """The passphrase of a file that is sealed to one; for one sealed to our key, that key is made ready."""
    from states.storage.bundle import asks_for

    if asks_for(given.file) == "passphrase":
        return _passphrase(given, texts)
    open_keys(desk, lambda: _passphrase(given, texts, name="ui.vault.passphrase"))
    return None


def open_keys(desk: Desk, asked: Callable[[], Secret], *, make: bool = False) -> None:
    """See that this installation's keys can be used: where they are in the vault, after its passphrase.

    Raises:
        Fault: `vault.<state>`, when it cannot be opened; `bundle.passphrase_missing`, when nobody can be asked.
    """
    if desk.keyring_usable() or desk.vault is None:
        return
    state = desk.vault.state()
    if state == "locked":
        desk.vault.open(asked())
    elif state == "absent" and make:
        desk.vault.create(asked())


def _passphrase(given: Any, texts: Texts, *, twice: bool = False, name: str = "ui.carry.passphrase") -> Secret:
    """From the descriptor that was named, else asked on the terminal; never an argument."""
    from states.storage.secrets import Secret

    here.forbid_core_dumps()
    if given.passphrase_fd is not None:
        try:
            with os.fdopen(given.passphrase_fd, encoding="utf-8", closefd=False) as file:
                return Secret(file.readline(4096).rstrip("\r\n"))
        except (OSError, ValueError):
            raise Fault("bundle.passphrase_missing") from None
    if not sys.stdin.isatty():
        raise Fault("bundle.passphrase_missing")
    typed = Secret(getpass.getpass(f"{texts(name)}: "))
    if twice and Secret(getpass.getpass(f"{texts('ui.carry.again')}: ")) != typed:
        raise Fault("bundle.passphrase_differs")
    return typed


# -- what came, in words


def preview_lines(texts: Texts, incoming: Incoming, *, compared: bool = True) -> Iterator[str]:
    """What a file holds, and what it would bring; with `compared`, where both went on, what differs."""
    yield from about_lines(texts, incoming.text)
    yield ""
    relation = "new" if not incoming.row.version else str(incoming.relation)
    if relation == "forked" and incoming.obvious:
        relation = f"forked_{incoming.obvious}"
    yield texts(f"ui.carry.{relation}", n=len(incoming.brings), m=len(incoming.only_here))
    yield from sitting_lines(texts, [one.event for one in incoming.brings])
    if relation.startswith("forked"):
        yield texts("ui.carry.only_here", n=len(incoming.only_here))
        yield from sitting_lines(texts, [one.event for one in incoming.only_here])
    if relation == "forked" and compared:
        yield ""
        for fact, here, there in side_by_side(texts, incoming):
            yield "  ".join((fact, " ".join(here), "|", " ".join(there)))


def about_lines(texts: Texts, text: Transcript) -> Iterator[str]:
    """Whose record, how long, made when and by whom, signed by which key."""
    from states.flow.events import moment

    yield plain(f"{text.office_number} {text.office_name}  {text.id[:8]}")  # a line break would make lines of its own
    when = f"{moment(text.made):%Y-%m-%d %H:%M}"
    made = plain(texts("ui.carry.made", when=when, by=text.by, host=text.host, program=text.program))
    yield f"{made} {texts('ui.carry.is_out')}" if text.out else made
    yield texts("ui.carry.events", n=len(text.stored), head=head_of(text.head), edition=text.edition)
    yield signature_line(texts, text)


def signature_line(texts: Texts, text: Transcript) -> str:
    from states.storage.transcript import fingerprint, is_right

    if not text.key:
        return texts("ui.carry.unsigned")
    return texts("ui.carry.signed" if is_right(text) else "ui.carry.wrong_signature", key=fingerprint(text.key))


def sitting_lines(texts: Texts, events: Iterable[Event]) -> Iterator[str]:
    """Who did how much, and on which day."""
    from states.flow.events import moment

    for (day, actor), of_one in groupby(events, lambda event: (f"{moment(event.at):%m/%d}", event.actor)):
        kinds = [event.kind for event in of_one]
        yield plain(f"  {day} {actor}: {texts('ui.carry.did', n=len(kinds), answers=kinds.count('answered'))}")


def side_by_side(texts: Texts, incoming: Incoming) -> Iterator[tuple[str, tuple[str, str], tuple[str, str]]]:
    """Every fact that the two ways answer differently: its name; the answer here and there, each with when and who."""
    from states.wording import Wording

    here, there = incoming.session("tail"), incoming.session("base")
    wording = Wording(texts, here.edition)
    yield ("", (texts("ui.carry.here"), ""), (texts("ui.carry.there"), ""))
    yield (texts("ui.carry.stands"), (wording.step(here.state), ""), (wording.step(there.state), ""))
    for name in here.edition.facts:
        if _said(here, name) != _said(there, name):
            yield (wording.fact(name), _answer(wording, here, name), _answer(wording, there, name))


def _said(session: Session, name: str) -> tuple[object, ...]:
    answer = session.answers.get(name)
    return (answer.value, str(answer.detail), answer.until) if answer else ()


def _answer(wording: Wording, session: Session, name: str) -> tuple[str, str]:
    from states.flow.events import moment

    answer = session.answers.get(name)
    if answer is None:
        return wording.texts("ui.not_yet"), ""
    return plain(wording.answer(name, answer)), plain(f"{wording.short(moment(answer.at))} {answer.by}")


def head_of(head: bytes) -> str:
    """A head as papers print its beginning."""
    digits = head.hex()
    return f"{digits[:4]} {digits[4:8]} {digits[8:12]}"
