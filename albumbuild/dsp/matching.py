"""Analogue prototypes made digital without the cramping of the bilinear transform.

Poles and zeros go over by z = exp(s·T), which keeps resonances and notches where they
were. What is then wrong in magnitude comes from far away, above the Nyquist frequency,
so it is smooth: a few cosines in the log of the magnitude describe it, and a short
minimum-phase response takes it away. One such response serves any number of bands.

Source: the matched z-transform; the response from its cepstrum, Oppenheim & Schafer,
Discrete-Time Signal Processing, "Cepstrum analysis and homomorphic deconvolution".
"""

import math
from collections.abc import Iterable
from functools import cache

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.maths import cos, exp2, log2, sin
from albumbuild.dsp.prototypes import Prototype, Quadratic

Array = npt.NDArray[np.float64]

MATCHED_TO = 0.9075  # of the Nyquist frequency: 20 kHz at 44.1 kHz
COSINES = 16
POINTS = 64
TAPS = 32
STIFFNESS = 1e-9
BEND = 0.05  # of an angle: how softly a pair begins to fade
NEGLIGIBLE = 1e-4  # of a correction, under 0.001 dB: left out

_LOG2_E = 1.44269504088896340736


class Design(msgspec.Struct, frozen=True):
    """Coefficients (sections, 5) of the cascade, and the taps of its correction (maybe none)."""

    sections: Array
    taps: Array


def matched(prototypes: tuple[Prototype, ...], rate_hz: int, *, whole: bool = False) -> Design:
    """Minimum-phase filters whose product has the magnitude of the prototypes' product.

    Within 0.05 dB up to 0.9075 of the Nyquist frequency, or as far as the prototype
    is not more than about 60 dB under its top. Of a `whole` design each part is there, also
    one without effect, so that it can be moved to another design of the same kind.
    """
    heard = [each for each in prototypes if whole or not each.is_idle]
    sections = [each for prototype in heard for each in _sections(prototype, rate_hz)]
    if not sections:
        return Design(np.empty((0, 5)), np.empty(0))
    coefficients = np.array(sections)
    angles = _fit().angles
    wanted = np.zeros(POINTS)
    for prototype in heard:
        wanted = wanted + log2(prototype.magnitude(angles * (rate_hz / (2 * math.pi))))
    for section in sections:
        wanted = wanted - log2(_magnitude(section, angles))
    if float(np.max(np.abs(wanted))) < NEGLIGIBLE:
        return Design(coefficients, np.eye(1, TAPS)[0] if whole else np.empty(0))
    taps = _minimum_phase(_fit().cosines(wanted))
    return Design(coefficients, np.pad(taps, (0, TAPS - len(taps))) if whole else taps)


def _sections(prototype: Prototype, rate_hz: int) -> list[list[float]]:
    corner = 2 * math.pi * prototype.freq_hz / rate_hz
    made = []
    for above, below in prototype.sections:
        b1, b2 = _in_z(above, corner)
        a1, a2 = _in_z(below, corner)
        section = [1.0, b1, b2, a1, a2]
        if above == below:
            made.append(section)
            continue
        # A fixed reference: 0 Hz, or the corner where nothing passes at 0 Hz.
        at = np.array([0.0 if above[2] else min(corner, math.pi * MATCHED_TO)])
        level = Prototype(corner, ((above, below),)).magnitude(at) / _magnitude(section, at)
        made.append([float(level[0]) * b for b in section[:3]] + section[3:])
    return made


def _in_z(quadratic: Quadratic, corner: float) -> tuple[float, float]:
    """z⁻¹ and z⁻² of the polynomial in z⁻¹ whose zeros are exp of those in s.

    A pair beyond the Nyquist frequency has no place in z. It stays at that frequency, damped
    by about as much as it is beyond: so nothing jumps where automation moves it there. What
    is left of it is in the correction.
    """
    c2, c1, c0 = quadratic
    if c2 == 0:
        return (-_exp(-corner * c0 / c1), 0.0) if c1 else (0.0, 0.0)
    middle = -c1 / (2 * c2)
    apart = middle * middle - c0 / c2
    if apart < 0:
        turn = corner * math.sqrt(-apart)
        if turn > math.pi:
            beyond = turn - math.pi
            radius = _exp(corner * middle - beyond * beyond / (beyond + BEND))
            return 2 * radius, radius * radius
        radius = _exp(corner * middle)
        return -2 * radius * cos(turn), radius * radius
    far = middle - math.sqrt(apart)
    near = c0 / c2 / far if far else 0.0
    first, second = _exp(corner * far), _exp(corner * near)
    return -(first + second), first * second


