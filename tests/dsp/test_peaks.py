"""The detector between samples: its filters, and that nothing is lost by what it skips."""

import numpy as np
import pytest

from albumbuild.dsp.meter import Meter
from albumbuild.dsp.peaks import HALF, limiter_tables, sharp_reach, sharp_taps
from tests.signals import noise


def phases(taps):
    """The responses at 1/4, 1/2 and 3/4, each over the frames -half + 1 to half."""
    even, odd, middle = taps.T
    near, far = even + odd, even - odd
    return [
        np.concatenate((left[::-1], right))
        for left, right in ((near, far), (middle, middle), (far, near))
    ]


def plain_true_peak(wave):
    """Every point computed, and a parabola through each that is higher than its neighbours."""
    padded = np.pad(wave, HALF)
    rows = [
        np.convolve(padded, phase[::-1])[HALF : HALF + len(padded)]
        for phase in phases(sharp_taps())
    ]
    fourfold = np.stack([padded, *rows], axis=1).reshape(-1)
    size = np.abs(fourfold)
    before, at, after = fourfold[:-2], fourfold[1:-1], fourfold[2:]
    top = (size[1:-1] >= size[:-2]) & (size[1:-1] >= size[2:])
    bend = 2 * at[top] - before[top] - after[top]
    bend = np.where(bend == 0, np.inf, bend)
    peaks = np.abs(at[top] + np.square(before[top] - after[top]) / (8 * bend))
    return max(size.max(), np.minimum(peaks, np.abs(at[top]) / np.cos(np.pi / 8)).max())


@pytest.mark.parametrize("seed", range(8))
def test_the_kernel_finds_what_a_plain_search_finds(seed):
    wave = noise(3_000, 1, seed=seed)[:, 0]
    wave *= np.roll(np.hanning(3_000), 377 * seed)
    meter = Meter(48_000, 1)
    meter.add(wave[:, np.newaxis])
    plain = 20 * np.log10(plain_true_peak(wave))
    assert meter.figures().true_peak_dbtp == pytest.approx(plain, abs=1e-4)


def test_a_constant_stays_itself_in_each_phase():
    for phase in phases(sharp_taps()):
        assert phase.sum() == pytest.approx(1, abs=1e-12)


def test_the_sharp_filter_is_flat_to_20_khz_at_44_1_khz():
    freqs = np.linspace(0, 20_000 / 44_100, 50)
    for part, phase in zip((0.25, 0.5, 0.75), phases(sharp_taps()), strict=True):
        places = np.arange(-HALF + 1, HALF + 1) - part
        response = np.exp(2j * np.pi * freqs[:, np.newaxis] * places) @ phase
        assert 20 * np.log10(np.abs(response)) == pytest.approx(0, abs=0.06)


def test_the_bounds_cover_the_worst_signs():
    worst = max(np.abs(phase).sum() for phase in phases(sharp_taps()))
    assert sharp_reach().sum() >= worst / np.cos(np.pi / 8)
    assert (limiter_tables()[-len(sharp_reach()) :] >= sharp_reach()).all()
