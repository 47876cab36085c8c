"""Devices of dynamics, and the stereo field, whose settings move while they run."""

import numpy as np
import pytest

from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.model.sidechain import Sidechain
from albumbuild.processors.compressor import Compressor
from albumbuild.processors.deesser import Deesser
from albumbuild.processors.expander import Expander
from albumbuild.processors.gate import Gate
from albumbuild.processors.limiter import Limiter
from albumbuild.processors.multiband import Multiband, MultibandBand
from albumbuild.processors.stereo import Stereo
from albumbuild.steps.inserts import Insert
from tests.signals import noise, sine

RATE = 48_000
AT = np.arange(RATE) / RATE

KEY = Sidechain(highpass_hz=100, lowpass_hz=9_000)
GATED = {
    "threshold_db": (-30, -3),
    "ratio": (1, 20),
    "range_db": (0, 60),
    "attack_ms": (0.1, 50),
    "hold_ms": (0, 30),
    "release_ms": (1, 500),
    "hysteresis_db": (0, 20),
    "sidechain/highpass_hz": (20, 5_000),
    "sidechain/lowpass_hz": (500, 22_000),
}
MOVED = {
    "compressor": (
        Compressor(threshold_db=-30, lookahead_ms=2, sidechain=KEY),
        {
            "threshold_db": (-40, -10),
            "ratio": (1, 20),
            "knee_db": (0, 12),
            "attack_ms": (0.05, 100),
            "release_ms": (1, 500),
            "makeup_db": (0, 12),
            "link_pct": (100, 0),
            "sidechain/highpass_hz": (20, 5_000),
            "sidechain/lowpass_hz": (500, 22_000),
        },
    ),
    "mean squares": (
        Compressor(threshold_db=-30, detector="rms"),
        {"threshold_db": (-40, -10), "attack_ms": (0.05, 100), "release_ms": (1, 500)},
    ),
    "gate": (Gate(threshold_db=-9, hold_ms=1, sidechain=KEY), GATED),
    "expander": (Expander(threshold_db=-9, hold_ms=1, sidechain=KEY), GATED),
    "deesser": (
        Deesser(threshold_db=-30),
        {"freq_hz": (12_000, 2_000), "threshold_db": (-60, -10), "range_db": (0, 24)},
    ),
    "multiband": (
        Multiband(crossovers_hz=(200, 2_000), bands=(MultibandBand(threshold_db=-30),) * 3),
        {
            "crossovers_hz/0": (20, 1_000),
            "crossovers_hz/1": (20_000, 1_500),
            "bands/0/threshold_db": (-40, -10),
            "bands/1/makeup_db": (0, 10),
            "bands/1/attack_ms": (1, 50),
            "bands/1/release_ms": (1, 500),
            "bands/2/ratio": (1, 10),
            "bands/2/knee_db": (0, 20),
        },
    ),
    "limiter": (
        Limiter(ceiling_dbtp=-6),
        {
            "ceiling_dbtp": (-20, -3),
            "release_ms": (1, 200),
            "link_pct": (100, 0),
            "drive_db": (0, 20),
        },
    ),
    "stereo": (
        Stereo(mono_below_hz=100),
        {
            "width_pct": (0, 200),
            "mid_db": (0, 20),
            "side_db": (0, -60),
            "mono_below_hz": (20, 1_000),
            "rotate_deg": (-180, 180),
            "balance": (-100, 100),
        },
    ),
}


def line(*points):
    """A curve through points; the third of one is its shape."""
    return Curve(tuple(CurvePoint(float(at), float(to), *shape) for at, to, *shape in points))


def moved(device, block, curves, piece=4_096):
    """What an insert makes of a signal while curves move its settings."""
    insert = Insert(device, RATE, block.shape[1], curves=curves)
    starts = range(0, len(block), piece)
    return np.concatenate([insert.process(block[at : at + piece]) for at in starts])


def sound(frames=5_000):
    """Noise that swells and dies away, a little different left and right."""
    swell = 0.52 - 0.5 * np.cos(2 * np.pi * np.arange(frames) / 1_500)
    return 2 * noise(frames) * swell[:, np.newaxis] * [1.0, 0.7]


