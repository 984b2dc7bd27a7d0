"""Whatever a child does, its caller comes back in time, with a result or with a Fault, and leaves nothing running."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from states import child
from states.fault import Fault

DOUBLE = "tests.child_double"
SECRET = "canary-3f9c2a71"

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def code_of(request: child.Json, *, module: str = DOUBLE, seconds: float = 1.0) -> str:
    """The code of the fault a call ends in; the call must not outlast its bound by much."""
    begin = time.monotonic()
    with pytest.raises(Fault) as caught:
        child.call(module, request, seconds=seconds)
    assert time.monotonic() - begin < seconds + 2
    return caught.value.code


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


class Sleeper:
    """A call, in a thread of its own, to a child that would sleep for a minute."""

    def __init__(self, seconds: float = 30) -> None:
        self.cancel = threading.Event()
        self.pid = 0
        self.code = ""
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(seconds,))
        self._thread.start()
        assert self._begun.wait(10)

    def _run(self, seconds: float) -> None:
        try:
            child.call(
                DOUBLE,
                {"do": "sleep", "secret": SECRET},
                seconds=seconds,
                progress=self._note,
                cancel=self.cancel,
            )
        except Fault as fault:
            self.code = fault.code

    def _note(self, said: child.Json) -> None:
        self.pid = said["pid"]
        self._begun.set()

    def end(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    one = Sleeper()
    yield one
    one.cancel.set()
    one.end()


def test_a_child_answers_and_says_how_far_it_is() -> None:
    steps: list[child.Json] = []
    result = child.call(DOUBLE, {"do": "echo", "word": "鍵"}, seconds=10, progress=steps.append)
    assert (result, steps) == ({"said": "鍵"}, [{"half": 1}])


def test_a_child_that_takes_too_long_is_killed() -> None:
    late = Sleeper(seconds=1.5)
    late.end()
    assert late.code == "child.timeout"
    assert gone(late.pid)


def test_a_cancelled_child_is_killed(sleeper: Sleeper) -> None:
    sleeper.cancel.set()
    sleeper.end()
    assert sleeper.code == "child.cancelled"
    assert gone(sleeper.pid)


def test_the_end_of_the_program_kills_every_child(sleeper: Sleeper) -> None:
    child.kill_all()
    sleeper.end()
    assert sleeper.code == "child.failed"
    assert gone(sleeper.pid)


@pytest.mark.parametrize("deed", ["crash", "raise", "babble", "nest", "endless line"])
def test_a_child_that_crashes_or_speaks_out_of_turn_has_failed(deed: str) -> None:
    assert code_of({"do": deed, "word": SECRET}, seconds=10) == "child.failed"


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_call_that_is_given_up_at_once_leaves_no_thread_in_trouble() -> None:
    for _ in range(5):
        assert code_of({"much": "x" * 300_000}, seconds=0) == "child.timeout"


def test_only_the_first_result_of_a_child_counts() -> None:
    assert child.call(DOUBLE, {"do": "endless results"}, seconds=10) == {}


def test_a_child_that_is_gone_before_it_was_asked_has_failed() -> None:
    assert code_of({"much": "x" * 300_000}, module="tests.no_such_child", seconds=10) == "child.failed"


def test_a_child_that_never_listens_is_killed_however_much_it_was_asked() -> None:
    assert code_of({"much": "x" * 300_000}, module="tests.deaf_child") == "child.timeout"


def test_what_a_child_started_does_not_hold_up_the_caller() -> None:
    assert code_of({"do": "leave somebody behind"}, seconds=1.5) == "child.timeout"


@linux
def test_a_secret_is_neither_in_the_arguments_nor_in_the_environment_of_a_child(sleeper: Sleeper) -> None:
    process = Path("/proc", str(sleeper.pid))
    assert b"child_double" in (process / "cmdline").read_bytes()
    assert SECRET.encode() not in (process / "cmdline").read_bytes()
    assert SECRET.encode() not in (process / "environ").read_bytes()


@linux
def test_a_child_sees_only_the_part_of_the_environment_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    one = Sleeper()
    environment = Path("/proc", str(one.pid), "environ").read_bytes()
    one.cancel.set()
    one.end()
    assert b"PATH=" in environment
    assert b"PYTHON_KEYRING_BACKEND" not in environment


@linux
def test_a_child_leaves_no_core_dump_and_nobody_of_its_kind_reads_its_memory(sleeper: Sleeper) -> None:
    limits = Path("/proc", str(sleeper.pid), "limits").read_text()
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")] == [["0", "0"]]
    assert child.call(DOUBLE, {"do": "dumpable"}, seconds=10) == {"dumpable": 0}
