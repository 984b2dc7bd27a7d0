"""A child for the tests of `states.child`: it does what the request names."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable

from states import child


def handle(request: child.Json, progress: Callable[[child.Json], None]) -> child.Json:
    match request["do"]:
        case "echo":
            progress({"half": 1})
            return {"said": request["word"]}
        case "sleep":
            progress({"pid": os.getpid()})
            time.sleep(60)
        case "dumpable":
            return {"dumpable": ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)}  # PR_GET_DUMPABLE
        case "crash":
            os.abort()
        case "raise":
            raise ValueError(request["word"])
        case "babble":
            os.write(1, b"no json at all\n")
        case "nest":
            os.write(1, b"[" * 200_000 + b"\n")
        case "endless line":
            while True:
                os.write(1, b"x" * 65536)
        case "endless results":
            while True:
                os.write(1, b'{"result": {}}\n' * 4096)
        case "leave somebody behind":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            time.sleep(60)
    return {}


if __name__ == "__main__":
    child.answer(handle)
