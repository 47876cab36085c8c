"""Clicks are found and filled in; music, its drums and its plucks are left alone."""

import numpy as np
import pytest

from albumbuild.dsp.declick import Click, ClickFinder, Declicker, declick_latency
from tests.signals import Block

RATES_HZ = (44_100, 48_000, 96_000)
SECONDS = 7
CLICKS = 24
DEVIATION = 1e-3


def music(rate_hz: int, *, channels: int = 1, seed: int = 0) -> Block:
    """Tones, plucks and drums over a hiss of a known deviation."""
    draw = np.random.default_rng(seed)
    at = np.arange(SECONDS * rate_hz) / rate_hz
    sound = DEVIATION * draw.standard_normal((len(at), channels))
    for number in range(5):
        pitch = 110 * 2 ** (draw.integers(36) / 12)
        pluck = np.exp(-9 * (at % 0.7)) * np.minimum(at % 0.7 / 0.002, 1)
        sound += (0.1 * pluck * np.sin(2 * np.pi * pitch * (number + 1) * at))[:, np.newaxis]
    since = at % 0.5
    snare = np.exp(-since / 0.02) * draw.standard_normal(len(at))
    kick = np.exp(-since / 0.08) * np.sin(2 * np.pi * 60 * since)
    return sound + (0.1 * snare + 0.4 * kick)[:, np.newaxis]


def shapes(draw: np.random.Generator, rate_hz: int) -> list[Block]:
    """One frame; a burst; noise; a hit that rings."""
    short, long = int(draw.integers(2, 9)), int(draw.integers(10, rate_hz // 1_500))
    ringing = np.cos(2 * np.pi * draw.uniform(4_000, 9_000) * np.arange(long) / rate_hz)
    return [
        np.ones(1),
        draw.choice([-1.0, 1.0], short),
        draw.uniform(-1, 1, short) + 0.5,
        np.exp(-6 * np.arange(long) / long) * ringing,
    ]


def clicked(sound: Block, rate_hz: int) -> tuple[Block, list[slice]]:
    """The sound with clicks of 60 to 300 deviations, none beside a drum or a pluck's beginning."""
    draw = np.random.default_rng(rate_hz)
    out, where = sound.copy(), []
    for number in range(CLICKS):
        time_s = 0.25 + number // 2 * 0.5 + number % 2 * 0.1 + 0.08 * draw.random()
        if abs((time_s + 0.35) % 0.7 - 0.35) < 0.02:
            time_s += 0.03
        at = round(time_s * rate_hz)
        shape = shapes(draw, rate_hz)[number % 4]
        height = DEVIATION * 60 * 5 ** draw.random()
        out[at : at + len(shape), 0] += height * shape / np.max(np.abs(shape))
        where.append(slice(at, at + len(shape)))
    return out, where


def mended(sound: Block, rate_hz: int, *, sensitivity: float = 5.0) -> tuple[Block, list[Click]]:
    """A sound without its clicks, on time, and what they were."""
    late = declick_latency(rate_hz)
    declicker = Declicker(sensitivity, 2.0, rate_hz, sound.shape[1])
    rest = np.zeros((late, sound.shape[1]))
    out = declicker.process(np.concatenate((sound, rest)))
    return out[late:], declicker.clicks


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_clicks_over_60_deviations_are_found_and_nothing_else_is(rate_hz):
    clean = music(rate_hz)
    sound, where = clicked(clean, rate_hz)
    out, clicks = mended(sound, rate_hz)
    assert not mended(clean, rate_hz)[1]
    hit = [any(_touch(click, each) for click in clicks) for each in where]
    assert np.mean(hit) > 0.95
    assert all(any(_touch(click, each) for each in where) for click in clicks)
    changed = np.flatnonzero(out[:, 0] != sound[:, 0])
    told = {f for click in clicks for f in range(click.frame, click.frame + click.frames)}
    assert set(changed) <= told


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_what_is_left_is_20_db_under_the_click(rate_hz):
    clean = music(rate_hz)
    sound, where = clicked(clean, rate_hz)
    out, _ = mended(sound, rate_hz)
    depths = [
        20 * np.log10(np.max(np.abs((sound - clean)[at])) / np.max(np.abs((out - clean)[at])))
        for at in where
    ]
    assert np.mean(np.array(depths) > 20) > 0.95


def _touch(click: Click, at: slice) -> bool:
    return click.frame < at.stop + 2 and click.frame + click.frames > at.start - 2


def test_a_sound_that_jumps_begins_or_stops_has_no_click():
    rate_hz = 44_100
    tone = 0.5 * np.sin(2 * np.pi * 441 * np.arange(rate_hz) / rate_hz + 1)
    cut = tone.copy()
    cut[:9_000] = cut[30_011:] = 0
    pulses = np.cumsum(np.where(np.arange(rate_hz) % 441 == 0, 1.0, -1 / 441)) - 0.5
    for sound in (cut, pulses, np.sign(tone), np.repeat(tone[::20], 20)):
        assert mended(sound[:, np.newaxis], rate_hz)[1] == []


def test_a_click_in_silence_becomes_silence():
    sound = np.zeros((30_000, 2))
    sound[10_000, 1] = 0.5
    out, clicks = mended(sound, 44_100)
    assert not out.any()
    assert [(click.channel, click.height) for click in clicks] == [(1, 0.5)]


def test_a_higher_sensitivity_finds_smaller_clicks():
    sound = DEVIATION * np.random.default_rng(1).standard_normal((44_100, 1))
    at = np.arange(5_000, 40_000, 5_000)
    sound[at] += 18 * DEVIATION
    assert len(mended(sound, 44_100, sensitivity=2)[1]) == 0
    assert len(mended(sound, 44_100, sensitivity=7)[1]) == len(at)


def test_the_finder_finds_what_the_declicker_mends_whatever_the_blocks():
    sound, _ = clicked(music(48_000, channels=2), 48_000)
    clicks = mended(sound, 48_000)[1]
    finder = ClickFinder(48_000, 2)
    for at in range(0, len(sound), 10_007):
        finder.add(sound[at : at + 10_007])
    assert finder.finish() == sorted((c.frame, c.frames, c.channel) for c in clicks)
