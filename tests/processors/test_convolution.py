"""The convolution: its settings as they are heard, and as they move."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from albumbuild.model.sound import Sound
from albumbuild.processors.convolution import Convolution
from tests.signals import PIECES, impulse, level_db, noise, response_db, through

RATE_HZ = 48_000
CLICK = np.eye(1, 1)


def room(samples, *, rate_hz=RATE_HZ, **settings):
    """The device with these samples as its impulse."""
    sound = Sound(rate_hz=rate_hz, channels=samples.shape[1], frames=len(samples), samples=samples)
    return Convolution(impulse="room.wav", **settings).with_sounds({"impulse": sound})


def heard(device, sound, *, rate_hz=RATE_HZ, piece=4_096):
    """What comes out of a device, on time and with its tail."""
    late = device.latency(rate_hz)
    padded = np.pad(sound, ((0, late + device.tail(rate_hz)), (0, 0)))
    return through(device, padded, rate_hz=rate_hz, piece=piece)[late:]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_it_is_the_convolution_with_the_impulse(rate_hz, channels):
    samples, sound = noise(30_000, channels, seed=1), noise(20_000, channels)
    out = heard(room(samples, rate_hz=rate_hz), sound, rate_hz=rate_hz)
    wanted = fftconvolve(sound, samples, axes=0)
    error = np.max(np.abs(out[: len(wanted)] - wanted))
    assert error < 1e-12 * np.max(np.abs(wanted))
    assert np.max(np.abs(out[len(wanted) :])) < 1e-12


@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard(channels):
    device = room(noise(3_000, seed=1), predelay_ms=3, low_cut_hz=100, gain_db=-2, length_s=0.05)
    sound = noise(9_000, channels)
    whole = through(device, sound, piece=1 << 30)
    for piece in PIECES:
        assert np.array_equal(through(device, sound, piece=piece), whole)


@pytest.mark.parametrize(
    ("impulse_channels", "channels", "out"), [(1, 1, 1), (1, 2, 2), (2, 1, 2), (4, 1, 2), (4, 2, 2)]
)
def test_its_width_is_that_of_the_wider(impulse_channels, channels, out):
    device = room(noise(50, impulse_channels))
    assert device.channels_out(channels) == out
    assert heard(device, noise(10, channels)).shape[1] == out


def test_predelay_and_gain_come_after_the_impulse():
    samples, sound = noise(500, 1, seed=1), noise(1_000, 1)
    plain = heard(room(samples), sound)
    late = heard(room(samples, predelay_ms=10, gain_db=-6.0206), sound)
    assert not late[:480].any()
    assert np.max(np.abs(late[480 : 480 + len(plain)] - plain / 2)) < 1e-6


def test_cuts_are_of_second_order():
    freqs_hz = np.array([50.0, 200.0, 1_000.0, 5_000.0, 10_000.0])
    device = room(CLICK, low_cut_hz=200, high_cut_hz=5_000)
    frames = device.latency(RATE_HZ) + 20_000
    found = response_db(device, freqs_hz, rate_hz=RATE_HZ, frames=frames)
    assert found == pytest.approx([-24.1, -3.01, 0.0, -3.01, -12.3], abs=0.1)


def test_an_impulse_of_another_rate_is_as_loud():
    tone = np.sin(2 * np.pi * 1_000 * np.arange(48_000) / RATE_HZ)[:, np.newaxis]
    for rate_hz in (44_100, 48_000, 96_000):
        decay = np.exp(-np.arange(rate_hz // 10) / (rate_hz / 100))[:, np.newaxis] / rate_hz
        out = heard(room(decay, rate_hz=rate_hz), tone)[10_000:40_000]
        assert level_db(out)[0] == pytest.approx(-78.976, abs=0.05)


def test_the_tail_is_as_long_as_what_is_used_of_the_impulse():
    samples = noise(48_000, 1)
    assert room(samples).tail(RATE_HZ) == 48_000
    assert room(samples, predelay_ms=100).tail(RATE_HZ) == 52_800
    assert room(samples, length_s=0.25).tail(RATE_HZ) == 12_000
    assert room(samples).tail(96_000) == 96_000 + 960


def test_an_impulse_of_three_channels_or_of_minutes_is_refused():
    def refused(channels, seconds, **settings):
        sound = Sound(rate_hz=8_000, channels=channels, frames=8_000 * seconds)
        refusals = Convolution(impulse="a.wav", **settings).refusals({"impulse": sound})
        return [(each.slug, each.at) for each in refusals]

    assert refused(1, 60) == refused(2, 1) == refused(4, 1) == refused(1, 99, length_s=3) == []
    assert refused(3, 1) == refused(6, 1) == [("impulse-channels", ("impulse",))]
    assert refused(1, 61) == [("impulse-too-long", ("impulse",))]
    assert Convolution(impulse="a.wav").refusals({}) == ()


def test_the_name_of_the_file_is_not_heard():
    assert Convolution.unheard == {"impulse"}
    assert Convolution(impulse="a.wav").files() == {"impulse": "a.wav"}


def moved(settings, goal, *, piece, frames=4_000):
    """A click train through a device whose settings move from frame 10,000 on."""
    before, after = room(CLICK, **settings), room(CLICK, **goal)
    state = before.start(RATE_HZ, 1)
    before.glide(state, 0)
    sound = np.pad(noise(30_000, 1), ((0, before.latency(RATE_HZ)), (0, 0)))
    out = [before.process(sound[:10_000], state)]
    after.glide(state, frames)
    starts = range(10_000, len(sound), piece)
    out += [after.process(sound[at : at + piece], state) for at in starts]
    return np.concatenate(out)


@pytest.mark.parametrize(
    ("settings", "goal"),
    [
        ({"gain_db": 0.0}, {"gain_db": -20.0}),
        ({"predelay_ms": 0.0}, {"predelay_ms": 25.0}),
        ({"low_cut_hz": 100.0}, {"low_cut_hz": 900.0}),
        ({"high_cut_hz": 9_000.0}, {"high_cut_hz": 900.0}),
    ],
    ids=str,
)
def test_settings_move_alike_in_any_blocks_and_arrive(settings, goal):
    whole = moved(settings, goal, piece=1 << 30)
    for piece in (1, 63, 4_096):
        assert np.array_equal(moved(settings, goal, piece=piece), whole)
    still = through(room(CLICK, **goal), np.pad(noise(30_000, 1), ((0, 8_192), (0, 0))),
                    rate_hz=RATE_HZ)  # fmt: skip
    assert np.max(np.abs(whole[16_000:] - still[16_000:])) < 1e-9


def test_a_gain_that_moves_goes_in_a_straight_line_on_time():
    device = room(CLICK)
    state = device.start(RATE_HZ, 1)
    device.glide(state, 0)
    ones = np.ones((30_000, 1))
    device.process(ones[:20_000], state)
    room(CLICK, gain_db=-6.0206).glide(state, 1_000)
    out = device.process(ones[:2_000], state)[:, 0]
    assert out[[0, 500, 1_000, 1_999]] == pytest.approx([1.0, 0.75, 0.5, 0.5], abs=1e-6)


def test_silence_stays_silent():
    assert not heard(room(noise(500)), np.zeros((3_000, 2))).any()
    assert heard(room(CLICK), impulse(3_000))[0, 0] == pytest.approx(1.0)
