"""Tonal matching: the curve that brings the spectrum of one sound to that of others."""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fft import spectra
from albumbuild.dsp.levels import fade_gains
from albumbuild.dsp.loudness import k_weighting

Array = npt.NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ = 25.0, 20_000.0
PER_OCTAVE = 6  # places of the curve
WIDTH = 2.0  # of a band, in places: a third of an octave
SMOOTHED = (0.25, 0.5, 0.25)  # over neighbouring places
FLOOR_DB = -70.0  # under its loudest band a sound says nothing of its tone
WALLS_FROM_HZ, WALL_DB = 5_000.0, 20.0  # what falls by more in half an octave is no tone
CUTS_TO_HZ, CUT_DB = 120.0, 9.0  # what falls by more in half an octave was cut, or never played
RISES_FROM_HZ = 30.0  # nothing lower is turned up
STEEPEST_DB = 2.0  # from place to place, away from 0 dB: 12 dB an octave
REACH_S = 0.15  # of the filter, to either side of its middle
_HALVINGS = 50


def places_hz() -> Array:
    """Where the curve is known: six places an octave."""
    octaves = maths.log2(HIGHEST_HZ / LOWEST_HZ)
    steps: Array = np.arange(math.floor(octaves * PER_OCTAVE) + 1, dtype=np.float64) / PER_OCTAVE
    return LOWEST_HZ * maths.exp2(steps)


def tone_db(mean_squares: Array, rate_hz: int) -> Array:
    """The level of a third of an octave about each place, in dB; -inf without any."""
    width_hz = rate_hz / 2 / (len(mean_squares) - 1)
    summed = np.concatenate(([0.0], np.add.accumulate(mean_squares)))
    ratio = maths.exp2(WIDTH / 2 / PER_OCTAVE)
    centres = places_hz()
    low, high = (_up_to(summed, centres * part / width_hz + 0.5) for part in (1 / ratio, ratio))
    return maths.gain_to_db(np.maximum(high - low, 0.0)) / 2


def matching_db(
    own_db: Array, wanted_db: Sequence[Array], *, share: float, most_db: float
) -> Array:
    """How far each place is turned up or down, so that the tone comes near the mean of others.

    Only shapes count, not how loud a sound is. Where a sound has nothing to say, under its
    lowest tone or over the limit of a lossy coder, the curve goes on level but never up: that
    would be its noise. It is smoothed over half an octave, a `share` of it taken, no more than
    `most_db` and no steeper than `STEEPEST_DB`; the loudness of the sound by its K-weighting
    stays.
    """
    shapes = [_shape(tone) for tone in wanted_db]
    known = np.all([np.isfinite(shape) for shape in (*shapes, _shape(own_db))], axis=0)
    if not known.any():
        return np.zeros(len(own_db))
    wanted = sum(shape[known] for shape in shapes) / len(shapes)
    away = wanted - _shape(own_db)[known]
    curve = _spread(away, np.flatnonzero(known), len(own_db))
    highest_db = np.where(known & _sounding(own_db), most_db, 0.0)
    return _of_same_loudness(_smoothed(curve) * share, own_db, highest_db, most_db)


def filter_taps(curve_db: Array, rate_hz: int) -> Array:
    """A response with that curve, symmetric about its middle: (2 * half,), the first tap is 0.

    Straight between the places over the logarithm of frequency, level beyond them.
    Source: frequency sampling, Oppenheim & Schafer, Discrete-Time Signal Processing; the
    outer half of either side is tapered by a raised cosine.
    """
    half = half_taps(rate_hz)
    freqs_hz: Array = np.arange(half + 1, dtype=np.float64) * (rate_hz / (2 * half))
    at = maths.log2(np.maximum(freqs_hz, LOWEST_HZ) / LOWEST_HZ) * PER_OCTAVE
    magnitude = maths.db_to_gain(_between(curve_db, at))
    signals = np.zeros((2 * half, 2, 2))
    signals[: half + 1, 0, 0] = magnitude
    signals[half + 1 :, 0, 0] = magnitude[half - 1 : 0 : -1]
    side = spectra(signals)[:half, 0, 0] / (2 * half)
    side *= fade_gains("s", np.minimum(np.arange(half, 0, -1) / half * 2.0, 1.0))
    return np.concatenate(([0.0], side[:0:-1], side))


@cache
def half_taps(rate_hz: int) -> int:
    """How many taps stand before the middle one."""
    return 1 << math.ceil(math.log2(REACH_S * rate_hz))


