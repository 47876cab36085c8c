"""The end of a spectrum: a wall that a converter or a lossy coder left."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fault import Fault

Array = npt.NDArray[np.float64]

RATES_HZ = (22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000)
"""Rates that sound may have had before."""

_BAND_HZ = 250.0
_LOWEST_HZ = 9_000.0
_STEP = 3  # a wall falls within so many bands
_FALL_DB = 25.0
_SLOPE_DB = 25.0  # before it, over 3 kHz, the spectrum falls by less
_ROOM = 0.92  # of half the rate: higher walls are the file's own
_LEAST_DB = -125.0  # of a band before the wall
_RISE_DB = 8.0  # what is behind a wall stays so near to its foot


def walls(mean_squares: Array, rate_hz: int, *, bits: int | None) -> Iterator[Fault]:
    """A spectrum that ends at a wall well under half the rate, in a file that is not lossy.

    A wall is a fall of 25 dB or more within 750 Hz, over 9 kHz, with nothing behind it, and
    sound before it which does not fall as steeply by itself. `upsampled` where the file's rate
    is higher than the wall needs, `low-pass` at 44.1 and 48 kHz, where lossy coders cut.
    """
    bands_db = _bands_db(mean_squares, rate_hz)
    edge = None if bits is None else _edge(bands_db, rate_hz)
    if edge is None:
        return
    at_hz = edge * _BAND_HZ
    was_hz = next((each for each in RATES_HZ if each / 2 >= at_hz - _BAND_HZ), rate_hz)
    ends = f"the spectrum ends at {at_hz / 1_000:.1f} kHz"
    if was_hz < rate_hz and (rate_hz > 48_000 or was_hz <= 24_000):
        yield Fault(kind="upsampled", detail=f"{ends}: the sound was at {_rate(was_hz)} or less")
    else:
        yield Fault(kind="low-pass", detail=f"{ends}, as lossy coders leave it")


def _edge(bands_db: Array, rate_hz: int) -> int | None:
    """The number of the first band behind a wall."""
    last = len(bands_db)
    before = round(3_000 / _BAND_HZ)
    for edge in range(round(_LOWEST_HZ / _BAND_HZ), last - _STEP):
        high, foot = float(bands_db[edge - 1]), float(bands_db[edge + _STEP - 1])
        if edge * _BAND_HZ > _ROOM * rate_hz / 2 or high < _LEAST_DB:
            continue
        slope_db = float(bands_db[edge - before] - high)
        behind_db = float(bands_db[edge + _STEP - 1 :].max())
        if high - foot >= _FALL_DB and slope_db <= _SLOPE_DB and behind_db <= foot + _RISE_DB:
            return edge
    return None


def _bands_db(mean_squares: Array, rate_hz: int) -> Array:
    """The level of each 250 Hz from 0 up to half the rate."""
    width_hz = rate_hz / 2 / (len(mean_squares) - 1)
    numbers = (np.arange(len(mean_squares)) * width_hz / _BAND_HZ).astype(np.int64)
    sums = np.bincount(numbers, weights=mean_squares)[: int(rate_hz / 2 / _BAND_HZ)]
    return maths.gain_to_db(np.maximum(sums, 1e-30)) / 2


def _rate(rate_hz: int) -> str:
    return f"{rate_hz / 1_000:g} kHz"
