"""The saturator: its curves, its aliases, and what it leaves alone."""

import numpy as np
import pytest

from albumbuild.dsp import saturator
from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.processors.saturator import Saturator
from albumbuild.steps.inserts import Insert
from tests.signals import PIECES, impulse, noise, sine, through

CURVES = ("tape", "tube", "soft", "hard")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)


def curve(name, u):
    """The curve as the manual has it."""
    if name == "soft":
        return np.where(np.abs(u) < 1.5, u - 4 / 27 * u**3, np.sign(u))
    if name == "hard":
        return np.clip(u, -1, 1)
    root = np.sqrt(1 + u * u)
    return u / root + (0.5 * u * u / root**5 if name == "tube" else 0)


def twin(name, sound, *, drive, oversample):
    """One channel without latency: whole filters, and a quadrature between two points."""
    filters = [
        np.insert(np.r_[half, half[::-1]], np.arange(1, 2 * len(half)), 0.0)
        for half in (
            np.array(saturator.half_band(*stage))
            for stage in saturator.STAGES[: oversample.bit_length() - 1]
        )
    ]
    for taps in filters:
        taps[len(taps) // 2] = 1.0
    points = drive * sound
    for taps in filters:
        points = np.convolve(np.kron(points, [1.0, 0.0]), taps, "same")
    line, run = points[:-1, np.newaxis], np.diff(points)[:, np.newaxis]
    early, late = np.zeros(len(points)), np.zeros(len(points))
    for piece in range(256):
        at = (piece + 0.5 + NODES / 2) / 256
        bent = curve(name, line + run * at) * WEIGHTS / 512
        early[:-1] += np.sum(bent * (1 - at), axis=1)
        late[1:] += np.sum(bent * at, axis=1)
    lift = np.array([1, -14, 100, -506, 2134, -506, 100, -14, 1]) / 1296
    made = np.convolve(early + late, lift, "same")
    for taps in filters[::-1]:
        made = np.convolve(made, taps / 2, "same")[::2]
    return made


def alias_db(device, freq_hz, *, rate_hz, frames=1 << 14):
    """The loudest line under 20 kHz that is no harmonic of a sine at full scale."""
    cycles = round(freq_hz * frames / rate_hz) | 1
    tone = sine(cycles * rate_hz / frames, rate_hz=rate_hz, frames=frames + 1_024)
    out = through(device, tone, rate_hz=rate_hz)[-frames:, 0]
    lines = np.abs(np.fft.rfft(out)) * 2 / frames
    lines[::cycles] = 0.0
    return 20 * np.log10(np.max(lines[: 20_000 * frames // rate_hz]))


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize(("oversample", "drive_db"), [(16, 0), (8, 20), (4, 48), (2, 12)])
def test_it_is_its_twin(name, oversample, drive_db):
    sound = np.zeros((600, 1))
    sound[200:400] = noise(200, 1)
    device = Saturator(curve=name, oversample=oversample, drive_db=drive_db)
    late = device.latency(44_100)
    out = through(device, np.concatenate([sound, np.zeros((late, 1))]))[late:, 0]
    expected = twin(name, sound[:, 0], drive=10 ** (drive_db / 20), oversample=oversample)
    assert np.max(np.abs(out - expected)) < 2e-5


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("drive_db", [-24, -6, 0, 6, 24])
def test_a_low_tone_follows_the_curve(name, drive_db):
    tone = sine(40, rate_hz=44_100, frames=8_000, peak=0.9)
    device = Saturator(curve=name, drive_db=drive_db, output_db=-3)
    late = device.latency(44_100)
    out = through(device, tone)[late + 500 :, 0]
    expected = curve(name, 10 ** (drive_db / 20) * tone[500:-late, 0]) * 10 ** (-3 / 20)
    assert np.max(np.abs(out - expected)) < 0.006  # at the corner of a hard clip
    assert np.max(out) == pytest.approx(np.max(expected), rel=3e-3)
    assert np.min(out) == pytest.approx(np.min(expected), rel=3e-3)


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize(("rate_hz", "freq_hz"), [(44_100, 5_000), (44_100, 15_000), (48_000, 1e4)])
@pytest.mark.parametrize("drive_db", [0, 12, 24, 48])
def test_aliases_are_90_db_down(name, rate_hz, freq_hz, drive_db):
    assert alias_db(Saturator(curve=name, drive_db=drive_db), freq_hz, rate_hz=rate_hz) < -90


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_aliases_are_90_db_down_over_a_sweep(name, rate_hz):
    for drive_db in range(-6, 49, 6):
        for freq_hz in np.geomspace(60, 15_000, 17):
            device = Saturator(curve=name, drive_db=drive_db)
            assert alias_db(device, freq_hz, rate_hz=rate_hz) < -90, (drive_db, freq_hz)


@pytest.mark.parametrize(
    ("oversample", "drive_db", "freq_hz"), [(8, 24, 5_000), (8, 12, 1e4), (4, 24, 1_000)]
)
@pytest.mark.parametrize("name", CURVES)
def test_less_oversampling_holds_for_less(name, oversample, drive_db, freq_hz):
    device = Saturator(curve=name, drive_db=drive_db, oversample=oversample)
    assert alias_db(device, freq_hz, rate_hz=44_100) < -90


@pytest.mark.parametrize("oversample", [1, 2, 4, 8, 16])
def test_quiet_sound_passes_as_it_was_up_to_20_khz(oversample):
    device = Saturator(curve="hard", drive_db=0, oversample=oversample)
    out = through(device, 0.5 * impulse(2_048))[:, 0] * 2
    late = device.latency(44_100)
    freqs = np.arange(0, 20_001, 250)
    turns = np.exp(-2j * np.pi * np.outer(freqs, np.arange(2_048) - late) / 44_100)
    response = turns @ out
    assert np.max(np.abs(20 * np.log10(np.abs(response)))) < 0.02
    assert np.max(np.abs(np.angle(response))) < 1e-9
    assert not out[late + device.tail(44_100) + 1 :].any()


def test_dry_and_wet_are_aligned():
    sound = sine(9_000, rate_hz=44_100, frames=6_000, peak=1e-3)
    insert = Insert(Saturator(drive_db=0, mix_pct=50), 44_100, 1)
    out = insert.process(sound)[insert.latency :]
    assert np.max(np.abs(out[500:] - sound[500 : -insert.latency])) < 1e-7


def test_the_tube_alone_makes_even_harmonics():
    for name in CURVES:
        tone = sine(440, rate_hz=44_100, frames=4_410, peak=0.5)
        out = through(Saturator(curve=name, drive_db=0), np.tile(tone, (2, 1)))[-4_410:, 0]
        second = np.abs(np.fft.rfft(out))[2 * 44] / 2_205
        assert (second > 0.02) if name == "tube" else (second < 1e-12)


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("oversample", [1, 2, 16])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard(name, oversample, channels):
    device = Saturator(curve=name, oversample=oversample, drive_db=24)
    whole = through(device, noise(3_000, channels), piece=1 << 30)
    for piece in PIECES:
        assert np.array_equal(through(device, noise(3_000, channels), piece=piece), whole)
    alone = through(device, noise(3_000, channels)[:, :1].copy())
    assert np.array_equal(alone, whole[:, :1])


@pytest.mark.parametrize("name", CURVES)
def test_silence_stays_silent_and_nothing_breaks_it(name):
    device = Saturator(curve=name, drive_db=48)
    assert not through(device, np.zeros((500, 2))).any()
    loud = noise(500) * 1e12
    loud[100:200] *= 1e280
    assert np.isfinite(through(device, loud)).all()


def moved(field, points, sound, **settings):
    """A sound through a saturator under automation, without its latency."""
    device = Saturator(**settings)
    insert = Insert(device, 44_100, 1, curves={field: Curve(points)})
    return insert.process(np.concatenate([sound, np.zeros((insert.latency, 1))]))[insert.latency :]


@pytest.mark.parametrize("field", ["drive_db", "output_db"])
def test_a_jump_is_heard_at_its_frame(field):
    points = (CurvePoint(0.05, 0.0), CurvePoint(0.1, -12.0, "hold"))
    out = moved(field, points, np.full((8_820, 1), 0.5), curve="hard", drive_db=0)[:, 0]
    expected = np.where(np.arange(8_820) < 4_410, 0.5, 0.5 * 10 ** (-12 / 20))
    far = np.abs(np.arange(8_820) - 4_409.5) > 100
    inside = slice(200, -200)
    assert np.max(np.abs(out - expected)[inside][far[inside]]) < 1e-5
    assert out[4_409] > 0.35 > out[4_411]


def test_a_ramp_has_no_steps():
    points = (CurvePoint(0.02, 0.0), CurvePoint(0.18, 24.0))
    tone = sine(100, rate_hz=44_100, frames=8_820, peak=0.5)
    out = moved("drive_db", points, tone)[:, 0]
    drive_db = np.clip((np.arange(8_820) / 44_100 - 0.02) / 0.16, 0, 1) * 24
    expected = curve("tape", tone[:, 0] * 10 ** (drive_db / 20))
    assert np.max(np.abs(out - expected)[500:-500]) < 1e-4
