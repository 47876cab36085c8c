"""The filter between samples that finds true peaks: one table, for the meter and the limiter."""

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths

HALF = 24  # taps on either side of a point; as in meter_peak.h
TAPS = 2 * HALF
POINTS = 32
WIDEST = 8  # channels
_BETA = 6.5
_REFINED_MOST = 1.0823922002923940  # 1 / cos(pi / 8)


@cache
def peak_taps() -> npt.NDArray[np.float64]:
    """The kernels' table, (HALF, 3): half sum and half difference at 1/4 and 3/4, then 1/2.

    A sinc under a Kaiser window, four times oversampled; each point is scaled so that a
    constant stays itself. Read only.
    """
    near, middle, far = (_phase(part / 4) for part in (1, 2, 3))
    ends = math.fsum(near) + math.fsum(far)
    centre = 2 * math.fsum(middle)
    table = [
        [(a + b) / (2 * ends), (a - b) / (2 * ends), m / centre]
        for a, m, b in zip(near, middle, far, strict=True)
    ]
    taps = np.array(table)
    taps.flags.writeable = False
    return taps


@cache
def loudest_between() -> float:
    """The most that a point between samples can be over the highest of them.

    All taps with all signs for it, and the most that the parabola adds.
    """
    even, odd, middle = (peak_taps()[:, column] for column in range(3))
    quarter = math.fsum(abs(even + odd)) + math.fsum(abs(even - odd))
    return max(quarter, 2 * math.fsum(abs(middle))) * _REFINED_MOST * (1 + 1e-12)


def _phase(part: float) -> list[float]:
    return [_sinc(k + part) * _kaiser((k + part) / HALF) for k in range(HALF)]


def _sinc(x: float) -> float:
    return maths.sin(math.pi * x) / (math.pi * x)


def _kaiser(x: float) -> float:
    return _bessel(_BETA * math.sqrt(max(0.0, 1 - x * x))) / _bessel(_BETA)


def _bessel(x: float) -> float:
    """The modified Bessel function of order 0, by its series."""
    total = term = 1.0
    for k in range(1, 40):
        term *= (x / (2 * k)) ** 2
        total += term
    return total
