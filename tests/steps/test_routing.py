"""Ways over the desk: sends, returns, nested buses, side chains, tails, and other mixes."""

from typing import Any

import numpy as np
import pytest

from tests.signals import impulse, noise, sine
from tests.steps.conftest import RATE_HZ, Desk
from tests.steps.test_desk import float32, gain, stem
from tests.studio import Block


def rms_db(block: Block) -> float:
    """The level of a block."""
    return float(10 * np.log10(np.mean(np.square(block)) + 1e-30))


def test_sends_leave_after_fader_and_pan_unless_they_say_pre(desk: Desk) -> None:
    block = stem(2_000)
    studio = desk(
        {
            "a": (
                block,
                {
                    "gain_db": -10,
                    "pan": "L50",
                    "sends": {"post": -6, "pre": {"level_db": -3, "pre": True}},
                },
            )
        },
        returns={"post": {"gain_db": -1}, "pre": {"pan": "R100"}},
    )
    dry = block * gain(-10) * [1, 0.5]
    wet = dry * gain(-7) + block * gain(-3) * [0, 1]
    assert np.allclose(studio.result("mix:s"), dry + wet, atol=1e-7)


def test_a_mono_strip_sends_its_pre_signal_from_the_centre(desk: Desk) -> None:
    """Pre-fader and before the pan: equal power at the centre."""
    block = stem(2_000, 1)
    settings = {"gain_db": "-inf", "pan": "L100", "sends": {"hall": {"level_db": 0, "pre": True}}}
    mix = desk({"a": (block, settings)}, returns={"hall": {}}).result("mix:s")
    assert np.allclose(mix, block * gain(-3.0103), rtol=1e-5)


def test_buses_and_returns_send_and_nest(desk: Desk) -> None:
    a, b = stem(2_000), stem(2_000, seed=1)
    studio = desk(
        {"a": (a, {"bus": "in"}), "b": (b, {"sends": {"first": -6}})},
        buses={
            "in": {"gain_db": -1, "bus": "out", "sends": {"first": -12}},
            "out": {"gain_db": -2},
        },
        returns={"first": {"gain_db": -3, "bus": "out", "sends": {"second": -5}}, "second": {}},
    )
    inner = a * gain(-1)
    first = (inner * gain(-12) + b * gain(-6)) * gain(-3)
    expected = b + (inner + first) * gain(-2) + first * gain(-5)
    assert np.allclose(studio.result("mix:s"), expected, atol=1e-6)


def test_echoes_come_when_they_should_and_ring_out(desk: Desk) -> None:
    click = impulse(100, 2)
    echo = {"inserts": [{"delay": {"time_ms": 50, "feedback_pct": 50}}]}
    mix = desk({"a": (click, {"sends": {"slap": -6}})}, returns={"slap": echo}).result("mix:s")
    found = np.flatnonzero(np.abs(mix[:, 0]) > 1e-3)
    assert found[:5].tolist() == [0, 2_400, 4_800, 7_200, 9_600]
    levels = 20 * np.log10(np.abs(mix[found[:4], 0]))
    assert np.allclose(levels, [0, -6, -12.02, -18.04], atol=0.01)
    assert rms_db(mix[-100:]) < -85, "the tail has died away"
    assert len(mix) < 2.5 * RATE_HZ


def test_a_song_without_tails_ends_with_its_last_stem(desk: Desk) -> None:
    squash = {"inserts": [{"compressor": {"lookahead_ms": 20}}, {"limiter": {}}]}
    mix = desk({"a": (stem(3_000), squash), "b": stem(2_000)}, mix=squash).result("mix:s")
    assert len(mix) == 3_000


def test_the_tail_of_the_mix_itself_is_heard(desk: Desk) -> None:
    hall = {"inserts": [{"reverb": {"decay_s": 0.5, "mix_pct": 50}}]}
    mix = desk({"a": stem(3_000)}, mix=hall).result("mix:s")
    assert 0.5 * RATE_HZ < len(mix) < 3 * RATE_HZ
    assert rms_db(mix[-480:]) < -75
    assert rms_db(mix[4_000:8_000]) > -60


def test_a_return_that_nothing_reaches_does_not_lengthen_the_song(desk: Desk) -> None:
    hall = {"inserts": [{"reverb": {"decay_s": 5}}]}
    studio = desk({"a": (stem(3_000), {"sends": {"hall": "-inf"}})}, returns={"hall": hall})
    assert len(studio.result("mix:s")) == 3_000


