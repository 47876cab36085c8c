"""The meter: the published cases, a second meter, and what it says of silence and faults."""

import json
import math
import os
import warnings
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import scipy.signal
import soundfile

from albumbuild.dsp.loudness import integrated_lufs, k_weighting
from albumbuild.dsp.meter import Meter, figures_json
from tests.signals import PIECES, noise, sine

RATE = 48_000
VECTORS = Path(os.environ.get("ALBUMBUILD_VECTORS", "no vectors here"))


def measured(block, rate_hz=RATE, piece=32_768):
    meter = Meter(rate_hz, block.shape[1])
    for at in range(0, len(block), piece):
        meter.add(block[at : at + piece])
    return meter.figures()


def tones(*parts, rate_hz=RATE, freq_hz=1_000):
    """Stretches of a stereo tone, each (seconds, dBFS peak)."""
    frames = [round(seconds * rate_hz) for seconds, _ in parts]
    gains = np.concatenate(
        [np.full(n, 10 ** (level / 20)) for n, (_, level) in zip(frames, parts, strict=True)]
    )
    tone = sine(freq_hz, rate_hz=rate_hz, frames=len(gains), channels=2)
    return tone * gains[:, np.newaxis]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ([(20, -23)], -23),  # Tech 3341, case 1
        ([(20, -33)], -33),
        ([(10, -36), (60, -23), (10, -36)], -23),
        ([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23),
        ([(20, -26), (20.1, -20), (20, -26)], -23),
    ],
)
def test_integrated_loudness_of_tech_3341(parts, wanted, rate_hz):
    if rate_hz != RATE and len(parts) > 1:
        pytest.skip("one long case a rate is enough")
    assert measured(tones(*parts, rate_hz=rate_hz), rate_hz).integrated_lufs == pytest.approx(
        wanted, abs=0.1
    )


@pytest.mark.parametrize("channels", [5, 6])
def test_surrounds_weigh_more_and_the_low_effects_nothing(channels):
    levels = [-28, -28, -24, -30, -30] if channels == 5 else [-28, -28, -24, 0, -30, -30]
    gains = 10 ** (np.array(levels) / 20)
    tone = sine(1_000, rate_hz=RATE, frames=5 * RATE, channels=channels) * gains
    assert measured(tone).integrated_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("late_s", [0.0, 0.02, 0.07, 0.15, 0.38])
def test_momentary_and_short_term_maxima_of_tech_3341(late_s):
    short = measured(tones((late_s, -120), (0.4, -23), (1, -120)))
    assert short.momentary_max_lufs == pytest.approx(-23, abs=0.1)
    longer = measured(tones((10 * late_s, -120), (3, -23), (1, -120)))
    assert longer.short_term_max_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ([(20, -20), (20, -30)], 10),  # Tech 3342, case 1
        ([(20, -20), (20, -15)], 5),
        ([(20, -40), (20, -20)], 20),
        ([(20, -50), (20, -35), (20, -20), (20, -35), (20, -50)], 15),
    ],
)
def test_loudness_range_of_tech_3342(parts, wanted):
    assert measured(tones(*parts)).lra_lu == pytest.approx(wanted, abs=1)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize(("parts", "degrees"), [(4, 0), (4, 45), (6, 60), (8, 67.5), (4, 11.25)])
def test_true_peak_of_tones_between_samples(parts, degrees, rate_hz):
    frames = rate_hz // 2
    wave = 0.5 * np.sin(2 * np.pi * np.arange(frames) / parts + np.radians(degrees))
    block = wave * np.minimum(1, np.minimum(np.arange(frames), frames - np.arange(frames)) / 4_000)
    assert measured(block[:, np.newaxis], rate_hz).true_peak_dbtp == pytest.approx(-6.02, abs=0.03)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("freq_hz", [20, 1_000, 9_999, 15_003, 18_001, 20_000])
def test_true_peak_is_true_to_a_tenth_up_to_20_khz(freq_hz, rate_hz):
    tone = sine(freq_hz, rate_hz=rate_hz, frames=rate_hz) * np.hanning(rate_hz)[:, np.newaxis]
    assert measured(tone, rate_hz).true_peak_dbtp == pytest.approx(0, abs=0.1)


def test_true_peak_agrees_with_a_finer_meter_on_noise():
    taps = scipy.signal.firwin(401, 20_000 / 24_000, window=("kaiser", 9))
    block = scipy.signal.fftconvolve(noise(48_000), taps[:, np.newaxis])
    fine = 20 * np.log10(np.abs(scipy.signal.resample(block, 16 * len(block))).max())
    assert measured(block).true_peak_dbtp == pytest.approx(fine, abs=0.05)


@pytest.mark.parametrize("piece", PIECES[1:])
def test_blocks_are_not_heard(piece):
    block = noise(100_003)
    assert measured(block, 44_100, piece) == measured(block, 44_100)


def test_one_frame_at_a_time_is_the_same():
    block = noise(3_001)
    assert measured(block, 44_100, 1) == measured(block, 44_100)


