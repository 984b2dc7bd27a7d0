"""The papers as a real Chromium prints them: every page drawn, fonts embedded, text that can be selected, headings."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from locales import Texts
from states.handover.papers import write_all
from states.handover.pdf import browser
from tests.handover.test_papers import WHEN, by_hand
from tests.tui.offices import READY, prepare
from tests.tui.technician import Technician

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]

if browser() is None or shutil.which("pdftotext") is None:
    pytest.skip("chromium and poppler-utils are not here", allow_module_level=True)


def told(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_paper_is_printed_with_its_fonts_and_its_words(language: str, tmp_path: Path) -> None:
    office, texts = by_hand(), Texts(language)
    written = write_all(office.session, office.row, WHEN, texts, tmp_path / "papers")
    assert written.unprinted == ()
    printed = [path for path in written.paths if path.suffix == ".pdf"]
    assert len(printed) == 4
    for path in printed:
        fonts = told("pdffonts", path).splitlines()[2:]
        assert fonts
        assert all(" yes " in font.split("Custom")[-1] or " yes " in font for font in fonts)
        assert "Tagged:          yes" in told("pdfinfo", path)
        assert "KJ131372005678" in told("pdftotext", path, "-") or "report" not in path.name
        assert texts("paper.print") not in told("pdftotext", path, "-")  # that is for the screen
    report = next(path for path in printed if ".report." in path.name)
    words = "".join(told("pdftotext", report, "-").split())
    assert "".join(texts("paper.report.title").split()) in words
    assert office.row.head.hex() in words
    subprocess.run(["pdftoppm", "-r", "40", "-png", report, tmp_path / "page"], check=True)
    assert len(list(tmp_path.glob("page*.png"))) >= 2


def test_the_key_on_the_screen_prints_them_and_says_how_far_it_is(tmp_path: Path) -> None:
    prepare(tmp_path / "store", **READY, stand="care_software")
    with Technician(tmp_path / "store", "2026-11-22T09:00") as t:
        t.open_first()
        t.step("care_software")
        t.press("p")
        t.wait(t.texts("ui.card.title"))
        t.press("f7")
        t.wait(t.texts("ui.papers.printing", n=1, of=4))
        t.wait(t.texts("ui.papers.written"))
        t.wait(t.texts("ui.papers.how_many", n=11, kinds="html, ics, md, pdf, record"))
        # Who leaves in the middle of it waits for nothing.
        t.press("f7")
        t.wait(t.texts("ui.papers.printing", n=1, of=4))
        t.press("0")
        t.wait(t.texts("key.new"))
        t.press("0")
        assert t.terminal.wait_exit() == 0
    assert len(list((tmp_path / "store" / "papers").glob("*.pdf"))) == 4
