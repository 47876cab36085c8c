"""Filters that run, against scipy and against slow twins."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from albumbuild.dsp.bilinear import bilinear
from albumbuild.dsp.filters import Fir, Sections
from albumbuild.dsp.prototypes import highpass, lowpass
from tests.signals import PIECES, noise


def in_pieces(filtering, block, piece):
    starts = range(0, len(block), piece)
    return np.concatenate([filtering.process(block[at : at + piece]) for at in starts])


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_sections_equal_scipy(channels):
    sos = butter(6, [200, 3_000], "bandpass", fs=44_100, output="sos")
    block = noise(5_000, channels)
    ours = Sections(sos[:, [0, 1, 2, 4, 5]], channels).process(block)
    assert np.max(np.abs(ours - sosfilt(sos, block, axis=0))) < 1e-13


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_the_cut_into_blocks_is_not_heard(channels):
    block = noise(9_000, channels)
    section = [[0.2, 0.1, -0.3, -1.2, 0.5]]
    taps = np.linspace(1, -1, 32)
    for make in (lambda: Sections(section, channels), lambda: Fir(taps, channels)):
        whole = make().process(block)
        for piece in PIECES:
            assert np.array_equal(in_pieces(make(), block, piece), whole)


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_a_short_response_equals_a_sum_of_echoes(channels):
    block, taps = noise(500, channels), noise(32, 1)[:, 0]
    slow = np.zeros_like(block)
    for n, tap in enumerate(taps):
        slow[n:] += tap * block[: len(block) - n]
    assert np.max(np.abs(Fir(taps, channels).process(block) - slow)) < 1e-14


def test_nothing_to_do_gives_back_the_block():
    block = noise(10)
    assert Sections([], 2).process(block) is block
    assert Fir([], 2).process(block) is block


@pytest.mark.parametrize("order", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_bilinear_butterworths_equal_scipy(order, rate_hz):
    impulse = np.zeros((2_000, 1))
    impulse[0] = 1.0
    for kind, make in (("low", lowpass), ("high", highpass)):
        ours = Sections(bilinear((make(1_500, order=order),), rate_hz), 1).process(impulse)
        sos = butter(order, 1_500, kind, fs=rate_hz, output="sos")
        assert np.max(np.abs(ours - sosfilt(sos, impulse, axis=0))) < 1e-12
