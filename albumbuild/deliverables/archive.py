"""The archive: float masters, the whole manifest, and what all of it was made from and with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from albumbuild.deliverables.delivery import Deliver, write_draft
from albumbuild.deliverables.floats import write_floats
from albumbuild.deliverables.note import archive_note, write_note
from albumbuild.deliverables.record import PROVENANCE_DRAFT
from albumbuild.engine.action import Needs, Progress
from albumbuild.formats.sums import file_sum
from albumbuild.model.delivery import Delivery

MASTERS = "masters"
MANIFEST = "album.json"
MATERIAL = "material/"
"""How the roles of the user's files begin; their paths follow."""


class MadeWith(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of all that had a hand in the sound, by name."""

    program: Mapping[str, str]
    libraries: Mapping[str, str]
    steps: Mapping[str, int]
    devices: Mapping[str, str]


class DeliverArchive(Deliver, frozen=True, kw_only=True):
    """Writes the premasters in `order`, the lines of the `manifest` with all that it took from
    elsewhere, and the digests of the user's files.
    """

    type: ClassVar[str] = "archive"

    order: tuple[str, ...]
    rate_hz: int
    manifest: tuple[str, ...]
    made_with: MadeWith

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of the archive; its provenance is finished when it is placed."""
        sounds = {subject: needs.blob(f"premaster/{subject}") for subject in self.order}
        tracks = write_floats(
            sounds,
            self.tracks,
            rate_hz=self.rate_hz,
            into=into,
            progress=progress,
            folder=MASTERS,
        )
        text = "".join(f"{line}\n" for line in self.manifest)
        (into / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        material = progress.map(lambda role: _digest(role, needs), needs.roles(MATERIAL))
        note = archive_note(
            self.album, masters=len(tracks), rate_hz=self.rate_hz, material=len(material)
        )
        write_note(into, note)
        write_draft(into, Delivery(type=self.type, files=(), tracks=tracks))
        told = {"made_with": self.made_with, "material": material}
        (into / PROVENANCE_DRAFT).write_bytes(msgspec.json.encode(told))


def manifest_lines(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """A manifest as the lines of a JSON file, its keys in the order that they stand in."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    return tuple(text.decode().split("\n"))


def _digest(role: str, needs: Needs) -> dict[str, Any]:
    """The path, length and SHA-256 of a file of the user."""
    path = needs.source(role)
    return {
        "path": role.removeprefix(MATERIAL),
        "bytes": path.stat().st_size,
        "sha256": file_sum(path, "sha256"),
    }
