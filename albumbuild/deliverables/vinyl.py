"""Vinyl: a 24-bit file a side, a timing sheet, and notes to the cutter on the groove."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple

from albumbuild.deliverables.cutternotes import clock, limits_line, reference_line, side_lines
from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    delivered_track,
    pairs,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.deliverables.grooveplot import groove_svg
from albumbuild.deliverables.note import vinyl_note, write_note
from albumbuild.dsp.cutting import Cut, cut, figures_of
from albumbuild.dsp.groove import Groove, GrooveMeter
from albumbuild.engine.action import Needs, Progress
from albumbuild.model.delivery import DeliveredSide, DeliveredTrack, Delivery
from albumbuild.model.lathe import Lathe, RecordSize
from albumbuild.steps.figures import write_figures
from albumbuild.steps.sequence import LAYOUT, Side, read_layout
from albumbuild.steps.stream import blocks_of, write_sound


class Predicted(NamedTuple):
    """What a side will be on the lathe."""

    groove: Groove
    made: Cut


class DeliverVinyl(Deliver, frozen=True, kw_only=True):
    """Writes the sides of a record with their gaps inside; `files` names each side's file."""

    type: ClassVar[str] = "vinyl"
    version: ClassVar[int] = 3

    files: Mapping[str, str]
    disc: str
    size: RecordSize
    lathe: Lathe
    rate_hz: int
    bits: int
    dither: Dither
    limited: bool

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of the record."""
        sides = read_layout(needs.blob(LAYOUT))
        progress.total(sum(side.layout.frames for side in sides.values()))
        for name in sides:
            self._write_side(needs.blob(name), into / self.files[name], progress)
        cuts = dict(zip(sides, progress.map(self._predicted, map(needs.blob, sides)), strict=True))
        tracks = [track for name in sides for track in self._tracks(name, sides[name])]
        _write(into / "timing.txt", self._timing(tracks))
        _write(into / "notes-to-the-cutter.txt", self._notes(sides, tracks, cuts))
        for name, each in cuts.items():
            title = f"{self.album.artist} - {self.album.title}, side {name}, {self.disc}"
            plot = into / f"{Path(self.files[name]).stem}-groove.svg"
            _write(plot, groove_svg(each.groove, each.made, title=title))
        figures = {name: figures_of(each.groove, each.made) for name, each in cuts.items()}
        records = tuple(
            DeliveredSide(
                side=name,
                file=self.files[name],
                seconds=_seconds(sides[name]),
                cuttability=figures[name],
            )
            for name in sides
        )
        write_note(into, vinyl_note(self.album, self.files, disc=self.disc))
        write_draft(into, Delivery(type=self.type, files=(), tracks=tuple(tracks), sides=records))
        write_figures(into, figures)

    def _predicted(self, programme: Path) -> Predicted:
        meter = GrooveMeter(self.rate_hz, lathe=self.lathe, turn_s=self.size.turn_s)
        for block in blocks_of(programme):
            meter.add(block)
        groove = meter.groove()
        return Predicted(groove, cut(groove, self.size, self.lathe))

    def _write_side(self, programme: Path, path: Path, progress: Progress) -> None:
        if self.bits == 32:
            write_sound(path, blocks_of(programme), rate_hz=self.rate_hz, progress=progress)
            return
        steps = whole_numbers(programme, rate_hz=self.rate_hz, bits=self.bits, dither=self.dither)
        write_pcm(path, steps, rate_hz=self.rate_hz, bits=self.bits, progress=progress)

    def _tracks(self, name: str, side: Side) -> list[DeliveredTrack]:
        return [
            delivered_track(
                track,
                figures,
                words=self.tracks[track.song],
                file=self.files[name],
                rate_hz=self.rate_hz,
                side=name,
            )
            for track, figures in pairs(side)
        ]

    def _timing(self, tracks: list[DeliveredTrack]) -> str:
        """A line a track: `A1`, title, start and end in its side."""
        lines = [f"{self.album.artist} - {self.album.title}", ""]
        lines += [
            f"{track.side}{track.number}\t{track.title}\t{clock(track.start_s)}\t"
            f"{clock(track.start_s + track.seconds)}"
            for track in tracks
        ]
        return "\n".join(lines) + "\n"

    def _notes(
        self,
        sides: Mapping[str, Side],
        tracks: list[DeliveredTrack],
        cuts: Mapping[str, Predicted],
    ) -> str:
        """Lengths, levels, what was done to the peaks, and what each side asks of the lathe."""
        album = self.album
        peaks = "limited as the manifest asks" if self.limited else "not limited"
        lines = [
            f"{album.artist} - {album.title}",
            *([f"catalogue number {album.catalog}"] if album.catalog else []),
            f"disc {self.disc}, {self.rate_hz} Hz, {self.bits} bit, peaks {peaks}",
            reference_line(self.lathe),
            limits_line(self.lathe),
        ]
        for name, side in sides.items():
            lines += ["", f"side {name}: {clock(_seconds(side))}, file {self.files[name]}"]
            lines += [
                f"  {name}{track.number} {track.title}: {_figure(track.lufs)} LUFS, "
                f"{_figure(track.dbtp)} dBTP"
                for track in tracks
                if track.side == name
            ]
            lines += side_lines(*cuts[name], self.size, self.lathe)
        return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _seconds(side: Side) -> float:
    return side.layout.frames / side.layout.rate_hz


def _figure(value: float | None) -> str:
    return "-inf" if value is None else f"{value:.1f}"