@pytest.mark.parametrize(
    "rate_hz", [8_000, 11_025, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000]
)
def test_a_second_meter_agrees_at_every_rate(rate_hz):
    block = noise(3 * rate_hz) * np.linspace(0.05, 1, 3 * rate_hz)[:, np.newaxis]
    second = pyloudnorm.Meter(rate_hz, filter_class="DeMan").integrated_loudness(block)
    assert measured(block, rate_hz).integrated_lufs == pytest.approx(second, abs=0.005)


def test_the_weighting_is_the_standards_table_at_48_khz():
    shelf, pass_ = k_weighting(48_000)
    table = [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241]
    assert shelf.tolist() == pytest.approx([*table, 0.73248077421585], abs=1e-13)
    assert pass_.tolist() == pytest.approx([1, -2, 1, -1.99004745483398, 0.99007225036621])


def test_energies_are_those_of_a_plain_filter():
    block = noise(30_000)
    meter = Meter(44_100, 2)
    meter.add(block)
    weighted = block
    for row in k_weighting(44_100):
        weighted = scipy.signal.lfilter(row[:3], [1, *row[3:]], weighted, axis=0)
    squares = np.square(weighted).sum(axis=1)
    plain = [squares[at : at + 17_640].mean() for at in range(0, 30_000 - 17_639, 4_410)]
    assert meter.energies() == pytest.approx(plain, rel=1e-9)


def test_an_album_is_gated_as_one():
    loud, soft = Meter(RATE, 2), Meter(RATE, 2)
    loud.add(tones((10, -20)))
    soft.add(tones((10, -45)))
    together = integrated_lufs(np.concatenate((loud.energies(), soft.energies())))
    assert together == pytest.approx(-20, abs=0.1)


def test_silence_and_short_sounds_have_no_loudness_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for frames in (0, 1, 10_000, 100_000):
            figures = measured(np.zeros((frames, 2)))
            assert figures.integrated_lufs == figures.true_peak_dbtp == -math.inf
            assert figures.lra_lu is figures.plr_lu is figures.correlation is None
        short = measured(noise(1_000))
    assert short.integrated_lufs == -math.inf
    assert short.sample_peak_dbfs > -20
    assert "Infinity" not in json.dumps(figures_json(short))
    assert figures_json(short)["integrated_lufs"] is None


def test_mono_is_one_channel():
    tone = tones((2, -20))
    mono = measured(tone[:, :1].copy())
    assert mono.integrated_lufs == pytest.approx(measured(tone).integrated_lufs - 3.0103, abs=1e-6)
    assert mono.correlation is mono.mono_loss_lu is None


@pytest.mark.parametrize(
    ("sides", "correlation", "loss_lu"),
    [("alike", 1, 0), ("apart", 0, 3.01), ("opposite", -1, math.inf)],
)
def test_correlation_and_what_mono_loses(sides, correlation, loss_lu):
    block = noise(4 * RATE)
    if sides != "apart":
        block[:, 1] = block[:, 0] * (1 if sides == "alike" else -1)
    figures = measured(block)
    assert figures.correlation == pytest.approx(correlation, abs=0.01)
    assert figures.mono_loss_lu == pytest.approx(loss_lu, abs=0.05)


def test_offset_and_clipping_are_counted():
    block = np.zeros((1_000, 2))
    full = 1 - 2**-15
    block[10:12, 0] = full  # two are no run
    block[20:23, 0] = full
    block[30:40, 1] = -1.2
    block[50:53, 1] = [1.0, -1.0, 1.0]
    block[60:66, 0] = [1, 1, 1, -1, -1, -1]  # two runs
    for piece in (1, 7, 1_000):
        assert measured(block, piece=piece).clipped_runs == 4
    assert measured(np.full((500, 2), 0.05)).dc == pytest.approx((0.05, 0.05))


@pytest.mark.parametrize("channels", [0, 3, 4, 7, 8, 9])
def test_channels_of_no_known_place_are_refused(channels):
    with pytest.raises(ValueError, match=f"{channels} channels"):
        Meter(RATE, channels)


def heard(block, rate_hz=RATE):
    meter = Meter(rate_hz, block.shape[1])
    meter.add(block)
    return meter


def test_tech_3341_cases_9_and_12_read_the_same_all_along():
    nine = heard(tones(*[(1.34, -20), (1.66, -30)] * 5)).short_term_lufs()
    assert nine == pytest.approx(-23, abs=0.1)
    twelve = heard(tones(*[(0.18, -20), (0.22, -30)] * 25)).momentary_lufs()
    assert twelve[60:] == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("length_s", "late_s", "series"), [(3, 0.15, "S"), (0.4, 0.02, "M")])
def test_tech_3341_cases_11_and_14_reach_each_level(length_s, late_s, series):
    parts = []
    for number in range(20):
        rest_s = length_s - number * late_s
        parts += [(number * late_s, -160), (length_s, number - 38), (rest_s, -160)]
    meter = heard(tones(*parts))
    found = meter.short_term_lufs() if series == "S" else meter.momentary_lufs()
    segment = round(2 * length_s * 100)
    first = round(length_s * 100) - 1  # the series begins when one window has passed
    for number in range(20):
        ends = slice(max(0, number * segment - first), (number + 1) * segment - first)
        assert found[ends].max() == pytest.approx(number - 38, abs=0.1)


