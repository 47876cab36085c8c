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
MOST_TRIES = 10
MOST_LIMITING_DB = 24.0


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
    of every gain, so the next guess follows the slope between the last two. Silence has
    no gain to find (0); a target out of reach gives the last guess.
    """
    if not math.isfinite(measured_lufs):
        return Solved(0.0, measured_lufs)
    open_gain = gain = target_lufs - measured_lufs
    before: Solved | None = None
    loudness = measured_lufs
    for _ in range(MOST_TRIES):
        loudness = integrated_lufs(energies(gain))
        missing = target_lufs - loudness
        if abs(missing) <= TOLERANCE_LU:
            break
        rise = 1.0
        if before is not None and gain != before.gain_db:
            rise = (loudness - before.lufs) / (gain - before.gain_db)
        before = Solved(gain, loudness)
        gain = min(gain + missing / min(max(rise, 0.2), 1.0), open_gain + MOST_LIMITING_DB)
        if gain == before.gain_db:
            break
    return Solved(round(gain, 4), loudness)
