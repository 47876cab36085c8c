"""The gain that meets a loudness through a limiter, found by trying."""

import math
from typing import TYPE_CHECKING

import msgspec

from albumbuild.dsp.loudness import integrated_lufs

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

TOLERANCE_LU = 0.02
MOST_TRIES = 12
MOST_LIMITING_DB = 24.0
NEARLY_LU = 0.1
"""Out of reach, a loudness that near to the loudest costs no more gain."""

_FLATTEST = 0.05  # what a decibel of gain is taken to give at least
_SETTLING_TRIES = 5


class Solved(msgspec.Struct, frozen=True):
    """A gain, and the loudness that it gives."""

    gain_db: float
    lufs: float


def solve_gain(
    energies: "Callable[[float], npt.NDArray[np.float64]]",
    *,
    measured_lufs: float,
    target_lufs: float,
) -> Solved:
    """The gain at which `energies(gain_db)` integrates to the target, to 0.02 LU.

    `measured_lufs` is the loudness without gain and limiter. A limiter takes back part
    of every gain, so the next guess follows the slope between the last two, and stays
    between what is too soft and what is too loud once both are known. Silence has no gain to
    find (0). A target out of reach gives the least gain that comes within 0.1 LU of the
    loudest that was found.
    """
    if not math.isfinite(measured_lufs):
        return Solved(0.0, measured_lufs)

    def tried(gain_db: float) -> Solved:
        gain_db = round(gain_db, 4)
        return Solved(gain_db, integrated_lufs(energies(gain_db)))

    open_gain = target_lufs - measured_lufs
    tries = [tried(open_gain)]
    while abs(target_lufs - tries[-1].lufs) > TOLERANCE_LU and len(tries) < MOST_TRIES:
        gain_db = _next_gain(tries, target_lufs, most_db=open_gain + MOST_LIMITING_DB)
        if any(abs(gain_db - each.gain_db) < 1e-4 for each in tries):
            break
        tries.append(tried(gain_db))
    nearest = min(tries, key=lambda each: abs(target_lufs - each.lufs))
    if max(each.lufs for each in tries) >= target_lufs - NEARLY_LU:
        return nearest
    return _settled(tries, tried, measured_lufs)


def _next_gain(tries: list[Solved], target_lufs: float, *, most_db: float) -> float:
    """Where the line through the last two tries meets the target, within what is known."""
    last = tries[-1]
    rise = 1.0
    if len(tries) > 1 and last.gain_db != tries[-2].gain_db:
        rise = (last.lufs - tries[-2].lufs) / (last.gain_db - tries[-2].gain_db)
    guess = last.gain_db + (target_lufs - last.lufs) / min(max(rise, _FLATTEST), 1.0)
    soft = max((each.gain_db for each in tries if each.lufs < target_lufs), default=-math.inf)
    loud = min(
        (each.gain_db for each in tries if each.lufs > target_lufs and each.gain_db > soft),
        default=math.inf,
    )
    if math.isinf(loud) or soft < guess < loud:
        return min(guess, most_db)
    return (soft + loud) / 2.0 if math.isfinite(soft) else guess


def _settled(
    tries: list[Solved], tried: "Callable[[float], Solved]", measured_lufs: float
) -> Solved:
    """The least gain that is nearly as loud as the loudest; without limiting it would be that."""
    loudest = max(tries, key=lambda each: (each.lufs, -each.gain_db))
    least = loudest
    below = loudest.lufs - NEARLY_LU - measured_lufs
    for _ in range(_SETTLING_TRIES):
        middle = tried((below + least.gain_db) / 2.0)
        loudest = max(loudest, middle, key=lambda each: each.lufs)
        if middle.lufs >= loudest.lufs - NEARLY_LU:
            least = middle
        else:
            below = middle.gain_db
    return least
