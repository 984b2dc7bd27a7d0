"""The port to the system: the same names for each, and nobody else asks which one it is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = ROOT / "states" / "system"
ASKS = re.compile(
    r"sys\.platform|os\.name\b|platform\.system\(|os\.uname|hasattr\(os,|import (msvcrt|winreg|fcntl|termios)"
)

# Outside the port: each system's driver below the app, and a terminal of our own making for tests and acceptance.
DRIVERS = {"tui/driver.py", "tui/windows_driver.py", "tui/pty.py"}
# What the PC is called is evidence there, not a question; room for the ballast is asked of the call itself.
ANSWERS = {"states/checks/system.py", "states/storage/room.py"}


def asking(source: str) -> list[str]:
    return [match[0] for match in ASKS.finditer(source)]


def test_nothing_else_in_the_house_asks_which_system_it_is_on() -> None:
    files = [file for room in ("states", "tui", "locales") for file in (ROOT / room).rglob("*.py")]
    found = {file.relative_to(ROOT).as_posix() for file in files if asking(file.read_text(encoding="utf-8"))}
    assert {file for file in found if not file.startswith("states/system/")} == DRIVERS | ANSWERS
    assert asking('if os.name == "nt":\n    import winreg') == ["os.name", "import winreg"]  # planted


def offered(module: str) -> dict[str, str]:
    """The public names of a module, functions and methods with their arguments."""
    names: dict[str, str] = {}
    body = ast.parse((SYSTEM / module).read_text(encoding="utf-8")).body
    inside = [node for each in body if isinstance(each, ast.ClassDef) for node in (each, *each.body)]
    for node in (*body, *inside):
        if isinstance(node, ast.FunctionDef):
            names[node.name] = f"{ast.unparse(node.args)} -> {node.returns and ast.unparse(node.returns)}"
        elif isinstance(node, ast.ClassDef):
            names[node.name] = ""
        elif isinstance(node, ast.AnnAssign):
            names[ast.unparse(node.target)] = ""
    return {name: shape for name, shape in names.items() if not name.startswith("_")}


def test_each_system_offers_the_same() -> None:
    posix, windows = offered("posix.py"), offered("windows.py")
    del windows["HELD_SECONDS"]
    assert {name: shape.replace("subprocess.", "") for name, shape in windows.items()} == posix
    assert len(posix) > 20


READING = """
import signal, threading, time
from states.system import here
class Heard(Exception): pass
def hear(*_): raise Heard
signal.signal(signal.SIGTERM, hear)
idle = threading.Thread(target=time.sleep, args=(600,), daemon=True)
idle.start()
line = here.Line()
line.take()
threading.Timer(0.2, lambda: signal.pthread_kill(idle.ident, signal.SIGTERM)).start()
try:
    line.read(None)
except Heard:
    print("heard", line.read(0.1))
line.give_back()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="such signals are not sent there")
def test_a_signal_that_another_thread_was_given_ends_the_wait_for_a_line() -> None:
    """The kernel may give it to any; the main thread, which has to handle it, sleeps until something is typed."""
    with subprocess.Popen([sys.executable, "-c", READING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        try:
            assert reader.stdout is not None
            assert reader.stdout.read() == b"heard None\n"  # whose input was open all the while
        finally:
            reader.kill()
