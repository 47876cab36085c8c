"""Convolution in parts, against scipy's in one piece; and the impulse that it is given."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from albumbuild.dsp import impulse
from albumbuild.dsp.convolution import SHORTEST_PART, Convolver, part_for, response
from albumbuild.dsp.predelay import Predelay
from albumbuild.model.sound import Sound
from tests.signals import PIECES, noise

SMALL = 256
"""A part that a test is done with soon."""


def convolved(sound, taps, *, size=SMALL, piece=4_096, channels=None):
    """The whole convolution, without its latency."""
    padded = np.pad(sound, ((0, size + len(taps) - 1), (0, 0)))
    convolver = Convolver(response(taps, size), channels or sound.shape[1])
    starts = range(0, len(padded), piece)
    return np.concatenate([convolver.process(padded[at : at + piece]) for at in starts])[size:]


def error_db(found, wanted):
    return 20 * np.log10(np.max(np.abs(found - wanted)) / np.max(np.abs(wanted)) + 1e-30)


def sound_of(samples, rate_hz=48_000):
    return Sound(rate_hz=rate_hz, channels=samples.shape[1], frames=len(samples), samples=samples)


@pytest.mark.parametrize("frames", [1, 2, 255, 256, 257, 1_000, 5_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_response_of_any_length_equals_scipy(frames, channels):
    sound, taps = noise(3_000, channels), noise(frames, channels, seed=1)
    assert error_db(convolved(sound, taps), fftconvolve(sound, taps, axes=0)) < -250


@pytest.mark.parametrize("frames", [SHORTEST_PART - 1, SHORTEST_PART, SHORTEST_PART + 1, 100_000])
def test_so_does_a_long_one_in_parts_of_the_house(frames):
    sound, taps = noise(20_000), noise(frames, seed=1)
    found = convolved(sound, taps, size=part_for(len(taps)))
    assert error_db(found, fftconvolve(sound, taps, axes=0)) < -250


@pytest.mark.slow
def test_so_does_one_of_20_s():
    sound, taps = noise(200_000), noise(20 * 48_000, seed=1)
    found = convolved(sound, taps, size=part_for(len(taps)))
    assert error_db(found, fftconvolve(sound, taps, axes=0)) < -250


def test_a_longer_response_has_longer_parts():
    frames = [1, 144_000, 262_144, 262_145, 960_000]
    assert [part_for(each) for each in frames] == [8_192, 8_192, 8_192, 16_384, 32_768]


@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard(channels):
    sound, taps = noise(2_000, channels), noise(700, channels, seed=1)
    whole = convolved(sound, taps, piece=1 << 30)
    for piece in PIECES:
        assert np.array_equal(convolved(sound, taps, piece=piece), whole)


def test_a_mono_response_serves_both_sides():
    sound, taps = noise(1_000), noise(300, 1, seed=1)
    assert error_db(convolved(sound, taps), fftconvolve(sound, taps, axes=0)) < -250


def test_a_mono_sound_comes_out_of_a_stereo_response_in_stereo():
    sound, taps = noise(1_000, 1), noise(300, 2, seed=1)
    found = convolved(sound, taps, channels=2)
    assert error_db(found, fftconvolve(sound, taps, axes=0)) < -250


def test_four_channels_go_from_each_side_to_both():
    sound, taps = noise(1_000), noise(600, 4, seed=1)
    ll, lr, rl, rr = (fftconvolve(sound, taps[:, [n]], axes=0) for n in range(4))
    wanted = np.stack((ll[:, 0] + rl[:, 1], lr[:, 0] + rr[:, 1]), axis=1)
    assert error_db(convolved(sound, taps), wanted) < -250


def test_the_sides_do_not_hear_one_another():
    sound, taps = noise(2_000), noise(300, seed=1)
    silent = sound * [1.0, 0.0]
    assert np.array_equal(convolved(silent, taps)[:, 0], convolved(sound, taps)[:, 0])
    assert not convolved(silent, taps)[:, 1].any()


def test_an_impulse_is_taken_as_it_is():
    samples = noise(900)
    assert np.array_equal(impulse.at_rate(sound_of(samples), 48_000, length_s=None), samples)
    assert np.array_equal(impulse.at_rate(sound_of(samples), 48_000, length_s=9), samples)


def test_an_impulse_that_is_cut_fades_out_in_its_last_5_ms():
    samples = np.ones((9_600, 1))
    cut = impulse.at_rate(sound_of(samples), 48_000, length_s=0.1)
    assert len(cut) == 4_800
    assert np.all(cut[:4_561] == 1.0)
    assert np.all(np.diff(cut[4_560:, 0]) < 0)
    assert cut[4_680, 0] == pytest.approx(0.5)
    assert 0 < cut[-1, 0] < 1e-3


def test_an_impulse_without_samples_is_not_heard():
    shape = Sound(rate_hz=48_000, channels=1, frames=9)
    with pytest.raises(ValueError, match="without samples"):
        impulse.at_rate(shape, 48_000, length_s=None)


@pytest.mark.parametrize("rate_in_hz", [22_050, 44_100, 88_200, 96_000])
def test_an_impulse_of_another_rate_keeps_its_response(rate_in_hz):
    click = sound_of(np.eye(1, 1), rate_in_hz)
    taps = impulse.at_rate(click, 48_000, length_s=None)[:, 0]
    lead = impulse.lead(click, 48_000)
    assert np.argmax(np.abs(taps)) == lead
    assert len(taps) == lead + impulse.frames(click, 48_000, None)
    freqs_hz = np.linspace(20, min(20_000, 0.9 * rate_in_hz / 2), 50)[:, np.newaxis]
    turned = np.exp(-2j * np.pi * freqs_hz / 48_000 * (np.arange(len(taps)) - lead))
    heard = turned @ taps
    assert np.max(np.abs(20 * np.log10(np.abs(heard)))) < 0.01
    assert np.max(np.abs(np.angle(heard))) < 0.001


@pytest.mark.parametrize("frames", [0, 1, 2, 700, 1_000])
def test_a_predelay_is_exact(frames):
    sound = noise(3_000)
    late = Predelay(frames, 2, longest=1_000).process(sound)
    assert np.array_equal(late[frames:], sound[: 3_000 - frames])
    assert not late[:frames].any()


@pytest.mark.parametrize(("before", "after"), [(0, 40), (100, 0), (1, 900)])
def test_a_predelay_that_moves_is_smooth_and_ends_exact(before, after):
    sound = np.sin(2 * np.pi * 300 * np.arange(6_000) / 48_000)[:, np.newaxis]
    whole = []
    for piece in (1, 63, 6_000):
        delay = Predelay(before, 1, longest=1_000)
        heard = [delay.process(sound[:2_000])]
        delay.glide.aim([after], 2_000)
        heard += [delay.process(sound[at : at + piece]) for at in range(2_000, 6_000, piece)]
        whole.append(np.concatenate(heard))
    assert all(np.array_equal(each, whole[0]) for each in whole)
    assert np.max(np.abs(np.diff(whole[0][1_000:, 0]))) < 2 * np.pi * 300 / 48_000 * 1.6
    assert np.array_equal(whole[0][4_000:], sound[4_000 - after : 6_000 - after])
