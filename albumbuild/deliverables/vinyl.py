"""Vinyl: a 24-bit file a side, a timing sheet and notes to the cutter."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    delivered_track,
    pairs,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.engine.action import Needs, Progress
from albumbuild.model.delivery import DeliveredSide, DeliveredTrack, Delivery
from albumbuild.steps.sequence import LAYOUT, Side, read_layout
from albumbuild.steps.stream import blocks_of, write_sound


class DeliverVinyl(Deliver, frozen=True, kw_only=True):
    """Writes the sides of a record with their gaps inside; `files` names each side's file."""

    type: ClassVar[str] = "vinyl"

    files: Mapping[str, str]
    disc: str
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
        tracks = [track for name in sides for track in self._tracks(name, sides[name])]
        (into / "timing.txt").write_text(self._timing(tracks), encoding="utf-8", newline="\n")
        notes = self._notes(sides, tracks)
        (into / "notes-to-the-cutter.txt").write_text(notes, encoding="utf-8", newline="\n")
        records = tuple(
            DeliveredSide(side=name, file=self.files[name], seconds=_seconds(sides[name]))
            for name in sides
        )
        write_draft(into, Delivery(type=self.type, files=(), tracks=tuple(tracks), sides=records))

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

    def _notes(self, sides: Mapping[str, Side], tracks: list[DeliveredTrack]) -> str:
        """What the cutter should know: lengths, levels, and what was done to the peaks."""
        album = self.album
        peaks = "limited as the manifest asks" if self.limited else "not limited"
        lines = [
            f"{album.artist} - {album.title}",
            *([f"catalogue number {album.catalog}"] if album.catalog else []),
            f"disc {self.disc}, {self.rate_hz} Hz, {self.bits} bit, peaks {peaks}",
            "",
        ]
        for name, side in sides.items():
            lines.append(f"side {name}: {clock(_seconds(side))}, file {self.files[name]}")
            lines += [
                f"  {name}{track.number} {track.title}: {_figure(track.lufs)} LUFS, "
                f"{_figure(track.dbtp)} dBTP"
                for track in tracks
                if track.side == name
            ]
        return "\n".join(lines) + "\n"


def clock(seconds: float) -> str:
    """`m:ss.hh`, to the nearest hundredth."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _seconds(side: Side) -> float:
    return side.layout.frames / side.layout.rate_hz


def _figure(value: float | None) -> str:
    return "-inf" if value is None else f"{value:.1f}"
