"""The command line: the app, and what a script or a colleague asks for without it.

Exit codes: 0 done; 1 it ran and the answer is no (a proof failed, the app crashed); 2 it could not be done (bad
argument, no such session, a store that cannot be opened), with the reason on standard error.

Nothing heavy is imported here before it is known what is wanted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from locales import LANGUAGES, Texts
from states.fault import Fault
from states.system import here

if TYPE_CHECKING:
    from states.desk import Desk

DONE, NO, FAILED, INTERRUPTED = 0, 1, 2, 130
STORE, LANGUAGE, NOW = "CAREPLAN_SETUP_STORE", "CAREPLAN_SETUP_LANG", "CAREPLAN_SETUP_NOW"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if any(each.partition("=")[0] == "--kiosk" for each in arguments):
        from tui.kiosk.start import main as kiosk

        return kiosk(arguments)
    given = _given(arguments)
    texts = Texts(language_for(given.lang))
    if given.roots:
        from states.checks.asking import ROOTS

        os.environ[ROOTS] = str(Path(given.roots).expanduser().absolute())
    try:
        code: int = given.run(given, texts)
    except Fault as fault:
        tell(texts, fault)
        return FAILED
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # no traceback: nobody on site can do anything with it, and it could show what was typed
        tell(texts, Fault("internal", what=type(error).__name__, where=_place(error)))
        return NO
    return code


def _place(error: Exception) -> str:
    """Where it was raised, for whoever mends it: `module.py:123`."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__, limit=-1)[0]
    return f"{Path(frame.filename).name}:{frame.lineno}"


