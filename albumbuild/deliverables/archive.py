"""The archive: float masters, the whole manifest, and what all of it was made from and with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from albumbuild.deliverables.delivery import Deliver, write_draft
from albumbuild.deliverables.floats import write_floats
from albumbuild.deliverables.note import archive_note, write_note
from albumbuild.deliverables.record import PROVENANCE_DRAFT, json_text
from albumbuild.engine.action import Needs, Progress
from albumbuild.formats.sums import file_sum
from albumbuild.model.delivery import Delivery

MASTERS = "masters"
MANIFEST = "album.json"
MATERIAL = ("stems", "sounds")
"""What the user's files are: of the songs, and of the devices that read any."""


class MadeWith(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of all that had a hand in the sound, by name."""

    program: Mapping[str, str]
    libraries: Mapping[str, str]
    steps: Mapping[str, int]
    devices: Mapping[str, str]


class DeliverArchive(Deliver, frozen=True, kw_only=True):
    """Writes the premasters in `order`, the `manifest` with nothing left to other files, and
    the digests of the user's files.
    """

    type: ClassVar[str] = "archive"

    order: tuple[str, ...]
    rate_hz: int
    manifest: Mapping[str, Any]
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
        (into / MANIFEST).write_bytes(json_text(self.manifest))
        write_note(into, archive_note(self.album, self.order, rate_hz=self.rate_hz))
        write_draft(into, Delivery(type=self.type, files=(), tracks=tracks))
        made_with = msgspec.to_builtins(self.made_with)
        material = {kind: _digests(needs, f"{kind}/") for kind in MATERIAL}
        (into / PROVENANCE_DRAFT).write_bytes(msgspec.json.encode({**made_with, **material}))


def _digests(needs: Needs, prefix: str) -> list[dict[str, Any]]:
    """The path, length and SHA-256 of each file of the user, by its path."""
    paths = {role.removeprefix(prefix): needs.source(role) for role in needs.roles(prefix)}
    return [
        {"path": name, "bytes": path.stat().st_size, "sha256": file_sum(path, "sha256")}
        for name, path in sorted(paths.items())
    ]
