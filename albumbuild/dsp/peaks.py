"""The filters between samples that find true peaks: their tables, for the meter and the limiter."""

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths

Array = npt.NDArray[np.float64]

HALF = 32  # taps on either side of a point, at most; this and the next as in meter_peak.h
TAPS = 2 * HALF
POINTS = 64
WIDEST = 8  # channels
_GROUP = 4
_REFINED_MOST = 1.0823922002923940  # 1 / cos(pi / 8)
_SHARP_BETA, _SOFT_BETA = 5.0, 9.0


@cache
def sharp_taps() -> Array:
    """The meter's filter: flat within 0.01 dB to 20 kHz at 44.1 kHz, and steep above. Read only."""
    return _fixed(_taps(HALF, _SHARP_BETA))


@cache
def sharp_reach() -> Array:
    """How much the samples of each group around a point can add to it. Read only."""
    return _fixed(_reach(sharp_taps()))


@cache
def limiter_tables() -> Array:
    """Both of the limiter's detectors, and how far either reaches.

    Meters agree up to 20 kHz; above, some cut off early and some late. A sharp filter and
    a soft one, which many meters have, bound the others. Read only.
    """
    soft = _taps(HALF // 2, _SOFT_BETA)
    reach = np.maximum(sharp_reach(), _reach(soft))
    return _fixed(np.concatenate((sharp_taps().reshape(-1), soft.reshape(-1), reach)))


@cache
def sample_tables() -> Array:
    """The same form for a limiter that minds samples alone: a point is no more than they."""
    tables = np.zeros_like(limiter_tables())
    tables[-(HALF // _GROUP + 1)] = 1.0
    return _fixed(tables)


def _taps(half: int, beta: float) -> Array:
    """A sinc under a Kaiser window, as the kernels want it: (half, 3).

    Half the sum and half the difference at k + 1/4 and k + 3/4, then the sinc at k + 1/2;
    each phase is scaled so that a constant stays itself.
    """
    near, middle, far = (
        [_sinc(k + part) * _kaiser((k + part) / half, beta) for k in range(half)]
        for part in (0.25, 0.5, 0.75)
    )
    ends = 2 * (math.fsum(near) + math.fsum(far))
    centre = 2 * math.fsum(middle)
    return np.array(
        [
            [(a + b) / ends, (a - b) / ends, m / centre]
            for a, m, b in zip(near, middle, far, strict=True)
        ]
    )


def _reach(taps: Array) -> Array:
    """For each group around a point's own: the most that samples of size 1 in it can add.

    A group's four points share one bound, so each takes the worst of their places, and of
    the phases; the group itself holds the points' samples. The parabola's most is in it.
    """
    half = len(taps)
    quarter, three = np.abs(taps[:, 0] + taps[:, 1]), np.abs(taps[:, 0] - taps[:, 1])
    middle = np.abs(taps[:, 2])
    phases = [
        dict(zip(range(0, -half, -1), left, strict=True))
        | dict(zip(range(1, half + 1), right, strict=True))
        for left, right in ((quarter, three), (middle, middle), (three, quarter))
    ]
    phases.append({0: 1.0})
    side = HALF // _GROUP
    reach = [
        max(
            math.fsum(phase.get(_GROUP * group + frame - point, 0.0) for frame in range(_GROUP))
            for phase in phases
            for point in range(_GROUP)
        )
        for group in range(-side, side + 1)
    ]
    return np.array(reach) * (_REFINED_MOST * (1 + 1e-5))


def _sinc(x: float) -> float:
    return maths.sin(math.pi * x) / (math.pi * x)


def _kaiser(x: float, beta: float) -> float:
    return maths.bessel(beta * math.sqrt(max(0.0, 1 - x * x))) / maths.bessel(beta)


def _fixed(table: Array) -> Array:
    table.flags.writeable = False
    return table
