"""A paper as PDF, printed by a browser that this PC has anyway: Edge on every Windows, else Chromium or Chrome.

It embeds the fonts it draws with, keeps text as text and headings as headings, and needs no library of ours. Where
there is none, the HTML says how to print it.

Decision: docs/decisions/papers.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

SECONDS = 90  # a first start on a slow PC makes a profile
CHOSEN = "CAREPLAN_SETUP_BROWSER"
NAMES = ("msedge", "microsoft-edge", "chromium", "chromium-browser", "google-chrome", "chrome")
FOLDERS = ("PROGRAMFILES(X86)", "PROGRAMFILES", "LOCALAPPDATA")
PLACES = ("Microsoft/Edge/Application/msedge.exe", "Google/Chrome/Application/chrome.exe")


def browser() -> Path | None:
    """A browser that can print, or None; `CAREPLAN_SETUP_BROWSER` names another one, or, empty, none."""
    chosen = os.environ.get(CHOSEN)
    if chosen is not None:
        return Path(chosen) if chosen else None
    return next(_browsers(), None)


def _browsers() -> Iterator[Path]:
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    for folder in FOLDERS:
        for place in PLACES if folder in os.environ else ():
            path = Path(os.environ[folder]) / place
            if path.is_file():
                yield path


def print_pdf(page: Path, program: Path) -> Path | None:
    """Print an HTML file beside itself; None where the browser did not. Blocks, at most `SECONDS`.

    The browser gets a profile of its own, thrown away afterwards, and nothing to reach: the page loads nothing.
    """
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(prefix="careplan-setup-") as scratch:
        drawn = Path(scratch) / "paper.pdf"
        command = [
            *(str(program), "--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions"),
            *("--disable-background-networking", f"--user-data-dir={scratch}/profile", "--no-pdf-header-footer"),
            *(("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()),
            *(f"--print-to-pdf={drawn}", page.absolute().as_uri()),
        ]
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=True,
            )
            target.unlink(missing_ok=True)
            shutil.copyfile(drawn, target)
            target.chmod(0o600)
        except (OSError, subprocess.SubprocessError):
            return None
    return target
