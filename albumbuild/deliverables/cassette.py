"""The cassette: a 24-bit file a side for the duplicator, and a timing sheet."""

from pathlib import Path
from typing import ClassVar

from albumbuild.deliverables.note import cassette_note, write_note
from albumbuild.deliverables.sided import DeliverSides
from albumbuild.engine.action import Needs, Progress


class DeliverCassette(DeliverSides, frozen=True, kw_only=True):
    """Writes the sides of a tape, each with the silence that it begins with."""

    type: ClassVar[str] = "cassette"
    version: ClassVar[int] = 1

    tape: str

    @property
    def medium(self) -> tuple[str, str]:
        """A cassette, by the minutes of both its sides together."""
        return "cassette", self.tape

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of the cassette."""
        sides = self.write_sides(needs, into, progress)
        tracks = self.delivered(sides)
        self.write_timing(into, sides, tracks)
        write_note(into, cassette_note(self.album, self.files, tape=self.tape))
        self.write_record(into, sides, tracks, cuttability={})
