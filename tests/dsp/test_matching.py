"""Digital bands against their analogue prototypes, over every type and most settings."""

import numpy as np
import pytest

from albumbuild.dsp import prototypes
from albumbuild.dsp.matching import MATCHED_TO, matched

RATES = (32_000, 44_100, 48_000, 88_200, 96_000, 192_000)
FREQS = (20, 100, 700, 3_000, 8_000, 12_000, 15_000, 18_000, 20_000)
QS = (0.1, 0.4, 0.7071, 2, 8, 40)
GAINS = (-36, -12, -3, 3, 12, 36)


def bands():
    for freq_hz in FREQS:
        for q in QS:
            yield "bandpass", prototypes.bandpass(freq_hz, q=q)
            yield "notch", prototypes.notch(freq_hz, q=q)
            yield "lowpass", prototypes.lowpass(freq_hz, order=2, q=q)
            yield "highpass", prototypes.highpass(freq_hz, order=2, q=q)
            for gain_db in GAINS:
                yield "bell", prototypes.bell(freq_hz, gain_db=gain_db, q=q)
                yield "lowshelf", prototypes.lowshelf(freq_hz, gain_db=gain_db, q=q)
                yield "highshelf", prototypes.highshelf(freq_hz, gain_db=gain_db, q=q)
        for order in (1, 3, 4, 6, 8):
            yield "lowpass", prototypes.lowpass(freq_hz, order=order)
            yield "highpass", prototypes.highpass(freq_hz, order=order)
        for gain_db in GAINS:
            yield "tilt", prototypes.tilt(freq_hz, gain_db=gain_db)


def digital_db(design, freqs_hz, rate_hz):
    z = np.exp(-2j * np.pi * freqs_hz / rate_hz)
    result = np.ones_like(z)
    for b0, b1, b2, a1, a2 in design.sections:
        result *= (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)
    if len(design.taps):
        result *= np.polyval(design.taps[::-1], z)
    return 20 * np.log10(np.abs(result) + 1e-30)


def error_db(chain, rate_hz):
    own = [prototype.freq_hz for prototype in chain]
    top = min(20_000, MATCHED_TO * rate_hz / 2)
    freqs_hz = np.concatenate([np.geomspace(5, top, 150), np.linspace(top / 2, top, 40), own])
    freqs_hz = freqs_hz[freqs_hz <= top]
    wanted = sum(20 * np.log10(each.magnitude(freqs_hz) + 1e-30) for each in chain)
    asked = wanted > wanted.max() - 40
    return np.max(np.abs(digital_db(matched(chain, rate_hz), freqs_hz, rate_hz) - wanted)[asked])


@pytest.mark.parametrize("rate_hz", RATES)
def test_every_band_keeps_its_analogue_curve(rate_hz):
    worst = {}
    for name, prototype in bands():
        worst[name] = max(worst.get(name, 0.0), error_db((prototype,), rate_hz))
    assert len(worst) == 8
    assert max(worst.values()) < 0.03, worst


def test_ten_bands_share_one_correction():
    chain = tuple(
        prototypes.bell(freq_hz, gain_db=gain_db, q=1.5)
        for freq_hz, gain_db in zip(np.linspace(2_000, 20_000, 10), [9, -9] * 5, strict=True)
    )
    assert error_db(chain, 44_100) < 0.03


def test_poles_and_zeros_stay_inside_the_circle():
    for _, prototype in bands():
        for section in matched((prototype,), 44_100).sections:
            assert np.all(np.abs(np.roots([1.0, *section[3:]])) < 1.0)
            assert np.all(np.abs(np.roots(np.trim_zeros(section[:3]))) < 1.0 + 1e-6)


def test_a_corner_beyond_the_nyquist_frequency_is_heard_below_it():
    design = matched((prototypes.lowpass(20_000, order=2),), 22_050)
    freqs_hz = np.linspace(20, 9_900, 100)
    wanted = 20 * np.log10(prototypes.lowpass(20_000, order=2).magnitude(freqs_hz))
    assert np.max(np.abs(digital_db(design, freqs_hz, 22_050) - wanted)) < 0.1


def test_a_band_without_gain_is_no_filter():
    assert not len(matched((prototypes.bell(1_000, gain_db=0.0, q=1),), 44_100).sections)


CROSSINGS = [
    (lambda x: prototypes.lowshelf(18_000, gain_db=x, q=1), np.arange(-18, 18, 0.02), 44_100),
    (lambda x: prototypes.highshelf(10_000, gain_db=x, q=4), np.arange(-36, 36, 0.02), 44_100),
    (lambda x: prototypes.bell(x, gain_db=12, q=4), np.geomspace(5_000, 20_000, 256), 32_000),
    (lambda x: prototypes.notch(x, q=8), np.geomspace(5_000, 20_000, 256), 32_000),
]


@pytest.mark.parametrize(("band", "values", "rate_hz"), CROSSINGS)
def test_what_moves_beyond_the_nyquist_frequency_goes_in_straight_lines(band, values, rate_hz):
    numbers = []
    for value in values:
        design = matched((band(value),), rate_hz, whole=True)
        numbers.append(np.concatenate([design.sections.ravel(), design.taps]))
    bends = np.abs(np.diff(numbers, 2, axis=0)) / np.max(np.abs(numbers), axis=1)[1:-1, np.newaxis]
    assert np.max(bends) < 0.01
