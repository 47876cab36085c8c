"""The equaliser without phase: its curve, its symmetry, and how it moves."""

import itertools

import numpy as np
import pytest

from albumbuild.dsp import linear
from albumbuild.processors.eq import Band, Eq
from tests.signals import PIECES, impulse, noise, through

RATE_HZ = 8_000  # where a response is short
BELL = Band(type="bell", freq_hz=500, gain_db=9, q=2)

BANDS = [
    Band(type="highpass", freq_hz=20, slope_db=48),
    Band(type="highpass", freq_hz=100, slope_db=48),
    Band(type="highpass", freq_hz=30, slope_db=6),
    Band(type="highpass", freq_hz=80, q=4),
    Band(type="lowpass", freq_hz=15_000, slope_db=18),
    Band(type="lowpass", freq_hz=60, slope_db=24),
    Band(type="bell", freq_hz=100, gain_db=12, q=40),
    Band(type="bell", freq_hz=100, gain_db=-12, q=40),
    Band(type="bell", freq_hz=1_000, gain_db=36, q=40),
    Band(type="bell", freq_hz=16_000, gain_db=-12, q=0.5),
    Band(type="bell", freq_hz=30, gain_db=12, q=10),
    Band(type="lowshelf", freq_hz=40, gain_db=-12),
    Band(type="highshelf", freq_hz=10_000, gain_db=12),
    Band(type="bandpass", freq_hz=12_000, q=1),
    Band(type="bandpass", freq_hz=100, q=30),
    Band(type="notch", freq_hz=1_000, q=2),
    Band(type="tilt", freq_hz=1_000, gain_db=6),
]


