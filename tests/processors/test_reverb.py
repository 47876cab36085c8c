"""The reverb: decay, density, evenness and width, as they are measured in a room."""

from time import perf_counter

import numpy as np
import pytest
from msgspec.structs import fields
from scipy.signal import butter, sosfilt, sosfiltfilt

from albumbuild.dsp.reverb import line_lengths
from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.processors.reverb import Reverb
from albumbuild.steps.inserts import Insert
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


def octave_about(sound, freq_hz, rate_hz, *, half=OCTAVE):
    edges = [freq_hz / half, freq_hz * half]
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


@pytest.mark.parametrize("lower_db", [-25, -35])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"decay_s": 0.8},
        {"decay_s": 6},
        {"size_pct": 20},
        {"size_pct": 200},
        {"damping_hz": 1_000},
        {"damping_hz": 20_000},
        {"diffusion_pct": 0},
        {"diffusion_pct": 100},
        {"modulation_pct": 0},
        {"modulation_pct": 100},
        {"predelay_ms": 120, "early_db": 0},
        {"early_db": -60},
    ],
)
def test_the_whole_sound_decays_in_that_time_too(settings, lower_db):
    device = Reverb(**settings)
    sound = response(device, 48_000, channels=2)
    for channel in (0, 1):
        found = decay_s(sound[:, channel], 48_000, lower_db=lower_db)
        assert found == pytest.approx(device.decay_s, rel=0.05)


@pytest.mark.parametrize("modulation_pct", [0, 25, 100])
def test_movement_takes_no_highs(modulation_pct):
    device = Reverb(decay_s=6, damping_hz=20_000, modulation_pct=modulation_pct)
    sound = octave_about(response(device, 48_000)[:, 0], 8_000, 48_000)
    assert decay_s(sound, 48_000, lower_db=-25) == pytest.approx(6, rel=0.06)


@pytest.mark.parametrize("size_pct", [50, 200])
@pytest.mark.parametrize("wanted_s", [0.2, 0.3, 0.5])
def test_a_short_decay_makes_a_small_room(wanted_s, size_pct):
    device = Reverb(decay_s=wanted_s, size_pct=size_pct)
    found = decay_s(response(device)[:, 0], 44_100, lower_db=-35)
    assert found == pytest.approx(wanted_s, rel=0.07)


@pytest.mark.parametrize("damping_hz", [2_000, 5_000, 10_000])
def test_damped_highs_take_half_the_time(damping_hz):
    sound = response(Reverb(decay_s=2, damping_hz=damping_hz, modulation_pct=0))[:, 0]
    third = octave_about(sound, damping_hz, 44_100, half=OCTAVE ** (1 / 3))
    assert 0.8 < decay_s(third, 44_100, lower_db=-25) < 1.25
    assert decay_s(octave_about(sound, damping_hz / 5, 44_100), 44_100) > 1.85


@pytest.mark.parametrize("size_pct", [20, 100, 200])
def test_after_80_ms_echoes_are_as_dense_as_noise(size_pct):
    sound = response(Reverb(decay_s=2, size_pct=size_pct))
    for channel in (0, 1):
        found = [echo_density(sound[:, channel], 44_100, at) for at in np.arange(0.08, 0.5, 0.02)]
        assert min(found) > 0.7
        assert np.mean(found) > 0.9


