"""Where a bundle keeps its data: asked once, recorded in it, and told apart from another stick's."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from locales import Texts
from states.fault import Fault
from states.system import here
from tui import portable

TEXTS = Texts("en")


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This Python as if it stood in a bundle, on a disk that is carried about."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bundle" / "python" / "python.exe"))
    monkeypatch.setattr(here, "apart", lambda _: True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "pc"))
    (tmp_path / "bundle").mkdir()
    parts = {"components": [{"name": "CPython", "version": "3.11.9"}]}
    (tmp_path / "bundle" / portable.PARTS).write_text(json.dumps(parts))
    portable.folder.cache_clear()
    yield tmp_path / "bundle"
    portable.folder.cache_clear()


def says(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    left = list(answers)
    monkeypatch.setattr("builtins.input", lambda _: left.pop(0))
    return left


def test_the_stick_is_asked_for_once_and_recorded(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = says(monkeypatch, "what?", "", "１", "never asked again")
    portable.settle(TEXTS)
    portable.settle(TEXTS)
    assert left == ["never asked again"]
    assert portable.store() == bundle / "data"
    copy = portable.second_copy()
    assert copy is not None
    assert copy.is_dir()
    assert copy.parent == tmp_path / "pc" / "careplan-setup-copy"
    assert portable.parts() == [("CPython", "3.11.9")]


def test_two_sticks_have_their_own_second_copies_on_one_pc(bundle: Path) -> None:
    copies = set()
    for _ in range(2):
        portable.settle(TEXTS, portable=True)
        copies.add(portable.second_copy())
        (bundle / portable.CHOICE).unlink()
    assert len(copies) == 2


def test_the_pc_is_chosen_for_good(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "2")
    portable.settle(TEXTS)
    assert portable.store() == tmp_path / "pc" / "careplan-setup"
    assert portable.second_copy() is None
    with pytest.raises(Fault, match=r"portable\.settled"):
        portable.settle(TEXTS, portable=True)
    assert (bundle / portable.CHOICE).exists()


def test_on_the_disk_of_the_system_nobody_is_asked(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "apart", lambda _: False)
    portable.settle(TEXTS)
    assert not (bundle / portable.CHOICE).exists()


def test_a_stick_that_cannot_be_written_to_is_told_and_the_pc_can_be_chosen(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bundle / portable.CHOICE).mkdir()  # stands for a write protection, from which root is not kept
    says(monkeypatch, "1", "2")
    with pytest.raises(Fault, match=r"portable\.read_only"):
        portable.settle(TEXTS)
    portable.settle(TEXTS)
    assert portable.stick() is None


def test_what_is_installed_is_no_bundle() -> None:
    portable.folder.cache_clear()
    assert portable.folder() is None
    portable.settle(TEXTS)
    with pytest.raises(Fault, match=r"portable\.none"):
        portable.settle(TEXTS, portable=True)


def test_a_program_on_a_stick_is_read_in_while_the_stick_is_there(bundle: Path) -> None:
    portable.settle(TEXTS, portable=True)
    sys.modules.pop("states.handover.report", None)
    portable.read_in()
    assert "states.handover.report" in sys.modules
    assert bundle.exists()
