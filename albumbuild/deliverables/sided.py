"""What record and tape have in common: a file a side with its gaps inside, and a timing sheet."""

from collections.abc import Mapping, Sequence
from pathlib import Path

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
from albumbuild.formats.sheet import Sheet, sheet_html
from albumbuild.model.delivery import DeliveredSide, DeliveredTrack, Delivery
from albumbuild.model.time import clock
from albumbuild.steps.sequence import LAYOUT, Side, read_layout
from albumbuild.steps.stream import blocks_of, write_sound

COLUMNS = ("track", "title", "performer", "start", "end", "length")
TIMES = ("track", "start", "end", "length")


class DeliverSides(Deliver, frozen=True, kw_only=True):
    """Writes a medium of sides; `files` names each side's file.

    `why_these_sides` are the planner's reasons, where it has chosen them.
    """

    files: Mapping[str, str]
    rate_hz: int
    bits: int
    dither: Dither
    limited: bool
    why_these_sides: tuple[str, ...] = ()

    @property
    def medium(self) -> tuple[str, str]:
        """What it is, and which of its kind."""
        raise NotImplementedError

    def write_sides(self, needs: Needs, into: Path, progress: Progress) -> Mapping[str, Side]:
        """Write the file of each side; what the sides hold."""
        sides = read_layout(needs.blob(LAYOUT))
        progress.total(sum(side.layout.frames for side in sides.values()))
        for name in sides:
            path, programme = into / self.files[name], needs.blob(name)
            if self.bits == 32:
                write_sound(path, blocks_of(programme), rate_hz=self.rate_hz, progress=progress)
                continue
            steps = whole_numbers(
                programme, rate_hz=self.rate_hz, bits=self.bits, dither=self.dither
            )
            write_pcm(path, steps, rate_hz=self.rate_hz, bits=self.bits, progress=progress)
        return sides

    def write_timing(
        self, into: Path, sides: Mapping[str, Side], tracks: Sequence[DeliveredTrack]
    ) -> None:
        """Write the timing sheet, as text and as a page."""
        write_text(into / "timing.txt", self._timing_text(tracks))
        write_text(into / "timing.html", sheet_html(self._timing_sheet(sides, tracks)))

    def write_record(
        self,
        into: Path,
        sides: Mapping[str, Side],
        tracks: Sequence[DeliveredTrack],
        *,
        cuttability: Mapping[str, dict[str, float]],
    ) -> None:
        """Write the record of the folder, once all of its files are there."""
        records = tuple(
            DeliveredSide(
                side=name,
                file=self.files[name],
                seconds=seconds_of(side),
                cuttability=cuttability.get(name, {}),
            )
            for name, side in sides.items()
        )
        write_draft(into, Delivery(type=self.type, files=(), tracks=tuple(tracks), sides=records))

    def delivered(self, sides: Mapping[str, Side]) -> list[DeliveredTrack]:
        """The record of each track, side after side."""
        return [
            delivered_track(
                track,
                figures,
                words=self.tracks[track.song],
                file=self.files[name],
                rate_hz=self.rate_hz,
                side=name,
            )
            for name, side in sides.items()
            for track, figures in pairs(side)
        ]

    @property
    def peaks(self) -> str:
        """What was done to the peaks, in words."""
        return "limited as the manifest asks" if self.limited else "not limited"

    def _timing_text(self, tracks: Sequence[DeliveredTrack]) -> str:
        """A line a track: `A1`, title, start and end in its side."""
        lines = [f"{self.album.artist} - {self.album.title}", ""]
        lines += [
            "\t".join((_name(track), track.title, clock(track.start_s), clock(_end_s(track))))
            for track in tracks
        ]
        if self.why_these_sides:
            lines += ["", *self.why_these_sides]
        return "\n".join(lines) + "\n"

    def _timing_sheet(self, sides: Mapping[str, Side], tracks: Sequence[DeliveredTrack]) -> Sheet:
        performers = {credits.song: credits.artist for credits in self.tracks.values()}
        facts = (
            ("title", self.album.title),
            ("performer", self.album.artist),
            ("catalogue", self.album.catalog or "none"),
            self.medium,
            *(
                (f"side {name}", f"{clock(seconds_of(side))}, file {self.files[name]}")
                for name, side in sides.items()
            ),
            ("sound", f"{self.rate_hz} Hz, {self.bits} bit, stereo, peaks {self.peaks}"),
        )
        return Sheet(
            title=f"Timing sheet: {self.album.title}",
            facts=facts,
            columns=COLUMNS,
            rows=tuple(
                (
                    _name(track),
                    track.title,
                    performers[track.song],
                    clock(track.start_s),
                    clock(_end_s(track)),
                    clock(track.seconds),
                )
                for track in tracks
            ),
            times=TIMES,
            notes=(
                "Times are minutes:seconds from the start of the side's file; the gap after a song "
                "is part of its length.",
                *(f"{reason[0].upper()}{reason[1:]}." for reason in self.why_these_sides),
            ),
        )


def write_text(path: Path, text: str) -> None:
    """Write a text file, the same on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def seconds_of(side: Side) -> float:
    """How long a side is."""
    return side.layout.frames / side.layout.rate_hz


def _name(track: DeliveredTrack) -> str:
    return f"{track.side}{track.number}"


def _end_s(track: DeliveredTrack) -> float:
    return track.start_s + track.seconds