def test_a_side_chain_ducks(desk: Desk) -> None:
    tone = 0.1 * sine(440, rate_hz=RATE_HZ, frames=RATE_HZ, channels=2)
    kick = np.zeros((RATE_HZ, 2))
    kick[20_000:28_000] = sine(60, rate_hz=RATE_HZ, frames=8_000, channels=2, peak=0.8)
    duck = {
        "threshold_db": -30,
        "ratio": 10,
        "attack_ms": 1,
        "release_ms": 20,
        "sidechain": {"from": "kick"},
    }
    studio = desk(
        {
            "kick": (kick, {"gain_db": 0, "bus": "off"}),
            "pad": (tone, {"inserts": [{"compressor": duck}]}),
        },
        buses={"off": {"gain_db": "-inf"}},
    )
    mix = studio.result("mix:s")
    before, under, after = mix[10_000:19_000], mix[23_000:27_000], mix[-9_000:]
    assert rms_db(before) == pytest.approx(rms_db(tone), abs=0.01)
    assert rms_db(under) < rms_db(tone) - 15
    assert rms_db(after) == pytest.approx(rms_db(tone), abs=0.1)


def test_a_side_chain_hears_its_key_after_the_fader_and_its_own_filter(desk: Desk) -> None:
    tone = 0.1 * sine(440, rate_hz=RATE_HZ, frames=RATE_HZ, channels=2)
    key = 0.5 * sine(60, rate_hz=RATE_HZ, frames=RATE_HZ, channels=2)

    def level(fader_db: Any, **sidechain: Any) -> float:
        duck = {"threshold_db": -30, "ratio": 10, "sidechain": {"from": "key", **sidechain}}
        studio = desk(
            {
                "key": (key, {"gain_db": fader_db, "bus": "off"}),
                "pad": (tone, {"inserts": [{"compressor": duck}]}),
            },
            buses={"off": {"gain_db": "-inf"}},
            folder=f"{fader_db}{len(sidechain)}",
        )
        return rms_db(studio.result("mix:s")[-9_000:]) - rms_db(tone)

    assert level(0) < -10
    assert level(-40) == pytest.approx(0, abs=0.01)
    assert level(0, highpass_hz=2_000) == pytest.approx(0, abs=0.01)


def test_a_bus_can_be_a_key(desk: Desk) -> None:
    tone = 0.1 * sine(440, rate_hz=RATE_HZ, frames=RATE_HZ, channels=2)
    loud = 0.5 * sine(60, rate_hz=RATE_HZ, frames=RATE_HZ, channels=2)
    duck = {"threshold_db": -30, "ratio": 10, "sidechain": {"from": "drums"}}
    for keep in ("never", "always"):
        studio = desk(
            {
                "kick": (loud, {"bus": "drums"}),
                "pad": (tone, {"inserts": [{"compressor": duck}]}),
            },
            buses={"drums": {"keep": keep}},
            folder=keep,
        )
        mix = studio.result("mix:s")
        assert rms_db(mix[-9_000:] - loud[-9_000:]) < rms_db(tone) - 10


def halves(block: Block) -> tuple[Block, Block]:
    """Mid and side of a stereo block."""
    return (block[:, 0] + block[:, 1]) / 2, (block[:, 0] - block[:, 1]) / 2


@pytest.mark.parametrize(
    ("aim", "mid", "side", "left", "right"),
    [
        ("stereo", 0.5, 0.5, 0.5, 0.5),
        ("mid", 0.5, 1, None, None),
        ("side", 1, 0.5, None, None),
        ("left", None, None, 0.5, 1),
        ("right", None, None, 1, 0.5),
    ],
)
def test_a_device_works_where_it_is_aimed(
    desk: Desk,
    aim: str,
    mid: float | None,
    side: float | None,
    left: float | None,
    right: float | None,
) -> None:
    block = stem(2_000)
    turned = {"gain": {"level_db": -6.0206, "channels": aim}}
    mix = desk({"a": (block, {"inserts": [turned]})}).result("mix:s")
    if left is not None:
        assert np.allclose(mix, block * [left, right], rtol=1e-5)
    if mid is not None:
        (was_mid, was_side), (is_mid, is_side) = halves(block), halves(mix)
        assert np.allclose(is_mid, was_mid * mid, atol=1e-5)
        assert np.allclose(is_side, was_side * side, atol=1e-5)


@pytest.mark.parametrize("mix_pct", [0, 25, 100])
def test_dry_and_wet_are_mixed_in_a_straight_line(desk: Desk, mix_pct: float) -> None:
    block = stem(2_000)
    half = {"gain": {"level_db": -6.0206, "mix_pct": mix_pct}}
    mix = desk({"a": (block, {"inserts": [half]})}).result("mix:s")
    assert np.allclose(mix, block * (1 - mix_pct / 200), rtol=1e-5)


