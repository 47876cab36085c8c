"""Mixes: each song's mix and its versions, 32-bit float at the working rate."""

from pathlib import Path
from typing import ClassVar

from albumbuild.deliverables.delivery import Deliver, write_draft
from albumbuild.deliverables.floats import write_floats
from albumbuild.deliverables.note import mixes_note, write_note
from albumbuild.deliverables.papers import write_playlist
from albumbuild.engine.action import Needs, Progress
from albumbuild.model.delivery import Delivery


class DeliverMixes(Deliver, frozen=True, kw_only=True):
    """Writes `SONG.wav` and `SONG+VERSION.wav`, as they were mixed, in `order`."""

    type: ClassVar[str] = "mixes"
    version: ClassVar[int] = 3

    order: tuple[str, ...]
    rate_hz: int

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of mixes, and what each measures."""
        mixes = {subject: needs.blob(f"mix/{subject}") for subject in self.order}
        tracks = write_floats(
            mixes, self.tracks, rate_hz=self.rate_hz, into=into, progress=progress
        )
        artists = (self.tracks[track.song].artist for track in tracks)
        write_playlist(into, self.name, artists=artists, tracks=tracks)
        note = mixes_note(self.album, self.name, mixes=len(tracks), rate_hz=self.rate_hz)
        write_note(into, note)
        write_draft(into, Delivery(type=self.type, files=(), tracks=tracks))
