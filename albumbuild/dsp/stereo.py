"""The stereo field as it runs: width, tilt of the field, and a side without its low end."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.bilinear import bilinear
from albumbuild.dsp.glide import resting
from albumbuild.dsp.kernels import library
from albumbuild.dsp.prototypes import highpass

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
SIDE_ORDER = 4
IDLE = ((1.0, 1.0), (1.0, -1.0))
"""The matrix that gives back left and right."""


class Field:
    """From mid and side to left and right by a matrix (2, 2), the side's low end cut.

    Below `mono_below_hz` the side falls by 24 dB an octave. A field without effect that has
    never been moved leaves every bit.
    """

    def __init__(self, matrix: Array, *, mono_below_hz: float | None, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        sections = _sections(mono_below_hz, rate_hz)
        self._glide = resting(_numbers(matrix, sections))
        self._memory = np.zeros((len(sections), 2))
        self._is_idle = not len(sections) and np.array_equal(matrix, IDLE)

    def process(self, block: "Block") -> "Block":
        """The next block, stereo; a mono one has no side."""
        block = both(block)
        if self._is_idle:
            return block
        out = np.empty_like(block)
        library.stereo_process(
            self._glide.numbers, len(self._memory), self._glide.left, self._memory, block, out,
            len(block),
        )  # fmt: skip
        return out

    def aim(self, matrix: Array, *, mono_below_hz: float | None, frames: int) -> None:
        """Move the matrix, and the frequency where there is one."""
        self._is_idle = False
        sections = _sections(mono_below_hz, self._rate_hz)
        self._glide.aim(_numbers(matrix, sections), frames)


def _sections(mono_below_hz: float | None, rate_hz: int) -> Array:
    cut = () if mono_below_hz is None else (highpass(mono_below_hz, order=SIDE_ORDER),)
    return bilinear(cut, rate_hz)


def _numbers(matrix: Array, sections: Array) -> Array:
    return np.concatenate((matrix.reshape(-1), sections.reshape(-1)))


def both(block: "Block") -> "Block":
    """A mono block in both channels; a stereo one as it is."""
    return np.ascontiguousarray(np.repeat(block, 2, axis=1) if block.shape[1] == 1 else block)
