"""Bands that are compressed apart: crossovers whose bands at rest sum to an all-pass."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.bilinear import bilinear
from albumbuild.dsp.dynamics import Compressor, Curve
from albumbuild.dsp.filters import Sections
from albumbuild.dsp.prototypes import Prototype, highpass, lowpass

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_Q = math.sqrt(0.5)


class Crossover:
    """Parts sound at one frequency, and shifts the phase of what was parted from it before."""

    def __init__(self, freq_hz: float, rate_hz: int, channels: int) -> None:
        self._freq_hz = freq_hz
        self._rate_hz = rate_hz
        self._low, self._high, self._shift = (
            Sections(each, channels) for each in _coefficients(freq_hz, rate_hz)
        )

    def process(self, block: "Block") -> "tuple[Block, Block]":
        """What is below, and what is above; together they are `shifted` sound."""
        return self._low.process(block), self._high.process(block)

    def shifted(self, block: "Block") -> "Block":
        """Sound that has passed both at once: the same spectrum, another phase."""
        return self._shift.process(block)

    def aim(self, freq_hz: float, frames: int) -> None:
        """Move the frequency; one that stays where it is costs nothing."""
        if freq_hz == self._freq_hz:
            return
        self._freq_hz = freq_hz
        parts = (self._low, self._high, self._shift)
        for part, coefficients in zip(parts, _coefficients(freq_hz, self._rate_hz), strict=True):
            part.glide.aim(coefficients, frames)


class Multiband:
    """A running compressor for each band, low to high, of one or two channels.

    Each crossover parts what is above the one before. What is below it is shifted in phase as
    the rest is, once it is compressed, so that bands at rest sum to an all-pass.
    `reduction_db` is the most that any band of the last block was turned down.

    Source: Linkwitz and Riley, "Active crossover networks for noncoincident drivers", JAES 24
    (1), 1976: two Butterworth filters in a row, 24 dB an octave; D'Appolito, "Active
    realization of multiway all-pass crossover systems", JAES 35 (4), 1987.
    """

    def __init__(
        self, crossovers_hz: Sequence[float], curves: Sequence[Curve], rate_hz: int, channels: int
    ) -> None:
        self.reduction_db = 0.0
        self._crossovers = [Crossover(each, rate_hz, channels) for each in crossovers_hz]
        self._beside = [Crossover(each, rate_hz, channels) for each in crossovers_hz]
        self._compressors = [Compressor(curve, rate_hz, channels) for curve in curves]

    def process(self, block: "Block") -> "Block":
        """The next block: its bands, compressed and summed."""
        block = np.ascontiguousarray(block)
        lower = None
        for crossover, compressor in zip(self._crossovers, self._compressors, strict=False):
            band, block = crossover.process(block)
            band = compressor.process(band)
            lower = band if lower is None else crossover.shifted(lower) + band
        top = self._compressors[-1].process(block)
        self.reduction_db = max(each.reduction_db for each in self._compressors)
        return top if lower is None else lower + top

    def beside(self, block: "Block") -> "Block":
        """The next block in the phase of bands at rest: what may be mixed with them."""
        for crossover in self._beside:
            block = crossover.shifted(block)
        return block

    def aim(self, crossovers_hz: Sequence[float], curves: Sequence[Curve], frames: int) -> None:
        """Become one of as many bands with other numbers."""
        for crossovers in (self._crossovers, self._beside):
            for crossover, freq_hz in zip(crossovers, crossovers_hz, strict=True):
                crossover.aim(freq_hz, frames)
        for compressor, curve in zip(self._compressors, curves, strict=True):
            compressor.aim(curve, frames)


def _coefficients(freq_hz: float, rate_hz: int) -> list[npt.NDArray[np.float64]]:
    """Of the band below, of the band above, and of their sum."""
    below = lowpass(freq_hz, order=2)
    above = highpass(freq_hz, order=2)
    sum_of_both = Prototype(freq_hz, (((1.0, -1.0 / _Q, 1.0), (1.0, 1.0 / _Q, 1.0)),))
    return [bilinear(each, rate_hz) for each in ((below, below), (above, above), (sum_of_both,))]
