"""The de-esser: what it holds down, what it leaves, and how it listens."""

import numpy as np
import pytest

from albumbuild.processors.deesser import Deesser
from tests.signals import PIECES, level_db, noise, sine, through

RATES = [44_100, 48_000, 96_000]


def tone(freq_hz, peak, rate_hz):
    """A tone that comes and goes slowly, and so is heard at its own frequency alone."""
    frames = rate_hz // 2
    rise = np.minimum(np.minimum(np.arange(frames), np.arange(frames)[::-1]) / (rate_hz / 20), 1)
    return sine(freq_hz, rate_hz=rate_hz, frames=frames, peak=peak) * rise[:, np.newaxis]


def level_of(signal, freq_hz, rate_hz):
    """The level of one frequency in the middle of a signal."""
    part = signal[len(signal) // 3 : 2 * len(signal) // 3, 0]
    turns = np.exp(-2j * np.pi * freq_hz / rate_hz * np.arange(len(part)))
    return 20 * np.log10(np.abs(np.sum(np.hanning(len(part)) * part * turns)))


def gain_db(settings, probe_hz, rate_hz):
    """What a soft tone is turned up while loud sibilance is there."""
    loud = tone(min(settings.freq_hz * 1.7, 20_000), 0.5, rate_hz)
    soft = tone(probe_hz, 1e-4, rate_hz)
    out = through(settings, loud + soft, rate_hz=rate_hz) - through(settings, loud, rate_hz=rate_hz)
    return level_of(out, probe_hz, rate_hz) - level_of(soft, probe_hz, rate_hz)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("freq_hz", [2_000, 6_000, 12_000])
@pytest.mark.parametrize("range_db", [6, 24])
def test_split_turns_the_band_down_by_its_range_and_leaves_what_is_below(
    range_db, freq_hz, rate_hz
):
    settings = Deesser(freq_hz=freq_hz, range_db=range_db, threshold_db=-50)
    for octaves, wanted in ((-2, 0), (-0.6, 0), (0.45, -range_db), (0.7, -range_db)):
        found = gain_db(settings, freq_hz * 2**octaves, rate_hz)
        assert found == pytest.approx(wanted, abs=0.001)


@pytest.mark.parametrize("probe_hz", [100, 3_000, 9_000])
def test_wide_turns_everything_down(probe_hz):
    settings = Deesser(mode="wide", range_db=12, threshold_db=-50)
    assert gain_db(settings, probe_hz, 48_000) == pytest.approx(-12, abs=0.001)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("freq_hz", [3_000, 6_000])
@pytest.mark.parametrize("mode", ["split", "wide"])
def test_sibilance_is_held_at_the_threshold_until_the_range_is_used(mode, freq_hz, rate_hz):
    settings = Deesser(freq_hz=freq_hz, threshold_db=-30, range_db=15, mode=mode)
    for level in (-40, -31, -28, -20, -16, -5):
        loud = tone(freq_hz * 1.5 + 7, 10 ** (level / 20), rate_hz)
        found = gain = level_of(
            through(settings, loud, rate_hz=rate_hz), freq_hz * 1.5 + 7, rate_hz
        )
        gain = found - level_of(loud, freq_hz * 1.5 + 7, rate_hz)
        assert gain == pytest.approx(-min(15, max(0, level + 30)), abs=0.02)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("mode", ["split", "wide"])
def test_without_sibilance_every_bit_comes_out(mode, rate_hz):
    settings = Deesser(mode=mode)
    block = tone(1_000, 0.9, rate_hz) + tone(210, 0.9, rate_hz) + 0.01 * noise(rate_hz // 2, 1)
    late = settings.latency(rate_hz)
    out = through(settings, block, rate_hz=rate_hz)
    assert not out[:late].any()
    assert np.array_equal(out[late:], block[:-late])


def test_it_turns_down_from_the_first_frame_and_lets_go_in_60_ms():
    rate_hz = 48_000
    settings = Deesser(threshold_db=-40, range_db=10, mode="wide")
    block = sine(9_000.7, rate_hz=rate_hz, frames=rate_hz) + 1e-9
    block[: rate_hz // 4] *= 1e-4
    block[rate_hz // 2 :] *= 1e-4
    late = settings.latency(rate_hz)
    out = through(settings, block, rate_hz=rate_hz)
    down = -20 * np.log10(np.abs(out[late:] / block[:-late]))[:, 0]
    assert down[rate_hz // 4] > 9
    fallen = np.argmax(down[rate_hz // 2 :] < 10 / np.e) / rate_hz
    assert fallen == pytest.approx(0.060, abs=0.004)


def test_channels_share_one_gain():
    block = np.concatenate((tone(9_000, 0.5, 48_000), tone(9_000, 0.001, 48_000)), axis=1)
    out = through(Deesser(range_db=12), block, rate_hz=48_000)
    found = level_db(out[8_000:16_000]) - level_db(block[8_000:16_000])
    assert found == pytest.approx(np.full(2, -12), abs=0.02)


def twin_band(freq_hz, late):
    """The response that is taken out, with a window of numpy's cosines."""
    away = np.arange(-late, late + 1)
    inside = np.clip(away * freq_hz / (6 * 48_000), -1, 1)
    parts = (0.35875, 0.48829, 0.14128, 0.01168)
    window = sum(part * np.cos(n * np.pi * inside) for n, part in enumerate(parts))
    share = 2 * freq_hz / 48_000
    return (away == 0) - share * np.sinc(share * away) * window * (np.abs(inside) < 1)


def test_full_reduction_is_a_convolution():
    settings = Deesser(freq_hz=5_000, threshold_db=-60, range_db=12)
    late = settings.latency(48_000)
    block = 2 * noise(8_000, 1)
    band = np.convolve(block[:, 0], twin_band(5_000, late))[: len(block)]
    delayed = np.concatenate((np.zeros(late), block[:-late, 0]))
    wanted = delayed + (10 ** (-12 / 20) - 1) * band
    out = through(settings, block, rate_hz=48_000)[:, 0]
    assert out[2_000:] == pytest.approx(wanted[2_000:], abs=1e-6)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("mode", ["split", "wide"])
def test_blocks_are_not_heard(mode, piece):
    settings, block = Deesser(mode=mode), noise(6_000)
    whole = through(settings, block, piece=len(block))
    assert np.array_equal(through(settings, block, piece=piece), whole)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("settings", [Deesser(freq_hz=4_000), Deesser(mode="wide")])
def test_it_ends_with_its_tail(settings, rate_hz):
    end = rate_hz // 10
    late, tail = settings.latency(rate_hz), settings.tail(rate_hz)
    loud = np.pad(noise(end), ((0, late + 2_000), (0, 0)))
    heard = through(settings, loud, rate_hz=rate_hz)[late:]
    assert heard[end - 1 + tail - tail // 2].any()
    assert not heard[end + tail :].any()
