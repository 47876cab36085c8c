"""Hum and offsets go; the music beside them stays."""

import numpy as np
import pytest

from albumbuild.dsp.dc import Levelled
from albumbuild.processors.dc import Dc
from albumbuild.processors.dehum import Dehum
from tests.signals import level_db, noise, response_db, sine, through

RATES_HZ = (44_100, 48_000, 96_000)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("freq_hz", [50.0, 60.0, 120.0])
def test_hum_and_all_its_harmonics_are_40_db_down(rate_hz, freq_hz):
    frames = 3 * rate_hz
    hum = sum(sine(freq_hz * n, rate_hz=rate_hz, frames=frames, peak=0.1 / n) for n in range(1, 9))
    out = through(Dehum(freq_hz=freq_hz), hum, rate_hz=rate_hz)
    settled = 2 * rate_hz
    assert level_db(out[settled:])[0] < level_db(hum[settled:])[0] - 40


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_music_beside_the_notches_is_hardly_changed(rate_hz):
    between = np.array([75.0, 125.0, 225.0, 1_000.0, 10_000.0])
    found = response_db(Dehum(), between, rate_hz=rate_hz, frames=2 * rate_hz)
    assert np.max(np.abs(found)) < 0.25


def test_notches_beyond_half_the_rate_are_left_out():
    block = noise(8_000, 1)
    few = through(Dehum(freq_hz=500, harmonics=7), block, rate_hz=8_000)
    many = through(Dehum(freq_hz=500, harmonics=64), block, rate_hz=8_000)
    assert np.array_equal(few, many)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_an_offset_is_gone_in_half_a_second_and_20_hz_stays(rate_hz):
    out = through(Dc(), np.full((rate_hz, 1), 0.25), rate_hz=rate_hz)
    assert np.max(np.abs(out[rate_hz // 2 :])) < 0.25 / 1_000
    assert abs(response_db(Dc(), np.array([20.0]), rate_hz=rate_hz, frames=2 * rate_hz)[0]) < 0.1


def test_the_offset_of_each_channel_is_told():
    state = Levelled(48_000, 2)
    state.process(np.full((96_000, 2), (0.1, -0.02)) + noise(96_000, 2) * 0.01)
    assert state.offset == pytest.approx((0.1, -0.02), rel=0.05)
