"""What a folder stands on: a disk of this PC, or something that keeps no promise about what was written to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from states.fault import Fault

_MOUNTS: Final = Path("/proc/self/mountinfo")
_ESCAPED: Final = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"}  # as the kernel writes them there
MEMORY: Final = {"tmpfs", "ramfs"}
NETWORK: Final = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "lustre", "glusterfs", "vboxsf"),
    *("fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.glusterfs", "fuse.vmhgfs-fuse", "davfs"),
}


def check(folder: Path) -> None:
    """Refuse a folder that a power cut empties, or whose locks and syncs another computer only pretends to honour.

    Raises:
        Fault: `store.network`, `store.memory` (path).
    """
    kind = kind_of(folder)
    if kind in NETWORK:
        raise Fault("store.network", path=folder)
    if kind in MEMORY:
        raise Fault("store.memory", path=folder)


def kind_of(folder: Path) -> str:
    """The type of file system at a folder, which need not be there yet; '' where the system does not say.

    Read from the list of mounts and not asked of `statfs`: Python reaches that through ctypes alone, whose import the
    first paint would wait for.
    """
    place = os.path.realpath(folder)
    if os.name == "nt":
        return "cifs" if place.startswith("\\\\") else ""  # a mapped drive resolves to its share
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    kind, longest = "", -1
    for line in lines:
        mount, _, system = line.partition(" - ")
        point = mount.split(" ")[4]
        for code, character in _ESCAPED.items():
            point = point.replace(code, character)
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= longest:  # of two mounts at one place the later one is seen
            kind, longest = system.split(" ")[0], len(point)
    return kind
