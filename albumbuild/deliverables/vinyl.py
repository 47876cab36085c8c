"""Vinyl: a 24-bit file a side, a timing sheet, and notes to the cutter on the groove."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from albumbuild.deliverables.cutternotes import limits_line, reference_line, side_lines
from albumbuild.deliverables.grooveplot import groove_svg
from albumbuild.deliverables.note import vinyl_note, write_note
from albumbuild.deliverables.sided import DeliverSides, seconds_of, write_text
from albumbuild.dsp.cutting import Cut, cut, figures_of
from albumbuild.dsp.groove import Groove, GrooveMeter
from albumbuild.engine.action import Needs, Progress
from albumbuild.model.delivery import DeliveredTrack
from albumbuild.model.lathe import Lathe, RecordSize
from albumbuild.model.time import clock
from albumbuild.steps.figures import write_figures
from albumbuild.steps.sequence import Side
from albumbuild.steps.stream import blocks_of


class Predicted(NamedTuple):
    """What a side will be on the lathe."""

    groove: Groove
    made: Cut


class DeliverVinyl(DeliverSides, frozen=True, kw_only=True):
    """Writes the sides of a record, and what each will ask of the lathe."""

    type: ClassVar[str] = "vinyl"
    version: ClassVar[int] = 3

    disc: str
    size: RecordSize
    lathe: Lathe

    @property
    def medium(self) -> tuple[str, str]:
        """A disc, by its diameter and speed."""
        return "disc", self.disc

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of the record."""
        sides = self.write_sides(needs, into, progress)
        cuts = dict(zip(sides, progress.map(self._predicted, map(needs.blob, sides)), strict=True))
        tracks = self.delivered(sides)
        self.write_timing(into, sides, tracks)
        write_text(into / "notes-to-the-cutter.txt", self._notes(sides, tracks, cuts))
        for name, each in cuts.items():
            title = f"{self.album.artist} - {self.album.title}, side {name}, {self.disc}"
            plot = into / f"{Path(self.files[name]).stem}-groove.svg"
            write_text(plot, groove_svg(each.groove, each.made, title=title))
        figures = {name: figures_of(each.groove, each.made) for name, each in cuts.items()}
        write_note(into, vinyl_note(self.album, self.files, disc=self.disc))
        self.write_record(into, sides, tracks, cuttability=figures)
        write_figures(into, figures)

    def _predicted(self, programme: Path) -> Predicted:
        meter = GrooveMeter(self.rate_hz, lathe=self.lathe, turn_s=self.size.turn_s)
        for block in blocks_of(programme):
            meter.add(block)
        groove = meter.groove()
        return Predicted(groove, cut(groove, self.size, self.lathe))

    def _notes(
        self,
        sides: Mapping[str, Side],
        tracks: Sequence[DeliveredTrack],
        cuts: Mapping[str, Predicted],
    ) -> str:
        """Lengths, levels, what was done to the peaks, and what each side asks of the lathe."""
        album = self.album
        lines = [
            f"{album.artist} - {album.title}",
            *([f"catalogue number {album.catalog}"] if album.catalog else []),
            f"disc {self.disc}, {self.rate_hz} Hz, {self.bits} bit, peaks {self.peaks}",
            reference_line(self.lathe),
            limits_line(self.lathe),
            *self.why_these_sides,
        ]
        for name, side in sides.items():
            lines += ["", f"side {name}: {clock(seconds_of(side))}, file {self.files[name]}"]
            lines += [
                f"  {name}{track.number} {track.title}: {_figure(track.lufs)} LUFS, "
                f"{_figure(track.dbtp)} dBTP"
                for track in tracks
                if track.side == name
            ]
            lines += side_lines(*cuts[name], self.size, self.lathe)
        return "\n".join(lines) + "\n"


def _figure(value: float | None) -> str:
    return "-inf" if value is None else f"{value:.1f}"
