"""Every attempt to get out of the kiosk, as its account, over a real sshd: `python -m tests.labs.escapes`.

Each is judged by what it would have had if it had worked: the mark that a shell was told to leave, a program of the
account that is not ours, a prompt, a traceback, a forbidden file on the screen. One planted escape has to be found.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.labs.kiosk import Kiosk
from tests.terminal import Terminal
from tests.tui.test_kiosk import with_pin

MARK = "escaped-mark"
SHELL = f"touch {MARK}; id"
OURS = re.compile(
    r"^(sshd: |sshd-session: |sh -c \S*/kiosk$|\S*/kiosk$|/bin/sh \S*/kiosk$|\S*python\S* -I -m (tui|states\.)|$)"
)
STILL, ENDED, REFUSED, OUT = "the app goes on", "the session ended", "refused", "OUT"
UNCLEAR = "what was expected did not come"
INSIDE = (STILL, ENDED, REFUSED)


@dataclass(frozen=True)
class Found:
    """Where an attempt has led, and what was seen."""

    where: str
    seen: str


def attempt(kiosk: Kiosk, name: str) -> Found:
    """Make one attempt."""
    try:
        found = ATTEMPTS[name](kiosk)
    except AssertionError as error:
        found = Found(UNCLEAR, str(error)[:2000])
    marks = [str(path) for path in (*kiosk.home.rglob(MARK), *Path("/").glob(MARK), *Path("/tmp").glob(MARK))]
    if marks:
        return Found(OUT, f"a shell has left {marks[0]}")
    return found


def _judge(kiosk: Kiosk, t: Terminal) -> Found:
    """What stands there now: alive, and ours alone; or ended, with nothing left behind."""
    foreign = [line for line in kiosk.processes().values() if not OURS.match(line)]
    if foreign:
        return Found(OUT, f"runs: {foreign[0][:60]}")
    shown = t.raw.decode(errors="replace")
    for told in ("Traceback", ">>> ", "root:x:0", "uid="):
        if told in shown:
            return Found(OUT, f"shown: {told!r}")
    if t.exit_code is not None:
        return Found(ENDED, f"code {t.exit_code}")
    before = len(t.raw)
    t.key("f9")
    t.wait(lambda: len(t.raw) > before)
    return Found(STILL, "answers F9")


# -- before the program


def _command(
    kiosk: Kiosk,
    options: tuple[str, ...] = (),
    command: tuple[str, ...] = ("sh", "-c", f"'{SHELL}'"),
    typed: str = "",
) -> Found:
    """A login that does not ask for a terminal."""
    login = kiosk.client("ssh", *options, "-p", str(kiosk.port), kiosk.account, *command)
    try:
        ended = subprocess.run(login, input=typed.encode(), capture_output=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        return Found(OUT, "does not end")
    said = (ended.stdout + ended.stderr).decode(errors="replace")
    if "uid=" in said or "Traceback" in said:
        return Found(OUT, said[:60])
    code = re.search(r"\(([A-Z-]+)\)", said)
    return Found(REFUSED, code[1] if code else f"code {ended.returncode}")


def _copy(kiosk: Kiosk, program: str) -> Found:
    target = Path(tempfile.mkdtemp()) / "got"
    arguments = [f"{kiosk.account}:/etc/passwd", str(target)]
    ended = subprocess.run(
        kiosk.client(program, "-P", str(kiosk.port), *arguments), capture_output=True, check=False, timeout=60
    )
    return Found(OUT, "a file was copied") if target.exists() else Found(REFUSED, f"code {ended.returncode}")


def _login(
    kiosk: Kiosk, options: tuple[str, ...] = (), env: dict[str, str] | None = None, command: tuple[str, ...] = ()
) -> Terminal:
    login = kiosk.client("ssh", "-tt", *options, "-p", str(kiosk.port), kiosk.account, *command)
    return Terminal(login, env=env)


def _brought(
    kiosk: Kiosk, options: tuple[str, ...] = (), env: dict[str, str] | None = None, command: tuple[str, ...] = ()
) -> Found:
    with _login(kiosk, options, env, command) as t:
        t.wait("0/q" if env else "F10/0")  # line mode, where the terminal is none
        if env:
            t.send(f"!{SHELL}\r")
            t.wait(lambda: t.raw.count(b"0/q") > 1 or "番号はありません" in t.text)
            return Found(STILL, "line mode, a number is asked for")
        return _judge(kiosk, t)


def _login_shell(kiosk: Kiosk) -> Found:
    """As the login shell itself, where the account has it in place of sh."""
    program = "import sys; from tui.kiosk.start import login; sys.argv = ['-kiosk', '-c', 'id']; sys.exit(login())"
    command: list[str | Path] = [kiosk.python, "-I", "-c", program]
    ended = subprocess.run(command, capture_output=True, check=False, user=kiosk.uid, cwd="/", stdin=subprocess.DEVNULL)
    said = (ended.stdout + ended.stderr).decode()
    return Found(OUT, said[:50]) if "uid=" in said else Found(REFUSED, f"code {ended.returncode}")


# -- within it


def _keys(kiosk: Kiosk, keys: Sequence[str]) -> Found:
    with kiosk.sit() as t:
        for key in keys:
            t.press(key)
        if t.terminal.exit_code is None:
            t.terminal.send(f"\x15{SHELL}\n")
        t.terminal.quiet_for(0.3)
        return _judge(kiosk, t.terminal)


def _typed(kiosk: Kiosk, text: str | bytes) -> Found:
    """Into a field of a form."""
    with kiosk.sit() as t:
        t.press("n")
        t.wait(t.texts("ui.new.title"))
        t.terminal.send(text)
        t.terminal.quiet_for(0.3)
        t.press("enter", "f10")
        t.terminal.quiet_for(0.3)
        return _judge(kiosk, t.terminal)


def _paths(kiosk: Kiosk, path: str) -> Found:
    """Where a certificate's file is asked for."""
    with kiosk.sit() as t:
        t.press("n")
        t.wait(t.texts("ui.new.title"))
        t.terminal.send("1372005678\rあおば訪問介護\r")
        t.press("enter")
        with_pin(t)
        t.step("eligibility")
        t.press("g")
        t.choose_step("terminal")
        t.step("terminal")
        t.open_field("windows")
        t.choose(t.texts("ui.choice.probe"))
        t.wait(t.texts("ui.probe.title"))
        t.retype(path)
        t.press("enter")
        t.wait("KIOSK-FILE")
        t.terminal.wait(lambda: kiosk.processes())
        return Found(REFUSED, "KIOSK-FILE")


