"""The real app, with a crash planted at the worst moment: the secret in hand, in a local and in the error's words."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from tui import terminal

terminal.prepare_environment()

# ruff: noqa: E402
from states.storage.secrets import Secret, ThisVisit
from tui.cli import main


def put(_store: ThisVisit, slot: Any, secret: Secret) -> NoReturn:
    in_hand = secret.reveal()
    raise RuntimeError(f"could not put {in_hand!r} into {slot}")


ThisVisit.put = put  # type: ignore[assignment, method-assign]

if __name__ == "__main__":
    sys.exit(main())
