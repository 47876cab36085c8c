"""Numbers that kernels read, on their way in straight lines to where automation wants them."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]


class Glide(msgspec.Struct):
    """`numbers` (3, count): as they stand, what each frame adds, and what they end at.

    A kernel moves them, one frame after the other, while there are frames `left` (1,).
    """

    numbers: Array
    left: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return int(self.numbers.shape[1])

    @property
    def moves(self) -> bool:
        """Whether the numbers are on their way."""
        return bool(self.left[0])

    def aim(self, values: npt.ArrayLike, frames: int) -> None:
        """Reach `values`, as many as there are, in `frames` frames from now; at once for 0."""
        goal = np.asarray(values, dtype=np.float64).reshape(-1)
        self.numbers[2] = goal
        self.left[0] = frames
        if frames == 0:
            self.numbers[0] = goal
        else:
            self.numbers[1] = (goal - self.numbers[0]) / frames


class Countdown:
    """Numbers on their way that are read now and then: the same whatever the blocks between."""

    def __init__(self, values: npt.ArrayLike) -> None:
        self._goal = np.asarray(values, dtype=np.float64)
        self._step = np.zeros_like(self._goal)
        self._left = 0

    def aim(self, values: npt.ArrayLike, frames: int) -> None:
        """Reach `values` in `frames` frames from now; at once for 0."""
        now, self._goal = self.values(0), np.asarray(values, dtype=np.float64)
        self._step = (self._goal - now) / max(frames, 1)
        self._left = frames

    def values(self, ahead: int) -> Array:
        """As they stand so many frames from now."""
        return self._goal - self._step * max(self._left - ahead, 0)

    def pass_by(self, frames: int) -> None:
        """So many frames are over."""
        self._left = max(self._left - frames, 0)


def resting(values: npt.ArrayLike) -> Glide:
    """Numbers that stand still."""
    now = np.asarray(values, dtype=np.float64).reshape(-1)
    return Glide(np.stack((now, np.zeros_like(now), now)), np.zeros(1, dtype=np.int64))


def scaled(block: "Block", factor: Glide) -> "Block":
    """A block times the one number of a glide; the block itself at rest at 1."""
    if not factor.moves and factor.numbers[0, 0] == 1.0:
        return block
    block = np.ascontiguousarray(block)
    out = np.empty_like(block)
    library.gain_process(factor.numbers, factor.left, block, out, *block.shape)
    return out
