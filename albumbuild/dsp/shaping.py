"""Noise-shaped dither: what quantising adds lies where the ear hears least."""

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.dsp.dither import Steps
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]

ORDER = 9
MOST_OVER_DB = 30.0  # of the curve over its lowest point: noise is not thrown far up
FLAT_UNDER_HZ, FLAT_DB = 3_000.0, 20.0  # lows are no better than that, for players are not
_POINTS = 2_048
_LOG2_E = 1.4426950408889634


class Shaper:
    """Turns sound into whole steps of `bits` bits, its error shaped by the threshold of hearing.

    Triangular dither goes into the quantiser, so that the error is noise whatever the sound,
    a function of `seed`, frame and channel; what remains of earlier errors is taken off by
    `noise_filter`. A frame that is digital silence stays so, and the errors before it are
    forgotten. Blocks do not matter.
    """

    def __init__(
        self, rate_hz: int, channels: int, *, bits: int, first_frame: int, seed: int
    ) -> None:
        self._filter = noise_filter(rate_hz)
        self._errors = np.zeros((ORDER, channels))
        self._scale = float(1 << (bits - 1))
        self._frame = first_frame
        self._seed = seed

    def process(self, block: "Block") -> "Steps":
        """The next block in whole steps, clipped at full scale."""
        block = np.ascontiguousarray(block, dtype=np.float64)
        steps = np.empty(block.shape, dtype=np.int32)
        library.dither_shape(
            block, steps, *block.shape, self._scale, self._filter, ORDER, self._errors,
            self._frame, self._seed,
        )  # fmt: skip
        self._frame += len(block)
        return steps


@cache
def noise_filter(rate_hz: int) -> Array:
    """How much of each of the last errors, the newest first, is in the noise: (ORDER,).

    The noise's spectrum follows the threshold of hearing as far as nine errors can: the whole
    is 8 dB more than without, and 12 dB less where the ear counts it, at 44.1 kHz. Its
    logarithm keeps its mean, so nothing does better. Read only.

    Source: Gerzon and Craven, Optimal noise shaping and dither of digital signals, AES 87,
    1989; the predictor of a signal with the inverse spectrum is that filter.
    """
    angles: Array = (np.arange(_POINTS, dtype=np.float64) + 0.5) * (math.pi / _POINTS)
    wanted_db = _curve_db(angles * (rate_hz / (2 * math.pi)))
    weights = maths.db_to_gain(-2.0 * wanted_db)
    rows = (weights * maths.cos(angles * lag) for lag in range(ORDER + 1))
    predictor = np.array(_predictor([math.fsum(row.tolist()) for row in rows]))
    predictor.flags.writeable = False
    return predictor


def threshold_db(freqs_hz: Array) -> Array:
    """The threshold of hearing, in dB SPL.

    Source: E. Terhardt, Calculating virtual pitch, Hearing Research 1, 1979, eq. 1.
    """
    khz = np.maximum(freqs_hz, 20.0) / 1_000.0
    away = khz - 3.3
    low = 3.64 * maths.exp2(-0.8 * maths.log2(khz))
    ear = 6.5 * maths.exp2(-0.6 * _LOG2_E * away * away)
    return np.asarray(low - ear + 1e-3 * khz * khz * khz * khz)


def _curve_db(freqs_hz: Array) -> Array:
    """What the noise is to follow: the threshold, levelled where it rises far."""
    threshold = threshold_db(freqs_hz)
    lowest = float(threshold.min())
    most = np.where(freqs_hz < FLAT_UNDER_HZ, lowest + FLAT_DB, lowest + MOST_OVER_DB)
    return np.asarray(np.minimum(threshold, most))


def _predictor(correlation: list[float]) -> list[float]:
    """The coefficients after the first, which is 1, of the filter that leaves least.

    Source: J. Durbin, The fitting of time series models, 1960.
    """
    found, left = [1.0], correlation[0]
    for order in range(1, len(correlation)):
        terms = [found[k] * correlation[order - k] for k in range(order)]
        step = -math.fsum(terms) / left
        longer = [*found, 0.0]
        found = [longer[k] + step * longer[order - k] for k in range(order + 1)]
        left *= 1.0 - step * step
    return found[1:]
