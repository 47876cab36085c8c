"""A constant offset taken out."""

import math
from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp.filters import Sections
from albumbuild.dsp.maths import exp2

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_CORNER_HZ = 2.5  # 0.07 dB down at 20 Hz; an offset is 68 dB down after half a second
_LOG2_E = 1.44269504088896340736


class Levelled:
    """A first-order high-pass; `offset` is the mean of what it has taken out, by channel."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        kept = exp2(-2 * math.pi * _CORNER_HZ / rate_hz * _LOG2_E)
        through = (1 + kept) / 2
        self._sections = Sections([[through, -through, 0.0, -kept, 0.0]], channels)
        self._taken = np.zeros(channels)
        self.frames = 0

    @property
    def offset(self) -> "Block":
        """The mean offset of each channel so far, linear."""
        return self._taken / max(self.frames, 1)

    def process(self, block: "Block") -> "Block":
        """The next block without its offset."""
        out = self._sections.process(block)
        self._taken += np.sum(block - out, axis=0)
        self.frames += len(block)
        return out
