"""The compressor: its static curve, its times, and what it listens to."""

import numpy as np
import pytest

from albumbuild.model.sidechain import Sidechain
from albumbuild.processors.compressor import Compressor
from tests.ears import Ear, SquareEar
from tests.signals import PIECES, level_db, noise, sine, through

RATE = 48_000


def curve_db(level, settings):
    """The reduction of the paper's equation 4, as it is written there."""
    over, knee = level - settings.threshold_db, settings.knee_db
    slope = 1 - 1 / settings.ratio
    if 2 * over < -knee:
        return 0.0
    if 2 * abs(over) <= knee and knee:
        return slope * (over + knee / 2) ** 2 / (2 * knee)
    return slope * over


def turned_down(settings, x, rate_hz, *, attack_ms, release_ms):
    """One channel through the compressor, in plain words."""
    ear = Ear(rate_hz) if settings.detector == "peak" else SquareEar(rate_hz)
    levels = [ear.hear(each) for each in x]
    rise, fall = (np.exp(-1_000 / (time * rate_hz)) for time in (attack_ms, release_ms))
    down, out = 0.0, []
    for level, each in zip(levels, x, strict=True):
        wanted = curve_db(20 * np.log10(max(level, 1e-50)), settings)
        down = wanted + (down - wanted) * (rise if wanted > down else fall)
        out.append(each * 10 ** (-down / 20))
    return np.array(out)


def burst(frames, channels=2):
    """Drums of a sort: noise that is struck, dies away, and stops."""
    beat = np.arange(frames) % 2_500
    return 3 * noise(frames, channels) * (np.exp(-beat / 200) * (beat < 1_500))[:, np.newaxis]


SOUNDS = {
    "noise": noise,
    "bursts": burst,
    "sine": lambda frames, channels: sine(997, rate_hz=RATE, frames=frames, channels=channels),
    "low sine": lambda frames, channels: sine(41, rate_hz=RATE, frames=frames, channels=channels),
}


def reduction_db(settings, tone, rate_hz=RATE):
    """How far a steady tone is turned down, once it has settled."""
    out = through(settings, tone, rate_hz=rate_hz)
    rest = len(tone) // 2
    return (level_db(tone[rest:]) - level_db(out[rest:]))[0]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("freq_hz", [30, 100, 997, 1_000, 10_000])
@pytest.mark.parametrize(
    ("threshold_db", "ratio", "knee_db"), [(-20, 4, 0), (-20, 4, 6), (-12, 2, 18), (-30, 100, 3)]
)
def test_the_static_curve_of_peaks(threshold_db, ratio, knee_db, freq_hz, rate_hz):
    settings = Compressor(threshold_db=threshold_db, ratio=ratio, knee_db=knee_db, release_ms=50)
    for level in (0, -10, -19, -26):
        tone = sine(freq_hz, rate_hz=rate_hz, frames=rate_hz, peak=10 ** (level / 20))
        wanted = curve_db(level, settings)
        assert reduction_db(settings, tone, rate_hz) == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("freq_hz", [20, 100, 997, 5_000, 15_000])
@pytest.mark.parametrize(("threshold_db", "knee_db"), [(-20, 0), (-20, 12)])
def test_the_static_curve_of_mean_squares(threshold_db, knee_db, freq_hz, rate_hz):
    settings = Compressor(threshold_db=threshold_db, ratio=8, knee_db=knee_db, detector="rms")
    for level in (0, -10, -17, -30):
        tone = sine(freq_hz, rate_hz=rate_hz, frames=rate_hz, peak=10 ** (level / 20))
        wanted = curve_db(level - 10 * np.log10(2), settings)
        assert reduction_db(settings, tone, rate_hz) == pytest.approx(wanted, abs=0.02)
        square = np.where(tone >= 0, 1.0, -1.0) * 10 ** (level / 20)
        wanted = curve_db(level, settings)
        assert reduction_db(settings, square, rate_hz) == pytest.approx(wanted, abs=0.02)