def _signal(kiosk: Kiosk, numbers: Sequence[signal.Signals]) -> Found:
    with kiosk.sit() as t:
        ours = [pid for pid, line in kiosk.processes().items() if "-m tui" in line]
        for number in numbers:
            for pid in ours:
                os.kill(pid, number)
            time.sleep(0.1)
        if signal.SIGSTOP in numbers:
            return _judge(kiosk, t.terminal)
        if any(number in (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL) for number in numbers):
            t.terminal.wait_exit()
        return _judge(kiosk, t.terminal)


def _sizes(kiosk: Kiosk) -> Found:
    with kiosk.sit() as t:
        for columns, rows in ((0, 0), (1, 1), (300, 200), (0, 0), (39, 11), (80, 24)):
            t.terminal.resize(columns, rows) if columns else _no_size(t.terminal)
            time.sleep(0.1)
        t.wait(t.texts("key.new"))
        return _judge(kiosk, t.terminal)


def _no_size(terminal: Terminal) -> None:
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal._master, termios.TIOCSWINSZ, struct.pack("HHHH", 0, 0, 0, 0))


def _early(kiosk: Kiosk, key: bytes) -> Found:
    """While it still starts, at twelve moments."""
    for number in range(12):
        with _login(kiosk) as t:
            time.sleep(0.1 + number * 0.06)
            t.send(key * 3)
            t.wait(lambda t=t: t.exit_code is not None or "F10/0" in t.text)  # type: ignore[misc]
            found = _judge(kiosk, t)
            if found.where not in (STILL, ENDED):
                return found
    return Found(STILL, "12 times")


def _home(kiosk: Kiosk) -> Found:
    """What somebody has put into the account's home folder."""
    (kiosk.home / ".ssh").mkdir(exist_ok=True)
    planted = {
        ".ssh/rc": SHELL, ".ssh/environment": "PYTHONINSPECT=1\n", ".profile": SHELL, ".bashrc": SHELL,
        "sitecustomize.py": f"import os; os.system('{SHELL}')", "tui.py": f"import os; os.system('{SHELL}')",
        ".pam_environment": "PYTHONINSPECT=1\n",
    }  # fmt: skip
    for name, text in planted.items():
        (kiosk.home / name).write_text(text)
    try:
        return _brought(kiosk)
    finally:
        for name in planted:
            (kiosk.home / name).unlink()


def _hang_up(kiosk: Kiosk) -> Found:
    with kiosk.sit() as t:
        t.terminal.hang_up()
    kiosk.until_gone()
    return Found(ENDED, "nothing left running")


def _locked_out(kiosk: Kiosk) -> Found:
    """The maintenance word, guessed."""
    with kiosk.sit() as t:
        t.press("0")
        t.wait(t.texts("key.maintain"))
        t.press("3")
        t.wait(t.texts("ui.kiosk.maintenance"))
        for guess in ("", "root", "maintenance"):
            t.terminal.send(f"{guess}\r")
            t.terminal.quiet_for(0.4)
        t.terminal.wait_exit()
        return _judge(kiosk, t.terminal)


