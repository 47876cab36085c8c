"""A pure delay: what keeps paths of different latency aligned to the frame."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Lag:
    """Delays a signal of `channels` by `frames`; 0 hands the block through."""

    def __init__(self, frames: int, channels: int) -> None:
        self.frames = frames
        self._held = np.zeros((frames, channels))

    def process(self, block: "Block") -> "Block":
        """The block that is `frames` older, as long as `block`."""
        if self.frames == 0:
            return block
        joined = np.concatenate((self._held, block))
        self._held = joined[len(block) :]
        return joined[: len(block)]
