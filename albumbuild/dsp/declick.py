"""Clicks found and mended: what is brief, high, and leaves the sound after it as it was."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from albumbuild.dsp.glide import Countdown
from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import exp2
from albumbuild.dsp.stretches import Array, Grid, Stretches, bell

if TYPE_CHECKING:
    from albumbuild.model.device import Block

LONGEST_MS = 20.0
"""No click lasts longer."""

SENSITIVITY = 5.0
MAX_LENGTH_MS = 2.0

_THRESHOLD = 25.0  # deviations of the residual, at the default sensitivity
_PER_DOUBLING = 2.0  # of sensitivity, that halve the threshold
_FLOOR = 1 / 65_536  # half a step of 16 bits: no residual counts as smaller
_HOP_S = 0.020
_NEAR_S = 0.005
_BRIEF_S = 0.001
_ORDERS = (16, 64)  # of the model, one for each kHz of rate between these
_HIGHEST = 128  # order that a kernel takes; of the model that fills in
_MOST = 64  # clicks in one hop
_PARTS = 5  # of the work, each as long as a stretch with its margins


class Click(msgspec.Struct, frozen=True):
    """A click that was mended: where, in which channel, and the height of what was cut out."""

    frame: int
    frames: int
    channel: int
    height: float


class Declicker:
    """Mends clicks of any number of channels, each for itself; the rest comes out bit for bit.

    Threshold and length are read once a hop of 20 ms. `clicks` are all that were mended so far.
    The model is made of 60 ms; for a gap it is a finer one, of up to 128 coefficients.
    """

    def __init__(
        self, sensitivity: float, max_length_ms: float, rate_hz: int, channels: int
    ) -> None:
        self.clicks: list[Click] = []
        self._rate_hz = rate_hz
        self._settings = Countdown(_moving(sensitivity, max_length_ms, rate_hz))
        self._stretches = Stretches(_grid(rate_hz), channels)
        self._grid = _grid(rate_hz)
        self._window = bell(self._grid.total)
        self._work = _work(self._grid, rate_hz)
        self._found = np.zeros((_MOST, 3))

    def process(self, block: "Block") -> "Block":
        """The next block, `declick_latency` frames late."""
        out = self._stretches.process(block, self._mend)
        self._settings.pass_by(len(block))
        return out

    def aim(self, sensitivity: float, max_length_ms: float, frames: int) -> None:
        """Move threshold and length."""
        self._settings.aim(_moving(sensitivity, max_length_ms, self._rate_hz), frames)

    def _mend(self, line: Array, first: int, last: int, frame: int, channel: int) -> None:
        order, fine = _orders(self._rate_hz)
        if frame + first == 0:
            first += order + 1  # of what begins with the sound nothing can be said
        ahead = frame + len(line) - self._stretches.taken
        threshold, longest = self._settings.values(ahead)
        near, brief = round(_NEAR_S * self._rate_hz), round(_BRIEF_S * self._rate_hz)
        settings = np.array([threshold, round(longest), _FLOOR, near, brief, order, fine])
        count = library.declick_process(
            settings, self._window, line, first, last, len(line), self._work, self._found, _MOST
        )
        for start, frames, height in self._found[:count]:
            self.clicks.append(Click(frame + int(start), int(frames), channel, float(height)))


class ClickFinder:
    """Finds the clicks of a sound that a declicker would mend at its default settings."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._declicker = Declicker(SENSITIVITY, MAX_LENGTH_MS, rate_hz, channels)
        self._rest = np.zeros((declick_latency(rate_hz), channels))

    def add(self, block: "Block") -> None:
        """Listen to the next block."""
        self._declicker.process(block)

    def finish(self) -> list[tuple[int, int, int]]:
        """First frame, frames and channel of every click, as they come in the sound."""
        self._declicker.process(self._rest)
        return sorted((each.frame, each.frames, each.channel) for each in self._declicker.clicks)


def declick_latency(rate_hz: int) -> int:
    """How many frames a declicker's output comes late: about 50 ms."""
    return _grid(rate_hz).latency


def _grid(rate_hz: int) -> Grid:
    hop, longest = round(_HOP_S * rate_hz), round(LONGEST_MS / 1000 * rate_hz)
    reach = longest + _orders(rate_hz)[1] + round(_NEAR_S * rate_hz) + 1
    return Grid(before=hop, hop=hop, reach=reach, guard=1)


def _orders(rate_hz: int) -> tuple[int, int]:
    """Of the model that finds, and of that which fills in."""
    low, high = _ORDERS
    order = min(max(round(rate_hz / 1000), low), high)
    return order, min(2 * order + 40, _HIGHEST)


def _work(grid: Grid, rate_hz: int) -> Array:
    """Room for a kernel: the lines of a stretch, and the equations of the longest gap."""
    _, fine = _orders(rate_hz)
    longest = 2 * round(LONGEST_MS / 1000 * rate_hz)  # to tell a click from a jump that stays
    equations = longest * (fine + 1)
    return np.zeros(_PARTS * (grid.total + 2 * _HIGHEST) + equations)


def _moving(sensitivity: float, max_length_ms: float, rate_hz: int) -> tuple[float, float]:
    """The threshold in deviations, and the longest click in frames."""
    threshold = _THRESHOLD * exp2((SENSITIVITY - sensitivity) / _PER_DOUBLING)
    return threshold, max(max_length_ms / 1000 * rate_hz, 1.0)