HOSTILE = (
    "LD_PRELOAD=/x PYTHONINSPECT=1 PYTHONSTARTUP=/x PYTHONPATH=/x TEXTUAL_DRIVER=os:system EDITOR=sh SHELL=sh ENV=/x"
)
ESCAPES = b"\x1b]52;c;aWQ=\x07\x1b[?1049l\xff\xfe\x9b6n\x1bP+q\x1b\\"
ATTEMPTS: dict[str, Callable[[Kiosk], Found]] = {
    "ssh: a command": _command,
    "ssh: a command, on a terminal": partial(_brought, command=(SHELL,)),
    "ssh: arguments of the program": partial(_brought, command=("doctor", "--store", "/", "--now", "x")),
    "ssh: no terminal, a script on standard input": partial(_command, command=(), typed=f"{SHELL}\n"),
    "ssh: -T, end of input": partial(_command, options=("-T",), command=()),
    "ssh: a subsystem": partial(_command, options=("-s",), command=("netconf",)),
    "sftp": partial(_copy, program="sftp"),
    "scp": partial(_copy, program="scp"),
    "scp, the old way": partial(_command, command=("scp", "-f", "/etc/passwd")),
    "ssh: agent and X11 forwarding": partial(_brought, options=("-A", "-X")),
    "environment: hostile variables": partial(_brought, options=("-o", f"SetEnv={HOSTILE}")),
    "environment: TERM=dumb, then !sh": partial(_brought, env={"TERM": "dumb"}),
    "environment: TERM=../../x;sh": partial(_brought, env={"TERM": "../../x;sh"}),
    "home folder: rc, environment, profile, sitecustomize": _home,
    "login shell: -c id": _login_shell,
    "Ctrl+C, Ctrl+Z, Ctrl+\\ while it starts": partial(_early, key=b"\x03\x1a\x1c"),
    "Ctrl+C": partial(_keys, keys=["ctrl+c"] * 3),
    "Ctrl+Z": partial(_keys, keys=["ctrl+z"] * 3),
    "Ctrl+\\": partial(_keys, keys=["ctrl+\\"] * 3),
    "Ctrl+Q, Ctrl+P, Ctrl+D, Ctrl+O, Ctrl+R, Ctrl+T, Ctrl+X": partial(_keys, keys=[f"ctrl+{x}" for x in "qpdortx"]),
    "every other control key": partial(_keys, keys=[f"ctrl+{x}" for x in "abefghklnuvwy"]),
    "Esc, Esc, colon, exclamation mark": partial(_keys, keys=["esc", "esc", ":", "!"]),
    "typed: !sh, |sh, $(sh), `sh`": partial(_typed, text=f"!sh|sh;$({SHELL})`{SHELL}`"),
    "typed: markup that acts": partial(_typed, text="[@click=app.exit()]x[/] [link=file:///etc/passwd]y[/link]"),
    "typed: escape sequences, broken bytes": partial(_typed, text=ESCAPES),
    "typed: a paste of 100,000 characters": partial(_typed, text="\x1b[200~" + f"{SHELL}\n" * 4000 + "\x1b[201~"),
    "path: /etc/shadow": partial(_paths, path="/etc/shadow"),
    "path: ../../../etc/passwd": partial(_paths, path="../../../etc/passwd"),
    "path: /proc/self/environ": partial(_paths, path="/proc/self/environ"),
    "maintenance word, guessed": _locked_out,
    "SIGTSTP": partial(_signal, numbers=[signal.SIGTSTP]),
    "SIGINT, SIGWINCH, SIGCONT, SIGTSTP": partial(
        _signal, numbers=[signal.SIGINT, signal.SIGWINCH, signal.SIGCONT, signal.SIGTSTP]
    ),
    "SIGSTOP, then SIGCONT": partial(_signal, numbers=[signal.SIGSTOP, signal.SIGCONT]),
    "SIGHUP": partial(_signal, numbers=[signal.SIGHUP]),
    "SIGTERM": partial(_signal, numbers=[signal.SIGTERM]),
    "SIGQUIT": partial(_signal, numbers=[signal.SIGQUIT]),
    "SIGKILL": partial(_signal, numbers=[signal.SIGKILL]),
    "a window of 0 by 0, and back": _sizes,
    "a closed window": _hang_up,
}


def planted(kiosk: Kiosk) -> Found:
    """An account without the ForceCommand: the judge has to see that."""
    with kiosk.open_door():
        found = _command(kiosk)
    (kiosk.home / MARK).unlink(missing_ok=True)
    return found


def main() -> int:
    """Make all of them, print what happened; 1 where one leads out, or the planted one is not seen."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    out = 0
    try:
        with Kiosk(folder) as kiosk:
            print(f"as {kiosk.account}, uid {kiosk.uid}\n{'attempt':<56} what happened")
            for name in ATTEMPTS:
                found = attempt(kiosk, name)
                out += found.where not in INSIDE
                print(f"{name:<56} {found.where}: {found.seen}", flush=True)
                kiosk.until_gone()
            seen = planted(kiosk)
            print(f"{'(planted: no ForceCommand)':<56} {seen.where}: {seen.seen.strip()}")
            print(f"{len(ATTEMPTS)} attempts, {out} led out")
            return int(out > 0 or seen.where != OUT)
    except LookupError as error:
        print(error)
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
