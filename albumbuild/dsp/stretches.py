"""Sound that is mended in place, stretch by stretch, on a grid that no block size moves."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
Mend = Callable[[Array, int, int, int, int], None]
"""Mends the line of one channel, whose `first` … `last` are at hand: `(line, first, last,
frame, channel)`, where `frame` is that of the line's first sample in the sound."""


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """How far is looked, in frames: a hop is mended at a time, `before` and `reach` around it.

    What is mended begins up to `guard` frames before the hop, and ends within the reach.
    """

    before: int
    hop: int
    reach: int
    guard: int = 0

    @property
    def latency(self) -> int:
        """How late the sound comes."""
        return self.hop + self.reach + self.guard

    @property
    def total(self) -> int:
        """Frames of a stretch."""
        return self.before + self.hop + self.reach


class Stretches:
    """Holds back a sound until each hop has been mended; before its first frame is silence."""

    def __init__(self, grid: Grid, channels: int) -> None:
        self._grid = grid
        self._lines: Array = np.zeros((channels, grid.before + grid.latency))
        self._frame = -grid.before - grid.latency  # of the first sample held
        self._hop = 0  # frame of the next hop
        self.taken = 0  # frames that came in with the blocks before

    def process(self, block: "Block", mend: Mend) -> "Block":
        """The frames that are `latency` older, as many as in `block`."""
        grid = self._grid
        self._lines = np.concatenate((self._lines, block.T), axis=1)
        end = self._frame + self._lines.shape[1]
        while self._hop + grid.hop + grid.reach <= end:
            frame = self._hop - grid.before
            at = frame - self._frame
            for channel, line in enumerate(self._lines):
                stretch = line[at : at + grid.total]
                mend(stretch, grid.before, grid.before + grid.hop, frame, channel)
            self._hop += grid.hop
        last = end - grid.latency - self._frame
        out = np.ascontiguousarray(self._lines[:, last - len(block) : last].T)
        self.taken += len(block)
        gone = min(last, self._hop - grid.before - self._frame)
        self._lines = np.ascontiguousarray(self._lines[:, gone:])
        self._frame += gone
        return out


def bell(frames: int) -> Array:
    """Hann's window, without the zeros at its ends."""
    turns = np.arange(1, frames + 1) / (frames + 1)
    return 0.5 - 0.5 * maths.cos(turns * _TURN)


_TURN = 6.283185307179586
