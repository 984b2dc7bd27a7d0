"""What a folder stands on: a disk of this PC, or something that keeps no promise about what was written to it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from states.fault import Fault
from states.system import here

MEMORY: Final = {"tmpfs", "ramfs"}
NETWORK: Final = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "lustre", "glusterfs", "vboxsf"),
    *("fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.glusterfs", "fuse.vmhgfs-fuse", "davfs"),
}
SYNCED: Final = "synced"  # a program copies each file elsewhere while it is written to, and puts others in its place


def check(folder: Path) -> None:
    """Refuse a folder that a power cut empties, or whose locks and syncs another computer only pretends to honour.

    Raises:
        Fault: `store.network`, `store.memory`, `store.synced` (path).
    """
    kind = here.kind_of_ground(folder)
    if kind in NETWORK:
        raise Fault("store.network", path=folder)
    if kind in MEMORY:
        raise Fault("store.memory", path=folder)
    if kind == SYNCED:
        raise Fault("store.synced", path=folder)
