"""The head of a strip: its file on the song's time line, trimmed, placed, faded."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp.levels import under_fades
from albumbuild.dsp.resample import Resampler, resampled_frames
from albumbuild.formats.sound import SoundReader
from albumbuild.steps.stream import read_block

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from albumbuild.model.desk import Strip
    from albumbuild.model.device import Block


class StripSource:
    """Sound of one strip before its inserts; one file, or a left and a right one.

    `start` and `end` are frames of the song's time line at `rate_hz`.
    """

    def __init__(self, strip: "Strip", paths: "Sequence[Path]", rate_hz: int) -> None:
        self._strip = strip
        self._rate_hz = rate_hz
        self._open = ExitStack()
        self._readers = [self._open.enter_context(SoundReader(path)) for path in paths]
        file_rate = self._readers[0].format.rate_hz
        first, last = trimmed(strip, min(r.format.frames for r in self._readers), file_rate)
        for reader in self._readers:
            reader.seek(first)
        self._left = last - first
        self.channels = 2 if len(paths) == 2 else self._readers[0].format.channels
        self.start = round(strip.start_s * rate_hz)
        self.frames = resampled_frames(self._left, file_rate, rate_hz)
        self.end = self.start + self.frames
        self._resampler = (
            Resampler(file_rate, rate_hz, self.channels) if file_rate != rate_hz else None
        )
        self._ready = np.zeros((0, self.channels))
        self._finished = False

    def close(self) -> None:
        """Let go of the files."""
        self._open.close()

    def read(self, first: int, frames: int) -> "Block":
        """The frames `first` … `first + frames` of the time line; calls follow one another."""
        begin, end = max(first, self.start), min(first + frames, self.end)
        if begin >= end:
            return np.zeros((frames, self.channels))
        sound = self._faded(self._take(end - begin), begin - self.start)
        if len(sound) == frames:
            return sound
        block = np.zeros((frames, self.channels))
        block[begin - first : end - first] = sound
        return block

    def _take(self, frames: int) -> "Block":
        while len(self._ready) < frames and not self._finished:
            more = self._more(frames)
            self._ready = np.concatenate((self._ready, more)) if len(self._ready) else more
        block, self._ready = self._ready[:frames], self._ready[frames:]
        return block

    def _more(self, frames: int) -> "Block":
        count = min(frames, self._left)
        self._left -= count
        self._finished = self._left == 0
        parts = [read_block(reader, count) for reader in self._readers]
        block = np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
        if self._resampler is None:
            return block
        block = self._resampler.process(block)
        if self._finished:
            block = np.concatenate((block, self._resampler.finish()))
        return block

    def _faded(self, block: "Block", position: int) -> "Block":
        """The block under polarity and both fades; `position` counts from the strip's start."""
        strip = self._strip
        if strip.invert:
            block = -block
        return under_fades(
            block,
            strip.fade_in,
            strip.fade_out,
            position=position,
            frames=self.frames,
            rate_hz=self._rate_hz,
        )


def trimmed(strip: "Strip", frames: int, rate_hz: int) -> tuple[int, int]:
    """First and end frame of the part of a file that is used, within its `frames`."""
    first = min(round(strip.trim_from_s * rate_hz), frames)
    last = frames if strip.trim_to_s is None else min(round(strip.trim_to_s * rate_hz), frames)
    return first, max(first, last)
