"""A chorus as it runs: where its voices are, and how they read between two frames."""

import math
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.glide import Glide, resting
from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import bessel, cos, sin

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]

PLACES = (0.0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875)
"""Of each voice: where in a turn it begins; in the same order, how far it is from the first."""

FIRST_MS, SPREAD_MS, SWING_MS = 12.0, 8.0, 5.0  # the middle of the first voice; at 100 %
FADE_MS = 20.0  # of a voice that comes or goes, at least
TAPS, ROWS = 32, 512  # as in chorus.c: taps a read, rows of the table
SHAPE = 5.0  # of Kaiser's window


class Chorus(msgspec.Struct):
    """Its movement, turns a frame and frames of depth; each voice's gain and place; its lines."""

    rate_hz: int
    movement: Glide
    gains: Glide
    places: Array
    lines: Array
    turn: Array
    written: npt.NDArray[np.int64]

    def process(self, block: "Block") -> "Block":
        """The voices alone, of a stereo block."""
        block = np.ascontiguousarray(block)
        assert block.shape[1] == 2
        out = np.empty_like(block)
        library.chorus_process(
            self.movement.numbers, self.movement.left, self.gains.numbers, self.gains.left,
            self.places, sinc_table(), ROWS,
            self.lines, self.lines.shape[1] // 2, self.turn, self.written,
            block, out, len(block),
        )  # fmt: skip
        return out

    def aim(self, *, swings_hz: float, depth: float, voices: int, frames: int) -> None:
        """Move rate and depth in `frames` frames; voices fade in and out in their own time."""
        self.movement.aim(_movement(swings_hz, depth, self.rate_hz), frames)
        gains = _gains(voices)
        if not np.array_equal(gains, self.gains.numbers[2]):
            self.gains.aim(gains, max(frames, round(FADE_MS * self.rate_hz / 1000)))


def chorus(*, swings_hz: float, depth: float, voices: int, rate_hz: int) -> Chorus:
    """A silent one, at the beginning of a turn; `depth` runs from 0 to 1."""
    turns = np.array(PLACES)
    middles = (FIRST_MS + SPREAD_MS * turns) * (rate_hz / 1000)
    capacity = longest_frames(len(PLACES), depth=1.0, rate_hz=rate_hz) + 1
    return Chorus(
        rate_hz=rate_hz,
        movement=resting(_movement(swings_hz, depth, rate_hz)),
        gains=resting(_gains(voices)),
        places=np.stack([middles, cos(2 * math.pi * turns), sin(2 * math.pi * turns)]),
        lines=np.zeros((2, 2 * capacity)),
        turn=np.zeros(1),
        written=np.zeros(1, dtype=np.int64),
    )


def longest_frames(voices: int, *, depth: float, rate_hz: int) -> int:
    """What the latest of the voices still reads, in frames."""
    latest_ms = FIRST_MS + SPREAD_MS * max(PLACES[:voices]) + SWING_MS * depth
    return math.ceil(latest_ms * rate_hz / 1000) + TAPS // 2


@cache
def sinc_table() -> Array:
    """Taps (rows + 1, taps) for a delay of row / rows of a frame, the oldest frame first.

    Source: a sinc in J. F. Kaiser's window; each row's sum is 1.
    """
    shares = np.arange(ROWS + 1)[:, np.newaxis] / ROWS
    places = np.arange(TAPS)[np.newaxis, :] - TAPS // 2 + shares
    away = places / (TAPS // 2)
    inside = np.maximum(0.0, 1.0 - away * away)
    angles = math.pi * places
    sincs = np.where(places == 0.0, 1.0, sin(angles) / np.where(places == 0.0, 1.0, angles))
    taps = sincs * bessel(SHAPE * np.sqrt(inside))
    total = np.zeros(ROWS + 1)
    for column in taps.T:
        total = total + column
    return np.ascontiguousarray(taps / total[:, np.newaxis])


def _movement(swings_hz: float, depth: float, rate_hz: int) -> list[float]:
    return [swings_hz / rate_hz, depth * SWING_MS * rate_hz / 1000]


def _gains(voices: int) -> list[float]:
    """Equal power: together as loud as the sound."""
    return [1.0 / math.sqrt(voices) if each < voices else 0.0 for each in range(len(PLACES))]
