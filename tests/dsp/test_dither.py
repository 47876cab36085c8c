"""Rounding and dither: exact figures, and noise that is a function of its place."""

import numpy as np
import pytest

from albumbuild.dsp.dither import quantise
from tests.signals import noise, sine

STEP = 1 / 32_768


def dithered(block, *, first_frame=0, seed=7, bits=16):
    return quantise(block, bits=bits, dither="tpdf", first_frame=first_frame, seed=seed)


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_without_dither_the_nearest_step_is_taken_halves_to_even(bits):
    wanted = np.array([[0.5, 1.5, -0.5, -1.5, 2.4, -2.6]]).T
    steps = quantise(wanted / 2 ** (bits - 1), bits=bits, dither="none", first_frame=0, seed=0)
    assert steps[:, 0].tolist() == np.rint(wanted[:, 0]).astype(int).tolist()


@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("dither", ["none", "tpdf"])
def test_overs_are_clipped_at_full_scale(bits, dither):
    block = np.array([[1.0, -1.0], [7.5, -7.5]])
    steps = quantise(block, bits=bits, dither=dither, first_frame=0, seed=0)
    top = 2 ** (bits - 1)
    assert steps[1].tolist() == [top - 1, -top]


@pytest.mark.parametrize("offset", [0.0, 0.2, 0.5, 0.77])
def test_the_error_has_mean_0_and_variance_a_quarter_whatever_the_sound(offset):
    block = np.full((400_000, 2), (100 + offset) * STEP)
    error = dithered(block) - block / STEP
    assert abs(error.mean()) < 0.003
    assert error.var() == pytest.approx(0.25, abs=0.002)


def test_the_noise_is_triangular_and_within_a_step():
    block = np.full((500_000, 1), 1e-30)
    fine = dithered(block, bits=32)[:, 0]
    assert set(np.unique(fine)) == {-1, 0, 1}
    assert np.mean(fine == 0) == pytest.approx(0.75, abs=0.003)
    assert np.mean(fine == 1) == pytest.approx(np.mean(fine == -1), abs=0.003)


def test_channels_frames_and_seeds_have_nothing_in_common():
    block = np.full((200_000, 2), 0.5 * STEP)
    error = dithered(block) - 0.5
    other = dithered(block, seed=8) - 0.5
    pairs = [(error[:, 0], error[:, 1]), (error[1:, 0], error[:-1, 0]), (error[:, 0], other[:, 0])]
    for one, two in pairs:
        assert abs(np.corrcoef(one, two)[0, 1]) < 0.01


def test_a_tone_under_the_last_step_keeps_its_level():
    tone = sine(997, rate_hz=44_100, frames=441_000, peak=10 ** (-105 / 20))
    steps = dithered(tone)[:, 0] * STEP
    turn = np.exp(-2j * np.pi * 997 * np.arange(len(tone)) / 44_100)
    level = 2 * abs(np.mean(steps * turn))
    assert 20 * np.log10(level) == pytest.approx(-105, abs=0.5)


@pytest.mark.parametrize("piece", [1, 63, 512, 4_096])
def test_blocks_are_not_heard(piece):
    block = noise(5_000)
    pieces = [
        dithered(block[at : at + piece], first_frame=100 + at) for at in range(0, len(block), piece)
    ]
    assert np.array_equal(np.concatenate(pieces), dithered(block, first_frame=100))


def test_digital_silence_stays_silent_but_one_loud_channel_dithers_both():
    block = np.zeros((1_000, 2))
    block[500:, 0] = 0.1
    steps = dithered(block)
    assert not steps[:500].any()
    assert steps[500:, 1].any()


def plain_noise(place, seed):
    """The noise of one sample: splitmix64 at that place, its halves added."""
    mask, golden = 2**64 - 1, 0x9E3779B97F4A7C15

    def scrambled(x):
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & mask
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB & mask
        return x ^ (x >> 31)

    key = scrambled((seed + golden) & mask)
    z = scrambled((key + (place + 1) * golden) & mask)
    return ((z >> 32) + (z & 0xFFFFFFFF) - 0xFFFFFFFF) / 2**32


def test_the_noise_is_that_of_a_plain_twin():
    block = noise(500)
    plain = [
        [plain_noise(2 * (90 + frame) + channel, 7) for channel in range(2)]
        for frame in range(len(block))
    ]
    wanted = np.rint(block / STEP + np.array(plain)).astype(int)
    assert np.array_equal(dithered(block, first_frame=90), wanted)


def test_more_bits_than_a_whole_number_has_are_refused():
    with pytest.raises(ValueError, match="33 bits"):
        quantise(np.zeros((1, 1)), bits=33, dither="none", first_frame=0, seed=0)
