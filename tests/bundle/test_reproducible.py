"""What the build itself makes has nothing of its time in it."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from locales.compile import HERE, compile_catalogues, write_manual

DATES = re.compile(rb"\b(19|20)\d\d-\d\d-\d\d")


def test_catalogues_and_man_page_have_no_time_of_their_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for po in HERE.glob("*/LC_MESSAGES/*.po"):
        place = tmp_path / po.relative_to(HERE)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(po, place)
    for mo in compile_catalogues(tmp_path):
        header = mo.read_bytes().partition(b"Project-Id-Version")[2][:600]
        assert {match[0] for match in DATES.finditer(header)} == {b"1980-01-01"}
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert re.search(r'\.TH \S+ "1" " *(\\ )?" ', write_manual(tmp_path).read_text(encoding="utf-8"))