def state_of(*bands, rate_hz=RATE_HZ, channels=1):
    device = Eq(bands=bands, phase="linear")
    state = device.start(rate_hz, channels)
    device.glide(state, 0)
    return state


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("band", BANDS, ids=lambda band: f"{band.type}-{band.freq_hz:g}")
def test_the_curve_is_the_analogue_one_from_20_hz_to_20_khz(band, rate_hz):
    taps = linear.taps((band.prototype(),), rate_hz)
    size = 1 << 20
    freqs_hz = np.arange(size // 2 + 1) * rate_hz / size
    heard = np.abs(np.fft.rfft(taps, size))
    wanted = band.prototype().magnitude(freqs_hz)
    asked = (freqs_hz >= 20) & (freqs_hz <= 20_000)
    asked &= wanted > 0.01 * wanted[asked].max()
    assert np.max(np.abs(20 * np.log10(heard[asked] / wanted[asked]))) < 0.1


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_the_response_is_symmetric_about_the_latency(rate_hz):
    eq = Eq(bands=(BELL, Band(type="highpass", freq_hz=40)), phase="linear")
    late = eq.latency(rate_hz)
    out = through(eq, impulse(2 * late + 1), rate_hz=rate_hz)[:, 0]
    assert np.argmax(np.abs(out)) == late
    turned = out[::-1]
    assert np.max(np.abs(out - turned)) < 1e-6 * np.max(np.abs(out)) * 1e-6


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize("band", BANDS, ids=lambda band: f"{band.type}-{band.freq_hz:g}")
def test_the_tail_is_what_rings_over_minus_90_db(band, rate_hz):
    tail = Eq(bands=(band,), phase="linear").tail(rate_hz)
    taps = np.abs(linear.taps((band.prototype(),), rate_hz))
    middle = len(taps) // 2
    silent = 10 ** (-90 / 20) * taps.max()
    assert taps[middle + tail] > silent
    assert not np.any(taps[middle + tail + 1 :] > silent)


def test_what_does_not_ring_has_no_tail():
    flat = Band(type="bell", freq_hz=100)
    assert Eq(bands=(flat,), phase="linear").tail(48_000) == 0
    assert Eq(phase="linear").tail(48_000) == Eq(bands=(BELL,)).tail(48_000) == 0


def test_bands_without_effect_leave_every_bit_and_are_as_late():
    flat = Eq(bands=(Band(type="bell", freq_hz=100),), phase="linear")
    late = flat.latency(RATE_HZ)
    out = through(flat, np.pad(noise(30_000), ((0, late), (0, 0))), rate_hz=RATE_HZ)
    assert np.array_equal(out[late:], noise(30_000))
    assert not out[:late].any()


def test_without_bands_it_is_not_late():
    assert Eq(phase="linear").latency(48_000) == Eq(bands=(BELL,)).latency(48_000) == 0
    assert np.array_equal(through(Eq(phase="linear"), noise(100)), noise(100))


@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard(channels):
    eq = Eq(bands=(BELL,), phase="linear")
    sound = noise(15_000, channels)
    whole = through(eq, sound, rate_hz=RATE_HZ, piece=1 << 30)
    for piece in PIECES:
        assert np.array_equal(through(eq, sound, rate_hz=RATE_HZ, piece=piece), whole)


def moving(piece, *, knots=((30_000, 12.0, 3_000), (33_000, -6.0, 700), (33_700, 0.0, 5))):
    """Noise through a bell whose gain goes to a new goal at each knot."""
    state = state_of(BELL)
    sound, out, at = noise(50_000, 1), [], 0
    for frame, gain_db, frames in (*knots, (50_000, 0.0, 0)):
        ends = [*range(at, frame, piece), frame]
        out += [state.process(sound[a:b]) for a, b in itertools.pairwise(ends) if b > a]
        band = Band(type="bell", freq_hz=500, gain_db=gain_db, q=2)
        state.aim([band.prototype()], frames)
        at = frame
    return np.concatenate(out)


def test_moves_are_alike_in_any_blocks():
    whole = moving(1 << 30)
    for piece in (63, 512, 4_096):
        assert np.array_equal(moving(piece), whole)


def test_a_move_fades_between_two_curves_in_a_straight_line_on_time():
    late = linear.latency(RATE_HZ)
    state = state_of(BELL)
    sound = noise(late + 30_000, 1)
    before = [state.process(sound[: late + 5_000])]
    cut = Band(type="bell", freq_hz=500, gain_db=-9, q=2)
    state.aim([cut.prototype()], 10_000)
    out = np.concatenate([*before, state.process(sound[late + 5_000 :])])
    first, last = (
        through(Eq(bands=(band,), phase="linear"), sound, rate_hz=RATE_HZ) for band in (BELL, cut)
    )
    share = np.clip((np.arange(len(out)) - late - 5_000) / 10_000, 0, 1)[:, np.newaxis]
    assert np.max(np.abs(out - (first + (last - first) * share))) < 1e-12
    assert np.array_equal(out[late + 15_000 :], last[late + 15_000 :])


def test_a_move_that_is_replaced_goes_on_from_where_it_stands():
    state = state_of(BELL)
    sound = noise(60_000, 1)
    out = [state.process(sound[:30_000])]
    for gain_db in (-9.0, 9.0, 0.0):
        band = Band(type="bell", freq_hz=500, gain_db=gain_db, q=2)
        state.aim([band.prototype()], 20_000)
        out.append(state.process(sound[30_000:36_000]))
    state.aim([BELL.prototype()], 0)
    tones = np.concatenate(out)
    assert np.all(np.isfinite(tones))
    assert np.max(np.abs(tones)) < 4


def test_to_no_effect_and_back_it_arrives_at_every_bit():
    late = linear.latency(RATE_HZ)
    state = state_of(BELL)
    sound = noise(2 * late + 20_000, 1)
    out = [state.process(sound[: late + 1_000])]
    state.aim([Band(type="bell", freq_hz=500, q=2).prototype()], 2_000)
    out.append(state.process(sound[late + 1_000 :]))
    whole = np.concatenate(out)
    assert np.array_equal(whole[late + 3_000 :], sound[3_000:-late])
