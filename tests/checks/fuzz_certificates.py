"""Certificate files damaged at random, judged one after the other: none may crash the check or hold it up.

    python -m tests.checks.fuzz_certificates [how many, 20000] [seed]

Files are PFX in four of five cases (new and old kinds, with chain, without key), else PEM or DER.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from states.checks.result import Outcome
from tests.certificates import issuers_own, make_der, make_pem, make_pfx
from tests.checks.test_certificate import damaged, judged

SLOW = 1.0  # seconds


def seeds(folder: Path) -> list[bytes]:
    """One good file of each kind."""
    file = folder / "good"
    return [
        make_pfx(file).read_bytes(),
        make_pfx(file, legacy=True).read_bytes(),
        make_pfx(file, chain=(issuers_own(),)).read_bytes(),
        make_pfx(file, key=False).read_bytes(),
        make_pfx(file, password=None).read_bytes(),
        make_pem(file, password="secret").read_bytes(),
        make_der(file).read_bytes(),
    ]


def main(many: int = 20_000, seed: int = 1) -> int:
    """Judge so many; prints counts and the slowest. 0 when none crashed and none was slow."""
    chance, outcomes = random.Random(seed), Counter[str]()
    slowest, crashes = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        good = seeds(Path(folder))
        kinds = [*good[:5] * 4, *good[5:] * 3]
        file = Path(folder) / "damaged"
        for _ in range(many):
            file.write_bytes(damaged(chance.choice(kinds), chance))
            began = time.perf_counter()
            try:
                result = judged(file)
                first = result.findings[0].code if result.findings else "-"
                outcomes[f"{result.outcome} {first}" if result.outcome is Outcome.COULD_NOT_RUN else "judged"] += 1
            except BaseException as error:  # a library's panic is no Exception
                if isinstance(error, KeyboardInterrupt):
                    raise
                crashes += 1
                outcomes[f"crash {type(error).__name__}"] += 1
            slowest = max(slowest, time.perf_counter() - began)
    for outcome, count in outcomes.most_common():
        print(f"{count:7} {outcome}")
    print(f"{many} files, {crashes} crashes, slowest {slowest * 1000:.0f} ms")
    return int(crashes > 0 or slowest > SLOW)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
