"""A process that appends without end and says which version was acknowledged, until it is killed.

`python -m tests.storage.writer FOLDER ID [early]`; with `early` it plants a fault: it acknowledges before it commits.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from states.storage.journal import Journal
from tests.storage.samples import begin, go_on


def write(folder: Path, id: str, *, early: bool) -> None:
    journal = Journal.open(folder)
    row = begin(journal, id)
    while True:
        if early:
            os.write(1, b"%d\n" % (row.version + 1))
        row = go_on(journal, row)
        if not early:
            os.write(1, b"%d\n" % row.version)


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], early="early" in sys.argv[3:])
