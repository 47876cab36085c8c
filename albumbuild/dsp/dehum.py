"""Hum taken out: a narrow notch at its frequency and at each of its harmonics."""

import math
from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp.filters import Sections
from albumbuild.dsp.maths import cos, sin

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_HIGHEST = 0.98  # of the Nyquist frequency: above it there is no notch


class Dehummer:
    """Notches in series. `taken_db` is what was taken out so far, by channel, as mean power."""

    def __init__(
        self, freq_hz: float, q: float, *, harmonics: int, rate_hz: int, channels: int
    ) -> None:
        self._harmonics = harmonics
        self._rate_hz = rate_hz
        self._sections = Sections(_notches(freq_hz, q, harmonics, rate_hz), channels)
        self.energy = np.zeros(channels)
        self.frames = 0

    def process(self, block: "Block") -> "Block":
        """The next block without hum."""
        out = self._sections.process(block)
        self.energy += np.sum(np.square(block - out), axis=0)
        self.frames += len(block)
        return out

    def aim(self, freq_hz: float, q: float, frames: int) -> None:
        """Move all notches."""
        self._sections.glide.aim(_notches(freq_hz, q, self._harmonics, self._rate_hz), frames)


def _notches(freq_hz: float, q: float, harmonics: int, rate_hz: int) -> list[list[float]]:
    """Coefficients of each notch; one beyond the Nyquist frequency does nothing.

    Source: R. Bristow-Johnson, Audio EQ Cookbook, notch.
    """
    made = []
    for number in range(1, harmonics + 1):
        turn = 2 * math.pi * freq_hz * number / rate_hz
        if turn > _HIGHEST * math.pi:
            made.append([1.0, 0.0, 0.0, 0.0, 0.0])
            continue
        middle, alpha = -2 * cos(turn), sin(turn) / (2 * q)
        over = 1 / (1 + alpha)
        made.append([over, middle * over, over, middle * over, (1 - alpha) * over])
    return made