@pytest.mark.parametrize(("size_pct", "least"), [(20, 0.3), (50, 0.4), (100, 0.45)])
def test_no_line_rings_in_the_late_tail(size_pct, least):
    sound = response(Reverb(decay_s=4, damping_hz=20_000, size_pct=size_pct))[:, 0]
    part = sound[44_100 : 44_100 + 65_536] * np.hanning(65_536)
    power = np.square(np.abs(np.fft.rfft(part)))[150:12_000]  # 100 Hz to 8 kHz
    pooled = power[: len(power) // 10 * 10].reshape(-1, 10).mean(axis=1)
    flatness = np.exp(np.mean(np.log(power))) / np.mean(power)
    assert flatness > least  # 0.56 for noise
    assert np.max(pooled) < 12 * np.median(pooled)


def test_no_mode_stands_out_where_walls_are_near():
    sound = response(Reverb(size_pct=20, damping_hz=20_000))[:, 0]
    part = sound[8_820:22_050] * np.hanning(13_230)  # 200 to 500 ms
    power = np.square(np.abs(np.fft.rfft(part)))[30:2_400]  # 100 Hz to 8 kHz
    assert np.exp(np.mean(np.log(power))) / np.mean(power) > 0.45


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
    lows = np.abs(np.fft.rfft((loud - none)[:, 0]))[: len(loud) // 44]  # to 1 kHz
    assert np.sqrt(np.mean(np.square(lows))) == pytest.approx(1.0, rel=0.1)


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


NUMBERS = {
    "decay_s": (0.3, 4.0),
    "predelay_ms": (0.0, 60.0),
    "size_pct": (20.0, 160.0),
    "damping_hz": (1_000.0, 15_000.0),
    "low_cut_hz": (50.0, 400.0),
    "high_cut_hz": (2_000.0, 15_000.0),
    "width_pct": (0.0, 150.0),
    "early_db": (-40.0, 6.0),
    "diffusion_pct": (0.0, 100.0),
    "modulation_pct": (0.0, 100.0),
}


def moved(sound, field, points, *, piece=4_096, channels=1):
    """A default room, one of whose settings goes along a curve."""
    curves = {field: Curve(tuple(CurvePoint(*point) for point in points))}
    insert = Insert(Reverb(), 44_100, channels, curves=curves)
    starts = range(0, len(sound), piece)
    return np.concatenate([insert.process(sound[at : at + piece]) for at in starts])


def test_every_number_is_moved_here():
    numbers = {field.name for field in fields(Reverb)}
    assert set(NUMBERS) == numbers - {"id", "bypass", "mix_pct", "channels"}


@pytest.mark.parametrize("field", NUMBERS)
def test_a_setting_on_its_way_makes_no_noise(field):
    low, high = NUMBERS[field]
    seconds = np.arange(44_100) / 44_100
    tone = 0.3 * np.sin(2 * np.pi * 400 * seconds) * np.minimum(1, 10 * seconds)
    out = moved(tone[:, np.newaxis], field, [(0.5, low), (0.9, high)])
    hiss = sosfilt(butter(6, 3_000, "highpass", fs=44_100, output="sos"), out[:, 0])
    assert np.max(np.abs(hiss[13_230:])) < 1e-3  # -50 dB under the tone, and no step anywhere


@pytest.mark.parametrize("field", NUMBERS)
def test_the_cut_into_blocks_is_not_heard_on_the_way(field):
    low, high = NUMBERS[field]
    points = [(0.01, low), (0.03, high), (0.04, low, "hold")]
    whole = moved(noise(2_500), field, points, piece=1 << 30, channels=2)
    for piece in PIECES[1:2]:
        assert np.array_equal(moved(noise(2_500), field, points, piece=piece, channels=2), whole)


@pytest.mark.parametrize("field", [name for name in NUMBERS if "cut" not in name])
def test_a_jump_is_heard_at_its_frame(field):
    low, high = NUMBERS[field]
    steady = moved(noise(9_000), field, [(0.0, low)], channels=2)
    jumps = moved(noise(9_000), field, [(0.0, low), (0.1, high, "hold")], channels=2)
    assert np.array_equal(jumps[:4_410], steady[:4_410])
    assert np.any(jumps[4_410:4_500] != steady[4_410:4_500])
    assert np.array_equal(steady, through(Reverb(**{field: low}), noise(9_000)))


def test_silence_stays_silent_on_the_way():
    assert not np.any(moved(np.zeros((9_000, 1)), "size_pct", [(0.02, 20.0), (0.1, 200.0)]))


def test_the_end_of_a_tail_is_no_slower_than_sound():
    device = Reverb(decay_s=0.1, size_pct=20)
    ringing, ending = device.start(44_100, 2), device.start(44_100, 2)
    sound, silence = noise(32_768), np.zeros((32_768, 2))
    device.process(sound, ending)
    times = []
    for _ in range(16):  # past 1e-308, for it falls by 60 dB in 0.1 s
        start = perf_counter()
        device.process(sound, ringing)
        middle = perf_counter()
        device.process(silence, ending)
        times.append(((perf_counter() - middle), middle - start))
    assert np.median([late for late, _ in times]) < 3 * np.median([now for _, now in times])


def test_what_comes_from_the_left_is_first_heard_on_the_left():
    left = impulse(44_100, 2) * [1, 0]
    energy = np.sum(np.square(through(Reverb(), left)[:3_528]), axis=0)
    assert energy[0] > 1.5 * energy[1]
