"""The reverb: decay, density, evenness and width, as they are measured in a room."""

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from albumbuild.dsp.reverb import line_lengths
from albumbuild.processors.reverb import Reverb
from tests.signals import PIECES, impulse, level_db, noise, through

OCTAVE = 2**0.5
DENSITY_OF_NOISE = 0.3173  # the share of normal values beyond one deviation


def response(device, rate_hz=44_100, channels=1):
    return through(device, impulse(device.tail(rate_hz), channels), rate_hz=rate_hz)


def decay_s(sound, rate_hz, *, upper_db=-5, lower_db=-45):
    """Time to fall by 60 dB, from the slope of the Schroeder integral."""
    energy = np.cumsum(np.square(sound)[::-1])[::-1]
    fall_db = 10 * np.log10(energy / energy[0] + 1e-30)
    first, last = int(np.argmax(fall_db < upper_db)), int(np.argmax(fall_db < lower_db))
    slope = np.polyfit(np.arange(first, last), fall_db[first:last], 1)[0]
    return -60 / slope / rate_hz


def octave_about(sound, freq_hz, rate_hz):
    edges = [freq_hz / OCTAVE, freq_hz * OCTAVE]
    return sosfiltfilt(butter(2, edges, "bandpass", fs=rate_hz, output="sos"), sound)


def echo_density(sound, rate_hz, at_s):
    """1 for noise, near 0 for single echoes.

    Source: J. Abel & P. Huang, A simple, robust measure of reverberation echo density, AES 2006.
    """
    half = rate_hz // 100
    window = np.hanning(2 * half) / np.sum(np.hanning(2 * half))
    middle = int(at_s * rate_hz)
    part = sound[middle - half : middle + half]
    deviation = np.sqrt(np.sum(window * part**2))
    return np.sum(window * (np.abs(part) > deviation)) / DENSITY_OF_NOISE


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize("wanted_s", [0.5, 1.8, 5.0])
def test_the_mids_decay_in_the_time_that_is_set(wanted_s, rate_hz):
    sound = response(Reverb(decay_s=wanted_s), rate_hz)
    for channel in (0, 1):
        found = [
            decay_s(octave_about(sound[:, channel], freq_hz, rate_hz), rate_hz)
            for freq_hz in (500, 1_000, 2_000)
        ]
        assert np.mean(found) == pytest.approx(wanted_s, rel=0.05)


@pytest.mark.parametrize("settings", [{"size_pct": 30}, {"size_pct": 200}, {"modulation_pct": 0}])
def test_the_decay_holds_in_any_room(settings):
    sound = response(Reverb(decay_s=2, **settings))
    found = decay_s(octave_about(sound[:, 0], 1_000, 44_100), 44_100)
    assert found == pytest.approx(2, rel=0.05)


def test_the_whole_sound_decays_in_that_time_too():
    assert decay_s(response(Reverb(decay_s=3))[:, 0], 44_100) == pytest.approx(3, rel=0.08)


@pytest.mark.parametrize("damping_hz", [2_000, 5_000, 10_000])
def test_damped_highs_take_half_the_time(damping_hz):
    sound = response(Reverb(decay_s=2, damping_hz=damping_hz, modulation_pct=0))[:, 0]
    at = decay_s(octave_about(sound, damping_hz, 44_100), 44_100, upper_db=-5, lower_db=-25)
    assert 0.7 < at < 1.5
    assert decay_s(octave_about(sound, damping_hz / 5, 44_100), 44_100) > 1.85


@pytest.mark.parametrize("size_pct", [40, 100, 150])
def test_after_80_ms_echoes_are_as_dense_as_noise(size_pct):
    sound = response(Reverb(decay_s=2, size_pct=size_pct))
    for channel in (0, 1):
        found = [echo_density(sound[:, channel], 44_100, at) for at in np.arange(0.08, 0.5, 0.02)]
        assert min(found) > 0.7
        assert np.mean(found) > 0.9


