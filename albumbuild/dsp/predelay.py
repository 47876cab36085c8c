"""A pure delay whose length can move."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.glide import resting
from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_REACH = 4  # frames that are read about a place between two of them


class Predelay:
    """Delays `channels` by whole frames, up to `longest`; by parts of one while it moves."""

    def __init__(self, frames: int, channels: int, *, longest: int) -> None:
        capacity = 1 << (longest + _REACH - 1).bit_length()
        self.glide = resting([frames])
        self._ring: npt.NDArray[np.float64] = np.zeros((capacity, channels))
        self._clock: npt.NDArray[np.int64] = np.zeros(1, dtype=np.int64)

    def process(self, block: "Block") -> "Block":
        """The block that is as much older, as long as `block`."""
        block = np.ascontiguousarray(block)
        out = np.empty_like(block)
        library.predelay_process(
            self.glide.numbers, self.glide.left, self._ring, len(self._ring), self._clock,
            block, out, *block.shape,
        )  # fmt: skip
        return out
