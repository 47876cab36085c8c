"""exp2, log2, sin, cos, tan, Bessel's I0 and decibels with the same bits on every machine."""

from collections.abc import Callable
from typing import overload

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.kernels import library

Array = npt.NDArray[np.float64]


@overload
def exp2(x: float) -> float: ...
@overload
def exp2(x: Array) -> Array: ...
def exp2(x: float | Array) -> float | Array:
    """2 to the power x; 0 below -1022, infinite from 1024."""
    return _over(library.exp2_array, x)


@overload
def log2(x: float) -> float: ...
@overload
def log2(x: Array) -> Array: ...
def log2(x: float | Array) -> float | Array:
    """The logarithm to base 2; -infinite for 0, not a number below."""
    return _over(library.log2_array, x)


@overload
def sin(x: float) -> float: ...
@overload
def sin(x: Array) -> Array: ...
def sin(x: float | Array) -> float | Array:
    """The sine of x in radians, for x within a million; beyond, not a number."""
    return _over(library.sin_array, x)


@overload
def cos(x: float) -> float: ...
@overload
def cos(x: Array) -> Array: ...
def cos(x: float | Array) -> float | Array:
    """The cosine of x in radians, for x within a million; beyond, not a number."""
    return _over(library.cos_array, x)


@overload
def tan(x: float) -> float: ...
@overload
def tan(x: Array) -> Array: ...
def tan(x: float | Array) -> float | Array:
    """The tangent of x in radians, for x within a million; beyond, not a number."""
    return sin(x) / cos(x)


@overload
def db_to_gain(db: float) -> float: ...
@overload
def db_to_gain(db: Array) -> Array: ...
def db_to_gain(db: float | Array) -> float | Array:
    """The factor of a level in dB; 0 dB is exactly 1, -infinite dB exactly 0."""
    return exp2(db * _LOG2_PER_DB)


@overload
def gain_to_db(gain: float) -> float: ...
@overload
def gain_to_db(gain: Array) -> Array: ...
def gain_to_db(gain: float | Array) -> float | Array:
    """The level in dB of a factor; -infinite for 0, not a number below."""
    return log2(gain) * _DB_PER_LOG2


@overload
def bessel(x: float) -> float: ...
@overload
def bessel(x: Array) -> Array: ...
def bessel(x: float | Array) -> float | Array:
    """The modified Bessel function I0 by its series, for x from 0 to 20."""
    total: float | Array = x * 0.0 + 1.0
    term = total
    for k in range(1, _BESSEL_TERMS):
        half = x / (2 * k)
        term = term * (half * half)
        total = total + term
    return total


_BESSEL_TERMS = 50  # what is left out is under the last place
_LOG2_PER_DB = 0.16609640474436811739  # log2(10) / 20
_DB_PER_LOG2 = 6.02059991327962390427


def _over(kernel: Callable[[Array, Array, int], None], x: float | Array) -> float | Array:
    values = np.ascontiguousarray(x, dtype=np.float64)
    result = np.empty_like(values)
    kernel(values, result, values.size)
    return result if isinstance(x, np.ndarray) else float(result.reshape(-1)[0])
