"""A ceiling low enough that peaks stay under the one that was asked for after a codec too."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from albumbuild.engine.action import Progress
from albumbuild.formats.coding import Coding
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.coded import coded
from albumbuild.steps.prepared import Prepared
from albumbuild.steps.pressing import Pressed

NEAR_DB = 0.1
"""A coded peak that is no further under the ceiling has lost nothing to speak of."""

AIM_DB = 0.04
"""How far under the ceiling each guess aims."""

MOST_TRIES = 8
MOST_HEADROOM_DB = 6.0


def with_headroom(
    press: Callable[[Limiter], Pressed],
    coded_dbtp: Callable[[Pressed], float],
    limiter: Limiter,
    progress: Progress,
) -> Pressed:
    """The press with the highest ceiling that codecs keep under the limiter's own.

    A codec adds its error to every peak, and a decibel less of ceiling takes about one off
    what comes out; each guess goes by that, between what is too high and what is low enough.
    """
    ceiling_dbtp = limiter.ceiling_dbtp
    low, high = ceiling_dbtp - MOST_HEADROOM_DB, ceiling_dbtp
    guess_dbtp, best = ceiling_dbtp, None
    for _ in range(MOST_TRIES):
        tried = press(replace(limiter, ceiling_dbtp=guess_dbtp))
        over_db = coded_dbtp(tried) - ceiling_dbtp
        if over_db <= 0.0:
            low, best = guess_dbtp, tried
            if guess_dbtp == ceiling_dbtp or over_db >= -NEAR_DB:
                break
        else:
            high = guess_dbtp
        guess_dbtp = _between(guess_dbtp - over_db - AIM_DB, low, high)
    if best is None:
        best = press(replace(limiter, ceiling_dbtp=low))
        progress.log(
            "warning",
            f"no ceiling down to {low:g} dBTP keeps the coded peaks under {ceiling_dbtp:g}; "
            "a higher bitrate does",
        )
    return best


def coded_peak_dbtp(
    prepared: Prepared,
    gain_db: float,
    limiter: Limiter | None,
    codings: Sequence[Coding],
    *,
    folder: Path,
) -> float:
    """The highest true peak of a pressed sound after any of the codings; -inf for silence."""
    peaks = (
        coded(
            prepared.blocks(gain_db, limiter), coding, rate_hz=prepared.rate_hz, folder=folder
        ).dbtp
        for coding in codings
    )
    return max((peak for peak in peaks if peak is not None), default=-math.inf)


def _between(guess: float, low: float, high: float) -> float:
    """The guess to 0.001 dB, or the middle where it lies outside of what is known."""
    inside = guess if low < guess < high else (low + high) / 2.0
    return round(inside, 3)
