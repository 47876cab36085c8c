"""Latency is made up for everywhere: a late device that does nothing changes nothing."""

from typing import Any

import numpy as np
import pytest

from albumbuild.steps import group, mix, stream
from tests.steps.conftest import Desk
from tests.steps.test_desk import float32, stem
from tests.studio import Block, Studio

IDLE: list[Any] = [
    {"limiter": {"ceiling_dbtp": 0, "lookahead_ms": 5}},
    {"compressor": {"ratio": 1, "lookahead_ms": 20}},
]
UPSIDE_DOWN = {"polarity": "invert"}


def quiet() -> Block:
    """Sound that no limiter touches."""
    return float32(stem(40_000) * 0.2)


@pytest.mark.parametrize("device", IDLE, ids=lambda device: next(iter(device)))
@pytest.mark.parametrize("where", ["strip", "bus", "nested", "return", "key", "kept"])
def test_a_late_path_nulls_against_a_dry_one(desk: Desk, device: Any, where: str) -> None:
    late = {"inserts": [device]}
    ways: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "strip": (late, {}),
        "bus": ({"bus": "b"}, {"buses": {"b": late}}),
        "nested": ({"bus": "b", **late}, {"buses": {"b": {"bus": "c"} | late, "c": late}}),
        "return": ({"bus": "off", "sends": {"r": {"level_db": 0, "pre": True}}}, {}),
        "key": (
            {"inserts": [{"compressor": {"ratio": 1, "sidechain": {"from": "key"}}}]},
            {},
        ),
        "kept": ({"bus": "b"}, {"buses": {"b": late | {"keep": "always"}}}),
    }
    settings, song = ways[where]
    stems: dict[str, Any] = {"wet": (quiet(), settings), "dry": (quiet(), UPSIDE_DOWN)}
    if where == "return":
        song = {"returns": {"r": late}, "buses": {"off": {"gain_db": "-inf"}}}
    if where == "key":
        stems["key"] = (quiet(), late | {"bus": "off"})
        song = {"buses": {"off": {"gain_db": "-inf"}}}
    result = desk(stems, **song).result("mix:s")
    assert len(result) == 40_000
    assert not result.any()


@pytest.mark.parametrize("device", IDLE, ids=lambda device: next(iter(device)))
@pytest.mark.parametrize("mix_pct", [0, 40])
def test_dry_and_wet_meet(desk: Desk, device: Any, mix_pct: float) -> None:
    ((name, settings),) = device.items()
    half = {"inserts": [{name: settings | {"mix_pct": mix_pct}}]}
    result = desk({"a": (quiet(), half)}).result("mix:s")
    assert np.allclose(result, quiet(), atol=1e-7)


@pytest.mark.parametrize("device", IDLE, ids=lambda device: next(iter(device)))
@pytest.mark.parametrize("aim", ["mid", "side", "left", "right"])
def test_a_part_stays_beside_the_others(desk: Desk, device: Any, aim: str) -> None:
    ((name, settings),) = device.items()
    part = {"inserts": [{name: settings | {"channels": aim}}]}
    result = desk({"a": (quiet(), part)}).result("mix:s")
    assert np.allclose(result, quiet(), atol=1e-7)


@pytest.mark.parametrize("device", IDLE, ids=lambda device: next(iter(device)))
@pytest.mark.parametrize("where", ["before", "sender", "return"])
def test_what_moves_by_itself_keeps_its_place_in_the_song(
    desk: Desk, device: Any, where: str
) -> None:
    room = {"reverb": {"decay_s": 0.3, "modulation_pct": 100}}
    heard = {"gain_db": "-inf", "sends": {"r": {"level_db": 0, "pre": True}}}

    def rendered(late: bool) -> Block:
        idle = [device] if late else []
        stems: dict[str, Any] = {"a": (quiet(), heard)}
        inserts: list[Any] = [room]
        if where == "before":
            stems["a"] = (quiet(), heard | {"inserts": idle})
        if where == "sender":
            stems["b"] = (0 * quiet(), heard | {"inserts": idle})
        if where == "return":
            inserts = [*idle, room]
        return desk(stems, returns={"r": {"inserts": inserts}}).result("mix:s")

    assert np.array_equal(rendered(late=True), rendered(late=False))


def test_a_side_chain_reaches_a_device_that_hears_a_part(desk: Desk) -> None:
    duck = {"threshold_db": -60, "ratio": 20, "channels": "mid", "sidechain": {"from": "kick"}}
    kick = float32(stem(40_000, 1, seed=5))
    pad = {"inserts": [{"compressor": duck}]}
    stems: dict[str, Any] = {"kick": (kick, {"bus": "off"}), "pad": (quiet() * 1e-3, pad)}
    off = {"off": {"gain_db": "-inf"}}
    ducked = desk(stems, buses=off).result("mix:s")
    assert np.mean(ducked.sum(axis=1) ** 2) < 0.1 * np.mean((quiet() * 1e-3).sum(axis=1) ** 2)


def test_a_late_master_is_as_long_as_its_mix(desk: Desk) -> None:
    studio = desk({"a": quiet()}, mix={"inserts": IDLE}, master={"inserts": IDLE})
    assert np.array_equal(studio.result("premaster:s"), quiet())


def test_every_latency_at_once(desk: Desk) -> None:
    limiter, compressor = IDLE
    studio = desk(
        {
            "a": (quiet(), {"inserts": [limiter, compressor], "sends": {"r": 0}}),
            "b": (quiet(), {"inserts": [compressor], "bus": "late", "polarity": "invert"}),
            "c": (quiet(), {"bus": "late", "polarity": "invert"}),
        },
        buses={"late": {"inserts": [limiter]}},
        returns={"r": {"inserts": [limiter, limiter]}},
    )
    assert not studio.result("mix:s").any()


