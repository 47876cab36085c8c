"""A saturator as it runs: half-band filters up and down, and a curve between them."""

import math
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.glide import Glide, resting
from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import bessel, db_to_gain, sin

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

Curve = Literal["tape", "tube", "soft", "hard"]

CURVES: tuple[Curve, ...] = ("tape", "tube", "soft", "hard")
STAGES = ((40, 11.7), (8, 12.6), (5, 11.4), (4, 9.7))
"""Of each doubling of the rate: half the taps, and the shape of Kaiser's window. Images and
aliases of what is under 20 kHz at 44.1 kHz are 107 dB down."""

CHUNK = 32  # frames done at one go in saturator.c
SHIFT = 5  # points: one by the triangle, four by the lift
SOFT_SCALE = 2 / 3  # 1.5 v - 0.5 v³ of this has a slope of 1 at zero


class Saturator(msgspec.Struct):
    """Drive and output as factors, what never changes, and the sound on its way."""

    gains: Glide
    layout: Whole
    taps: Array
    memory: Array

    def process(self, block: "Block") -> "Block":
        """The block through the curve, `latency` frames late."""
        block = np.ascontiguousarray(block)
        out = np.empty_like(block)
        library.saturator_process(
            self.gains.numbers, self.gains.left, self.layout, self.taps, self.memory,
            block, out, *block.shape,
        )  # fmt: skip
        return out


def saturator(curve: Curve, *, oversample: int, gains: list[float], channels: int) -> Saturator:
    """A silent one; `gains` are those of `factors`."""
    stages = STAGES[: oversample.bit_length() - 1]
    late, points = _way(oversample)
    halves = [half for half, _ in stages]
    held = late + 1 + 1 + 8 + points + sum(5 * half - 3 for half in halves)
    room = CHUNK * (1 + 4 * oversample + 3 * (oversample - 1))
    memory = np.zeros((held + room) * channels)
    memory[: late * channels] = gains[1]
    return Saturator(
        gains=resting(gains),
        layout=np.array([CURVES.index(curve), len(stages), late, points, *halves], dtype=np.int64),
        taps=np.array([tap for half, shape in stages for tap in half_band(half, shape)]),
        memory=memory,
    )


def factors(curve: Curve, *, drive_db: float, output_db: float) -> list[float]:
    """Drive, in the curve's own scale, and output."""
    scale = SOFT_SCALE if curve == "soft" else 1.0
    return [db_to_gain(drive_db) * scale, db_to_gain(output_db)]


def latency(oversample: int) -> int:
    """Frames from the input to the output."""
    return _way(oversample)[0]


def half_band(half: int, shape: float) -> list[float]:
    """The first half of the taps that make the frame half-way between two: a windowed sinc.

    Source: J. F. Kaiser's window, I0(shape·√(1 - t²)) / I0(shape).
    """
    places = [k - half + 0.5 for k in range(half)]
    taps = [
        sin(math.pi * place)
        / (math.pi * place)
        * bessel(shape * math.sqrt(1 - place / half * (place / half)))
        for place in places
    ]
    total = 0.0
    for tap in taps:
        total += tap
    return [tap / (2 * total) for tap in taps]


def _way(oversample: int) -> tuple[int, int]:
    """Whole frames from the input to the output, and the points held back to make them whole."""
    if oversample == 1:
        return 0, 0
    points = SHIFT
    for stage in range(oversample.bit_length() - 1):
        points += (2 * STAGES[stage][0] - 1) * (oversample >> stage)
    frames = -(-points // oversample)
    return frames, frames * oversample - points
