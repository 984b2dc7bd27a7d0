"""`python -m tests.bundle [FOLDER]`: make the bundle for Windows there (`dist`), say what takes the room in it."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tests.bundle.build import build
from tests.labs.windows_python import ROOT


def main(target: Path) -> int:
    try:
        bundle = build(target)
    except LookupError as error:
        print(f"no bundle: {error}", file=sys.stderr)
        return 1
    print("\n".join(bundle.table))
    content = bundle.archive.read_bytes()
    print(f"{len(content) / 1e6:7.1f} MB  {bundle.archive.name}")
    sum_of_all = f"{hashlib.sha256(content).hexdigest()}  {bundle.archive.name}"
    bundle.archive.with_suffix(".zip.sha256").write_text(sum_of_all + "\n")
    print(sum_of_all)
    return 0


sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"))