def test_no_line_rings_in_the_late_tail():
    sound = response(Reverb(decay_s=4, damping_hz=20_000))[:, 0]
    part = sound[44_100 : 44_100 + 65_536] * np.hanning(65_536)
    power = np.square(np.abs(np.fft.rfft(part)))[150:12_000]  # 100 Hz to 8 kHz
    pooled = power[: len(power) // 10 * 10].reshape(-1, 10).mean(axis=1)
    flatness = np.exp(np.mean(np.log(power))) / np.mean(power)
    assert flatness > 0.45  # 0.56 for noise
    assert np.max(pooled) < 12 * np.median(pooled)


def test_no_flutter_in_the_late_tail():
    sound = response(Reverb(decay_s=3))[:, 0]
    part = sound[22_050 : 22_050 + 65_536]
    power = np.fft.rfft(part, 131_072)
    likeness = np.fft.irfft(np.square(np.abs(power)))
    assert np.max(np.abs(likeness[441:8_820])) / likeness[0] < 0.12


@pytest.mark.parametrize("channels", [1, 2])
def test_left_and_right_have_little_in_common(channels):
    late = response(Reverb(decay_s=2), channels=channels)[3_528:]
    assert abs(np.corrcoef(late.T)[0, 1]) < 0.1
    assert level_db(late)[0] == pytest.approx(level_db(late)[1], abs=1)


def test_no_width_is_mono():
    sound = response(Reverb(decay_s=0.5, width_pct=0))
    assert np.array_equal(sound[:, 0], sound[:, 1])


@pytest.mark.parametrize("wanted_s", [0.6, 1.8, 6.0])
def test_a_steady_sound_comes_out_about_as_loud(wanted_s):
    tones = octave_about(noise(44_100 * 4, 1)[:, 0], 700, 44_100)[:, np.newaxis]
    out = through(Reverb(decay_s=wanted_s), tones)
    assert level_db(out[88_200:]) == pytest.approx(np.repeat(level_db(tones), 2), abs=2.5)


def test_nothing_sounds_before_the_predelay():
    early = Reverb(decay_s=0.5)
    late = Reverb(decay_s=0.5, predelay_ms=50, modulation_pct=0)
    first = int(np.flatnonzero(response(early).any(axis=1))[0])
    assert int(np.flatnonzero(response(late).any(axis=1))[0]) == first + 2_205


def test_early_reflections_have_a_level_of_their_own():
    loud, soft, none = (
        response(Reverb(decay_s=0.5, early_db=early_db)) for early_db in (0, -20, -60)
    )
    assert np.allclose(loud - none, (soft - none) * 10.0, rtol=0.02, atol=1e-4)
    assert np.sum(np.square(loud - none)[:, 0]) == pytest.approx(1.0, rel=0.01)


def test_cuts_take_away_lows_and_highs():
    plain, cut = (
        response(Reverb(decay_s=1, modulation_pct=0, **cuts))
        for cuts in ({}, {"low_cut_hz": 300, "high_cut_hz": 4_000})
    )
    ratio_db = 20 * np.log10(
        np.abs(np.fft.rfft(cut[:, 0], 65_536)) / np.abs(np.fft.rfft(plain[:, 0], 65_536))
    )
    freqs_hz = np.fft.rfftfreq(65_536, 1 / 44_100)
    for freq_hz, gain_db in ((300, -3.01), (4_000, -3.01), (1_100, 0), (75, -24), (16_000, -24)):
        near = np.abs(freqs_hz - freq_hz) < freq_hz * 0.02
        assert np.median(ratio_db[near]) == pytest.approx(gain_db, abs=2)


def test_after_the_tail_it_is_90_db_down():
    device = Reverb(decay_s=0.6)
    sound = through(device, impulse(2 * device.tail(44_100)))
    end = device.tail(44_100)
    assert np.sum(np.square(sound[end:])) < 1e-9 * np.sum(np.square(sound))


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("size", [0.2, 1.0, 2.0])
def test_no_two_lines_share_a_rhythm(size, rate_hz):
    lengths = line_lengths(size, rate_hz)
    assert len(set(lengths)) == 16
    assert np.gcd.reduce(lengths) == 1
    assert all(np.gcd(a, b) == 1 for a in lengths for b in lengths if a != b)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard(channels):
    device = Reverb(size_pct=20, modulation_pct=100, predelay_ms=3, low_cut_hz=100)
    whole = through(device, noise(9_000, channels), piece=1 << 30)
    assert whole.shape[1] == 2
    for piece in PIECES:
        assert np.array_equal(through(device, noise(9_000, channels), piece=piece), whole)
