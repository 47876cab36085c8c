"""Shaped dither: its curve, what it does to noise and sound, and a plain twin."""

import numpy as np
import pytest

from albumbuild.dsp.shaping import ORDER, Shaper, noise_filter, threshold_db
from tests.dsp.test_dither import plain_noise
from tests.signals import Block, noise, sine

STEP = 1 / 32_768
RATES = (44_100, 48_000, 96_000)
SEED = 7


def shaped(block: Block, *, rate_hz: int = 44_100, piece: int = 4_096, first_frame: int = 0):
    """A block in steps of 16 bits."""
    shaper = Shaper(rate_hz, block.shape[1], bits=16, first_frame=first_frame, seed=SEED)
    starts = range(0, len(block), piece)
    return np.concatenate([shaper.process(block[at : at + piece]) for at in starts])


def spectrum(error: Block, size: int = 2_048) -> Block:
    """The mean power of an error at each of `size` / 2 frequencies, white noise of 1 being 1."""
    window = np.hanning(size)
    pieces = error[: len(error) // size * size].reshape(-1, size) * window
    return np.mean(np.abs(np.fft.rfft(pieces)[:, 1:]) ** 2, axis=0) / np.sum(window**2)


def heard_db(spectrum: Block, freqs_hz: Block) -> float:
    """How much of a noise there is where the ear counts it, against white noise of 1."""
    weights = 10 ** (-threshold_db(freqs_hz) / 10)
    return 10 * np.log10(np.sum(weights * spectrum) / np.sum(weights))


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_noise_has_the_spectrum_of_the_filter_and_is_heard_less(rate_hz):
    block = noise(600_000, 1, seed=1) * 0.5
    error = (shaped(block, rate_hz=rate_hz) - block / STEP)[:, 0]
    found = spectrum(error)
    angles = np.arange(1, len(found) + 1) * np.pi / len(found)
    taps = np.concatenate(([1.0], noise_filter(rate_hz)))
    wanted = np.abs(np.exp(-1j * np.outer(angles, np.arange(ORDER + 1))) @ taps) ** 2 / 4
    off_db = 10 * np.log10(found / wanted)
    assert np.abs(off_db[4:-4]).max() < 1.5
    assert np.abs(off_db[4:-4].reshape(-1, 8).mean(axis=1)).max() < 0.7
    freqs_hz = angles * rate_hz / (2 * np.pi)
    white_db = 10 * np.log10(0.25)
    assert heard_db(found, freqs_hz) < white_db - 12
    assert 10 * np.log10(np.mean(found)) < white_db + 8.5
    assert abs(np.mean(np.log10(wanted)) - np.log10(0.25)) < 0.01  # Gerzon and Craven


def test_the_error_has_nothing_to_do_with_the_sound():
    wanted = 0.25 * (1 + np.sum(noise_filter(44_100) ** 2))
    for offset in (0.0, 0.3, 0.5):
        block = np.full((300_000, 1), (100 + offset) * STEP)
        error = (shaped(block) - block / STEP)[:, 0]
        assert abs(error.mean()) < 0.01
        assert error.var() == pytest.approx(wanted, rel=0.02)


def test_a_tone_under_the_last_step_keeps_its_level_and_has_no_harmonics():
    tone = sine(997, rate_hz=44_100, frames=441_000, peak=10 ** (-105 / 20))
    steps = shaped(tone)[:, 0] * STEP
    turns = np.exp(-2j * np.pi * np.outer([997, 1_994, 2_991], np.arange(len(tone))) / 44_100)
    levels = 20 * np.log10(2 * np.abs(turns @ steps) / len(tone))
    assert levels[0] == pytest.approx(-105, abs=0.3)
    assert levels[1:].max() < -140


@pytest.mark.parametrize("piece", [1, 63, 512])
def test_blocks_are_not_heard(piece):
    block = noise(3_000)
    assert np.array_equal(shaped(block, piece=piece), shaped(block, piece=len(block)))


def test_digital_silence_stays_so_and_forgets_what_was_before():
    block = np.zeros((2_000, 2))
    block[500:900] = noise(400) * 0.1
    block[1_500:] = 0.25 * STEP
    steps = shaped(block)
    assert not steps[:500].any()
    assert not steps[900:1_500].any()
    assert np.array_equal(steps[1_500:], shaped(block[1_500:], first_frame=1_500))


def test_overs_are_clipped_and_leave_no_trace():
    block = noise(4_000, 1) * 0.1
    block[1_000:1_200] = 3.0
    steps = shaped(block)
    assert set(steps[1_000:1_200, 0]) == {32_767}
    error = steps[1_250:] - block[1_250:] / STEP
    assert np.abs(error).max() < 20


def test_the_steps_are_those_of_a_plain_twin():
    block = noise(400)
    taps = noise_filter(44_100)
    errors = np.zeros((ORDER, 2))
    wanted = np.empty((400, 2), dtype=int)
    for frame, channel in np.ndindex(400, 2):
        value = block[frame, channel] / STEP + taps @ errors[:, channel]
        place = 2 * (90 + frame) + channel
        wanted[frame, channel] = round(value + plain_noise(place, SEED))
        errors[1:, channel] = errors[:-1, channel].copy()
        errors[0, channel] = wanted[frame, channel] - value
    assert np.array_equal(shaped(block, first_frame=90), wanted)
