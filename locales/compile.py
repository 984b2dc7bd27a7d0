"""Compiles the message catalogues (.po to .mo) with Babel: run by the build, and by `make locales`."""

from __future__ import annotations

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
        mo = po.with_suffix(".mo")
        with mo.open("wb") as target:
            write_mo(target, catalogue)
        written.append(mo)
    return written


class CatalogueHook(BuildHookInterface[Any]):
    """Hatchling calls this before it collects files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version, build_data
        compile_catalogues(Path(self.root) / "locales")


if __name__ == "__main__":
    compile_catalogues()