@pytest.mark.parametrize("name", MOVED)
def test_blocks_are_not_heard_while_everything_moves(name):
    device, ranges = MOVED[name]
    curves = {path: line((0.01, low), (0.03, high)) for path, (low, high) in ranges.items()}
    block = sound(1_500)
    whole = moved(device, block, curves, piece=1 << 30)
    assert np.all(np.isfinite(whole))
    for piece in (1, 512):
        assert np.array_equal(moved(device, block, curves, piece), whole)


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, (_, ranges) in MOVED.items() for path in ranges]
)
def test_every_number_is_heard_as_it_moves(name, path):
    device, ranges = MOVED[name]
    low, high = ranges[path]
    block = sound(4_000)
    ramp = moved(device, block, {path: line((0.01, low), (0.06, high))})
    assert not np.array_equal(ramp, moved(device, block, {path: line((0.0, low))}))


@pytest.mark.parametrize("name", MOVED)
def test_settings_that_stand_still_are_the_device_itself(name):
    device, ranges = MOVED[name]
    path, (low, _) = next(iter(ranges.items()))
    still = moved(device, sound(), {path: line((0.0, low), (0.05, low))})
    assert np.array_equal(still, moved(device, sound(), {path: line((0.0, low))}))


def test_a_makeup_that_moves_is_a_straight_line_in_decibels():
    tone = sine(1_000, rate_hz=RATE, frames=RATE, peak=0.5)
    out = moved(Compressor(ratio=1), tone, {"makeup_db": line((0.2, -20), (0.8, 20))})
    levels = np.interp(AT, [0.2, 0.8], [-20, 20])
    assert out[:, 0] == pytest.approx(tone[:, 0] * 10 ** (levels / 20), rel=1e-5, abs=1e-9)


def test_a_threshold_that_moves_takes_the_reduction_along_without_steps():
    tone = sine(1_000, rate_hz=RATE, frames=RATE, peak=0.5)
    device = Compressor(ratio=4, knee_db=0, attack_ms=0.05, release_ms=1)
    out = moved(device, tone, {"threshold_db": line((0.2, -20), (0.8, -40))})
    wanted = 0.75 * (20 * np.log10(0.5) - np.interp(AT, [0.2, 0.8], [-20, -40]))
    ratio = out[:, 0] / np.where(np.abs(tone[:, 0]) < 0.2, np.nan, tone[:, 0])
    assert np.nanmax(np.abs(-20 * np.log10(ratio) - wanted)[RATE // 10 :]) < 0.01
    part = out[RATE // 4 : 3 * RATE // 4, 0] * np.blackman(RATE // 2)
    power = np.abs(np.fft.rfft(part)) ** 2
    far = np.abs(np.fft.rfftfreq(RATE // 2, 1 / RATE) - 1_000) > 300
    assert 10 * np.log10(power[far].sum() / power.sum()) < -120


@pytest.mark.parametrize(
    ("device", "path"),
    [
        (Compressor(ratio=1, lookahead_ms=5), "makeup_db"),
        (Limiter(ceiling_dbtp=0), "drive_db"),
        (Stereo(), "mid_db"),
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_a_jump_lands_on_its_frame(device, path):
    tone = sine(1_000, rate_hz=RATE, frames=RATE, channels=2, peak=0.1)
    late = device.latency(RATE)
    out = moved(device, tone, {path: line((0.1, 0), (0.5, 12, "hold"))})[late:]
    wanted = tone * np.where(AT < 0.5, 1, 10 ** (12 / 20))[:, np.newaxis]
    assert out == pytest.approx(wanted[: RATE - late], abs=1e-12)


def test_no_frame_passes_a_ceiling_that_moves():
    tone = sine(997, rate_hz=RATE, frames=RATE)
    device = Limiter(true_peak=False)
    out = moved(device, tone, {"ceiling_dbtp": line((0.2, -1), (0.4, -24), (0.6, -3, "hold"))})
    ceilings = np.where(AT < 0.6, np.interp(AT, [0.2, 0.4], [-1, -24]), -3.0)
    late = device.latency(RATE)
    assert np.all(np.abs(out[late:, 0]) <= 10 ** (ceilings[: RATE - late] / 20) * (1 + 1e-5))


@pytest.mark.parametrize("path", ["sidechain/highpass_hz", "sidechain/lowpass_hz"])
def test_a_filter_of_a_key_moves_past_half_the_rate(path):
    """At 8 kHz there is sound up to 4 kHz; a corner may be above it, and come back."""
    curves = {path: line((0.0, 20_000), (0.1, 1_000), (0.2, 20_000))}
    insert = Insert(Gate(threshold_db=-9, sidechain=KEY), 8_000, 2, curves=curves)
    assert np.all(np.isfinite(insert.process(sound(2_000))))
