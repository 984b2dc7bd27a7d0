"""Draws the screens of `docs/pictures/` from the real app on a real terminal: `make pictures`.

What a terminal shows is read cell by cell, laid out as SVG, and drawn with a Japanese font by rsvg-convert (Debian:
librsvg2-bin, fonts-noto-cjk).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from states.desk import Desk
from states.flow import editions
from states.flow.events import JAPAN
from states.flow.graph import graph
from states.visit import Visit, Who
from tests.terminal import Cell, Terminal
from tests.tui.technician import Technician

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH, HEIGHT, MARGIN = 10, 21, 12  # of a cell, in pixels
FONT = "Noto Sans Mono CJK JP"
COLOURS = {
    "default": "#d8dee9", "black": "#2e3440", "red": "#bf616a", "green": "#a3be8c", "brown": "#ebcb8b",
    "yellow": "#ebcb8b", "blue": "#81a1c1", "magenta": "#b48ead", "cyan": "#88c0d0", "white": "#eceff4",
    "brightblack": "#7b88a1", "brightblue": "#81a1c1", "brightbrown": "#ebcb8b", "brightyellow": "#ebcb8b",
    "brightwhite": "#ffffff",
}  # fmt: skip
PAPER = "#242933"


def colour(name: str, fallback: str) -> str:
    if name == "default":
        return fallback
    return COLOURS.get(name, f"#{name}" if len(name) == 6 else fallback)


def svg(terminal: Terminal) -> str:
    """The screen as SVG: every run of like cells at its own place, so that no font can shift a column."""
    rows = terminal.cells()
    width, height = terminal.columns * WIDTH + 2 * MARGIN, terminal.rows * HEIGHT + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
        f'<g font-family="{FONT}" font-size="17">',
    ]
    for y, row in enumerate(rows):
        parts += _row(row, MARGIN + y * HEIGHT)
    return "\n".join([*parts, "</g></svg>"])


def _look(cell: Cell) -> tuple[str, str, bool]:
    front, back = colour(cell.foreground, COLOURS["default"]), colour(cell.background, PAPER)
    return (back, front, cell.bold) if cell.reverse else (front, back, cell.bold)


def _row(row: list[Cell], top: int) -> Iterator[str]:
    x = 0
    for (front, back, bold), run in groupby(row, key=_look):
        cells = list(run)
        left = MARGIN + x * WIDTH
        if back != PAPER:
            yield f'<rect x="{left}" y="{top}" width="{len(cells) * WIDTH}" height="{HEIGHT}" fill="{back}"/>'
        weight = ' font-weight="bold"' if bold else ""
        for at, cell in enumerate(cells):
            if cell.text.strip():
                place = f'x="{left + at * WIDTH}" y="{top + HEIGHT - 5}"'
                yield f'<text {place} fill="{front}"{weight}>{escape(cell.text)}</text>'
        x += len(cells)


def draw(terminal: Terminal, name: str) -> None:
    assert terminal.quiet_for(0.3), "the screen does not come to rest"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".svg") as file:
        file.write(svg(terminal))
        file.flush()
        subprocess.run(["rsvg-convert", file.name, "-o", FOLDER / f"{name}.png"], check=True)
    print(FOLDER.name, name)


# -- what is on the screens: five offices, each at another point of the way


def say(visit: Visit, **facts: Any) -> None:
    """Answer facts, each where it is asked: a value, or (value, detail or day)."""
    for fact, given in facts.items():
        value, detail = given if isinstance(given, tuple) else (given, "")
        until = detail if isinstance(detail, date) else None
        step = visit.edition.facts[fact].step
        if visit.state != step:
            assert not visit.move(f"go_{step}"), (fact, step)
        assert not visit.answer(fact, value, "" if until else detail, until=until), fact


def offices(store: Path) -> None:
    """A store with offices at several points of the way."""
    clock = [datetime(2026, 11, 6, 10, 0, tzinfo=JAPAN)]
    desk = Desk.open(store, lambda: clock[0])
    who = Who("佐藤", "tablet", "pts/0")
    partners = [{"name": "さくら訪問介護", "kind": "service", "intention": "willing"}]

    def office(number: str, name: str, **facts: Any) -> Visit:
        visit = desk.begin(number, name, "2023-05-26", who)
        say(
            visit, office_kind="home_care_support", commissioned="no", partners=("willing", partners),
            product=("given", "ひびきケア"), makes_plans="yes", interface="yes", pc=("given", "受付PC"),
            billing_pc="no", windows="win11", edge="newest", sites="reached", billing="agent",
            kj_id=("kj", f"KJ{number[:2]}{number}"), **facts,
        )  # fmt: skip
        return visit

    visit = office(
        "1372001234",
        "みどり居宅支援",
        password="lost",
        id_request="sent",
        certificate="none",
        certificate_elsewhere="no",
    )
    assert not visit.move("park")
    visit.leave()
    clock[0] = datetime(2026, 11, 8, 14, 2, tzinfo=JAPAN)
    none = {"certificate": "none", "certificate_elsewhere": "no", "issuing_password": "known"}
    office("1372005678", "あおば訪問介護", password="known", **none, careplan_applied="applied").leave()
    visit = desk.begin("1471100021", "かもめデイ", "2023-05-26", who)
    say(visit, office_kind="service")
    visit.leave()
    visit = desk.begin("1372009999", "ひだまり支援", "2023-05-26", who)
    say(visit, office_kind="both", commissioned="no", partners=("willing", partners), makes_plans="yes")
    say(visit, interface="asked")
    visit.leave()
    visit = office(
        "1170400123", "けやき居宅支援", password="known", certificate=("usable", date(2027, 12, 20)), login="ok",
        terms="agreed", completion="seen", support_site="yes", client_downloaded="yes", client_installed="yes",
        client_login="ok", partner_ready="yes", payment="offset", report="given", secrets="none", acknowledged="yes",
    )  # fmt: skip
    assert not visit.move("complete")
    visit.leave()
    desk.close()


def pictures(lang: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        offices(store)
        with Technician(store, "2026-11-22T09:30", lang) as t:
            draw(t.terminal, f"home-{lang}")
            t.press("down", "down", "down")
            t.wait("1372005678")
            t.open_first()
            t.step("careplan_certificate")
            draw(t.terminal, f"step-{lang}")
            t.press("g", "3")
            t.step("terminal")
            t.press("1")
            t.wait("受付PC")
            t.terminal.send("\x15事務室PC\r")
            t.wait(t.texts("ui.preview.again")[:10])
            draw(t.terminal, f"preview-{lang}")
            t.press("1")
            t.wait(t.texts("key.next_field"))
            t.press("f3")
            t.step("terminal")
            t.press("p")
            t.wait(t.texts("ui.card.waits"))
            draw(t.terminal, f"card-{lang}")
            t.press("0")
            t.wait(t.texts("key.new"))
            t.press("end")
            t.open_first()
            t.wait(t.texts("ui.end.complete"))
            draw(t.terminal, f"end-{lang}")


def windows_pictures(archive: Path) -> None:
    """The bundle of `make windows`, as wine shows it."""
    from tests.labs.bundle import Carried, There

    with tempfile.TemporaryDirectory() as folder:
        pc = Carried(Path(folder) / "pc", archive)
        offices(Path(folder) / "store")
        try:
            with There(pc, Path(folder) / "store", "2026-11-22T09:30") as t:
                t.open_first()
                t.wait(t.texts("key.park"))
                draw(t.terminal, "windows-step-ja")
        finally:
            pc.close()


README = FOLDER.parent.parent / "README.md"
BEGIN, END = "<!-- graph:begin -->", "<!-- graph:end -->"


def diagram() -> str:
    """The newest edition's flow, as it stands in the README."""
    return f"{BEGIN}\n```mermaid\n{graph(editions.find(editions.NEWEST)).strip()}\n```\n{END}"


def write_diagram() -> None:
    words = README.read_text(encoding="utf-8")
    before, after = words[: words.index(BEGIN)], words[words.index(END) + len(END) :]
    README.write_text(before + diagram() + after, encoding="utf-8")


if __name__ == "__main__":
    write_diagram()
    if shutil.which("rsvg-convert") is None:
        sys.exit("rsvg-convert is needed (Debian: librsvg2-bin, fonts-noto-cjk)")
    for language in ("ja", "en"):
        pictures(language)
    for made in (FOLDER.parent.parent / "dist").glob("*-windows-x64.zip"):
        windows_pictures(made)
