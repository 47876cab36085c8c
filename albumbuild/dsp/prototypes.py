"""Analogue filters as the cookbook writes them: what an equaliser's bands are meant to be."""

import math

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.maths import cos, db_to_gain

Array = npt.NDArray[np.float64]
Quadratic = tuple[float, float, float]
"""c2·s² + c1·s + c0, in a frequency where the corner is 1."""


class Prototype(msgspec.Struct, frozen=True):
    """A product of second-order fractions about one corner frequency."""

    freq_hz: float
    sections: tuple[tuple[Quadratic, Quadratic], ...]

    @property
    def is_idle(self) -> bool:
        """Whether it leaves everything as it is."""
        return all(above == below for above, below in self.sections)

    def magnitude(self, freqs_hz: Array) -> Array:
        """The gain at each frequency, as a factor."""
        result = np.ones_like(freqs_hz)
        for above, below in self.sections:
            result = result * _power(above, freqs_hz / self.freq_hz)
            result = result / _power(below, freqs_hz / self.freq_hz)
        return np.sqrt(result)


def bell(freq_hz: float, *, gain_db: float, q: float) -> Prototype:
    """A peak or a dip of `gain_db`; at 0 dB nothing.

    Source: R. Bristow-Johnson, Audio EQ Cookbook, peakingEQ, for this and the next.
    """
    a = db_to_gain(gain_db / 2)
    return Prototype(freq_hz, (((1.0, a / q, 1.0), (1.0, 1.0 / (a * q), 1.0)),))


def lowshelf(freq_hz: float, *, gain_db: float, q: float) -> Prototype:
    """`gain_db` far below the corner, half of it there, nothing above."""
    a = db_to_gain(gain_db / 2)
    slant = math.sqrt(a) / q
    return Prototype(freq_hz, (((a, a * slant, a * a), (a, slant, 1.0)),))


def highshelf(freq_hz: float, *, gain_db: float, q: float) -> Prototype:
    """`gain_db` far above the corner, half of it there, nothing below."""
    a = db_to_gain(gain_db / 2)
    slant = math.sqrt(a) / q
    return Prototype(freq_hz, (((a * a, a * slant, a), (1.0, slant, a)),))


def tilt(freq_hz: float, *, gain_db: float) -> Prototype:
    """`gain_db` at the high end, as much less at the low end, nothing at the centre."""
    g = db_to_gain(gain_db)
    return Prototype(freq_hz, (((0.0, g, 1.0), (0.0, 1.0, g)),))


def bandpass(freq_hz: float, *, q: float) -> Prototype:
    """0 dB at the centre, 6 dB an octave away from it."""
    return Prototype(freq_hz, (((0.0, 1.0 / q, 0.0), (1.0, 1.0 / q, 1.0)),))


def notch(freq_hz: float, *, q: float) -> Prototype:
    """Nothing passes at the centre, all passes far from it."""
    return Prototype(freq_hz, (((1.0, 0.0, 1.0), (1.0, 1.0 / q, 1.0)),))


def lowpass(freq_hz: float, *, order: int, q: float = math.sqrt(0.5)) -> Prototype:
    """A Butterworth low-pass; `q` counts at order 2 alone."""
    return Prototype(freq_hz, tuple(((0.0, 0.0, 1.0), below) for below in _butterworth(order, q)))


def highpass(freq_hz: float, *, order: int, q: float = math.sqrt(0.5)) -> Prototype:
    """A Butterworth high-pass; `q` counts at order 2 alone."""
    return Prototype(freq_hz, tuple((_high(below), below) for below in _butterworth(order, q)))


def cuts(low_hz: float | None, high_hz: float | None) -> tuple[Prototype, ...]:
    """A low and a high cut of 12 dB an octave, each where it is asked for."""
    low = [] if low_hz is None else [highpass(low_hz, order=2)]
    high = [] if high_hz is None else [lowpass(high_hz, order=2)]
    return (*low, *high)


def _butterworth(order: int, q: float) -> list[Quadratic]:
    if order == 2:
        return [(1.0, 1.0 / q, 1.0)]
    pairs = [
        (1.0, 2.0 * cos(math.pi * (order - 1 - 2 * k) / (2 * order)), 1.0)
        for k in range(order // 2)
    ]
    return pairs + ([(0.0, 1.0, 1.0)] if order % 2 else [])


def _high(below: Quadratic) -> Quadratic:
    return (1.0, 0.0, 0.0) if below[0] else (0.0, 1.0, 0.0)


def _power(quadratic: Quadratic, w: Array) -> Array:
    c2, c1, c0 = quadratic
    real, imaginary = c0 - c2 * w * w, c1 * w
    return real * real + imaginary * imaginary