class _Bare(argparse.ArgumentParser):
    """Knows the app's own options and no command; what it does not know is another's to say."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _given(arguments: Sequence[str]) -> Any:
    """What was asked for. The parser of all commands takes 10 ms to make, and is made where there is one."""
    bare = _Bare(add_help=False)
    _app_options(bare)
    try:
        given, more = bare.parse_known_args(arguments)
    except ValueError:
        more = list(arguments)
    return parser().parse_args(arguments) if more else given


def parser() -> argparse.ArgumentParser:
    """What the command line takes; the man page and completion are made out of it too."""
    parser = argparse.ArgumentParser(
        prog="careplan-setup",
        description="Takes a technician through introducing ケアプランデータ連携システム (the Care Plan Data Linkage "
        "System) at a care office, step by step, over weeks. Without a command: the app.",
        epilog=f"Exit codes: 0 done, 1 it ran and the answer is no, 2 it could not be done. {STORE}, {LANGUAGE} and "
        f"{NOW} stand for --store, --lang and --now.",
    )
    _app_options(parser)
    from tui import commands

    commands.add(parser)
    return parser


def _app_options(parser: argparse.ArgumentParser) -> None:
    options(parser)
    parser.add_argument("--version", action="store_true", help="what is in this program, part by part")
    parser.add_argument("--line", action="store_true", help="without a full screen: plain prompts, numbers and Enter")
    parser.add_argument("--kiosk", metavar="[=FILE]", help="all that an account can do; nothing else given here counts")
    parser.add_argument("--portable", action="store_true", help="for good: what is stored stays with this bundle")
    parser.set_defaults(run=_app, roots=None, store=None, second_copy=None, lang=None, now=None, name=None)


def options(parser: argparse.ArgumentParser) -> None:
    """What the app and every command take."""
    parser.add_argument(
        "--store", metavar="PLACE", help="a folder (this user's data folder), or postgresql://… for a team's store"
    )
    parser.add_argument("--second-copy", type=Path, metavar="FOLDER", help="where the second copy is from now on")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of everything that is said (ja)")
    parser.add_argument(
        "--now", metavar="TIME", help="start the clock at 2026-04-01 or 2026-04-01T09:30; @FILE: it stands as FILE says"
    )
    parser.add_argument(
        "--roots",
        metavar="FILE",
        help="further certificates to trust for the sites, as PEM: those of the office's inspecting proxy (or "
        "CAREPLAN_SETUP_ROOTS)",
    )
    parser.add_argument("--name", metavar="NAME", help="the technician's name, for the record")


# -- what every command needs


def language_for(given: str | None) -> str:
    """The language asked for; else Japanese, but for a terminal that is known to have no kanji."""
    wanted = given or os.environ.get(LANGUAGE, "")
    if wanted in LANGUAGES:
        return wanted
    from tui.terminal import shows_kanji

    return "ja" if not sys.stdout.isatty() or shows_kanji() else "en"


def clock_for(given: str | None) -> Callable[[], datetime]:
    """The time in Japan, or one to rehearse with. Raises the `Fault` `now.malformed`."""
    from tui.clock import clock

    return clock(given or os.environ.get(NOW, ""))


def address_for(given: str | None) -> str:
    """The address of the team store; '' where sessions are stored in a folder."""
    wanted = given or os.environ.get(STORE, "")
    return wanted if "://" in wanted else ""


def folder_for(given: str | None) -> Path:
    """Where sessions are stored on this PC; with a team store, those that it cannot be reached for."""
    wanted = given or os.environ.get(STORE, "")
    if wanted and not address_for(given):
        return here.long(Path(wanted).expanduser())
    from tui import portable

    return portable.store()


def desk_at(store: str | None, clock: Callable[[], datetime], *, second_copy: Path | None, app: bool) -> Desk:
    """The desk of a store.

    Args:
        app: a folder may be new, and a team store that cannot be reached leaves this PC's own.
    """
    from states.desk import Desk

    folder, address = folder_for(store), address_for(store)
    if address:
        return Desk.join(address, folder, clock, or_alone=app)
    if second_copy is None and not (store or os.environ.get(STORE)):
        from tui import portable

        second_copy = portable.second_copy()
    return Desk.open(folder, clock, create=app, second_copy=second_copy)


def desk_of(given: Any, *, app: bool = False) -> Desk:
    """The desk of the store that was asked for."""
    return desk_at(given.store, clock_for(given.now), second_copy=given.second_copy, app=app)


def tell(texts: Texts, fault: Fault) -> None:
    from states.fault import in_words as words

    sentence, remedy, code = words(texts, fault)
    print(f"careplan-setup: {sentence} ({code})\n{remedy}", file=sys.stderr)


def put(text: str) -> None:
    """Print it, as a line."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


# -- without a command


def _app(given: Any, texts: Texts) -> int:
    if given.version:
        return _version()
    from tui import terminal

    full_screen = terminal.can_place_a_cursor()
    line = given.line or not full_screen
    terminal.prepare_environment()
    if not given.line:
        terminal.require_terminal(full_screen=full_screen)
    if not line:
        here.ignore_keyboard_signals()
    if not (given.store or os.environ.get(STORE)):
        from tui import portable

        portable.settle(texts, portable=given.portable)
    if not line:
        terminal.greet(texts("ui.starting"))  # something to read while Python imports
    desk = desk_of(given, app=True)
    from tui.seat import sit
    from tui.who import who_sits_here

    who = who_sits_here(given.name) if given.name else None
    language = texts.language if given.lang or os.environ.get(LANGUAGE) else desk.site.language or texts.language
    try:
        return sit(desk, language, who, folder_for(given.store) / "papers", line=line, full_screen=full_screen)
    finally:
        desk.close()


def _version() -> int:
    from importlib.metadata import version

    import apsw

    from tui import portable

    put(f"careplan-setup {version('careplan-setup')}")
    put(f"Python {sys.version.split()[0]}, SQLite {apsw.sqlite_lib_version()}")
    named = ("textual", "transitions", "apsw", "keyring", "cryptography", "pyrage", "httpx", "psycopg")
    for part, of in portable.parts() or [(part, version(part)) for part in named]:
        put(f"  {part} {of}")
    return DONE
