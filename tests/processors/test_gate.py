"""Expander and gate: the law under the threshold, hysteresis, hold, times, and the key."""

import numpy as np
import pytest

from albumbuild.model.sidechain import Sidechain
from albumbuild.processors.expander import Expander
from albumbuild.processors.gate import Gate
from tests.ears import Ear
from tests.signals import PIECES, level_db, noise, sine, through

RATE = 48_000


def gain_db(settings, tone, rate_hz=RATE):
    """What a steady tone is turned up, once it has settled."""
    rest = len(tone) // 2
    out = through(settings, tone, rate_hz=rate_hz)
    return (level_db(out[rest:]) - level_db(tone[rest:]))[0]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("freq_hz", [50, 997, 10_000])
@pytest.mark.parametrize(("ratio", "range_db"), [(1.5, 40), (2, 12), (4, 100), (10, 30)])
def test_an_expander_turns_down_in_proportion_as_far_as_its_range(
    ratio, range_db, freq_hz, rate_hz
):
    settings = Expander(threshold_db=-30, ratio=ratio, range_db=range_db, release_ms=20)
    for level in (-55, -40, -33, -29, -10):
        tone = sine(freq_hz, rate_hz=rate_hz, frames=rate_hz // 2, peak=10 ** (level / 20))
        wanted = -min(range_db, max(0, (-30 - level) * (ratio - 1)))
        assert gain_db(settings, tone, rate_hz) == pytest.approx(wanted, abs=0.02)


@pytest.mark.parametrize("range_db", [0, 20, 80, 120])
def test_a_closed_gate_turns_down_by_its_range(range_db):
    settings = Gate(threshold_db=-40, range_db=range_db, release_ms=20)
    tone = sine(997, rate_hz=RATE, frames=RATE, peak=10 ** (-60 / 20))
    assert gain_db(settings, tone) == pytest.approx(-range_db, abs=0.01)


def test_a_square_reads_as_its_peak():
    tone = sine(100, rate_hz=RATE, frames=RATE)
    square = np.where(tone >= 0, 0.01, -0.01)
    assert gain_db(Expander(threshold_db=-30, ratio=3), square) == pytest.approx(-20, abs=0.001)


@pytest.mark.parametrize("hysteresis_db", [0, 3, 12])
def test_a_gate_opens_at_the_threshold_and_closes_under_its_hysteresis(hysteresis_db):
    settings = Gate(
        threshold_db=-30, hysteresis_db=hysteresis_db, hold_ms=0, attack_ms=0.1, release_ms=5
    )
    up, down = np.arange(-50, -10, 0.5), np.arange(-10.25, -60, -0.5)
    levels = np.concatenate((up, down))
    each = RATE // 10
    tone = sine(1_000, rate_hz=RATE, frames=each * len(levels))
    tone *= np.repeat(10 ** (levels / 20), each)[:, np.newaxis]
    out = through(settings, tone, rate_hz=RATE)
    ends = [slice((n + 1) * each - each // 4, (n + 1) * each) for n in range(len(levels))]
    gains = np.array([(level_db(out[end]) - level_db(tone[end]))[0] for end in ends])
    is_open = gains > -0.001
    assert levels[is_open][0] == pytest.approx(-30, abs=0.5)
    assert levels[is_open][-1] == pytest.approx(-30 - hysteresis_db, abs=0.5)
    assert np.all(np.diff(np.flatnonzero(is_open)) == 1)


def times_ms(settings, freq_hz=997):
    """Opening, how long it stays open, and closing, as they are measured: a burst of a tone."""
    on, off = RATE // 2 + 17, RATE + RATE // 2 + 17
    tone = sine(freq_hz, rate_hz=RATE, frames=3 * RATE, peak=0.3) + 1e-12
    tone[:on] *= 1e-3
    tone[off:] *= 1e-3
    gains = 20 * np.log10(np.abs(through(settings, tone, rate_hz=RATE) / tone))[:, 0]
    opens = np.argmax(gains[on:] > -settings.range_db / np.e)
    held = np.argmax(gains[off:] < -1e-6)
    closes = np.argmax(gains[off:] < -settings.range_db * (1 - 1 / np.e)) - held
    return tuple(1_000 * each / RATE for each in (opens, held, closes))


@pytest.mark.parametrize("freq_hz", [100, 997, 5_000])
@pytest.mark.parametrize("times", [(0.2, 20, 10), (1, 50, 50), (20, 200, 500)])
@pytest.mark.parametrize("device", [Gate, Expander])
def test_attack_hold_and_release_keep_their_times(device, times, freq_hz):
    attack, hold, release = times
    settings = device(
        threshold_db=-30,
        ratio=10,
        range_db=60,
        attack_ms=attack,
        hold_ms=hold,
        release_ms=release,
    )
    assert times_ms(settings, freq_hz) == pytest.approx(times, rel=0.02, abs=0.03)


def twin(settings, x):
    """One channel through the gate, in plain words."""
    ear = Ear(RATE)
    opens = 10 ** ((settings.threshold_db - 1e-6) / 20)
    closes = 10 ** ((settings.threshold_db - 1e-6 - settings.hysteresis_db) / 20)
    rise, fall = (
        np.exp(-1_000 / (time * RATE)) for time in (settings.release_ms, settings.attack_ms)
    )
    is_open, quiet, down, out = False, 0, settings.range_db, []
    for each in x:
        level = ear.hear(each)
        quiet = 0 if abs(each) >= closes else quiet + 1
        if level >= opens:
            is_open = True
        elif level < closes and quiet > settings.hold_ms * RATE / 1_000:
            is_open = False
        under = max(settings.threshold_db - 20 * np.log10(max(level, 1e-50)), 0)
        wanted = 0 if is_open else min((settings.ratio - 1) * under, settings.range_db)
        down = wanted + (down - wanted) * (rise if wanted > down else fall)
        out.append(each * 10 ** (-down / 20))
    return np.array(out)


@pytest.mark.parametrize(
    "settings",
    [
        Gate(threshold_db=-12, hold_ms=5, release_ms=20),
        Expander(threshold_db=-6, ratio=3, range_db=25, release_ms=20),
        Expander(threshold_db=-9, hysteresis_db=6, hold_ms=1),
    ],
)
def test_it_does_what_its_plain_twin_does(settings):
    beat = np.arange(12_000) % 3_000
    x = 3 * noise(12_000, 1)[:, 0] * np.exp(-beat / 300) * (beat < 2_000)
    out = through(settings, x[:, np.newaxis], rate_hz=RATE)[:, 0]
    assert out == pytest.approx(twin(settings, x), abs=1e-8)


@pytest.mark.parametrize("settings", [Gate(), Expander(), Gate(ratio=1), Expander(range_db=0)])
def test_what_is_open_keeps_every_bit(settings):
    block = sine(997, rate_hz=RATE, frames=RATE, channels=2, peak=0.5)
    out = through(settings, block, rate_hz=RATE)
    assert np.array_equal(out[RATE // 2 :], block[RATE // 2 :])


def test_a_ratio_of_1_gives_back_every_bit():
    quiet = 1e-4 * noise(9_000)
    assert np.array_equal(through(Expander(ratio=1), quiet), quiet)


@pytest.mark.parametrize("device", [Gate, Expander])
def test_silence_before_a_sound_changes_no_bit(device):
    settings = device(threshold_db=-12, hold_ms=3)
    block = noise(6_000)
    late = np.concatenate([np.zeros((5_003, 2)), block])
    found = through(settings, late, rate_hz=RATE, piece=1_000)
    assert not found[:5_003].any()
    assert np.array_equal(found[5_003:], through(settings, block, rate_hz=RATE))


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    "settings",
    [Gate(threshold_db=-5), Expander(threshold_db=-3, sidechain=Sidechain(highpass_hz=3_000))],
)
def test_blocks_are_not_heard(settings, piece):
    block = noise(6_000)
    whole = through(settings, block, piece=len(block))
    assert not np.array_equal(whole, block)
    assert np.array_equal(through(settings, block, piece=piece), whole)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_key_opens_it_in_place_of_the_sound(channels):
    settings = Gate(threshold_db=-20, range_db=50)
    block = sine(440, rate_hz=RATE, frames=RATE, channels=2, peak=0.01)
    for level, wanted in ((0, 0), (-40, -50)):
        key = sine(997, rate_hz=RATE, frames=RATE, channels=channels, peak=10 ** (level / 20))
        out = settings.process(block, settings.start(RATE, 2), key)
        found = level_db(out[RATE // 2 :]) - level_db(block[RATE // 2 :])
        assert found == pytest.approx(np.full(2, wanted), abs=0.01)


def test_a_filtered_side_chain_ignores_the_bass():
    settings = Gate(threshold_db=-30, range_db=40, sidechain=Sidechain(highpass_hz=2_000))
    assert gain_db(settings, sine(50, rate_hz=RATE, frames=RATE)) == pytest.approx(-40, abs=0.1)
    assert gain_db(settings, sine(8_100, rate_hz=RATE, frames=RATE)) == pytest.approx(0, abs=0.01)


def test_channels_share_one_gain():
    block = sine(997, rate_hz=RATE, frames=RATE, channels=2) * [0.5, 1e-4]
    out = through(Gate(), block, rate_hz=RATE)
    assert np.array_equal(out[RATE // 2 :], block[RATE // 2 :])
