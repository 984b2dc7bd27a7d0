"""The commands: what a script or a colleague asks for without the app. Made and imported only when one is named."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from locales import Texts
from states.fault import Fault
from states.system import here
from tui.cli import DONE, NO, address_for, clock_for, desk_of, folder_for, options, parser, put


def add(parser: argparse.ArgumentParser) -> None:
    """Have the parser know every command; each sets `run`."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options(shared)
    commands = parser.add_subparsers(title="commands", metavar="")

    def command(name: str, run: Callable[[Any, Texts], int], help: str, **more: bool) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[shared], help=help, description=help)
        sub.set_defaults(run=run)
        if more.get("session"):
            sub.add_argument("session", help="id of a session, the beginning of one, or the office number")
        if more.get("json"):
            sub.add_argument("--json", action="store_true", help="for a program to read")
        return sub

    listed = command("sessions", _sessions, "list the sessions, the most urgent first", json=True)
    listed.add_argument("--search", default="", metavar="TEXT", help="only offices whose number or name holds TEXT")
    command("show", _show, "show one session: its steps, its facts, what is awaited", session=True, json=True)
    report = command("report", _report, "the hand-over report of one session", session=True)
    report.add_argument("--format", choices=("md", "html"), default="md", help="Markdown, or one HTML file (md)")
    report.add_argument("--output", type=Path, metavar="FOLDER", help="write both forms there instead of printing one")
    papers = command(
        "papers", _papers, "every paper of one session: sheet, card, report, request, calendar", session=True
    )
    papers.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="where they are written")
    doctor = command("doctor", _doctor, "look at the store and at what keeps passwords, and say what to do", json=True)
    doctor.add_argument("--rebuild", action="store_true", help="first make the list from the events again")
    secrets = command("secrets", _secrets, "what is kept of passwords, never the passwords: list it, or wipe it")
    secrets.add_argument("deed", choices=("list", "wipe"), help="wipe reads back that they are gone, and records it")
    secrets.add_argument("session", nargs="?", help="id of a session, the beginning of one, or the office number")
    secrets.add_argument("--vault", action="store_true", help="with wipe: the vault's file with all that is in it")
    secrets.add_argument("--yes", action="store_true", help="with wipe: do it; without, only say what would be wiped")
    store = command("store", _store, "the team store: make it, take a session along, hand in what this PC has")
    store.add_argument(
        "deed",
        choices=("schema", "init", "take", "hand-in"),
        help="schema prints the SQL that init runs as the owner; take copies a session into this PC's own store",
    )
    store.add_argument("session", nargs="?", help="id of a session, the beginning of one, or the office number")
    store.add_argument("--yes", action="store_true", help="with hand-in: do it; without, only say what would be done")
    store.add_argument(
        "--goes-on", choices=("here", "there"), help="with hand-in, where both went on: whose way goes on"
    )
    store.add_argument("--take-over", action="store_true", help="with take: even if somebody else has it open")
    verify = command("verify", _verify, "walk every configuration of an edition and check what must hold", json=True)
    verify.add_argument("--edition", metavar="NAME", help="only this edition")
    check = command("check", _check, "measure this PC, the network or a certificate, outside any session", json=True)
    check.add_argument("what", nargs="?", choices=("all", "pc", "network", "certificate"), default="all")
    check.add_argument("file", nargs="?", help="a certificate's file (with none: the store of this Windows user)")
    check.add_argument("--proxy", metavar="ADDRESS", help="in place of what this PC's settings say; '' for none")
    check.add_argument("--ca", metavar="FILE", help="certificates to one of which the certificate's chain should lead")
    check.add_argument("--request", action="store_true", help="print a request to the office's network people instead")
    probe = command("probe", _probe, "measure this PC for a session on another one; prints a file for it")
    for measuring in (check, probe):
        measuring.add_argument("--edition", metavar="NAME", help="by whose data (the one in force)")
    rules = command("editions", _editions, "what each edition says and since when; of two, what differs", json=True)
    rules.add_argument("names", nargs="*", metavar="NAME", help="two editions, to see what the second says otherwise")
    upgrade = command("upgrade", _upgrade, "take a running session into a later edition", session=True)
    upgrade.add_argument("--edition", metavar="NAME", help="which (the newest)")
    upgrade.add_argument("--yes", action="store_true", help="do it; without, only say what would change")
    board = command("board", _board, "all offices at once: what is late, who waits for whom, week by week", json=True)
    board.add_argument("--csv", action="store_true", help="a line an office, for a spreadsheet")
    board.add_argument("--html", type=Path, metavar="FILE", help="write it as one HTML file")
    site = command(
        "site", _site, "look whether an organisation's own file (site.toml) is right; each fault by its line"
    )
    site.add_argument("file", nargs="?", type=Path, help="the file (site.toml beside the store)")
    graph = command("graph", _graph, "print an edition's flow as a Mermaid diagram")
    graph.add_argument("--edition", metavar="NAME", help="the edition (the newest introduction)")
    accept = command("accept", _accept, "play acceptance scripts against the machine, or against the app itself")
    accept.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a script (*.feature), or a folder of them")
    accept.add_argument(
        "--edition",
        default="",
        metavar="NAME",
        help="for scenarios that name none (their folder's)",
    )
    accept.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    accept.add_argument("--tap", action="store_true", help="say it as TAP version 13")
    accept.add_argument("--coverage", action="store_true", help="compare with what `verify` finds reachable")
    accept.add_argument("--sketch", action="store_true", help="print skeletons of scripts for what is not met")
    accept.add_argument("--tui", action="store_true", help="drive the real app on a terminal, by keys, as well")
    accept.add_argument(
        "--jobs", type=int, choices=range(1, 17), default=2, metavar="N", help="so many real apps side by side (2)"
    )
    command("kiosk-word", _kiosk_word, "ask for a kiosk's maintenance word, and print what its settings take of it")
    from tui.carrying import add_commands

    add_commands(command, shared, lambda given: desk_of(given, app=True))
    command("record", _record, "write a session as an acceptance script", session=True)
    completion = command("completion", _completion, "print what completes this command in a shell")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))


