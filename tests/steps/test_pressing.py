"""The gain for a loudness: by the usual limiter, and by a quicker one where that is not enough."""

import math

import numpy as np
import pytest

from albumbuild.dsp.loudness import energy_of
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.pressing import pressed, quicker_than

USUAL = Limiter(ceiling_dbtp=-1)
MEASURED = -20.0
MOST_LU = {50.0: 6.0, 12.0: 9.0, 1.0: 11.0}
"""How much louder a limiter can make the sound, by its release."""


def energies(gain_db: float, limiter: Limiter | None) -> np.ndarray:
    most = MOST_LU[limiter.release_ms] if limiter else math.inf
    return np.full(20, energy_of(MEASURED + min(gain_db, most)))


@pytest.mark.parametrize(
    ("target_lufs", "release_ms", "lufs"),
    [
        (-15, 50, -15),
        (-14, 50, -14),
        (-13, 12, -13),
        (-11.5, 12, -11.5),
        (-9.5, 1, -9.5),
        (-5, 1, -9),
    ],
)
def test_the_slowest_limiter_that_meets_a_target_is_taken(
    target_lufs: float, release_ms: float, lufs: float
) -> None:
    found = pressed(energies, USUAL, measured_lufs=MEASURED, target_lufs=target_lufs)
    assert found.limiter is not None
    assert found.limiter.release_ms == release_ms
    assert found.limiter.ceiling_dbtp == -1
    assert found.lufs == pytest.approx(lufs, abs=0.1)


def test_without_a_limiter_gain_alone_meets_it() -> None:
    found = pressed(energies, None, measured_lufs=MEASURED, target_lufs=-5)
    assert (found.gain_db, found.limiter) == (15.0, None)


def test_silence_tries_no_limiter() -> None:
    found = pressed(lambda *_: np.zeros(0), USUAL, measured_lufs=-math.inf, target_lufs=-14)
    assert (found.gain_db, found.limiter, found.lufs) == (0.0, USUAL, -math.inf)


def test_quicker_limiters_are_quicker() -> None:
    ways = (USUAL, *quicker_than(USUAL))
    assert [each.release_ms for each in ways] == sorted(MOST_LU, reverse=True)
    assert [each.lookahead_ms for each in ways] == sorted(
        (each.lookahead_ms for each in ways), reverse=True
    )