@pytest.mark.parametrize(("attack_ms", "release_ms"), [(1, 50), (10, 100), (50, 500)])
def test_attack_and_release_reach_63_per_cent_in_their_time(attack_ms, release_ms):
    tone = sine(1_000, rate_hz=RATE, frames=4 * RATE, peak=0.01) + 1e-9
    tone[RATE : 3 * RATE] *= 100
    settings = Compressor(ratio=4, knee_db=0, attack_ms=attack_ms, release_ms=release_ms)
    gain = through(settings, tone, rate_hz=RATE) / tone
    down = -20 * np.log10(np.abs(gain[:, 0])) / 15
    attack = np.argmax(down[RATE:] > 1 - 1 / np.e) / RATE
    release = np.argmax(down[3 * RATE :] < 1 / np.e) / RATE
    assert attack * 1_000 == pytest.approx(attack_ms, rel=0.03, abs=0.2)
    assert release * 1_000 == pytest.approx(release_ms, rel=0.03, abs=0.2)


def times_ms(settings, change_db, rate_hz=RATE):
    """Attack and release as they are measured: a tone that goes so far over the threshold."""
    tone = sine(997.3, rate_hz=rate_hz, frames=4 * rate_hz, peak=10 ** (change_db / 20)) + 1e-9
    tone *= 10 ** ((settings.threshold_db + 10 * np.log10(2)) / 20)
    tone[:rate_hz] *= 0.01
    tone[3 * rate_hz :] *= 0.01
    gain = through(settings, tone, rate_hz=rate_hz) / tone
    down = -20 * np.log10(np.abs(gain[:, 0])) / (change_db * (1 - 1 / settings.ratio))
    attack = np.argmax(down[rate_hz:] > 1 - 1 / np.e)
    release = np.argmax(down[3 * rate_hz :] < 1 / np.e)
    return attack * 1_000 / rate_hz, release * 1_000 / rate_hz


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
@pytest.mark.parametrize("change_db", [10, 20, 30])
@pytest.mark.parametrize(("attack_ms", "release_ms"), [(5, 10), (10, 30), (30, 100), (100, 500)])
def test_what_a_mean_square_takes_is_part_of_the_times(attack_ms, release_ms, change_db, rate_hz):
    settings = Compressor(
        threshold_db=-40,
        ratio=4,
        knee_db=0,
        attack_ms=attack_ms,
        release_ms=release_ms,
        detector="rms",
    )
    found = times_ms(settings, change_db, rate_hz)
    assert found == pytest.approx((attack_ms, release_ms), rel=0.1)


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize(
    ("settings", "attack_ms", "release_ms"),
    [
        (Compressor(threshold_db=-30, ratio=4, attack_ms=1, release_ms=50), 1, 48.8),
        (Compressor(threshold_db=-18, knee_db=0, attack_ms=5, release_ms=5), 5, 3.8),
        (Compressor(threshold_db=-30, ratio=4, detector="rms"), 9.15, 98.25),
    ],
)
def test_it_does_what_its_plain_twin_does(sound, settings, attack_ms, release_ms):
    block = np.concatenate([np.zeros((31, 1)), SOUNDS[sound](6_000, 1), np.zeros((3_000, 1))])
    block = np.concatenate([block, block[::-1]])
    twin = turned_down(settings, block[:, 0], RATE, attack_ms=attack_ms, release_ms=release_ms)
    assert through(settings, block, rate_hz=RATE)[:, 0] == pytest.approx(twin, abs=1e-9)


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("detector", ["peak", "rms"])
@pytest.mark.parametrize(("channels", "link_pct"), [(1, 100), (2, 100), (2, 40), (2, 0)])
def test_silence_before_a_sound_changes_no_bit(sound, detector, channels, link_pct):
    settings = Compressor(
        threshold_db=-30,
        ratio=4,
        attack_ms=1,
        release_ms=50,
        detector=detector,
        link_pct=link_pct,
        lookahead_ms=1,
    )
    block = SOUNDS[sound](8_000, channels) * np.array([1.0, 0.6])[:channels]
    whole = through(settings, block, rate_hz=RATE)
    for zeros in (1, 12, 13, 24, 1_000, 5_003):
        late = np.concatenate([np.zeros((zeros, channels)), block])
        found = through(settings, late, rate_hz=RATE, piece=1_000)
        assert not found[:zeros].any()
        assert np.array_equal(found[zeros:], whole)


