"""The way in: nothing that the client brings along gets further than here.

Of arguments `--kiosk[=FILE]` and `--line` count and everything else is as if it were not there, a command that ssh
was given (`-c …`, SSH_ORIGINAL_COMMAND) too. Of the environment the names in `KEPT` stay.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from states.system import here

KEPT: Final = ("TERM", "NO_COLOR", "SSH_TTY", "SSH_CONNECTION", "TZ")
MAINTENANCE: Final = 75  # the exit code where the administrator has set nothing to run


def login() -> int:
    """The login shell `careplan-kiosk`: whatever it is given is not looked at."""
    return main(())


def main(arguments: Sequence[str]) -> int:
    """Run the kiosk; returns the exit code."""
    here.ignore_keyboard_signals()
    place = next((each.partition("=")[2] for each in arguments if each.startswith("--kiosk=")), "")
    line = "--line" in arguments
    environment = clean(dict(os.environ))
    if not sys.flags.isolated:  # the client's environment has had a say in how this Python started
        again = [sys.executable, "-I", "-m", "tui", f"--kiosk={place}", *(["--line"] if line else [])]
        here.become(again, environment)
    os.environ.clear()
    os.environ.update(environment)
    sys.excepthook = lambda *_: None
    os.umask(0o077)
    os.chdir(Path(sys.executable).anchor)
    return _serve(Path(place) if place else None, line=line)


def clean(environment: dict[str, str]) -> dict[str, str]:
    """What may stay of an environment, with what is set here."""
    kept = {name: environment[name] for name in KEPT if name in environment}
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,39}", kept.get("TERM", "")):
        kept["TERM"] = "dumb"
    return kept | here.own_environment(environment) | {"PYTHONUTF8": "1"}


def _serve(place: Path | None, *, line: bool) -> int:
    from locales import Texts
    from states.fault import Fault
    from tui import cli, terminal

    here.forbid_core_dumps()
    texts = Texts("ja")
    try:
        from tui.kiosk.guard import Guard
        from tui.kiosk.settings import load

        settings = load(place)
        texts = Texts(cli.language_for(settings.language))
        full_screen = terminal.can_place_a_cursor()
        line = line or not full_screen
        terminal.prepare_environment()
        terminal.require_terminal(full_screen=not line)
        if not line:
            terminal.greet(texts("ui.starting"))
        from tui.seat import sit

        folder = cli.folder_for(settings.store)
        copy = Path(settings.second_copy) if settings.second_copy else None
        desk = cli.desk_at(settings.store, cli.clock_for(""), second_copy=copy, app=True)
        desk.may_read, desk.prints = settings.may_read, False
        guard = Guard(settings)
        try:
            code = sit(desk, texts.language, None, folder / "papers", line=line, full_screen=full_screen, guard=guard)
        finally:
            desk.close()
    except Fault as fault:
        cli.tell(texts, fault)
        return cli.FAILED
    if not guard.maintenance:
        return code
    if settings.run:
        here.become(settings.run, os.environ)
    return MAINTENANCE