def test_a_bypassed_insert_is_not_there(desk: Desk) -> None:
    block = stem(2_000)
    off = {"reverb": {"decay_s": 9, "bypass": True}}
    mix = desk({"a": (block, {"inserts": [off]})}).result("mix:s")
    assert np.array_equal(mix, block)


def test_inserts_work_in_order(desk: Desk) -> None:
    """A limiter after a gain catches it, one before it does not."""
    block = float32(noise(5_000) * 0.2)
    up, lid = {"gain": {"level_db": 12}}, {"limiter": {"ceiling_dbtp": -12}}
    first = desk({"a": (block, {"inserts": [up, lid]})}, folder="a").result("mix:s")
    second = desk({"a": (block, {"inserts": [lid, up]})}, folder="b").result("mix:s")
    assert np.abs(first).max() <= gain(-12)
    assert np.abs(second).max() > gain(-3)


class TestVersions:
    """Other mixes of one song."""

    def studio(self, desk: Desk, **versions: Any) -> tuple[Any, dict[str, Block]]:
        blocks = {name: stem(3_000, seed=seed) for seed, name in enumerate(("kick", "sn", "vox"))}
        studio = desk(
            {
                "kick": (blocks["kick"], {"bus": "drums"}),
                "sn": (blocks["sn"], {"bus": "drums", "gain_db": -6}),
                "vox": (blocks["vox"], {"sends": {"hall": 0}}),
            },
            buses={"drums": {"gain_db": -1}},
            returns={"hall": {"gain_db": -10}},
            versions=versions,
        )
        parts = {
            "kick": blocks["kick"] * gain(-1),
            "sn": blocks["sn"] * gain(-7),
            "vox": blocks["vox"] * (1 + gain(-10)),
        }
        return studio, parts

    @pytest.mark.parametrize(
        ("version", "heard"),
        [
            ({"mute": ["vox"]}, ["kick", "sn"]),
            ({"mute": ["drums"]}, ["vox"]),
            ({"only": ["vox"]}, ["vox"]),
            ({"only": ["drums"]}, ["kick", "sn"]),
            ({"only": ["sn"]}, ["sn"]),
            ({"only": ["sn", "vox"]}, ["sn", "vox"]),
            ({"mute": ["kick", "vox"]}, ["sn"]),
        ],
    )
    def test_what_is_heard(self, desk: Desk, version: Any, heard: list[str]) -> None:
        studio, parts = self.studio(desk, other=version)
        mix = studio.result("mix:s+other")
        assert np.allclose(mix, sum(parts[name] for name in heard), atol=1e-6)
        assert np.allclose(studio.result("mix:s"), sum(parts.values()), atol=1e-6)

    def test_they_are_as_long_as_the_song(self, desk: Desk) -> None:
        studio = desk(
            {"a": stem(3_000), "b": (stem(1_000, seed=1), {"sends": {"slap": 0}})},
            returns={"slap": {"inserts": [{"delay": {"time_ms": 100}}]}},
            versions={"dry": {"mute": ["b"]}, "wet": {"only": ["b"]}},
        )
        frames = len(studio.result("mix:s"))
        assert frames > 3_000
        assert len(studio.result("mix:s+dry")) == len(studio.result("mix:s+wet")) == frames

    def test_a_muted_key_still_ducks(self, desk: Desk) -> None:
        key = sine(60, rate_hz=RATE_HZ, frames=RATE_HZ, channels=2, peak=0.5)
        tone = sine(440, rate_hz=RATE_HZ, frames=RATE_HZ, channels=2, peak=0.1)
        duck = {"threshold_db": -30, "ratio": 10, "sidechain": {"from": "key"}}
        studio = desk(
            {"key": key, "pad": (tone, {"inserts": [{"compressor": duck}]})},
            versions={"pads": {"only": ["pad"]}, "keyless": {"mute": ["key"]}},
        )
        full = studio.result("mix:s") - float32(key)
        for version in ("pads", "keyless"):
            assert np.allclose(studio.result(f"mix:s+{version}"), full, atol=1e-6)

    @pytest.mark.parametrize(
        ("version", "heard"), [({"mute": ["idle"]}, True), ({"only": ["idle"]}, False)]
    )
    def test_a_bus_that_nothing_leads_to_may_be_named(
        self, desk: Desk, version: Any, heard: bool
    ) -> None:
        block = stem(2_000)
        duck = {"compressor": {"ratio": 9, "threshold_db": -60, "sidechain": {"from": "idle"}}}
        for mix in ({}, {"inserts": [duck]}):
            studio = desk(
                {"a": block},
                buses={"idle": {}},
                versions={"other": version},
                mix=mix,
                folder=f"{len(mix)}",
            )
            assert np.array_equal(studio.result("mix:s"), block)
            assert np.array_equal(studio.result("mix:s+other"), block * heard)
