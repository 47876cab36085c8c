"""The chorus: where its voices are, how they swing, and how even they read."""

import numpy as np
import pytest

from albumbuild.dsp.chorus import ROWS, TAPS, sinc_table
from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.processors.chorus import Chorus
from albumbuild.steps.inserts import Insert
from tests.signals import PIECES, impulse, noise, sine, through

PLACES = (0.0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875)


def delay_frames(voice, side, *, device, rate_hz, frames):
    """How late a voice is at each frame."""
    turns = device.rate_hz / rate_hz * np.arange(frames) + PLACES[voice] + 0.25 * side
    swing_ms = 5 * device.depth_pct / 100 * np.sin(2 * np.pi * turns)
    return (12 + 8 * PLACES[voice] + swing_ms) * rate_hz / 1000


def twin(device, sound, rate_hz):
    """Each frame by itself, from the table of taps."""
    table, frames = sinc_table(), len(sound)
    padded = np.concatenate([np.zeros((6_000, 2)), sound])
    out = np.zeros_like(sound)
    for side in range(2):
        for voice in range(device.voices):
            late = delay_frames(voice, side, device=device, rate_hz=rate_hz, frames=frames)
            for frame in range(frames):
                whole, part = divmod(late[frame], 1)
                row, share = divmod(part * ROWS, 1)
                taps = table[int(row)] * (1 - share) + table[int(row) + 1] * share
                first = frame + 6_000 - int(whole) - TAPS // 2
                out[frame, side] += taps @ padded[first : first + TAPS, side]
    return out / np.sqrt(device.voices)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 96_000])
@pytest.mark.parametrize(
    "device", [Chorus(), Chorus(voices=8, rate_hz=20, depth_pct=100), Chorus(voices=1, depth_pct=0)]
)
def test_it_is_its_twin(device, rate_hz):
    sound = noise(3_000)
    assert np.allclose(
        through(device, sound, rate_hz=rate_hz), twin(device, sound, rate_hz), rtol=0, atol=1e-9
    )


def test_a_read_between_frames_is_even_to_20_khz():
    for freq_hz, loss_db in ((1_000, 0.02), (10_000, 0.02), (18_000, 0.02), (20_000, 0.13)):
        turns = np.exp(-2j * np.pi * freq_hz / 44_100 * (TAPS // 2 - np.arange(TAPS)))
        assert np.max(np.abs(20 * np.log10(np.abs(sinc_table() @ turns)))) < loss_db


def test_voices_at_rest_are_echoes():
    out = through(Chorus(voices=2, depth_pct=0), impulse(2_000, 2), rate_hz=48_000)
    found = np.flatnonzero(np.abs(out[:, 0]) > 1e-9)
    assert found.tolist() == [576, 768]
    assert out[576, 0] == pytest.approx(0.5**0.5)
    assert np.array_equal(out[:, 0], out[:, 1])


def test_a_voice_bends_the_pitch_as_a_sine_does():
    device = Chorus(voices=1, rate_hz=5, depth_pct=40)
    tone = sine(1_000, rate_hz=48_000, frames=48_000)
    out = through(device, tone, rate_hz=48_000)[4_800:, 0]
    spectrum = np.fft.fft(out) * (np.fft.fftfreq(len(out)) > 0)
    pitch_hz = np.diff(np.unwrap(np.angle(np.fft.ifft(spectrum)))) * 48_000 / (2 * np.pi)
    bend = 2 * np.pi * 5 * 0.002
    inside = pitch_hz[2_000:-2_000]
    assert np.max(inside) == pytest.approx(1_000 * (1 + bend), rel=5e-3)
    assert np.min(inside) == pytest.approx(1_000 * (1 - bend), rel=5e-3)


@pytest.mark.parametrize("voices", [1, 2, 3, 8])
def test_noise_keeps_its_level_and_the_sides_differ(voices):
    sound = noise(96_000, 1)
    out = through(Chorus(voices=voices), sound, rate_hz=48_000)[4_800:]
    assert out.shape[1] == 2
    assert np.std(out, axis=0) == pytest.approx(np.std(sound), rel=0.05)
    assert abs(np.corrcoef(out.T)[0, 1]) < 0.6


def test_the_tail_is_all_there_is():
    for device in (Chorus(), Chorus(voices=8, depth_pct=100)):
        end = device.tail(44_100)
        out = through(device, np.concatenate([noise(500), np.zeros((3_000, 2))]))
        assert not out[500 + end :].any()
    assert not through(Chorus(), np.zeros((3_000, 2))).any()


@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard(channels):
    device = Chorus(voices=3, rate_hz=3)
    whole = through(device, noise(5_000, channels), piece=1 << 30)
    for piece in PIECES:
        assert np.array_equal(through(device, noise(5_000, channels), piece=piece), whole)


def moved(curves, sound, **settings):
    """A sound through a chorus under automation."""
    curves = {field: Curve(points) for field, points in curves.items()}
    return Insert(Chorus(**settings), 44_100, 2, curves=curves).process(sound)


def test_the_swing_goes_on_smoothly_while_settings_move():
    tone = sine(300, rate_hz=44_100, frames=44_100, channels=2)
    curves = {
        "rate_hz": (CurvePoint(0.3, 0.5), CurvePoint(0.5, 9.0), CurvePoint(0.7, 2.0, "hold")),
        "depth_pct": (CurvePoint(0.2, 10.0), CurvePoint(0.9, 60.0)),
        "voices": (CurvePoint(0.4, 1.0), CurvePoint(0.8, 8.0)),
    }
    out = moved(curves, tone)[4_410:]
    bends = np.abs(np.diff(out, 2, axis=0))
    assert np.max(bends) < 3 * 8**0.5 * (2 * np.pi * 300 / 44_100) ** 2


def test_a_curve_that_stands_changes_nothing():
    for field, value in (("rate_hz", 2.0), ("depth_pct", 50.0), ("voices", 3.0)):
        points = (CurvePoint(0.01, value), CurvePoint(0.05, value))
        settings = {field: int(value) if field == "voices" else value}
        still = through(Chorus(**settings), noise(4_000))
        assert np.array_equal(moved({field: points}, noise(4_000), **settings), still)
