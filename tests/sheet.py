"""Every kind of screen in both languages, three sizes and four terminals: looked through cell by cell, or drawn.

`python -m tests.sheet FOLDER` (`make sheet`) draws each as a PNG and all of them on contact sheets, one a language and
size; `tests/tui/test_matrix.py` looks at a part of them and `make labs` at all.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from locales import LANGUAGES, Texts
from tests.pictures import offices, svg
from tests.tui.liner import Liner
from tests.tui.technician import Technician
from tui import words

SIZES = ((80, 24), (120, 40), (60, 20))
TERMINALS = {
    "full": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "16": {"TERM": "xterm"},
    "ascii": {"TERM": "vt220", "NO_COLOR": "1"},
}
NOW = "2026-11-22T09:30"
# What stays Japanese in English: names of offices and people, and what an office has to find on a Japanese page.
OURS = (
    *(
        "あおば訪問介護",
        "みどり居宅支援",
        "かもめデイ",
        "ひだまり支援",
        "けやき居宅支援",
        "さくら訪問介護",
        "ひびきケア",
    ),
    *("受付PC", "受", "付PC", "佐藤", "国保連", "介護電子請求ヘルプデスク", "電子請求受付システム"),
    *("介護DX証明書", "請求委任事業所用ケアプラン証明書", "介護保険証明書", "証明書発行用パスワード"),
)
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")

Go = Callable[[Technician], None]


def _press(*keys: str, then: str) -> Go:
    def go(t: Technician) -> None:
        t.press(*keys)
        t.wait(t.texts(then).split("\n")[0][:12])

    return go


def _to(office: str) -> Go:
    def go(t: Technician) -> None:
        t.press("/")
        t.terminal.send(office)
        t.wait(office)
        t.press("enter")
        t.press("enter")
        t.wait("F8/p" if office != "1170400123" else "F7/3")

    return go


def _then(*ways: Go) -> Go:
    def go(t: Technician) -> None:
        for way in ways:
            way(t)

    return go


def _sees(text: str) -> Go:
    return lambda t: t.wait(text)


def _keys(*keys: str) -> Go:
    return lambda t: t.press(*keys)


def _sends(text: str) -> Go:
    return lambda t: t.terminal.send(text)


# The way past every kind of screen: what leads to it, from the one before.
WALK: dict[str, Go] = {
    "home": _sees("F10/0"),
    "help": _press("?", then="ui.help.title"),
    "new": _then(_keys("f3"), _press("n", then="ui.field.office_number")),
    "step": _then(_keys("f3"), _sees("F10/0"), _to("1372005678")),
    "question": _press("1", then="key.not_now"),
    "steps": _then(_keys("f3"), _press("g", then="ui.steps.title")),
    "reasons": _then(_keys("f3"), _press("f7", then="ui.reasons.title")),
    "history": _then(_keys("f3"), _press("h", then="ui.history.title")),
    "address": _then(_keys("f3"), _press("t", then="ui.address.title")),
    "ends": _then(_keys("f3"), _press("x", then="ui.ends.title")),
    "entry": _then(_keys("f3", "g", "3"), _sees("受付PC"), _keys("1"), _sees("> 受付PC")),
    "preview": _then(_keys("end"), _sends("2\r"), lambda t: t.wait(t.texts("key.change"))),
    "secret": _then(
        _keys("1"), _sees("> 受付PC2"), _keys("f3", "g", "4"), _sees("KJ131372005678"), _keys("4"),
        lambda t: t.wait(t.texts("ui.keyring.no_service")[:8]),
    ),
    "card": _then(_keys("f3"), _sees("F8/p"), _press("p", then="ui.card.bring")),
    "end": _then(_keys("0"), _sees("F10/0"), _to("1170400123")),
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One screen at rest."""

    name: str
    lang: str
    rows: list[str]
    reversed: bool
    cursor: tuple[int, int]
    svg: str