def _sessions(given: Any, texts: Texts) -> int:
    desk = desk_of(given)
    rows = desk.page(search=given.search, limit=1000)
    if given.json:
        listed = [
            {
                "id": row.id,
                "office_number": row.office_number,
                "office_name": row.office_name,
                "edition": row.edition,
                "state": row.listing.state,
                "status": row.listing.status,
                "work_today": row.listing.work,
                "due": row.listing.due,
                "awaiting": row.listing.awaiting or None,
                "events": row.version,
                "checked_out": row.holder is not None and row.holder.away,
            }
            for row in rows
        ]
        put(json.dumps(listed, ensure_ascii=False, indent=1))
        return DONE
    from tui.words import fit

    for row in rows:
        listing = row.listing  # another edition's names may have no text here
        state = texts.find(f"step.{listing.state}") or texts.find(f"status.{listing.state}") or listing.state
        awaited = (texts.find(f"wait.{listing.awaiting}") or listing.awaiting) if listing.awaiting else ""
        if row.holder is not None and row.holder.away:
            awaited = texts("ui.checked_out")
        line = f"{row.id[:8]}  {row.office_number}  {fit(row.office_name, 24)}  {fit(state, 18)}"
        put(f"{line}  {row.listing.due or '':10}  {fit(awaited, 30)}".rstrip())
    if not rows:
        put(texts("cli.no_sessions"))
    return DONE


def _show(given: Any, texts: Texts) -> int:
    desk = desk_of(given)
    row = desk.find(given.session)
    session = desk.read(row)
    from states.handover.report import as_json, render

    if given.json:
        put(json.dumps(as_json(session, row, desk.now), ensure_ascii=False, indent=1))
    else:
        put(render(session, row, desk.now, texts, "md"))
    return DONE


def _report(given: Any, texts: Texts) -> int:
    desk = desk_of(given)
    row = desk.find(given.session)
    session = desk.read(row)
    from states.handover.report import render, write

    if given.output:
        from tui.who import user_name, who_sits_here

        for path in write(session, row, desk.now, texts, given.output):
            put(str(path))
        put(str(desk.write_record(row.id, who_sits_here(given.name or user_name()), given.output)))
    else:
        put(render(session, row, desk.now, texts, given.format))
    return DONE


def _papers(given: Any, texts: Texts) -> int:
    desk = desk_of(given)
    row = desk.find(given.session)
    from states.handover.papers import write_all

    written = write_all(desk.read(row), row, desk.now, texts, given.output, desk.site.contact)
    for path in written.paths:
        put(str(path))
    if written.unprinted:
        put(texts("cli.papers.unprinted", n=len(written.unprinted)))
    return DONE


def _verify(given: Any, _: Texts) -> int:
    from states.flow import editions
    from states.flow.explore import Crossing, Report, explore_crossings, explore_named

    names = [given.edition] if given.edition else list(editions.KNOWN)
    reports = [explore_named(name) for name in names]
    found: list[Report | Crossing] = [*reports, *explore_crossings(reports)]
    if given.json:
        put(json.dumps([report.as_json() for report in found], ensure_ascii=False, indent=1))
    else:
        for report in found:
            put("\n".join(report.lines()))
    return NO if any(report.failures for report in found) else DONE


def _check(given: Any, texts: Texts) -> int:
    from tui.measure import check

    return check(given, texts, clock_for(given.now)())


def _probe(given: Any, texts: Texts) -> int:
    from tui.measure import probe

    return probe(given, texts, clock_for(given.now)())


def _editions(given: Any, texts: Texts) -> int:
    from states.flow import editions
    from tui.rules import as_json, compared, listed

    if len(given.names) not in (0, 2):
        raise Fault("edition.two")
    if given.names:
        lines = list(compared(texts, *map(editions.find, given.names)))
    else:
        lines = list(listed(texts, clock_for(given.now)()))
    put(json.dumps(as_json(), ensure_ascii=False, indent=1) if given.json else "\n".join(lines))
    return DONE