@pytest.mark.parametrize("late", range(20))
def test_tech_3341_cases_10_and_13_whatever_the_offset(late):
    short = measured(tones((0.02 * late, -160), (0.4, -23), (1, -160)))
    assert short.momentary_max_lufs == pytest.approx(-23, abs=0.1)
    longer = measured(tones((0.15 * late, -160), (3, -23), (1, -160)))
    assert longer.short_term_max_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("offset", range(4))
def test_tech_3341_cases_20_to_23_find_a_peak_between_samples(offset):
    rate_hz, frames = 4 * RATE, 4 * RATE
    times = np.arange(frames)
    wave = 0.5 * np.sin(2 * np.pi * times / 24)  # a sixth of 48 kHz, made at four times the rate
    start = frames // 2
    wave[start : start + 16] = np.sin(2 * np.pi * np.arange(16) / 16)  # one period of a quarter
    taps = scipy.signal.firwin(1_023, 21_600, fs=rate_hz, window=("kaiser", 10))
    low = scipy.signal.fftconvolve(wave, taps, mode="same")
    ramp = np.minimum(1, np.minimum(times, frames - times) / (0.1 * rate_hz))
    block = (low * ramp)[offset::4, np.newaxis]
    assert -0.4 <= measured(block).true_peak_dbtp <= 0.2


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("phase", [0.0, 0.1, 0.3, 0.5])
def test_true_peak_is_true_whatever_the_phase(rate_hz, phase):
    frames = rate_hz // 10
    window = np.hanning(frames) ** 0.25
    for freq_hz in (997, 7_350, 11_025, 14_700, 16_000, 18_000, 19_400, 19_990):
        turns = 2 * np.pi * (freq_hz * np.arange(frames) / rate_hz + phase)
        block = (np.sin(turns) * window)[:, np.newaxis]
        assert measured(block, rate_hz).true_peak_dbtp == pytest.approx(0, abs=0.1), freq_hz


def test_crest_of_known_waves():
    tone = sine(1_000, rate_hz=RATE, frames=RATE, channels=2, peak=0.3)
    assert measured(tone).crest_db == pytest.approx(3.0103, abs=1e-3)
    tone[:, 0] *= 0.1  # the loudest channel counts
    assert measured(tone).crest_db == pytest.approx(3.0103, abs=1e-3)
    assert measured(np.sign(tone + 1e-9)).crest_db == pytest.approx(0, abs=1e-3)
    assert measured(np.zeros((100, 2))).crest_db is None


@pytest.mark.parametrize("piece", [1, 700, 32_768])
def test_silence_at_head_and_tail_is_told(piece):
    block = np.zeros((5_000, 2))
    block[:, 1] = 0.0009
    block[1_000, 0], block[3_999, 1] = 0.5, -0.001
    figures = measured(block, piece=piece)
    assert figures.head_silence_s == pytest.approx(1_000 / RATE)
    assert figures.tail_silence_s == pytest.approx(1_000 / RATE)
    nothing = measured(np.zeros((4_800, 1)), piece=piece)
    assert nothing.head_silence_s == nothing.tail_silence_s == pytest.approx(0.1)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("frames", [1, 80, 441])
@pytest.mark.parametrize("size", [0.0, 1.0, 40.0, 1e30])
def test_no_sound_is_without_numbers(rate_hz, frames, size):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for channels in (1, 2, 6):
            square = size * np.where(np.arange(frames) % 20 < 10, 1.0, -1.0)
            block = np.repeat(square[:, np.newaxis], channels, axis=1)
            found = json.dumps(figures_json(measured(block, rate_hz)))
            assert "NaN" not in found
            assert "Infinity" not in found


@pytest.mark.skipif(not VECTORS.is_dir(), reason="set ALBUMBUILD_VECTORS to their folder")
@pytest.mark.parametrize("folder", ["ebu3341", "ebu3342", "bs1770", "truepeak"])
def test_the_published_vectors(folder):
    cases = json.loads((VECTORS / "EXPECTED.json").read_text())
    for case in cases:
        if not case["file"].startswith(folder):
            continue
        block, rate_hz = soundfile.read(VECTORS / case["file"], always_2d=True)
        figures = measured(block, rate_hz)
        expect = case["expect"]
        got = {
            "I": figures.integrated_lufs,
            "LRA": figures.lra_lu,
            "max_M": figures.momentary_max_lufs,
            "max_S": figures.short_term_max_lufs,
        }
        for name, value in got.items():
            if expect.get(name) is not None:
                close = pytest.approx(expect[name], abs=expect["tolerance_lu"])
                assert value == close, case["file"]
            elif name in expect:
                assert value == -math.inf, case["file"]
        if "max_TP" in expect:
            over = figures.true_peak_dbtp - expect["max_TP"]
            assert -expect["tolerance_minus"] <= over <= expect["tolerance_plus"], case["file"]