def screens(store: Path, lang: str, columns: int, rows: int, terminal: str) -> Iterator[Shown]:
    """Each screen on the way; the store is one of `tests.pictures.offices`."""
    own = store.with_name(f"{lang}-{columns}-{terminal}")
    shutil.copytree(store, own)  # a visit leaves its traces
    env = TERMINALS[terminal] | {"XDG_RUNTIME_DIR": str(own)}
    with Technician(own, NOW, lang, columns=columns, rows=rows, env=env) as t:
        for name, go in WALK.items():
            go(t)
            assert t.terminal.quiet_for(0.15), f"{name} does not come to rest"
            marked = any(cell.reverse for row in t.terminal.cells() for cell in row)
            yield Shown(name, lang, t.terminal.screen(), marked, t.terminal.cursor, svg(t.terminal))


def line_screens(store: Path, lang: str) -> str:
    """The same way in line mode: all that was said."""
    with Liner(store, NOW, lang) as t:
        t.prompt()
        for typed in ("11", "13"):
            t.type(typed, t.texts("ui.search") if typed == "13" else "")
        t.type("1372005678")
        t.type("1")
        for typed in ("11", "12", "0", "17", "0", "16", "14", "21", "0", "18", "13", "0", "0"):
            t.type(typed)
        return t.all


def wrong(shown: Shown, columns: int, rows: int) -> Iterator[str]:
    """What is not as it should be on a screen."""
    text = "\n".join(row.rstrip() for row in shown.rows)
    for row in shown.rows:
        if words.cell_len(row) > columns:
            yield f"a row is wider than the screen: {row!r}"
    if shown.lang == "en":
        left = text.replace(Texts("en")("key.language"), "")
        for name in OURS:
            left = left.replace(name, "")
        if found := JAPANESE.search(left):
            yield f"Japanese in English: {left[max(found.start() - 20, 0) : found.end() + 20]!r}"
    elif re.search(r"\b(the|and|is not|edition|waiting)\b", text):
        yield "English in Japanese"
    if not shown.reversed and shown.cursor == (0, 0) and shown.name in ("home", "step", "question", "preview"):
        yield "the focus is not seen"
    ways = ("F10", "Esc", "F3", "F8/p", "0 ", "Enter")
    if not any(way in "\n".join(shown.rows[-6:]) for way in ways):
        yield "no way out is shown"
    if shown.rows[1].strip("-") not in ("", " " * columns) and shown.rows[1].strip(" -"):
        yield f"the head is broken: {shown.rows[1]!r}"
    if rows >= 20 and ".." in shown.rows[0] and columns >= 80:
        yield f"the head is cut: {shown.rows[0]!r}"


def draw_sheets(folder: Path) -> None:
    """PNGs of all, and a contact sheet for each language and size."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        store = Path(place) / "store"
        offices(store)
        for lang in LANGUAGES:
            for columns, rows in SIZES:
                tiles = []
                for terminal in TERMINALS:
                    for shown in screens(store, lang, columns, rows, terminal):
                        tiles.append((f"{shown.name} {terminal}", shown.svg))
                _sheet(folder / f"{lang}-{columns}x{rows}.png", tiles)
                print(f"{lang} {columns}x{rows}: {len(tiles)} screens", flush=True)


def _sheet(path: Path, tiles: list[tuple[str, str]], across: int = 5) -> None:
    """One picture of many, each under its name."""
    width, height = (int(re.search(rf'{side}="(\d+)"', tiles[0][1])[1]) for side in ("width", "height"))  # type: ignore[index]
    scale = 480 / width
    tall = height * scale + 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across * 490}" height="{-(-len(tiles) // across) * tall}">'
    ]
    parts.append('<rect width="100%" height="100%" fill="#111"/>')
    for at, (name, drawn) in enumerate(tiles):
        x, y = at % across * 490, at // across * tall
        parts.append(
            f'<text x="{x + 6}" y="{y + 17}" fill="#eee" font-size="15" font-family="sans-serif">{name}</text>'
        )
        parts.append(f'<g transform="translate({x},{y + 22}) scale({scale})">{drawn}</g>')
    with tempfile.NamedTemporaryFile("w", suffix=".svg") as file:
        file.write("\n".join([*parts, "</svg>"]))
        file.flush()
        subprocess.run(["rsvg-convert", "--unlimited", file.name, "-o", path], check=True)


if __name__ == "__main__":
    draw_sheets(Path(sys.argv[1] if len(sys.argv) > 1 else "build/sheet"))
