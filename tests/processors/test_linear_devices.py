"""What every linear device keeps: copies go on alike, any rate works, silence stays silent."""

import copy

import numpy as np
import pytest

from albumbuild.model.sound import Sound
from albumbuild.processors.convolution import Convolution
from albumbuild.processors.delay import Delay
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.gain import Gain
from albumbuild.processors.reverb import Reverb
from albumbuild.processors.stereo import Stereo
from tests.signals import noise, through

ROOM = Sound(rate_hz=44_100, channels=2, frames=900, samples=noise(900, seed=9) / 8)

DEVICES = [
    Gain(level_db=-3),
    Eq(bands=(Band(type="bell", freq_hz=12_000, gain_db=4), Band(type="highpass", freq_hz=30))),
    Stereo(width_pct=120, mono_below_hz=120),
    Delay(time_ms=20, feedback_pct=70, pingpong=True, low_cut_hz=200),
    Eq(bands=(Band(type="bell", freq_hz=900, gain_db=4),), phase="linear"),
    Convolution(impulse="room", predelay_ms=2, low_cut_hz=90).with_sounds({"impulse": ROOM}),
    Reverb(decay_s=0.8, predelay_ms=5, high_cut_hz=9_000),
]
each_device = pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)


@each_device
def test_a_copied_state_goes_on_as_the_first(device):
    state = device.start(44_100, 2)
    device.process(noise(5_000), state)
    copied = copy.deepcopy(state)
    first = device.process(noise(5_000, seed=1), state)
    assert np.array_equal(device.process(noise(5_000, seed=1), copied), first)


@each_device
@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_works(device, rate_hz, channels):
    out = through(device, noise(4_000, channels), rate_hz=rate_hz)
    assert out.shape == (4_000, device.channels_out(channels))
    assert np.all(np.isfinite(out))
    assert np.max(np.abs(out)) < 20


@each_device
def test_silence_stays_silent(device):
    assert not through(device, np.zeros((2_000, 2))).any()


@each_device
def test_half_the_sound_in_is_half_the_sound_out(device):
    whole, half = through(device, noise(6_000)), through(device, noise(6_000) * 0.5)
    assert np.array_equal(half, whole * 0.5)


@each_device
def test_what_goes_in_is_not_written_to(device):
    block = noise(3_000)
    through(device, block)
    assert np.array_equal(block, noise(3_000))
