"""Who is still at a session: after a kill the same PC goes on at once, a colleague's window is respected."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from states.storage.lease import Holder, held_elsewhere

ME = Holder.here("佐藤", "tty1", 0)


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_a_holder_survives_the_way_into_a_column_and_back() -> None:
    assert Holder.decode(ME.encode()) == ME


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"name": "佐藤"}', '{"pid": {}, "x": 1}'])
def test_a_plate_that_cannot_be_read_names_nobody(text: str) -> None:
    assert Holder.decode(text) is None


def test_nobody_and_this_very_process_hold_nothing_elsewhere() -> None:
    assert not held_elsewhere(None, ME)
    assert not held_elsewhere(replace(ME, terminal="pts/7", since=9), ME)


def test_a_living_process_of_this_host_holds_until_it_is_gone(other: subprocess.Popen[bytes]) -> None:
    holder = replace(ME, pid=other.pid, started=0)
    assert held_elsewhere(holder, ME)
    other.kill()
    other.wait()
    assert not held_elsewhere(holder, ME)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_process_that_nobody_has_buried_holds_nothing(other: subprocess.Popen[bytes]) -> None:
    other.kill()
    while held_elsewhere(replace(ME, pid=other.pid, started=0), ME):
        pass  # the test's time limit is the bound


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_later_process_with_the_same_number_is_not_the_holder(other: subprocess.Popen[bytes]) -> None:
    assert ME.started > 0
    assert not held_elsewhere(replace(ME, pid=other.pid, started=ME.started - 1), ME)
    assert not held_elsewhere(replace(ME, started=ME.started - 1), ME)


def test_a_process_of_another_host_counts_as_alive() -> None:
    assert held_elsewhere(replace(ME, host="another", pid=2**22 + 5), ME)
