"""Strips on the desk: sums, places, fades, cuts, rates and ends."""

from typing import Any

import numpy as np
import pytest

from tests.signals import impulse, noise, sine
from tests.steps.conftest import RATE_HZ, Desk
from tests.studio import Block

HALF = 1 / np.sqrt(2)


def float32(block: Block) -> Block:
    """What 32-bit float keeps of a block."""
    return block.astype(np.float32).astype(np.float64)


def stem(frames: int, channels: int = 2, *, seed: int = 0) -> Block:
    """Noise that a float file holds exactly."""
    return float32(noise(frames, channels, seed=seed))


def gain(level_db: float | Block) -> Any:
    """Linear gain of a level in dB."""
    return 10 ** (np.asarray(level_db) / 20)


def test_a_mix_is_the_sum_of_its_strips(desk: Desk) -> None:
    blocks = {name: stem(5_000, seed=seed) for seed, name in enumerate("abc")}
    mix = desk(blocks).result("mix:s")
    assert np.array_equal(mix, float32(blocks["a"] + blocks["b"] + blocks["c"]))


def test_the_order_of_keys_is_not_heard(desk: Desk) -> None:
    """Three strips whose sum depends on its order, buses and strips alike."""
    levels = {"a": 9e3, "b": 3e-8, "c": -9e3}
    mixes = []
    for order in ("abc", "acb", "bca", "cab"):
        stems = {name: (np.full((10, 2), levels[name]), {"bus": f"bus-{name}"}) for name in order}
        buses: dict[str, Any] = {f"bus-{name}": {} for name in order}
        mixes.append(desk(stems, buses=buses, folder=f"{order}-buses").result("mix:s"))
        plain = {name: block for name, (block, _) in stems.items()}
        mixes.append(desk(plain, folder=order).result("mix:s"))
    assert all(np.array_equal(mix, mixes[0]) for mix in mixes)


def test_one_plain_strip_comes_out_bit_for_bit(desk: Desk) -> None:
    block = 8 * stem(70_001)
    assert np.array_equal(desk({"a": block}).result("mix:s"), block)  # nothing clips


@pytest.mark.parametrize(
    ("pan", "left", "right"),
    [
        ("C", HALF, HALF),
        (0, HALF, HALF),
        (-100, 1, 0),
        ("R100", 0, 1),
        ("L50", np.cos(np.pi / 8), np.sin(np.pi / 8)),
        (30, np.cos(0.65 * np.pi / 2), np.sin(0.65 * np.pi / 2)),
    ],
)
def test_mono_is_panned_at_equal_power(desk: Desk, pan: Any, left: float, right: float) -> None:
    block = stem(1_000, 1)
    mix = desk({"a": (block, {"pan": pan})}).result("mix:s")
    assert np.allclose(mix, block * [left, right], rtol=2e-7, atol=0)


@pytest.mark.parametrize(
    ("pan", "left", "right"), [("C", 1, 1), ("L25", 1, 0.75), (-100, 1, 0), (60, 0.4, 1)]
)
def test_stereo_is_balanced(desk: Desk, pan: Any, left: float, right: float) -> None:
    block = stem(1_000)
    mix = desk({"a": (block, {"pan": pan})}).result("mix:s")
    assert np.allclose(mix, block * [left, right], rtol=2e-7, atol=0)


def test_faders_add_up_along_the_way(desk: Desk) -> None:
    block = stem(1_000)
    studio = desk(
        {"a": (block, {"gain_db": -3, "bus": "in"})},
        buses={"in": {"gain_db": -2, "bus": "out"}, "out": {"gain_db": -4, "pan": "R50"}},
        mix={"gain_db": 1.5},
    )
    assert np.allclose(studio.result("mix:s"), block * gain(-7.5) * [0.5, 1], rtol=1e-6)


@pytest.mark.parametrize("level", ["-inf", -120])
def test_a_closed_fader_is_silent(desk: Desk, level: Any) -> None:
    mix = desk({"a": (stem(1_000), {"gain_db": level})}).result("mix:s")
    assert mix.shape == (1_000, 2)
    assert not mix.any()


def test_polarity_turns_the_wave_over(desk: Desk) -> None:
    block = stem(1_000)
    mix = desk({"a": (block, {"polarity": "invert"})}).result("mix:s")
    assert np.array_equal(mix, -block)


