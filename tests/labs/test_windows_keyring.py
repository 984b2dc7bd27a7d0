"""The real Credential Manager, by Windows' own Python under wine. Its 1312 and its limit are not real there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.labs.windows import Windows

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]

ASK = """
import json, sys
from states.storage import keyring_child
for request in json.loads(sys.stdin.read()):
    print(json.dumps(keyring_child.handle(request, None)), flush=True)
"""
EVERYTHING = """
import json
from win32ctypes.pywin32 import win32cred
found = win32cred.CredEnumerate(None, 0)
print(json.dumps([[c["TargetName"], c["CredentialBlob"].decode("utf-16-le"), c["Persist"]] for c in found]))
"""
NAME = "1372005678/password"


def ask(windows: Windows, *requests: dict[str, str]) -> list[dict[str, Any]]:
    said = windows.python("-c", ASK, text=json.dumps([{"username": NAME, **request} for request in requests]))
    return [json.loads(line) for line in said.splitlines()]


def test_it_keeps_changes_and_wipes_and_has_no_old_password(windows: Windows) -> None:
    new = "\ufeff新しい鍵🔑ﾊﾟｽ"
    put = [{"do": "put", "secret": "the old one"}, {"do": "put", "secret": new}, {"do": "get"}]
    assert ask(windows, {"do": "state"}, *put) == [*[{"state": "ok"}] * 3, {"state": "ok", "secret": new}]
    assert json.loads(windows.python("-c", EVERYTHING)) == [[f"careplan-setup/{NAME}", new, 2]]  # on this machine only
    assert ask(windows, {"do": "wipe"}, {"do": "wipe"}, {"do": "get"}) == [
        {"state": "ok"},
        {"state": "ok"},
        {"state": "ok", "secret": None},
    ]


def test_its_self_test_is_ok_and_what_is_too_long_is_not_asked_of_it(windows: Windows) -> None:
    assert ask(windows, {"do": "test"}, {"do": "put", "secret": "x" * 1281}, {"do": "get"}) == [
        {"state": "ok"},
        {"state": "too_long"},
        {"state": "ok", "secret": None},
    ]
