"""A PostgreSQL server of the tests' own: made in a folder for temporary files, run as nobody in particular, gone after.

Which programs: `CAREPLAN_TEST_POSTGRESQL` names their folder; else those of PATH, else the newest of Debian's.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
import trustme

from states.storage import team_schema

CHOSEN = "CAREPLAN_TEST_POSTGRESQL"
ISOLATION = "CAREPLAN_TEST_ISOLATION"  # such as "serializable"; the server's own default without it
MISSING = "PostgreSQL's server programs are not installed"
OWNER, TECHNICIAN, PASSWORD = "owner", "sato", "canary-8fJq"
_RULES = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
_number = itertools.count(1)


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`; none on Windows, where nobody has tried."""
    if os.name == "nt":
        return None
    if chosen := os.environ.get(CHOSEN):
        return Path(chosen)
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return debian[-1].parent if debian else None


class Server:
    """A server in `folder`, which must not be a RAM disk's if its costs are to be measured.

    Args:
        rules: who may come in besides, in the words of pg_hba.conf.
        settings: of the server, besides where it listens.
    """

    def __init__(self, folder: Path, rules: str = "", **settings: str) -> None:
        found = programs()
        assert found is not None, MISSING
        self.programs, self.folder, self.settings = found, folder, settings
        self.data = folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._user: str | None = None
        if os.geteuid() == 0:  # it refuses root
            self._user = "postgres" if _known("postgres") else "nobody"
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", self.data, "-U", OWNER, "-E", "UTF8", "--locale=C", "--no-sync", "-A", "trust")
        (self.data / "pg_hba.conf").write_text(f"{rules}\n{_RULES}")

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        given = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "250",
            **self.settings,
        }
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        for _ in range(600):
            if self._process is None or self._process.poll() is not None:  # also while the parts of one that was killed
                with (self.folder / "log").open("ab") as log:  # still hold its memory: then it ends at once
                    self._process = subprocess.Popen(
                        [self.programs / "postgres", "-D", self.data, *options],
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                        **self._as_user(),  # type: ignore[call-overload]
                    )
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.address("postgres")).close()
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """Kill every part of it at once."""
        assert self._process is not None
        for part in (self._process.pid, *_parts(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(part, signal.SIGKILL)
        self._process.wait()

    def encrypt(self) -> Path:
        """Have it offer TLS from its next start on, as localhost; the certificate of its authority."""
        authority, place = trustme.CA(), self.folder / "ca.pem"
        authority.cert_pem.write_to_path(str(place))
        issued = authority.issue_cert("localhost")
        for file, pem in (("server.crt", issued.cert_chain_pems[0]), ("server.key", issued.private_key_pem)):
            pem.write_to_path(str(self.data / file))
            (self.data / file).chmod(0o600)
            shutil.chown(self.data / file, self._user or os.geteuid())
        self.settings["ssl"] = "on"
        return place

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once: nothing is wanted of it any more
            self._process.wait()

    def address(self, database: str, user: str = OWNER, *, tcp: bool = False, **options: str) -> str:
        """How `--store` would name it."""
        host = "127.0.0.1" if tcp else quote(str(self.folder), safe="")
        given = "&".join(f"{name}={quote(value)}" for name, value in options.items())
        return f"postgresql://{user}@{host}:{self.port}/{database}" + (f"?{given}" if given else "")

    def database(self, *, empty: bool = False) -> str:
        """A new database with the schema of a team store; its name."""
        name = f"team{next(_number)}_{os.getpid()}"
        self.execute("postgres", f"CREATE DATABASE {name}")
        if not empty:
            team_schema.init(self.address(name))
        if isolation := os.environ.get(ISOLATION):
            self.execute("postgres", f"ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'")
        return name

    def execute(self, database: str, *statements: str) -> None:
        """As the owner; each statement by itself."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def technician(self, database: str, name: str = TECHNICIAN) -> None:
        """Make a login that may do what a technician may."""
        self.execute(
            database, f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'", f"GRANT {team_schema.TECHNICIAN} TO {name}"
        )

    def _run(self, program: str, *arguments: str | Path) -> None:
        ended = subprocess.run(
            [self.programs / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            **self._as_user(),  # type: ignore[call-overload]
        )
        assert ended.returncode == 0, ended.stderr

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {"cwd": self.folder}
        import pwd  # not on Windows

        entry = pwd.getpwnam(self._user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": self.folder}


@contextlib.contextmanager
def serving(rules: str = "", **settings: str) -> Iterator[Server]:
    """A server for as long as the block lasts; see `Server`."""
    with tempfile.TemporaryDirectory(prefix="cps-pg-", dir="/var/tmp") as made:
        Path(made).chmod(0o755)
        with Server(Path(made), rules, **settings) as server:
            yield server


def _known(user: str) -> bool:
    import pwd

    return user in {entry.pw_name for entry in pwd.getpwall()}


def _parts(postmaster: int) -> list[int]:
    """The processes of a server; they have process groups of their own."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = place.read_text().rpartition(")")[2].split()
            if int(fields[1]) == postmaster:
                found.append(int(place.parent.name))
    return found
