"""Stems: each strip, bus and return of each song, aligned and as long as the song's mix."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from albumbuild.deliverables.delivery import (
    Deliver,
    Dither,
    whole_numbers,
    write_draft,
    write_pcm,
)
from albumbuild.deliverables.floats import measured_track, titled
from albumbuild.deliverables.note import stems_note, write_note
from albumbuild.dsp.maths import gain_to_db
from albumbuild.dsp.meter import Meter
from albumbuild.engine.action import Needs, Progress
from albumbuild.model.delivery import DeliveredTrack, Delivery
from albumbuild.steps.stream import blocks_of, frames_of, metered, write_sound

if TYPE_CHECKING:
    from albumbuild.dsp.dither import Steps


class _Stem(NamedTuple):
    """One file: its place in the order, the song and version it is of, its name, its sound."""

    number: int
    subject: str
    name: str
    sound: Path

    @property
    def file(self) -> str:
        return f"{self.subject}/{self.name}.wav"


class DeliverStems(Deliver, frozen=True, kw_only=True):
    """Writes a `SONG/NAME.wav`, or `SONG+VERSION/NAME.wav`, for each name in `channels`.

    `direct` are those of each song that add up to its mix.
    """

    type: ClassVar[str] = "stems"

    order: tuple[str, ...]
    channels: Mapping[str, tuple[str, ...]]
    direct: Mapping[str, tuple[str, ...]]
    rate_hz: int
    bits: int
    dither: Dither

    def run(self, needs: Needs, into: Path, progress: Progress) -> None:
        """Write the folder of stems, one folder a song."""
        names = [(subject, name) for subject in self.order for name in self.channels[subject]]
        stems = [
            _Stem(number, subject, name, needs.blob(f"{subject}/{name}"))
            for number, (subject, name) in enumerate(names, start=1)
        ]
        progress.total(sum(frames_of(stem.sound) for stem in stems))
        for subject in self.order:
            (into / subject).mkdir()
        tracks = progress.map(lambda stem: self._write(stem, into, progress), stems)
        direct = {subject: self.direct[subject] for subject in self.order}
        write_note(into, stems_note(self.album, direct, rate_hz=self.rate_hz, bits=self.bits))
        write_draft(into, Delivery(type=self.type, files=(), tracks=tuple(tracks)))

    def _write(self, stem: _Stem, into: Path, progress: Progress) -> DeliveredTrack:
        """Write one file; its record."""
        meter = Meter(self.rate_hz, 2)
        path = into / stem.file
        if self.bits == 32:
            blocks = metered(blocks_of(stem.sound), meter)
            write_sound(path, blocks, rate_hz=self.rate_hz, progress=progress)
        else:
            self._write_whole_numbers(stem, path, meter, progress)
        return measured_track(
            stem.number,
            stem.subject.partition("+")[0],
            f"{titled(stem.subject, self.tracks)} ({stem.name})",
            file=stem.file,
            seconds=frames_of(stem.sound) / self.rate_hz,
            meter=meter,
        )

    def _write_whole_numbers(
        self, stem: _Stem, path: Path, meter: Meter, progress: Progress
    ) -> None:
        """Write what is left of a sound in so many bits, and measure that."""
        full_scale = 2.0 ** (self.bits - 1)
        drawn = whole_numbers(stem.sound, rate_hz=self.rate_hz, bits=self.bits, dither=self.dither)
        steps = _measured(drawn, meter, full_scale)
        write_pcm(path, steps, rate_hz=self.rate_hz, bits=self.bits, progress=progress)
        peak = max((float(np.abs(each).max()) for each in blocks_of(stem.sound)), default=0.0)
        if peak > 1.0:
            cut = "is cut off at full scale; `bit_depth: 32` keeps it"
            progress.log("warning", f"{stem.file} peaks at {gain_to_db(peak):+.1f} dBFS and {cut}")


def _measured(blocks: "Iterator[Steps]", meter: Meter, full_scale: float) -> "Iterator[Steps]":
    for block in blocks:
        meter.add(block / full_scale)
        yield block
