"""The filters between samples that find true peaks: their tables, for the meter and the limiter."""

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = npt.NDArray[np.float64]

HALF = 32  # taps on either side of a point, at most; this and the next as in meter_peak.h
TAPS = 2 * HALF
POINTS = 64
WIDEST = 8  # channels
_GROUP = 4
REACH = TAPS // _GROUP + 1  # groups whose samples a point is made of
_REFINED_MOST = 1.0823922002923940  # 1 / cos(pi / 8)
_SHARP_BETA, _SOFT_BETA = 5.0, 9.0


@cache
def sharp_taps() -> Array:
    """The meter's filter: flat within 0.01 dB to 20 kHz at 44.1 kHz, and steep above. Read only."""
    return _fixed(_taps(HALF, _SHARP_BETA))


@cache
def sharp_reach() -> Array:
    """How high samples can lift a point: see `_limits`. Read only."""
    return _fixed(_limits(sharp_taps()))


@cache
def limiter_tables() -> Array:
    """Both of the limiter's detectors, and how far either reaches.

    Meters agree up to 20 kHz; above, some cut off early and some late. A sharp filter and
    a soft one, which many meters have, bound the others. Read only.
    """
    soft = _taps(HALF // 2, _SOFT_BETA)
    reach = np.maximum(sharp_reach(), _limits(soft))
    return _fixed(np.concatenate((sharp_taps().reshape(-1), soft.reshape(-1), reach)))


@cache
def sample_tables() -> Array:
    """The same form for a limiter that minds samples alone: a point is no more than they."""
    tables = np.zeros_like(limiter_tables())
    tables[-(REACH + 1) - (HALF // _GROUP + 1)] = 1.0
    tables[-(REACH + 1)] = 1.0
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


def _limits(taps: Array) -> Array:
    """Two bounds of a point, each with the parabola's most in it: (REACH + 1 + REACH,).

    The first: for each group around a point's own, the most that samples of size 1 in it can
    add. The second: what the larger of the two samples beside it counts, and for each group
    the most that samples can add which bend by 1 there: it is low where sound is smooth.

    A group's four points share one bound, so each takes the worst of their places, and of
    the phases; the group itself holds the points' samples.
    """
    phases = [*_phases(taps)]
    bends = [_bends(phase, part) for phase, part in zip(phases, (0.25, 0.5, 0.75), strict=True)]
    straight = max(abs(slant) for _, slant in bends)
    reach = [*_by_group([*phases, {0: 1.0}]), 1.0 + 2.0 * straight]
    return np.array([*reach, *_by_group([bend for bend, _ in bends])]) * (
        _REFINED_MOST * (1 + 1e-5)
    )


def _phases(taps: Array) -> "Iterator[dict[int, float]]":
    """The filters of the points at 1/4, 1/2 and 3/4, by how many frames a sample is ahead."""
    half = len(taps)
    quarter, three = taps[:, 0] + taps[:, 1], taps[:, 0] - taps[:, 1]
    middle = taps[:, 2]
    for left, right in ((quarter, three), (middle, middle), (three, quarter)):
        yield dict(zip(range(0, -half, -1), left.tolist(), strict=True)) | dict(
            zip(range(1, half + 1), right.tolist(), strict=True)
        )


def _bends(phase: dict[int, float], part: float) -> tuple[dict[int, float], float]:
    """A filter as a straight line between two samples, and what it makes of their bends.

    Its sum is 1. Gives the factor of x[n+1] - 2 x[n] + x[n-1] for each n, and how far the
    line's place is off `part`.
    """
    rest = dict(phase)
    rest[0] -= 1.0 - part
    rest[1] -= part
    slant = math.fsum(frame * factor for frame, factor in rest.items())
    rest[0] += slant
    rest[1] -= slant
    found, before, now = {}, 0.0, 0.0
    for frame in sorted(rest):
        before, now = now, rest[frame] + 2.0 * now - before
        found[frame + 1] = now
    return found, slant


def _by_group(phases: "list[dict[int, float]]") -> list[float]:
    """The most that each group around a point's own can add, over places and phases."""
    side = HALF // _GROUP
    return [
        max(
            math.fsum(
                abs(phase.get(_GROUP * group + frame - point, 0.0)) for frame in range(_GROUP)
            )
            for phase in phases
            for point in range(_GROUP)
        )
        for group in range(-side, side + 1)
    ]


def _sinc(x: float) -> float:
    return maths.sin(math.pi * x) / (math.pi * x)


def _kaiser(x: float, beta: float) -> float:
    return maths.bessel(beta * math.sqrt(max(0.0, 1 - x * x))) / maths.bessel(beta)


def _fixed(table: Array) -> Array:
    table.flags.writeable = False
    return table
