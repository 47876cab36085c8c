"""The gain for a loudness, with a limiter that is as quick as the target asks for."""

import math
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from albumbuild.dsp.solve import NEARLY_LU, Solved, solve_gain
from albumbuild.processors.limiter import Limiter

GAIN = ".gain.json"
"""The output that tells the gain, and the limiter, that a master was made with."""

Energies = Callable[[float, Limiter | None], npt.NDArray[np.float64]]
"""The gating blocks of a sound after a gain and a limiter."""


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """The loudness gain of one song, and its limiter, as one step leaves them for another."""

    gain_db: float
    limiter: Limiter | None = None


def write_gain(into: Path, gain: Gain) -> None:
    """Leave the gain and the limiter of a master for other steps."""
    (into / GAIN).write_bytes(msgspec.json.encode(gain))


def read_gain(path: Path) -> Gain:
    """A gain that another step has left."""
    return msgspec.json.decode(path.read_bytes(), type=Gain)


class Pressed(msgspec.Struct, frozen=True, kw_only=True):
    """A gain, the limiter that it was found with, and the loudness that they give."""

    gain_db: float
    limiter: Limiter | None
    lufs: float


def pressed(
    energies: Energies, limiter: Limiter | None, *, measured_lufs: float, target_lufs: float
) -> Pressed:
    """The gain that meets a target, and the slowest limiter with which it can be met.

    A slow limiter keeps a sound clean, a quick one leaves more of it between its peaks. The
    first is taken wherever it does; where the target stays out of reach, the quickest.
    """
    best = _solved(energies, limiter, measured_lufs, target_lufs)
    quicker_ones = () if limiter is None or best.lufs == -math.inf else quicker_than(limiter)
    for quicker in quicker_ones:
        if best.lufs >= target_lufs - NEARLY_LU:
            break
        best = _solved(energies, quicker, measured_lufs, target_lufs)
    return best


def quicker_than(limiter: Limiter) -> tuple[Limiter, ...]:
    """The limiters for targets that one cannot meet, the quickest last."""
    return (
        replace(limiter, release_ms=12.0, lookahead_ms=1.5),
        replace(limiter, release_ms=1.0, lookahead_ms=0.5, adaptive=False),
    )


def _solved(
    energies: Energies, limiter: Limiter | None, measured_lufs: float, target_lufs: float
) -> Pressed:
    found: Solved = solve_gain(
        lambda gain_db: energies(gain_db, limiter),
        measured_lufs=measured_lufs,
        target_lufs=target_lufs,
    )
    return Pressed(gain_db=found.gain_db, limiter=limiter, lufs=found.lufs)
