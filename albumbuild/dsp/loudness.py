"""Loudness: the K-weighting at any rate, the gates, and the range."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths

Array = npt.NDArray[np.float64]

SILENCE_LUFS = -70.0  # the absolute gate
_OFFSET_DB = -0.691
_SURROUND = 1.41


def k_weighting(rate_hz: int) -> Array:
    """The two filters of the K-weighting, (2, 5): b0 b1 b2 a1 a2.

    The standard's table holds for 48 kHz alone. It is the bilinear transform of the two
    analogue filters here, which gives them at every rate, and the table to its last digit.
    Source: ITU-R BS.1770-5, Annex 1; the prototypes after De Man, "Evaluation of
    implementations of the EBU R128 loudness measurement", AES 145, 2018.
    """
    high = maths.db_to_gain(3.999843853973347)
    band = maths.exp2(0.4996667741545416 * maths.log2(high))
    k, q = maths.tan(math.pi * 1681.974450955533 / rate_hz), 0.7071752369554196
    scale = 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / scale,
        2 * (k * k - high) / scale,
        (high - band * k / q + k * k) / scale,
        2 * (k * k - 1) / scale,
        (1 - k / q + k * k) / scale,
    ]
    k, q = maths.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    scale = 1 + k / q + k * k
    return np.array([shelf, [1.0, -2.0, 1.0, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale]])


def channel_weights(channels: int) -> Array:
    """How much each channel counts: L R C LFE Ls Rs, or L R C Ls Rs when there are five."""
    if channels == 6:
        return np.array([1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND])
    if channels == 5:
        return np.array([1.0, 1.0, 1.0, _SURROUND, _SURROUND])
    return np.ones(channels)


def lufs(energy: float) -> float:
    """The loudness of a K-weighted mean square; -inf for none."""
    return _OFFSET_DB + maths.gain_to_db(energy) / 2 if energy > 0 else -math.inf


def lufs_of(energies: Array) -> Array:
    """The loudness of each of many K-weighted mean squares."""
    return _OFFSET_DB + maths.gain_to_db(energies) / 2


def energy_of(loudness_lufs: float) -> float:
    """The mean square of a loudness: the inverse of `lufs`."""
    return maths.db_to_gain(2 * (loudness_lufs - _OFFSET_DB))


def gated(energies: Array) -> npt.NDArray[np.bool_]:
    """Which gating blocks count: over -70 LUFS, and over 10 LU under the mean of those."""
    heard = energies > energy_of(SILENCE_LUFS)
    if not heard.any():
        return heard
    counts: npt.NDArray[np.bool_] = energies > max(
        mean(energies[heard]) / 10, energy_of(SILENCE_LUFS)
    )
    return counts


def integrated_lufs(energies: Array) -> float:
    """Gated loudness of gating blocks, of one sound or of several in a row; -inf for none.

    Source: ITU-R BS.1770-5, Annex 1.
    """
    counted = energies[gated(energies)]
    return lufs(mean(counted)) if counted.size else -math.inf


def loudness_range_lu(energies: Array) -> float | None:
    """The spread of short-term loudness, from its 10th to its 95th percentile.

    `energies` are mean squares of 3 s, a hundred a second, which is ten times what the
    standard asks for: the figure of a short song with wide dynamics then does not hang on
    where its windows begin. None when none is over the gates: -70 LUFS, and 20 LU under the
    mean of those that are.
    Source: EBU Tech 3342.
    """
    heard = energies[energies > energy_of(SILENCE_LUFS)]
    if not heard.size:
        return None
    ordered = np.sort(heard[heard > mean(heard) / 100])
    last = ordered.size - 1
    low, high = (float(ordered[round(last * part)]) for part in (0.10, 0.95))
    return lufs(high) - lufs(low)


def mean(values: Array | Sequence[float]) -> float:
    """The mean, its sum rounded once: no order of adding is heard."""
    return math.fsum(values) / len(values)


def moving_sums(values: Array, length: int) -> Array:
    """The sums of `length` neighbours, at each place that has them all."""
    count = max(0, len(values) - length + 1)
    total = np.zeros(count)
    for at in range(length):
        total += values[at : at + count]
    return total