@pytest.mark.parametrize("detector", ["peak", "rms"])
def test_a_pause_is_forgotten_once_it_has_been_long(detector):
    settings = Compressor(threshold_db=-30, ratio=4, release_ms=5, detector=detector)
    fresh = through(settings, noise(4_000), rate_hz=RATE)
    pause = np.zeros((2 * RATE if detector == "peak" else 10 * RATE, 2))
    after = np.concatenate([burst(3_000), pause, noise(4_000)])
    assert np.array_equal(through(settings, after, rate_hz=RATE)[-4_000:], fresh)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("detector", ["peak", "rms"])
def test_a_broken_sample_is_got_over(detector, broken):
    settings = Compressor(threshold_db=-20, release_ms=10, detector=detector)
    tone = sine(997, rate_hz=RATE, frames=2 * RATE)
    hurt = tone.copy()
    hurt[1_000] = broken
    rest = slice(3 * RATE // 2, None)
    wanted = through(settings, tone, rate_hz=RATE)[rest]
    assert through(settings, hurt, rate_hz=RATE)[rest] == pytest.approx(wanted, abs=1e-6)


def test_a_ratio_of_1_gives_back_every_bit():
    assert np.array_equal(through(Compressor(ratio=1), noise(20_000)), noise(20_000))


def test_what_is_under_the_knee_keeps_every_bit():
    block = 0.05 * noise(20_000) / 1.5
    assert np.array_equal(through(Compressor(threshold_db=-10, knee_db=6), block), block)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    "settings",
    [
        Compressor(threshold_db=-30, lookahead_ms=3),
        Compressor(threshold_db=-30, detector="rms", link_pct=40),
        Compressor(threshold_db=-30, sidechain=Sidechain(highpass_hz=100, lowpass_hz=8_000)),
    ],
)
def test_blocks_are_not_heard(settings, piece):
    block = noise(6_000)
    whole = through(settings, block, piece=len(block))
    assert np.array_equal(through(settings, block, piece=piece), whole)


def test_look_ahead_delays_the_sound_and_says_so():
    settings = Compressor(ratio=1, lookahead_ms=5)
    late = settings.latency(RATE)
    assert late == 240
    out = through(settings, noise(2_000), rate_hz=RATE)
    assert np.array_equal(out[late:], noise(2_000)[:-late])
    assert not out[:late].any()


def test_linked_channels_share_one_gain_and_free_ones_do_not():
    block = sine(1_000, rate_hz=RATE, frames=RATE, channels=2) * [1.0, 0.01]
    for link_pct, wanted in ((100, 15), (50, 7.5), (0, 0)):
        settings = Compressor(threshold_db=-20, ratio=4, knee_db=0, link_pct=link_pct)
        out = through(settings, block, rate_hz=RATE)
        down = (level_db(block[RATE // 2 :]) - level_db(out[RATE // 2 :])).tolist()
        assert down == pytest.approx([15, wanted], abs=0.05)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_key_is_listened_to_in_place_of_the_sound(channels):
    settings = Compressor(threshold_db=-20, ratio=4, knee_db=0)
    block = sine(440, rate_hz=RATE, frames=RATE, channels=2, peak=0.01)
    key = sine(1_000, rate_hz=RATE, frames=RATE, channels=channels)
    state = settings.start(RATE, 2)
    out = settings.process(block, state, key)
    assert level_db(out[RATE // 2 :]) == pytest.approx(level_db(block) - 15, abs=0.05)
    assert state.reduction_db == pytest.approx(15, abs=0.05)


def test_mono_sound_hears_the_louder_channel_of_a_key():
    settings = Compressor(threshold_db=-20, ratio=4, knee_db=0)
    key = sine(1_000, rate_hz=RATE, frames=RATE, channels=2) * [0.001, 1.0]
    state = settings.start(RATE, 1)
    settings.process(sine(440, rate_hz=RATE, frames=RATE, peak=0.01), state, key)
    assert state.reduction_db == pytest.approx(15, abs=0.05)


def test_a_filtered_side_chain_ignores_the_bass():
    settings = Compressor(threshold_db=-20, sidechain=Sidechain(highpass_hz=2_000))
    bass = sine(50, rate_hz=RATE, frames=RATE, peak=0.9)
    assert reduction_db(settings, bass) == pytest.approx(0, abs=0.01)
    assert reduction_db(settings, sine(8_000, rate_hz=RATE, frames=RATE)) > 9


def test_makeup_comes_after_and_with_nothing_to_do():
    block = 0.001 * noise(1_000)
    assert through(Compressor(makeup_db=6), block) == pytest.approx(block * 10 ** (6 / 20))
