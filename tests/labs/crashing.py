"""The real app, with a fault planted at the worst moment, when a secret is in hand.

    python -m tests.labs.crashing crash|log …

`crash`: an error whose words and locals hold it. `log`: somebody's debugging, a file of what each child was asked.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from tui import terminal

terminal.prepare_environment()

# ruff: noqa: E402
from states import child
from states.storage.secrets import Secret, ThisVisit
from states.visit import Visit
from tui.cli import main

call = child.call


def put(_store: ThisVisit, slot: Any, secret: Secret) -> NoReturn:
    in_hand = secret.reveal()
    raise RuntimeError(f"could not put {in_hand!r} into {slot}")


def run_check(_visit: Visit, name: str, request: dict[str, Any], **_: object) -> NoReturn:
    in_hand = request["password"]
    raise RuntimeError(f"could not measure {name} with {in_hand!r}")


def logged(module: str, request: child.Json, **how: Any) -> child.Json:
    with Path(os.environ["TMPDIR"], "debug.log").open("a") as file:
        file.write(json.dumps(request) + "\n")
    return call(module, request, **how)


if __name__ == "__main__":
    if sys.argv.pop(1) == "log":
        child.call = logged
    else:
        ThisVisit.put = put  # type: ignore[assignment, method-assign]
        Visit.run_check = run_check  # type: ignore[assignment, method-assign]
    sys.exit(main())
