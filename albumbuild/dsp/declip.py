"""Flat tops found, and the peaks rebuilt that were above them."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from albumbuild.dsp.glide import Countdown
from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import db_to_gain
from albumbuild.dsp.stretches import Array, Grid, Stretches, bell

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_HOP_S = 0.020
_LONGEST_S = 0.010  # that a model rebuilds; longer runs become a plain curve
_ORDERS = (16, 48)
_HIGHEST = 128  # order that a kernel takes
_PARTS = 4  # of the work, each as long as a stretch with its margins


class Rebuilt(msgspec.Struct, frozen=True):
    """A run that was cut off: where, in which channel, and the peak that it has now."""

    frame: int
    frames: int
    channel: int
    peak: float


class Declipper:
    """Rebuilds what was cut off, each channel for itself; the rest comes out bit for bit.

    The threshold is read once a hop of 20 ms. `peaks` are all that were rebuilt so far.
    """

    def __init__(self, threshold_db: float, rate_hz: int, channels: int) -> None:
        self.peaks: list[Rebuilt] = []
        self._rate_hz = rate_hz
        self._settings = Countdown([db_to_gain(threshold_db)])
        grid = _grid(rate_hz)
        self._stretches = Stretches(grid, channels)
        self._window = bell(grid.total)
        self._levels = np.zeros((channels, 2))
        longest = round(_LONGEST_S * rate_hz)
        equations = longest * (_order(rate_hz) + 1)
        self._work = np.zeros(_PARTS * (grid.total + 2 * _HIGHEST) + equations)
        self._found = np.zeros((grid.total, 3))

    def process(self, block: "Block") -> "Block":
        """The next block, `declip_latency` frames late."""
        out = self._stretches.process(block, self._mend)
        self._settings.pass_by(len(block))
        return out

    def aim(self, threshold_db: float, frames: int) -> None:
        """Move the threshold."""
        self._settings.aim([db_to_gain(threshold_db)], frames)

    def _mend(self, line: Array, first: int, last: int, frame: int, channel: int) -> None:
        threshold = self._settings.values(frame + len(line) - self._stretches.taken)[0]
        longest = round(_LONGEST_S * self._rate_hz)
        settings = np.array([threshold, longest, _order(self._rate_hz)])
        count = library.declip_process(
            settings, self._window, line, first, last, len(line), self._work,
            self._levels[channel], self._found, len(self._found),
        )  # fmt: skip
        for start, frames, peak in self._found[:count]:
            self.peaks.append(Rebuilt(frame + int(start), int(frames), channel, float(peak)))


def declip_latency(rate_hz: int) -> int:
    """How many frames a declipper's output comes late: about 41 ms."""
    return _grid(rate_hz).latency


def _grid(rate_hz: int) -> Grid:
    hop = round(_HOP_S * rate_hz)
    return Grid(before=hop, hop=hop, reach=hop + _order(rate_hz) + 4)


def _order(rate_hz: int) -> int:
    low, high = _ORDERS
    return min(max(round(rate_hz / 1000), low), high)