def test_trim_and_start_count_to_the_frame(desk: Desk) -> None:
    block = stem(10_000)
    cut = {"trim": {"from": 0.03125, "to": 0.125}, "start": 0.020055}
    mix = desk({"a": stem(9_000, seed=1), "b": (block, cut)}).result("mix:s")
    expected = stem(9_000, seed=1)
    expected[963 : 963 + 4_500] += block[1_500:6_000]
    assert np.array_equal(mix, float32(expected))


def test_a_song_begins_with_its_first_stem(desk: Desk) -> None:
    a, b = stem(1_000), stem(2_000, seed=1)
    mix = desk({"a": (a, {"start": 2}), "b": (b, {"start": "0:02.005"})}).result("mix:s")
    assert len(mix) == 240 + 2_000
    assert np.array_equal(mix[:240], a[:240])
    assert np.array_equal(mix[1_000:], b[760:])


def test_bars_and_beats_are_places(desk: Desk) -> None:
    at = {"bar": 2, "beat": 3.5}
    mix = desk({"a": stem(1_000), "b": (impulse(10, 2), {"start": at})}, tempo=120).result("mix:s")
    assert np.flatnonzero(mix[1_000:, 0]).tolist() == [round(3.25 * RATE_HZ) - 1_000]


@pytest.mark.parametrize(
    ("cut", "first", "last"),
    [
        ({"start": 0.01}, 480, 5_000),
        ({"end": 0.05}, 0, 2_400),
        ({"start": 0.01, "end": 0.05}, 480, 2_400),
        ({"end": 0.2}, 0, 9_600),
        ({"start": 0, "end": "0:00.1"}, 0, 4_800),
    ],
)
def test_the_mix_is_cut_where_it_says(desk: Desk, cut: Any, first: int, last: int) -> None:
    block = stem(5_000)
    mix = desk({"a": block}, mix=cut).result("mix:s")
    padded = np.concatenate((block, np.zeros((10_000, 2))))
    assert np.array_equal(mix, padded[first:last])


SHAPES = {
    "linear": lambda share: share,
    "equal_power": lambda share: np.sin(share * np.pi / 2),
    "s": lambda share: 0.5 - 0.5 * np.cos(share * np.pi),
    "log": lambda share: np.where(share > 0, 10 ** (-3 * (1 - share)), 0),
}


@pytest.mark.parametrize("curve", SHAPES)
@pytest.mark.parametrize("whose", ["strip", "mix"])
def test_fades_follow_their_curves(desk: Desk, curve: str, whose: str) -> None:
    block = stem(40_000)
    fades = {
        "fade_in": {"time_s": 0.25, "curve": curve},
        "fade_out": {"time_s": 0.5, "curve": curve},
    }
    if whose == "strip":
        mix = desk({"a": (block, fades)}).result("mix:s")
    else:
        mix = desk({"a": block}, mix=fades).result("mix:s")
    at = np.arange(40_000)
    shape = SHAPES[curve]
    gains = shape(np.minimum(at / 12_000, 1)) * shape(np.minimum((40_000 - at) / 24_000, 1))
    assert mix.shape == block.shape
    assert np.allclose(mix, block * gains[:, np.newaxis], rtol=1e-6, atol=1e-9)


def test_plain_seconds_are_a_straight_fade(desk: Desk) -> None:
    block = stem(4_800)
    mix = desk({"a": (block, {"fade_in_s": 0.05, "fade_out_s": 0.05})}).result("mix:s")
    at = np.arange(4_800)
    gains = np.minimum(at / 2_400, 1) * np.minimum((4_800 - at) / 2_400, 1)
    assert np.allclose(mix, block * gains[:, np.newaxis], rtol=1e-6, atol=1e-9)


def test_fades_stand_before_the_inserts_and_the_fader_after(desk: Desk) -> None:
    """A compressor hears the fade, and does not hear the fader."""
    block = sine(1_000, rate_hz=RATE_HZ, frames=24_000, channels=2, peak=0.5)
    squash = {"compressor": {"threshold_db": -30, "ratio": 100, "attack_ms": 0.05, "knee_db": 0}}
    settings: dict[str, Any] = {"inserts": [squash], "fade_in_s": 0.25, "gain_db": -20}
    mix = desk({"a": (block, settings)}).result("mix:s")
    early = np.abs(mix[5_500:6_000]).max()  # the fade is at half: still far over the threshold
    late = np.abs(mix[-500:]).max()
    assert abs(20 * np.log10(late / early)) < 0.3
    assert abs(20 * np.log10(late) - -50) < 1


