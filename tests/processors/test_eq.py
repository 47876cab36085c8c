"""The equaliser: its curve as it is heard, and what its settings say."""

import msgspec
import numpy as np
import pytest

from albumbuild.dsp.bilinear import bilinear
from albumbuild.processors.eq import Band, Eq
from tests.signals import PIECES, noise, response_db, through

FREQS = np.concatenate([np.geomspace(60, 20_000, 60), np.linspace(15_000, 20_000, 20)])

BANDS = [
    Band(type="bell", freq_hz=3_000, gain_db=9, q=1.4),
    Band(type="bell", freq_hz=16_000, gain_db=-12, q=0.5),
    Band(type="lowshelf", freq_hz=400, gain_db=-6),
    Band(type="highshelf", freq_hz=10_000, gain_db=12),
    Band(type="bandpass", freq_hz=12_000, q=1),
    Band(type="notch", freq_hz=18_000, q=4),
    Band(type="tilt", freq_hz=1_000, gain_db=3),
    Band(type="highpass", freq_hz=500, slope_db=48),
    Band(type="lowpass", freq_hz=15_000, slope_db=18),
    Band(type="lowpass", freq_hz=9_000, slope_db=12, q=4),
]


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize("band", BANDS, ids=lambda band: f"{band.type}-{band.freq_hz:g}")
def test_the_curve_is_the_analogue_one_to_20_khz(band, rate_hz):
    wanted = 20 * np.log10(band.prototype().magnitude(FREQS))
    heard = response_db(Eq(bands=(band,)), FREQS, rate_hz=rate_hz, frames=16_384)
    asked = wanted > wanted.max() - 40
    assert np.max(np.abs(heard - wanted)[asked]) < 0.05


def test_the_bilinear_transform_would_not_do():
    band = Band(type="bell", freq_hz=16_000, gain_db=-12, q=0.5)
    [[b0, b1, b2, a1, a2]] = bilinear((band.prototype(),), 44_100)
    z = np.exp(-2j * np.pi * 19_500 / 44_100)
    cramped = 20 * np.log10(abs((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)))
    assert abs(cramped - 20 * np.log10(band.prototype().magnitude(np.array([19_500.0]))[0])) > 3


@pytest.mark.parametrize(
    ("band", "freq_hz", "gain_db"),
    [
        (Band(type="bell", freq_hz=1_000, gain_db=6), 1_000, 6.0),
        (Band(type="lowshelf", freq_hz=1_000, gain_db=6), 1_000, 3.0),
        (Band(type="highshelf", freq_hz=1_000, gain_db=-6), 20_000, -6.0),
        (Band(type="tilt", freq_hz=1_000, gain_db=3), 1_000, 0.0),
        (Band(type="tilt", freq_hz=1_000, gain_db=3), 20_000, 3.0),
        (Band(type="tilt", freq_hz=1_000, gain_db=3), 30, -3.0),
        (Band(type="bandpass", freq_hz=1_000, q=3), 1_000, 0.0),
        (Band(type="lowpass", freq_hz=1_000, slope_db=24), 1_000, -3.01),
        (Band(type="highpass", freq_hz=1_000, slope_db=6), 1_000, -3.01),
        (Band(type="lowpass", freq_hz=1_000, q=2), 1_000, 6.02),
        (Band(type="lowpass", freq_hz=1_000, q=2, slope_db=24), 1_000, -3.01),
        (Band(type="highpass", freq_hz=1_000, slope_db=48), 500, -48.16),
    ],
    ids=str,
)
def test_a_band_is_read_as_an_engineer_reads_it(band, freq_hz, gain_db):
    heard = response_db(Eq(bands=(band,)), np.array([freq_hz]), rate_hz=48_000, frames=8_192)
    assert heard[0] == pytest.approx(gain_db, abs=0.06)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard(channels):
    eq = Eq(bands=tuple(BANDS[:4]))
    whole = through(eq, noise(9_000, channels), piece=1 << 30)
    for piece in PIECES:
        assert np.array_equal(through(eq, noise(9_000, channels), piece=piece), whole)


def test_bands_without_effect_leave_every_bit():
    flat = Eq(bands=(Band(type="bell", freq_hz=100), Band(type="tilt", freq_hz=100)))
    assert np.array_equal(through(flat, noise(100)), noise(100))
    assert np.array_equal(through(Eq(), noise(100)), noise(100))


def test_the_channels_do_not_hear_one_another():
    block = noise(2_000)
    eq = Eq(bands=tuple(BANDS))
    assert np.array_equal(through(eq, block)[:, 1:], through(eq, block[:, 1:]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "bel", "freq_hz": 100},
        {"type": "bell"},
        {"type": "bell", "freq_hz": 19},
        {"type": "bell", "freq_hz": 100, "slope_db": 13},
        {"type": "bell", "freq_hz": 100, "gain": 3},
    ],
    ids=str,
)
def test_a_wrong_band_is_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"bands": [wrong]}, Eq)