def busy(desk: Desk, folder: str, keep: str = "auto") -> Studio:
    """A song with all that could tell how it was cut into blocks or parts."""
    duck = {"threshold_db": -40, "ratio": 4, "lookahead_ms": 3, "sidechain": {"from": "kick"}}
    return desk(
        {
            "kick": (stem(50_000, 1), {"gain_db": -3, "bus": "drums", "pan": "L10"}),
            "hat": (stem(70_003, seed=1), {"start": 0.111, "bus": "drums", "sends": {"hall": -9}}),
            "pad": (
                stem(44_100, seed=2),
                {
                    "bus": "music",
                    "inserts": [{"compressor": duck}, {"delay": {"time_ms": 33}}],
                    "automation": {"gain_db": [[0, 0], [0.7, -9, "smooth"], [1, -1]]},
                    "fade_in_s": 0.2,
                },
            ),
            "vox": (
                stem(60_000, 1, seed=3),
                {"inserts": [{"eq": [{"type": "highpass", "freq_hz": 80}]}], "sends": {"hall": -3}},
            ),
        },
        rates_hz={"pad": 44_100},
        buses={
            "drums": {
                "inserts": [{"compressor": {"threshold_db": -25}}],
                "keep": keep,
                "sends": {"hall": -20},
            },
            "music": {"bus": "mix", "keep": keep, "inserts": [{"limiter": {"ceiling_dbtp": -12}}]},
        },
        returns={"hall": {"inserts": [{"reverb": {"decay_s": 0.3}}]}},
        mix={
            "inserts": [{"stereo": {"width_pct": 120, "mono_below_hz": 90}}],
            "fade_out": {"time_s": 0.4, "curve": "s"},
        },
        master={"inserts": [{"limiter": {"ceiling_dbtp": -3, "drive_db": 6}}]},
        folder=folder,
    )


def test_a_kept_bus_changes_no_bit(desk: Desk) -> None:
    plain, kept = busy(desk, "plain", "never"), busy(desk, "kept", "always")
    assert "bus:s/drums" not in plain.make("premaster:s")
    assert {"bus:s/drums", "bus:s/music"} <= kept.make("premaster:s")
    assert np.array_equal(plain.result("premaster:s"), kept.result("premaster:s"))


def test_kept_buses_in_buses_and_as_keys_change_no_bit(desk: Desk) -> None:
    """Each way of keeping some of three nested buses, one of which is also a key."""
    hall = {"inserts": [{"reverb": {"decay_s": 0.2}}]}
    bass = {"inserts": [{"eq": [{"type": "bell", "freq_hz": 60, "gain_db": 9, "q": 8}]}]}
    duck = {"threshold_db": -40, "ratio": 4, "sidechain": {"from": "in"}}
    results = []
    for number in range(8):
        keeps = ["always" if number >> bit & 1 else "never" for bit in range(3)]
        studio = desk(
            {
                "a": (stem(20_000), {"bus": "in", "sends": {"hall": -7}}),
                "b": (stem(21_000, seed=1), {"bus": "in", "sends": {"hall": -9}}),
                "c": (stem(30_000, seed=2), {"bus": "mid", "sends": {"hall": -11}}),
                "d": (stem(40_000, seed=3), {"bus": "out", "gain_db": -3.3}),
                "e": (stem(50_000, seed=4), {"inserts": [{"compressor": duck}]}),
            },
            buses={
                "in": {"bus": "mid", "keep": keeps[0], "sends": {"hall": -20}, **bass},
                "mid": {"bus": "out", "keep": keeps[1], "gain_db": -1.7, **bass},
                "out": {"keep": keeps[2], "sends": {"hall": {"level_db": -5, "pre": True}}},
            },
            returns={"hall": hall},
            folder=str(number),
        )
        results.append(studio.result("mix:s"))
    assert all(np.array_equal(results[0], result) for result in results[1:])


@pytest.mark.parametrize("frames", [1_000, 4_096, 100_003])
def test_the_size_of_blocks_changes_no_bit(
    desk: Desk, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = busy(desk, "plain").result("premaster:s")
    for module in (stream, group, mix):
        monkeypatch.setattr(module, "BLOCK", frames)
    assert np.array_equal(busy(desk, "cut").result("premaster:s"), expected)


def test_jobs_change_no_bit(desk: Desk) -> None:
    one, many = busy(desk, "one", "always"), busy(desk, "many", "always")
    one.make("-j", "1", "premaster:s")
    many.make("-j", "5", "premaster:s")
    assert np.array_equal(one.result("premaster:s"), many.result("premaster:s"))


@pytest.mark.parametrize("device", IDLE, ids=lambda device: next(iter(device)))
@pytest.mark.parametrize("late", ["pad", "kick"])
def test_a_key_is_heard_when_it_sounds(desk: Desk, device: Any, late: str) -> None:
    """Whichever of the two comes late: the one that hears, or the one that is heard."""
    duck = {"threshold_db": -40, "ratio": 9, "attack_ms": 0.5, "sidechain": {"from": "kick"}}
    kick = quiet() * (np.arange(40_000) % 9_000 < 900)[:, np.newaxis]

    def mix(before: list[Any], folder: str) -> Block:
        own = {"pad": [{"compressor": duck}], "kick": []}
        own[late] = before + own[late]
        stems = {
            "pad": (quiet(), {"inserts": own["pad"]}),
            "kick": (kick, {"inserts": own["kick"]}),
        }
        return desk(stems, folder=folder).result("mix:s")

    assert np.allclose(mix([device], "late"), mix([], "on time"), rtol=0, atol=1e-7)