def test_two_mono_files_are_one_stereo_stem(desk: Desk) -> None:
    left, right = stem(3_000, 1, seed=1), stem(3_000, 1, seed=2)
    studio = desk({"l": left, "r": right})
    pair = {"files": ["stems/l.wav", "stems/r.wav"], "gain_db": 0}
    studio.edit("songs.s.stems", {"guitars": pair})
    assert np.array_equal(studio.result("mix:s"), np.hstack((left, right)))


def test_two_mono_files_of_two_lengths_are_cut_to_the_shorter(desk: Desk) -> None:
    left, right = stem(3_000, 1, seed=1), stem(2_000, 1, seed=2)
    studio = desk({"l": left, "r": right})
    studio.edit("songs.s.stems", {"guitars": {"files": ["stems/l.wav", "stems/r.wav"]}})
    assert np.array_equal(studio.result("mix:s"), np.hstack((left[:2_000], right)))


@pytest.mark.parametrize("rate_hz", [24_000, 44_100, 96_000])
def test_stems_of_other_rates_stay_in_time(desk: Desk, rate_hz: int) -> None:
    """A band-limited click at half a second, on a rate of its own, beside one at 48 kHz."""
    at = np.arange(rate_hz) / rate_hz
    click = np.exp(-(((at - 0.5) * 4_000) ** 2))[:, np.newaxis]
    here = np.arange(RATE_HZ) / RATE_HZ
    same = np.exp(-(((here - 0.5) * 4_000) ** 2))[:, np.newaxis]
    studio = desk({"a": click, "b": (same, {"polarity": "invert"})}, rates_hz={"a": rate_hz})
    mix = studio.result("mix:s")
    assert len(mix) == RATE_HZ
    assert np.abs(mix).max() < 1e-5
    studio.edit("songs.s.stems.b", None)
    mix = studio.result("mix:s")
    assert len(mix) == RATE_HZ
    assert np.argmax(np.abs(mix[:, 0])) == RATE_HZ // 2


def test_trim_of_another_rate_counts_in_seconds(desk: Desk) -> None:
    block = sine(100, rate_hz=44_100, frames=44_100, peak=0.5)
    studio = desk(
        {"a": (block, {"trim": {"from": 0.25, "to": 0.75}, "pan": -100})}, rates_hz={"a": 44_100}
    )
    mix = studio.result("mix:s")
    assert len(mix) == 24_000
    expected = 0.5 * np.sin(2 * np.pi * 100 * (0.25 + np.arange(24_000) / RATE_HZ))
    assert np.abs(mix[500:-500, 0] - expected[500:-500]).max() < 1e-4


def test_the_working_rate_is_the_highest_of_the_stems(desk: Desk) -> None:
    studio = desk({"a": stem(2_400), "b": stem(9_600)}, rates_hz={"a": 24_000, "b": 96_000})
    studio.edit("rate_hz", None)
    assert len(studio.result("mix:s")) == 9_600


def test_silence_in_is_silence_out(desk: Desk) -> None:
    devices: list[Any] = [
        {"eq": [{"type": "bell", "freq_hz": 500, "gain_db": 6}]},
        {"compressor": {"makeup_db": 6}},
        {"limiter": {}},
        {"reverb": {"decay_s": 0.2}},
        {"delay": {"time_ms": 10}},
        {"stereo": {"width_pct": 150, "mono_below_hz": 100}},
    ]
    mix = desk({"a": (np.zeros((5_000, 2)), {"inserts": devices})}).result("mix:s")
    assert len(mix) > 5_000
    assert not mix.any()


@pytest.mark.parametrize("channels", [1, 2])
def test_a_stem_of_one_frame_is_a_song(desk: Desk, channels: int) -> None:
    click = impulse(1, channels) * 0.5
    mix = desk({"a": click}, mix={"inserts": [{"limiter": {}}]}).result("mix:s")
    assert mix.shape == (1, 2)
    assert np.allclose(mix, 0.5 * HALF if channels == 1 else 0.5)


def test_a_mix_without_any_sound_is_told(desk: Desk) -> None:
    studio = desk({"a": (stem(100), {"start": 5})}, mix={"start": 0, "end": 0.0})
    said = studio.run("make", "mix:s")
    assert said.code in (1, 2)
    assert "Traceback" not in said.err
    assert "our-fault" not in said.err
