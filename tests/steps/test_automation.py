"""Automation: to the sample, linear in the field's own unit, on time whatever the latency."""

from typing import Any

import numpy as np
import pytest

from tests.steps.conftest import RATE_HZ, Desk
from tests.studio import Block

FRAMES = RATE_HZ
AT = np.arange(FRAMES) / RATE_HZ
ONES = np.ones((FRAMES, 2))
MONO = np.ones((FRAMES, 1))
RAMP = [[0.25, 0], [0.5, -12], [0.75, -6]]
LATE = {"limiter": {"ceiling_dbtp": 0, "lookahead_ms": 7}}


def decibels(values: Block) -> Block:
    """Levels in dB, as gains."""
    return np.asarray(10 ** (values / 20))


def test_a_ramp_is_straight_in_decibels(desk: Desk) -> None:
    """Before its first point a curve holds its first value, after the last its last."""
    mix = desk({"a": (0.5 * ONES, {"automation": {"gain_db": RAMP}})}).result("mix:s")
    levels = np.interp(AT, [0.25, 0.5, 0.75], [0, -12, -6])
    assert np.allclose(mix[:, 0], 0.5 * decibels(levels), rtol=1e-6)


def test_automation_stands_on_top_of_the_fader(desk: Desk) -> None:
    settings = {"gain_db": -4, "automation": {"gain_db": [[0, 3], [1, 3]]}}
    mix = desk({"a": (ONES, settings)}).result("mix:s")
    assert np.allclose(mix, decibels(np.full(1, -1.0)), rtol=1e-6)


def test_hold_stands_until_its_point_and_jumps(desk: Desk) -> None:
    points = [[0, -6], [0.5, -3, "hold"], [0.75, -20, "hold"]]
    mix = desk({"a": (ONES, {"automation": {"gain_db": points}})}).result("mix:s")
    levels = np.where(AT < 0.5, -6.0, np.where(AT < 0.75, -3.0, -20.0))
    assert np.allclose(mix[:, 0], decibels(levels), rtol=1e-6)


def test_smooth_is_a_raised_cosine(desk: Desk) -> None:
    points = [[0.25, 0], [0.75, -10, "smooth"]]
    mix = desk({"a": (ONES, {"automation": {"gain_db": points}})}).result("mix:s")
    share = np.clip((AT - 0.25) / 0.5, 0, 1)
    levels = -10 * (0.5 - 0.5 * np.cos(np.pi * share))
    assert np.allclose(mix[:, 0], decibels(levels), rtol=1e-6)


def test_a_ramp_to_off_ends_in_silence(desk: Desk) -> None:
    points = [[0, 0], [0.5, "-inf"]]
    mix = desk({"a": (ONES, {"automation": {"gain_db": points}})}).result("mix:s")
    assert not mix[RATE_HZ // 2 :].any()
    assert (np.diff(mix[: RATE_HZ // 2, 0]) < 0).all()


def test_pan_moves_at_equal_power(desk: Desk) -> None:
    points = [[0, "L100"], [1, 100]]
    mix = desk({"a": (MONO, {"pan": "R30", "automation": {"pan": points}})}).result("mix:s")
    turn = AT * np.pi / 2
    assert np.allclose(mix, np.stack((np.cos(turn), np.sin(turn)), axis=1), atol=1e-7)


def test_balance_moves_on_a_bus(desk: Desk) -> None:
    buses = {"all": {"automation": {"pan": [[0, -100], [1, 100]]}}}
    mix = desk({"a": (ONES, {"bus": "all"})}, buses=buses).result("mix:s")
    place = -1 + 2 * AT
    assert np.allclose(mix[:, 0], np.minimum(1, 1 - place), atol=1e-7)
    assert np.allclose(mix[:, 1], np.minimum(1, 1 + place), atol=1e-7)


def test_a_send_s_curve_is_its_level(desk: Desk) -> None:
    settings: dict[str, Any] = {
        "sends": {"hall": -40},
        "automation": {"sends.hall": [[0, -20], [1, 0]]},
        "gain_db": -6,
    }
    mix = desk({"a": (ONES, settings)}, returns={"hall": {}}).result("mix:s")
    dry = 10 ** (-6 / 20)
    assert np.allclose(mix[:, 0], dry * (1 + decibels(-20 + 20 * AT)), rtol=1e-6)


def test_the_mix_and_returns_are_automated_too(desk: Desk) -> None:
    curve = {"automation": {"gain_db": RAMP}}
    mix = desk(
        {"a": (ONES, {"gain_db": -20, "sends": {"hall": {"level_db": 0, "pre": True}}})},
        returns={"hall": curve},
        mix=curve,
    ).result("mix:s")
    gains = decibels(np.interp(AT, [0.25, 0.5, 0.75], [0, -12, -6]))
    assert np.allclose(mix[:, 0], (0.1 + gains) * gains, rtol=1e-6)


@pytest.mark.parametrize("where", ["strip", "bus", "mix"])
def test_a_late_path_is_automated_on_time(desk: Desk, where: str) -> None:
    curve: dict[str, Any] = {"inserts": [LATE], "automation": {"gain_db": RAMP}}
    song: dict[str, Any] = {"bus": {"buses": {"b": curve}}, "mix": {"mix": curve}}.get(where, {})
    settings = curve if where == "strip" else {"bus": "b"} if where == "bus" else {}
    mix = desk({"a": (0.25 * ONES, settings)}, **song).result("mix:s")
    levels = np.interp(AT, [0.25, 0.5, 0.75], [0, -12, -6])
    assert len(mix) == FRAMES
    assert np.allclose(mix[:, 0], 0.25 * decibels(levels), rtol=1e-6)


def test_points_in_bars_need_no_seconds(desk: Desk) -> None:
    points = [[{"bar": 1}, 0], [{"bar": 1, "beat": 2}, -12]]
    mix = desk({"a": (ONES, {"automation": {"gain_db": points}})}, tempo=60).result("mix:s")
    assert np.allclose(mix[:, 0], decibels(-12 * AT), rtol=1e-6)


def test_automation_counts_on_the_song_s_time_line(desk: Desk) -> None:
    """Where a stem begins does not move its curve, nor does a later start of the mix."""
    settings = {"start": 0.25, "automation": {"gain_db": RAMP}}
    mix = desk({"a": (ONES, settings)}, mix={"start": 0.3}).result("mix:s")
    levels = np.interp(0.3 + AT, [0.25, 0.5, 0.75], [0, -12, -6])
    assert np.allclose(mix[:, 0], decibels(levels[: len(mix)]), rtol=1e-6)