def _shape(tone: Array) -> Array:
    """Levels against their loudest third; what says nothing of the tone is -inf."""
    loudest = float(tone.max())
    if loudest == -math.inf:
        return tone
    heard = np.where(tone > loudest + FLOOR_DB, tone, -np.inf)
    heard[_wall(tone) :] = -np.inf
    return np.asarray(heard - float(np.median(heard[np.isfinite(heard)])))


def _wall(tone: Array) -> int:
    """The first place that the wall of a coder or a converter bends; their count without one."""
    for place in range(int(np.searchsorted(places_hz(), WALLS_FROM_HZ)), len(tone)):
        if tone[place] < tone[place - PER_OCTAVE // 2] - WALL_DB:
            return place - PER_OCTAVE // 2 + 1
    return len(tone)


def _sounding(tone: Array) -> npt.NDArray[np.bool_]:
    """Where a sound has a low end: over 30 Hz and over the cut that it was given, if any."""
    hz = places_hz()
    half = PER_OCTAVE // 2
    cut = 0
    for place in range(int(np.searchsorted(hz, CUTS_TO_HZ))):
        if tone[place] < tone[place + half] - CUT_DB:
            cut = place + half
    return np.asarray((hz >= RISES_FROM_HZ) & (np.arange(len(tone)) >= cut))


def _spread(values: Array, at: npt.NDArray[np.intp], count: int) -> Array:
    """Values at some places, over all of them: straight between, level beyond."""
    places = np.searchsorted(at, np.arange(count), side="right") - 1
    left, right = np.clip(places, 0, len(at) - 1), np.clip(places + 1, 0, len(at) - 1)
    gap = np.maximum(at[right] - at[left], 1)
    share = np.clip((np.arange(count) - at[left]) / gap, 0.0, 1.0)
    return np.asarray(values[left] + (values[right] - values[left]) * share)


def _smoothed(curve: Array) -> Array:
    wide = np.concatenate((curve[:1], curve, curve[-1:]))
    return SMOOTHED[0] * wide[:-2] + SMOOTHED[1] * wide[1:-1] + SMOOTHED[2] * wide[2:]


def _of_same_loudness(curve: Array, own_db: Array, highest_db: Array, most_db: float) -> Array:
    """The curve, moved as a whole and then limited, that leaves the loudness as it is."""
    if not curve.any():
        return curve
    weights = maths.db_to_gain(2.0 * own_db) * _k_squares()
    low, high = float(curve.min()) - most_db, float(curve.max()) + most_db
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        limited = _limited(curve - middle, highest_db, most_db)
        louder = math.fsum((weights * (maths.db_to_gain(2.0 * limited) - 1.0)).tolist())
        low, high = (middle, high) if louder > 0.0 else (low, middle)
    return _limited(curve - (low + high) / 2.0, highest_db, most_db)


def _limited(curve: Array, highest_db: Array, most_db: float) -> Array:
    """The curve within its limits; what is too steep is brought nearer to 0 dB."""
    up = np.minimum(np.maximum(curve, 0.0), highest_db)
    down = np.minimum(np.maximum(-curve, 0.0), most_db)
    return np.asarray((up + _slopes()).min(axis=1) - (down + _slopes()).min(axis=1))


@cache
def _slopes() -> Array:
    """How much higher the curve may stand at a place (first) than at another. Read only."""
    places = np.arange(len(places_hz()), dtype=np.float64)
    slopes: Array = STEEPEST_DB * np.abs(places[:, np.newaxis] - places)
    slopes.flags.writeable = False
    return slopes


@cache
def _k_squares() -> Array:
    """How much the K-weighting counts each place."""
    rate_hz = 96_000
    angles = places_hz() * (2.0 * math.pi / rate_hz)
    squares = np.ones(len(angles))
    for b0, b1, b2, a1, a2 in k_weighting(rate_hz):
        squares = squares * _square((b0, b1, b2), angles) / _square((1.0, a1, a2), angles)
    return squares


def _square(c: tuple[float, float, float], angles: Array) -> Array:
    real = c[0] + c[1] * maths.cos(angles) + c[2] * maths.cos(2.0 * angles)
    imaginary = c[1] * maths.sin(angles) + c[2] * maths.sin(2.0 * angles)
    return real * real + imaginary * imaginary


def _up_to(summed: Array, places: Array) -> Array:
    """What lies below each place among the bins; a bin is even from edge to edge."""
    return _between(summed, np.minimum(places, len(summed) - 1.0))


def _between(values: Array, at: Array) -> Array:
    """Values at fractional places, straight between; level after the last."""
    at = np.minimum(at, len(values) - 1.0)
    whole = np.minimum(at.astype(np.int64), len(values) - 2)
    return np.asarray(values[whole] + (values[whole + 1] - values[whole]) * (at - whole))
