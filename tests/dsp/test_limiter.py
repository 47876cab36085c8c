"""The limiter's gain against a plain twin, and what it does with broken input."""

import numpy as np
import pytest

from albumbuild.dsp.limiter import Limiter, LimiterSettings, limiter_latency
from tests.signals import noise

HOLD = 8


def plain_gain_db(peaks_db, *, ceiling_db, lookahead, release_frames, adaptive):
    """Largest need of the window, releases, two averages; frame by frame."""
    over = np.maximum(0, np.where(peaks_db > ceiling_db, peaks_db - ceiling_db + 1e-6, 0))
    needs = np.maximum(over, np.roll(over, 1))
    window = lookahead + 2 * HOLD + 1
    held = [needs[max(0, at - window + 1) : at + 1].max() for at in range(len(needs))]
    charge = 1 - np.exp(-1 / (3 * release_frames)) if adaptive else 0.0
    level, slow, falling = 0.0, 0.0, []
    for need in held:
        goal = max(need, slow)
        level = max(goal, goal + (level - goal) * np.exp(-1 / release_frames))
        falling.append(level)
        slow *= np.exp(-1 / (10 * release_frames))
        slow += max(need - slow, 0) * charge
    first, second = lookahead // 2 + 1, lookahead - lookahead // 2 + 1
    once = np.convolve(falling, np.full(first, 1 / first))[: len(falling)]
    return -np.convolve(once, np.full(second, 1 / second))[: len(falling)]


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize(("lookahead_ms", "release_ms"), [(0.5, 5), (1, 20), (5, 50)])
def test_the_gain_is_that_of_a_plain_twin(lookahead_ms, release_ms, adaptive):
    rate_hz = 48_000
    block = noise(4_000, 1) * 4
    settings = LimiterSettings(
        ceiling_dbtp=-1,
        release_ms=release_ms,
        lookahead_ms=lookahead_ms,
        true_peak=False,
        adaptive=adaptive,
    )
    limiter = Limiter(rate_hz, 1, settings)
    lookahead = round(lookahead_ms * 48)
    late = limiter_latency(lookahead_ms, rate_hz)
    padded = np.concatenate((block, np.zeros((late, 1))))
    out = limiter.process(padded)[late:, 0]
    with np.errstate(divide="ignore"):
        peaks_db = 20 * np.log10(np.abs(padded[:, 0]))
    plain = plain_gain_db(
        peaks_db,
        ceiling_db=-1,
        lookahead=lookahead,
        release_frames=release_ms * 48,
        adaptive=adaptive,
    )
    at = lookahead + HOLD
    gain_db = 20 * np.log10(out / block[:, 0])
    assert gain_db == pytest.approx(plain[at : at + len(out)], abs=1e-5)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e300])
def test_a_broken_sample_is_got_over(value):
    block = noise(60_000) * 0.1
    block[1_000, 0] = value
    limiter = Limiter(44_100, 2, LimiterSettings(-1, release_ms=10, lookahead_ms=2, adaptive=False))
    out = limiter.process(block)
    late = limiter_latency(2, 44_100)
    assert np.array_equal(out[50_000:], block[50_000 - late : -late])
