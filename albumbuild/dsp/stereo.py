"""The stereo field as it runs: width, tilt of the field, and a side without its low end."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.bilinear import bilinear
from albumbuild.dsp.kernels import library
from albumbuild.dsp.prototypes import highpass

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
SIDE_ORDER = 4


class Field(msgspec.Struct):
    """A matrix from mid and side to left and right (2, 2), and the side's filter."""

    matrix: Array
    sections: Array
    memory: Array

    def process(self, block: "Block") -> "Block":
        """The next block, stereo; a mono one has no side."""
        block = both(block)
        out = np.empty_like(block)
        library.stereo_process(
            self.matrix, self.sections, len(self.sections), self.memory, block, out, len(block)
        )
        return out


def field(matrix: Array, *, mono_below_hz: float | None, rate_hz: int) -> Field:
    """A field at rest; below `mono_below_hz` the side falls by 24 dB an octave."""
    cut = () if mono_below_hz is None else (highpass(mono_below_hz, order=SIDE_ORDER),)
    sections = bilinear(cut, rate_hz)
    return Field(np.ascontiguousarray(matrix), sections, np.zeros((len(sections), 2)))


def both(block: "Block") -> "Block":
    """A mono block in both channels; a stereo one as it is."""
    return np.ascontiguousarray(np.repeat(block, 2, axis=1) if block.shape[1] == 1 else block)
