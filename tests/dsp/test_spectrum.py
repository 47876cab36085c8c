"""The spectrum against its definition, and against what is known of a sound."""

import math

import numpy as np
import pytest
from scipy import signal

from albumbuild.dsp.spectrum import BANDS_HZ, Spectrum, band_edges_hz, third_octaves_db
from tests.signals import Block, noise, sine

RATES = (8_000, 44_100, 48_000, 96_000)


def spectrum(block: Block, rate_hz: int, *, size: int = 4_096) -> Spectrum:
    """A spectrum that has heard a block in pieces."""
    found = Spectrum(rate_hz, block.shape[1])
    for at in range(0, len(block), size):
        found.add(block[at : at + size])
    return found


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("frames", [1, 700, 50_000])
def test_the_power_of_all_bins_is_the_mean_square(rate_hz: int, frames: int) -> None:
    block = noise(frames, 2, seed=frames)
    assert spectrum(block, rate_hz).mean_squares().sum() == pytest.approx(
        (block**2).mean(axis=0).sum()
    )


@pytest.mark.parametrize("size", [1_000, 4_096, 60_000])
def test_blocks_do_not_matter(size: int) -> None:
    block = noise(60_000, 2, seed=1)
    whole = spectrum(block, 44_100, size=len(block)).mean_squares()
    assert np.array_equal(spectrum(block, 44_100, size=size).mean_squares(), whole)


def test_it_is_the_estimate_of_scipy() -> None:
    block, rate_hz = noise(400_000, 1, seed=2), 48_000
    found = spectrum(block, rate_hz)
    _, density = signal.welch(
        block[:, 0], rate_hz, "hann", found.size, found.size * 3 // 4, detrend=False
    )
    ratio = found.mean_squares()[50:-50] / (density[50:-50] * rate_hz / found.size)
    assert abs(10 * np.log10(ratio)).mean() < 0.3  # the ends, which scipy leaves out


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("band", [0, 7, 16, 29])
def test_a_tone_is_in_its_band(rate_hz: int, band: int) -> None:
    centre = math.sqrt(math.prod(band_edges_hz(band)))
    if centre > rate_hz / 2:
        return
    tone = sine(centre, rate_hz=rate_hz, frames=3 * rate_hz, peak=0.5)
    levels = third_octaves_db(spectrum(tone, rate_hz).mean_squares(), rate_hz)
    assert levels[band] == pytest.approx(20 * math.log10(0.5) - 3.01, abs=0.1)
    assert max(level for number, level in enumerate(levels) if number != band) < -25


def test_white_noise_rises_by_a_decibel_a_band() -> None:
    levels = third_octaves_db(spectrum(noise(900_000, 1, seed=3), 48_000).mean_squares(), 48_000)
    rises = np.diff(levels)[8:]
    assert rises == pytest.approx(np.ones(len(rises)), abs=0.35)


def test_silence_has_no_level_and_high_bands_need_a_high_rate() -> None:
    assert set(third_octaves_db(spectrum(np.zeros((900, 2)), 8_000).mean_squares(), 8_000)) == {
        -math.inf
    }
    levels = third_octaves_db(spectrum(noise(9_000, 1, seed=4), 8_000).mean_squares(), 8_000)
    assert [level > -math.inf for level in levels] == [
        band_edges_hz(number)[0] < 4_000 for number in range(len(BANDS_HZ))
    ]
