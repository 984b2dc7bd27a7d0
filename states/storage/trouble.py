"""What an engine or a file system raises, as the `Fault` that a person can act on."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import apsw

from states.fault import Fault

_NO_ROOM: Final = 64 * 1024  # bytes free below which a failed write is called a full disk


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what is raised inside, about the file at `path`, into a `Fault`."""
    try:
        yield
    except apsw.Error as error:
        raise _from_engine(error, path) from None
    except UnicodeEncodeError:  # half a character, from a broken terminal or a broken file
        raise Fault("store.text", path=path) from None
    except UnicodeDecodeError:
        raise Fault("store.damaged", path=path) from None
    except OSError as error:
        raise _from_system(error, path) from None


def not_allowed(path: Path) -> Fault | None:
    """Told apart, for the remedies differ: what may be read but not written, and what may not be read at all."""
    folder = path.parent
    for place, needed in ((folder, os.R_OK | os.X_OK), (path, os.R_OK)):
        if os.access(place, os.F_OK) and not os.access(place, needed):
            return Fault("store.forbidden", path=place)
    for place in (path, folder):
        if os.access(place, os.F_OK) and not os.access(place, os.W_OK):
            return Fault("store.read_only", path=place)
    return None


def _from_engine(error: apsw.Error, path: Path) -> Fault:
    match error:
        case apsw.BusyError() | apsw.LockedError():
            return Fault("store.busy", path=path)
        case apsw.FullError():
            return Fault("store.full", path=path)
        case apsw.CorruptError() | apsw.NotADBError() | apsw.ConstraintError():
            return Fault("store.damaged", path=path)
        case apsw.ReadOnlyError():
            return Fault("store.read_only", path=path)
        case apsw.CantOpenError() | apsw.PermissionsError() | apsw.AuthError():
            return not_allowed(path) or Fault("store.io", path=path, detail=_detail(error))
        case apsw.IOError() if _no_room(path):  # a full disk met outside a plain write
            return Fault("store.full", path=path)
        case _:
            return Fault("store.io", path=path, detail=_detail(error))


def _from_system(error: OSError, path: Path) -> Fault:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return Fault("store.full", path=path)
        case errno.EROFS:
            return Fault("store.read_only", path=path)
        case errno.EACCES | errno.EPERM:
            return not_allowed(path) or Fault("store.forbidden", path=path)
        case errno.ENOENT:
            return Fault("store.missing", path=path)
        case errno.EEXIST | errno.EISDIR | errno.ENOTDIR:
            return Fault("store.foreign", path=path)
        case _:
            return Fault("store.io", path=path, detail=errno.errorcode.get(error.errno or 0, type(error).__name__))


def _detail(error: apsw.Error) -> str:
    """SQLite's own name for what happened, for support: such as SQLITE_IOERR_WRITE."""
    names = apsw.mapping_result_codes | apsw.mapping_extended_result_codes
    return str(names.get(getattr(error, "extendedresult", -1), type(error).__name__))


def _no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _NO_ROOM
    except OSError:
        return False
