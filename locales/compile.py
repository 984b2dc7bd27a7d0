"""What is made before the wheel is: the message catalogues (.po to .mo, by Babel) and the man page, out of the parser.

Run by the build; the catalogues also by `make locales`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent


def compile_catalogues(folder: Path = HERE) -> list[Path]:
    """Write every `<lang>/LC_MESSAGES/*.mo` beside its `.po`; return the files written."""
    written = []
    for po in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        # Else it is the time of the build: the same source makes the same bytes.
        catalogue.creation_date = catalogue.revision_date = datetime(1980, 1, 1, tzinfo=UTC)
        mo = po.with_suffix(".mo")
        with mo.open("wb") as target:
            write_mo(target, catalogue)
        written.append(mo)
    return written


def write_manual(root: Path) -> Path:
    """Write `build/careplan-setup.1`; return it."""
    from argparse_manpage.manpage import Manpage

    sys.path.insert(0, str(root))  # a build of its own has nothing of ours installed
    from tui.cli import parser

    page = root / "build" / "careplan-setup.1"
    page.parent.mkdir(exist_ok=True)
    # No date: the same source makes the same page.
    page.write_text(str(Manpage(parser(), {"date": " ", "manual_title": "careplan-setup"})), encoding="utf-8")
    return page


class CatalogueHook(BuildHookInterface[Any]):
    """Hatchling calls this before it collects files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        compile_catalogues(root / "locales")
        if self.target_name == "wheel" and version != "editable":
            build_data["shared_data"][str(write_manual(root))] = "share/man/man1/careplan-setup.1"


if __name__ == "__main__":
    compile_catalogues()
