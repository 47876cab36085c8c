"""The stereo field."""

import numpy as np
import pytest

from albumbuild.processors.stereo import Stereo
from tests.signals import PIECES, level_db, noise, sine, through


def mid(block):
    return (block[:, :1] + block[:, 1:]) / 2


def side(block):
    return (block[:, :1] - block[:, 1:]) / 2


def test_at_rest_it_leaves_every_bit():
    assert np.array_equal(through(Stereo(), noise(100)), noise(100))


def test_mono_comes_out_on_both_sides():
    block = noise(100, 1)
    for device in (Stereo(), Stereo(width_pct=170), Stereo(mono_below_hz=100)):
        assert np.array_equal(through(device, block), np.repeat(block, 2, axis=1))


def test_no_width_is_mono():
    out = through(Stereo(width_pct=0), noise(100))
    assert np.array_equal(out[:, 0], out[:, 1])
    assert np.array_equal(out[:, :1], mid(noise(100)))


@pytest.mark.parametrize("width_pct", [25, 50, 150, 200])
def test_width_is_the_level_of_the_side(width_pct):
    out = through(Stereo(width_pct=width_pct), noise(100))
    assert np.allclose(side(out), side(noise(100)) * width_pct / 100, atol=1e-15)
    assert np.allclose(mid(out), mid(noise(100)), atol=1e-15)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize("cut_hz", [60, 120, 500])
def test_an_octave_below_the_side_is_24_db_down_and_the_mid_untouched(cut_hz, rate_hz):
    device = Stereo(mono_below_hz=cut_hz)
    tone = sine(cut_hz / 2, rate_hz=rate_hz, frames=rate_hz)
    out = through(device, np.concatenate([tone, -tone], axis=1), rate_hz=rate_hz)
    fall = level_db(side(out)[rate_hz // 2 :]) - level_db(tone[rate_hz // 2 :])
    assert fall[0] < -24
    kept = through(device, noise(5_000), rate_hz=rate_hz)
    assert np.allclose(mid(kept), mid(noise(5_000)), atol=1e-15)


def test_far_above_the_side_passes():
    tone = sine(2_000, rate_hz=44_100, frames=44_100)
    out = through(Stereo(mono_below_hz=120), np.concatenate([tone, -tone], axis=1))
    assert level_db(out[4_410:])[0] - level_db(tone[4_410:])[0] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("settings", "left", "right"),
    [
        ({"balance": 50}, 0.5, 1.0),
        ({"balance": -100}, 1.0, 0.0),
        ({"rotate_deg": 45}, 0.0, 2**0.5),
        ({"rotate_deg": -45}, 2**0.5, 0.0),
        ({"rotate_deg": 180}, -1.0, -1.0),
        ({"mid_db": 20}, 10.0, 10.0),
        ({"side_db": 20}, 1.0, 1.0),
    ],
    ids=str,
)
def test_a_sound_in_the_middle(settings, left, right):
    out = through(Stereo(**settings), np.ones((4, 2)))
    assert out == pytest.approx(np.tile([left, right], (4, 1)), abs=1e-14)


def test_the_sides_change_places():
    assert np.allclose(through(Stereo(swap=True), noise(100)), noise(100)[:, ::-1], atol=1e-15)


def test_rotation_keeps_the_energy():
    out = through(Stereo(rotate_deg=27), noise(1_000))
    assert np.sum(np.square(out)) == pytest.approx(np.sum(np.square(noise(1_000))))


def test_the_cut_into_blocks_is_not_heard():
    device = Stereo(width_pct=80, mono_below_hz=150, rotate_deg=5)
    whole = through(device, noise(9_000), piece=1 << 30)
    for piece in PIECES:
        assert np.array_equal(through(device, noise(9_000), piece=piece), whole)
