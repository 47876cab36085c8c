"""The fast Fourier transform of powers of two, with the same bits on every machine."""

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import cos, sin

Array = npt.NDArray[np.float64]


@cache
def turns(size: int) -> Array:
    """exp(-2·pi·i·k / size) for each k, as (size, 2): real, imaginary. Read only."""
    return _circle(2 * math.pi * np.arange(size) / size)


@cache
def twist(size: int) -> Array:
    """exp(-pi·i·n / (2·size)) for each n: a quarter of a turn, as (size, 2). Read only."""
    return _circle(math.pi * np.arange(size) / (2 * size))


def spectra(signals: Array) -> Array:
    """The transforms of two complex signals, both as (size, 2, 2).

    The second index is real or imaginary, the third tells the signals apart.
    """
    signals = np.ascontiguousarray(signals)
    assert signals.shape[1:] == (2, 2)
    assert len(signals).bit_count() == 1
    out, spare = np.empty_like(signals), np.empty_like(signals)
    library.fft_process(signals, out, spare, turns(len(signals)), len(signals))
    return out


def _circle(angles: Array) -> Array:
    points = np.stack((cos(angles), -sin(angles)), axis=1)
    points.flags.writeable = False
    return points
