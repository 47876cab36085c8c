"""Stems: each strip, bus and return of each song, aligned and as long as the song's mix."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.deliverables.floats import float_track
from albumbuild.deliverables.note import stems_note, write_note
from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Needs, Progress
from albumbuild.model.delivery import DeliveredTrack, Delivery
from albumbuild.steps.stream import blocks_of, frames_of, metered, write_sound


class DeliverStems(Deliver, frozen=True, kw_only=True):
    """Writes a `SONG/NAME.wav` for each strip, bus and return in `songs`.

    `direct` are those of each song that add up to its mix.
    """

    type: ClassVar[str] = "stems"

    songs: Mapping[str, tuple[str, ...]]
    direct: Mapping[str, tuple[str, ...]]
    rate_hz: int
    bits: int
    dither: Dither

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of stems, one folder a song."""
        wanted = [*self._wanted()]
        sounds = [needs.blob(f"{song}/{name}") for song, name in wanted]
        progress.total(sum(frames_of(path) for path in sounds))
        for song in self.songs:
            (into / song).mkdir()
        numbered = [
            (number, *each, path)
            for number, (each, path) in enumerate(zip(wanted, sounds, strict=True), start=1)
        ]
        tracks = progress.map(lambda each: self._stem(*each, into=into, progress=progress), numbered)
        note = stems_note(
            self.album, self.songs, self.direct, rate_hz=self.rate_hz, bits=self.bits
        )
        write_note(into, note)
        write_draft(into, Delivery(type=self.type, files=(), tracks=tuple(tracks)))

    def _wanted(self) -> Iterator[tuple[str, str]]:
        for song, names in self.songs.items():
            yield from ((song, name) for name in names)

    def _stem(
        self, number: int, song: str, name: str, sound: Path, *, into: Path, progress: Progress
    ) -> DeliveredTrack:
        """Write one file; its record."""
        file = f"{song}/{name}.wav"
        meter = Meter(self.rate_hz, 2)
        if self.bits == 32:
            blocks = metered(blocks_of(sound), meter)
            write_sound(into / file, blocks, rate_hz=self.rate_hz, progress=progress)
        else:
            for block in blocks_of(sound):
                meter.add(block)
            steps = whole_numbers(sound, rate_hz=self.rate_hz, bits=self.bits, dither=self.dither)
            write_pcm(
                into / file, steps, rate_hz=self.rate_hz, bits=self.bits, progress=progress
            )
            over_db = meter.figures().sample_peak_dbfs
            if over_db > 0.0:
                cut = "is cut off at full scale; `bit_depth: 32` keeps it"
                progress.log("warning", f"{file} peaks at {over_db:+.1f} dBFS and {cut}")
        return float_track(
            number,
            song,
            f"{self.tracks[song].title} ({name})",
            file=file,
            frames=frames_of(sound),
            meter=meter,
            rate_hz=self.rate_hz,
        )
