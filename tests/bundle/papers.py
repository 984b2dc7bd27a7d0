"""What a bundle says of itself: the list of its parts (CycloneDX), the checksums of its files, what takes the room."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tests.bundle.parts import PACKAGES, Part, files_below

PARTS: Final = "sbom.cdx.json"
SUMS: Final = "SHA256SUMS"
_NAMESPACE: Final = uuid.UUID("6b1c4f0e-4f0c-5d0f-9d3e-0b5c5b0e2a11")


def write_parts(folder: Path, version: str, made: datetime, parts: Sequence[Part]) -> None:
    """The bill of materials; the same bytes for the same parts."""
    own = Component(name="careplan-setup", version=version, type=ComponentType.APPLICATION, bom_ref="careplan-setup")
    bom = Bom(
        components=[_component(part) for part in parts],
        serial_number=uuid.uuid5(_NAMESPACE, "\n".join([version, *(f"{one.name} {one.sha256}" for one in parts)])),
    )
    bom.metadata.component, bom.metadata.timestamp = own, made
    bom.register_dependency(own, bom.components)
    (folder / PARTS).write_text(JsonV1Dot6(bom).output_as_string(indent=1) + "\n", encoding="utf-8", newline="\n")


def _component(part: Part) -> Component:
    kind = "generic" if part.name == "CPython" else "pypi"
    return Component(
        name=part.name,
        version=part.version,
        bom_ref=f"{part.name}@{part.version}",
        purl=PackageURL(kind, None, part.name.lower(), part.version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=part.sha256)],
    )


def write_sums(folder: Path) -> None:
    """One line a file, as `sha256sum --check` reads them; the file of sums is not in itself."""
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n"
        for file in files_below(folder)
        if file.name != SUMS
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def sizes(folder: Path) -> Iterator[str]:
    """A table of what takes the room, the largest first; what takes little is one line."""
    taken: Counter[str] = Counter()
    for file in files_below(folder):
        where = file.relative_to(folder).parts
        taken["/".join(where[:3] if PACKAGES in where[:2] else where[:2])] += file.stat().st_size
    little = sum(size for size in taken.values() if size < 1 << 20)
    for name, size in taken.most_common():
        if size >= 1 << 20:
            yield f"{size / 1e6:7.1f} MB  {name}"
    yield f"{little / 1e6:7.1f} MB  the rest"
    yield f"{sum(taken.values()) / 1e6:7.1f} MB  unpacked, {sum(1 for _ in files_below(folder))} files"