def _exp(x: float) -> float:
    return exp2(x * _LOG2_E)


def _magnitude(section: list[float], angles: Array) -> Array:
    b0, b1, b2, a1, a2 = section
    return np.sqrt(_power_in_z(b0, b1, b2, angles) / _power_in_z(1.0, a1, a2, angles))


def _power_in_z(c0: float, c1: float, c2: float, angles: Array) -> Array:
    """|c0 + c1/z + c2/z²|² on the unit circle, exact near 0 too.

    Source: M. Vicanek, Matched Second Order Digital Filters, 2016.
    """
    half = sin(angles / 2)
    p = half * half
    total, alternating = c0 + c1 + c2, c0 - c1 + c2
    return (1 - p) * (total * total) + p * (alternating * alternating) - 16 * c0 * c2 * p * (1 - p)


def _minimum_phase(cosines: Array) -> Array:
    """Taps whose log2 magnitude is the sum of `cosines[n]`·cos(n·angle)."""
    logs = [float(value) / _LOG2_E for value in cosines]
    taps = [_exp(logs[0])]
    for n in range(1, TAPS):
        terms = (k * logs[k] * taps[n - k] for k in range(1, min(n, COSINES) + 1))
        taps.append(_total(terms) / n)
    left_out = 0.0
    while left_out + abs(taps[-1]) < NEGLIGIBLE * taps[0]:
        left_out += abs(taps.pop())
    return np.array(taps)


class _Fit:
    """Least squares of a function on [0, MATCHED_TO] by cosines that are smooth beyond."""

    def __init__(self) -> None:
        # Points crowd at the upper end, where the functions bend most.
        steps = (np.arange(POINTS) + 0.5) / POINTS
        self.angles: Array = math.pi * MATCHED_TO * sin(steps * (math.pi / 2))
        self._rows = [cos(n * self.angles) for n in range(COSINES + 1)]
        self._factor = _cholesky([[self._entry(i, j) for j in range(i + 1)] for i in _ORDERS])

    def _entry(self, i: int, j: int) -> float:
        products = (self._rows[i] * self._rows[j]).tolist()
        return _total(products) / POINTS + (STIFFNESS * (1 + i * i * i * i) if i == j else 0.0)

    def cosines(self, values: Array) -> Array:
        """The coefficient of each cosine."""
        right = [_total((row * values).tolist()) / POINTS for row in self._rows]
        return np.array(_solve(self._factor, right))


_ORDERS = range(COSINES + 1)


@cache
def _fit() -> _Fit:
    return _Fit()


def _cholesky(lower: list[list[float]]) -> list[list[float]]:
    """The lower factor L of a symmetric positive matrix, given by its lower half."""
    for i, row in enumerate(lower):
        for j in range(i + 1):
            left = row[j] - _total(row[k] * lower[j][k] for k in range(j))
            row[j] = math.sqrt(left) if i == j else left / lower[j][j]
    return lower


def _solve(factor: list[list[float]], right: list[float]) -> list[float]:
    size = len(factor)
    y = [0.0] * size
    for i in range(size):
        y[i] = (right[i] - _total(factor[i][k] * y[k] for k in range(i))) / factor[i][i]
    x = [0.0] * size
    for i in reversed(range(size)):
        x[i] = (y[i] - _total(factor[k][i] * x[k] for k in range(i + 1, size))) / factor[i][i]
    return x


def _total(values: Iterable[float]) -> float:
    """The sum in order; the sum() of some Pythons corrects its rounding, that of others not."""
    total = 0.0
    for value in values:
        total += value
    return total