def _upgrade(given: Any, texts: Texts) -> int:
    from states.flow import editions
    from tui.rules import upgrade
    from tui.who import user_name, who_sits_here

    desk = desk_of(given)
    who = who_sits_here(given.name or user_name())
    lines = upgrade(desk, desk.find(given.session), given.edition or editions.NEWEST, who, texts, really=given.yes)
    put("\n".join(lines))
    return DONE if given.yes else NO


def _board(given: Any, texts: Texts) -> int:
    from tui.company import board

    return board(given, desk_of(given).overview(), texts, put)


def _site(given: Any, texts: Texts) -> int:
    from states.site import NAME
    from tui.company import site

    return site(given.file or folder_for(given.store) / NAME, texts, put)


def _graph(given: Any, _: Texts) -> int:
    from states.flow import editions
    from states.flow.graph import graph

    put(graph(editions.find(given.edition or editions.NEWEST)))
    return DONE


def _doctor(given: Any, texts: Texts) -> int:
    from states.doctor import examine
    from tui import ladder
    from tui.upkeep import look_line

    if given.rebuild:
        desk_of(given).rebuild()
    looks = []
    for look in examine(folder_for(given.store), address_for(given.store), f"{clock_for(given.now)():%Y-%m-%d}"):
        looks.append(look)
        if not given.json:
            put(look_line(look, texts))
    terminal = ladder.rungs()
    if given.json:
        parts = [(look.part, look.state, not look.fault) for look in looks]
        parts += [(f"terminal.{rung}", stands, stands != "small") for rung, stands in terminal.items()]
        put(json.dumps([{"part": part, "state": state, "well": well} for part, state, well in parts]))
    else:
        put("\n".join(ladder.lines(texts, terminal)))
    return NO if any(look.fault for look in looks) else DONE


def _secrets(given: Any, texts: Texts) -> int:
    from states.wording import Wording
    from tui.upkeep import elsewhere_lines, kept_lines, wipe
    from tui.who import user_name, who_sits_here

    here.forbid_core_dumps()
    if given.vault and given.deed == "wipe":
        from states.storage.vault import Vault

        vault = Vault.beside(folder_for(given.store))
        there = vault.state() != "absent"
        if there and given.yes:
            vault.destroy()
        put(texts("cli.vault.destroyed" if given.yes or not there else "cli.vault.would", path=vault.path))
        return DONE if given.yes or not there else NO
    desk = desk_of(given)
    rows = [desk.find(given.session)] if given.session else desk.page(limit=1000)
    lines = list(kept_lines(desk, rows, texts))
    put("\n".join(lines) if lines else texts("cli.secrets.none"))
    if given.deed == "list" or not lines:
        return DONE
    if not given.session or not given.yes:
        put(texts("cli.secrets.would"))
        return NO
    visit = desk.resume(rows[0].id, who_sits_here(given.name or user_name()))
    try:
        wipe(desk, visit, texts)
        left = list(elsewhere_lines(visit.custody, Wording(texts, visit.edition)))
    finally:
        visit.leave()
    put("\n".join([texts("cli.secrets.wiped"), *left]))
    return NO if left else DONE


def _store(given: Any, texts: Texts) -> int:
    from tui import team

    if given.deed == "schema":
        return team.schema(put)
    if not address_for(given.store):
        raise Fault("team.none")
    if given.deed == "init":
        return team.init(address_for(given.store), texts, put)
    desk = desk_of(given)
    try:
        if given.deed == "take":
            return team.take(desk, given, texts, put)
        return team.hand_in(desk, given, texts, put)
    finally:
        desk.close()


def _accept(given: Any, texts: Texts) -> int:
    from states.acceptance.command import Wanted, accept

    wanted = Wanted(given.paths, given.edition, given.junit, given.tap, given.coverage, given.sketch)
    if not given.tui:
        return accept(wanted, texts, tell_lines)
    from contextlib import ExitStack

    from tui.acceptance import RealApp

    with ExitStack() as stack:
        apps = [stack.enter_context(RealApp(texts.language)) for _ in range(given.jobs)]
        return accept(wanted, texts, tell_lines, apps)


def tell_lines(text: str) -> None:
    """Print lines that hold what somebody wrote into a file."""
    from tui.terminal import plain

    put("\n".join(map(plain, text.split("\n"))))


def _kiosk_word(_given: Any, texts: Texts) -> int:
    from getpass import getpass

    from tui.kiosk.settings import hashed

    word = getpass(f"{texts('ui.kiosk.field.word')}: ")
    if len(word) < 12 or getpass(f"{texts('ui.kiosk.field.again')}: ") != word:
        raise Fault("kiosk.word")
    put(f'word = "{hashed(word)}"')
    return DONE


def _completion(given: Any, _: Texts) -> int:
    import shtab

    put(shtab.complete(parser(), given.shell))
    return DONE


def _record(given: Any, texts: Texts) -> int:
    desk = desk_of(given)
    row = desk.find(given.session)
    from states.acceptance.record import record

    put(record(desk.read(row), texts.language, row.office_name))
    return DONE
