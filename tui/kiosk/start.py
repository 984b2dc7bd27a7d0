"""The way in: nothing that the client brings along gets further than here.

Of arguments `--kiosk[=FILE]` and `--line` count and everything else is as if it were not there, a command that ssh
was given (`-c …`, SSH_ORIGINAL_COMMAND) too. Of the environment the names in `KEPT` stay.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

KEPT: Final[tuple[str, ...]] = (
    *("TERM", "NO_COLOR", "SSH_TTY", "SSH_CONNECTION", "TZ"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "TEMP", "TMP"),  # Windows
)
FIXED: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
MAINTENANCE: Final = 75  # the exit code where the administrator has set nothing to run


def login() -> int:
    """The login shell `careplan-kiosk`: whatever it is given is not looked at."""
    return main(())


def main(arguments: Sequence[str]) -> int:
    """Run the kiosk; returns the exit code."""
    _ignore_the_keyboard()
    place = next((each.partition("=")[2] for each in arguments if each.startswith("--kiosk=")), "")
    line = "--line" in arguments
    environment = clean(dict(os.environ))
    if not sys.flags.isolated:  # the client's environment has had a say in how this Python started
        again = [sys.executable, "-I", "-m", "tui", f"--kiosk={place}", *(["--line"] if line else [])]
        os.closerange(3, 1024)
        os.execve(sys.executable, again, environment)
    os.environ.clear()
    os.environ.update(environment)
    sys.excepthook = lambda *_: None
    if sys.platform != "win32":
        os.umask(0o077)
    os.chdir(Path(sys.executable).anchor)
    return _serve(Path(place) if place else None, line=line)


def clean(environment: dict[str, str]) -> dict[str, str]:
    """What may stay of an environment, with what is set here."""
    kept = {name: environment[name] for name in KEPT if name in environment}
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,39}", kept.get("TERM", "")):
        kept["TERM"] = "dumb"
    if sys.platform == "win32":
        return kept | {"PATH": environment.get("PATH", ""), "PYTHONUTF8": "1"}
    import pwd

    account = pwd.getpwuid(os.getuid())
    kept |= FIXED | {"HOME": account.pw_dir, "USER": account.pw_name, "LOGNAME": account.pw_name}
    runtime = Path(f"/run/user/{os.getuid()}")
    if runtime.is_dir() and runtime.stat().st_uid == os.getuid():
        bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus"} if (runtime / "bus").exists() else {}
        kept |= {"XDG_RUNTIME_DIR": str(runtime)} | bus
    return kept


def _ignore_the_keyboard() -> None:
    for name in ("SIGINT", "SIGQUIT", "SIGTSTP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _serve(place: Path | None, *, line: bool) -> int:
    from locales import Texts
    from states.fault import Fault
    from states.system import here
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
        desk.may_read = settings.may_read
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
        os.execve(settings.run[0], list(settings.run), dict(os.environ))
    return MAINTENANCE
