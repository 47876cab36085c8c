"""Devices of dynamics on a desk: keys of other stems, automation by `id`, and alignment."""

from typing import Any

import numpy as np
import pytest

from tests.signals import sine
from tests.steps.conftest import RATE_HZ, Desk

TONE = sine(997, rate_hz=RATE_HZ, frames=RATE_HZ, peak=0.01)
AT = np.arange(RATE_HZ) / RATE_HZ


@pytest.mark.parametrize("device", ["gate", "expander"])
def test_another_stem_opens_a_gate(desk: Desk, device: str) -> None:
    key = 50 * TONE * (AT < 0.5)[:, np.newaxis]
    settings = {
        "threshold_db": -20,
        "ratio": 10,
        "range_db": 60,
        "hold_ms": 20,
        "release_ms": 10,
        "sidechain": {"from": "kick"},
    }
    stems: dict[str, Any] = {
        "pad": (TONE, {"inserts": [{device: settings}], "pan": "L100"}),
        "kick": (key, {"pan": "R100"}),
    }
    out = desk(stems).result("mix:s")[:, 0]
    heard = slice(RATE_HZ // 10, RATE_HZ // 2 + RATE_HZ // 100)
    assert np.allclose(out[heard], TONE[heard, 0], atol=1e-7)
    assert np.max(np.abs(out[int(0.8 * RATE_HZ) :])) == pytest.approx(1e-5, rel=0.01)


@pytest.mark.parametrize(
    "insert",
    [
        {"deesser": {"freq_hz": 8_000}},
        {"compressor": {"ratio": 1, "lookahead_ms": 12}},
        {"gate": {"ratio": 1}},
        {"expander": {"ratio": 1}},
        {"multiband": {"crossovers_hz": [], "bands": [{"ratio": 1}]}},
    ],
    ids=lambda insert: next(iter(insert)),
)
def test_a_device_that_does_nothing_nulls_against_a_copy(
    desk: Desk, insert: dict[str, Any]
) -> None:
    stems: dict[str, Any] = {
        "a": (TONE, {"inserts": [insert]}),
        "b": (TONE, {"polarity": "invert"}),
    }
    assert not desk(stems).result("mix:s").any()


def test_a_band_is_automated_by_its_id(desk: Desk) -> None:
    bands = [{"ratio": 1}, {"ratio": 1, "id": "top"}]
    settings = {
        "inserts": [{"multiband": {"id": "split", "crossovers_hz": [30], "bands": bands}}],
        "automation": {
            "top.makeup_db": [[0, 0], [0.5, -12, "hold"]],
            "split.crossovers_hz.1": [[0, 30], [0.4, 20]],
        },
        "pan": "L100",
    }
    out = desk({"a": (TONE, settings)}).result("mix:s")[:, 0]
    before, after = (slice(int(s * RATE_HZ), int((s + 0.05) * RATE_HZ)) for s in (0.44, 0.55))
    assert np.max(np.abs(out[before])) == pytest.approx(0.01, rel=1e-3)
    assert np.max(np.abs(out[after])) == pytest.approx(0.01 * 10 ** (-12 / 20), rel=1e-3)
