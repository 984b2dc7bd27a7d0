"""kill -9 at any moment: every acknowledged step is there, at most the one in flight as well, and the chain holds."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from states.fault import Fault
from states.storage.journal import Journal

CUTS = 40


def cut(folder: Path, id: str, chance: random.Random, *, early: bool = False) -> str:
    """Start a writer, kill it at a random moment, and judge what is left: 'kept', or what is wrong."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storage.writer", str(folder), id, *(["early"] if early else [])],
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        steps = chance.randrange(8)
        heard = [writer.stdout.readline() for _ in range(steps)]
        time.sleep(chance.random() * (0.004 if steps else 0.12))  # with no step heard: anywhere in its start
        writer.kill()
        heard += writer.stdout.readlines()
    acknowledged = int(heard[-1]) if heard else 0
    journal = Journal.open(folder)
    try:
        found = journal.verify(id)
    except Fault as fault:
        found = 0
        if fault.code != "session.unknown":
            return fault.code
    finally:
        journal.close()
    if found < acknowledged:
        return "lost"
    return "kept" if found <= max(acknowledged, 1) + 1 else "invented"


def test_a_killed_writer_loses_no_acknowledged_step(tmp_path: Path) -> None:
    chance = random.Random()
    verdicts = [cut(tmp_path / "store", f"s-{number:04}", chance) for number in range(CUTS)]
    assert verdicts == ["kept"] * CUTS


def test_a_writer_that_acknowledges_before_it_commits_is_caught(tmp_path: Path) -> None:
    chance = random.Random()
    verdicts = (cut(tmp_path / "store", f"s-{number:04}", chance, early=True) for number in range(CUTS))
    assert "lost" in verdicts
