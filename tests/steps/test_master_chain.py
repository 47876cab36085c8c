"""Mastering devices in a manifest's master, by measurement of the premaster."""

from typing import Any

import numpy as np
import pytest
import scipy.signal

from tests.steps.conftest import RATE_HZ, Desk
from tests.steps.test_desk import float32
from tests.studio import Block

SECONDS = 2
BELLS = [
    {"type": "bell", "freq_hz": 120, "gain_db": 4, "q": 0.7},
    {"type": "bell", "freq_hz": 3_000, "gain_db": -3, "q": 1.2},
]
AT_REST = {"crossovers_hz": [120, 2_500], "bands": [{"ratio": 1}] * 3}
HZ = np.geomspace(20, 20_000, 300)


def noisy() -> Block:
    """Noise with something of its own in mid and in side."""
    return float32(np.random.default_rng(1).standard_normal((SECONDS * RATE_HZ, 2)) * 0.1)


def clicked() -> Block:
    """A click in either channel in the middle, of another height each."""
    block = np.zeros((SECONDS * RATE_HZ, 2))
    block[RATE_HZ] = (0.5, -0.25)
    return block


def mastered(desk: Desk, block: Block, *inserts: dict[str, Any], album: Any = ()) -> Block:
    """A block after the inserts of its song's master, and those of the album's."""
    studio = desk({"a": block}, master={"inserts": [*inserts]}, mix={"end": SECONDS})
    studio.edit("master", {"inserts": [*album]})
    return studio.result("premaster:s")[: len(block)]


def mid(block: Block) -> Block:
    """What both sides share."""
    return (block[:, 0] + block[:, 1]) / 2


def side(block: Block) -> Block:
    """What they do not."""
    return (block[:, 0] - block[:, 1]) / 2


def response_db(out: Block, into: Block) -> Block:
    """Gain at `HZ` of one channel, from a click."""
    spectra = [scipy.signal.freqz(each, worN=HZ, fs=RATE_HZ)[1] for each in (out, into)]
    return np.asarray(20 * np.log10(np.abs(spectra[0] / spectra[1])))


def wanted_db() -> Block:
    """The gain of `BELLS` by their analogue prototypes."""
    total = np.zeros(len(HZ))
    for bell in BELLS:
        s = 1j * HZ / bell["freq_hz"]  # type: ignore[operator]
        a = 10 ** (bell["gain_db"] / 40)  # type: ignore[operator]
        above, below = s * s + s * a / bell["q"] + 1, s * s + s / (a * bell["q"]) + 1
        total += 20 * np.log10(np.abs(above / below))
    return total


@pytest.mark.parametrize("phase", ["minimum", "linear"])
@pytest.mark.parametrize(("aim", "own", "other"), [("mid", mid, side), ("side", side, mid)])
def test_an_eq_of_one_leaves_the_other(
    desk: Desk, phase: str, aim: str, own: Any, other: Any
) -> None:
    eq = {"eq": {"bands": BELLS, "phase": phase, "channels": aim}}
    out = mastered(desk, clicked(), eq)
    assert np.abs(response_db(own(out), own(clicked())) - wanted_db()).max() < 0.1
    out = mastered(desk, noisy(), eq)
    assert np.abs(other(out) - other(noisy())).max() < 1e-7  # a float's last bit
    assert np.abs(own(out) - own(noisy())).max() > 0.01


def test_a_linear_phase_stays_in_time_and_is_the_same_both_ways(desk: Desk) -> None:
    out = mastered(desk, clicked(), {"eq": {"bands": BELLS, "phase": "linear"}})
    before, after = out[RATE_HZ - 20_000 : RATE_HZ][::-1], out[RATE_HZ + 1 : RATE_HZ + 20_001]
    assert np.abs(out).argmax(axis=0).tolist() == [RATE_HZ, RATE_HZ]
    assert np.abs(before - after).max() < 1e-7
    assert np.abs(response_db(out[:, 0], clicked()[:, 0]) - wanted_db()).max() < 0.1


def test_two_linear_phases_that_undo_one_another_null(desk: Desk) -> None:
    """One in the song's master, one in the album's: each is made up for."""
    back = [band | {"gain_db": -band["gain_db"]} for band in BELLS]  # type: ignore[operator]
    once, twice = ({"eq": {"bands": each, "phase": "linear"}} for each in (BELLS, back))
    out = mastered(desk, noisy(), once, album=[twice])
    away = out - noisy()
    assert 10 * np.log10(np.square(away).mean() / np.square(noisy()).mean()) < -80


@pytest.mark.parametrize("width_pct", [0, 60, 150])
def test_width_is_that_of_the_side(desk: Desk, width_pct: float) -> None:
    out = mastered(desk, noisy(), {"stereo": {"width_pct": width_pct}})
    assert np.allclose(mid(out), mid(noisy()), atol=1e-7)
    assert np.allclose(side(out), side(noisy()) * width_pct / 100, atol=1e-7)


def test_a_low_end_in_mono_keeps_its_mid(desk: Desk) -> None:
    stereo = {"stereo": {"mono_below_hz": 120}}
    out = mastered(desk, clicked(), stereo)
    assert np.allclose(mid(out), mid(clicked()), atol=1e-7)
    found = response_db(side(out), side(clicked()))
    assert found[HZ < 60].max() < -23.9
    assert np.abs(found[HZ > 400]).max() < 0.05


@pytest.mark.parametrize("settings", [{}, {"mix_pct": 40}, {"channels": "mid"}])
def test_a_multiband_at_rest_is_flat(desk: Desk, settings: dict[str, Any]) -> None:
    out = mastered(desk, clicked(), {"multiband": AT_REST | settings})
    assert np.abs(response_db(mid(out), mid(clicked()))).max() < 0.05
    assert np.abs(response_db(side(out), side(clicked()))).max() < 0.05


def test_a_whole_master_of_idle_devices_is_its_mix(desk: Desk) -> None:
    idle = [
        {"eq": {"bands": [{"type": "bell", "freq_hz": 90}], "phase": "linear", "channels": "mid"}},
        {"stereo": {"width_pct": 100}},
        {"compressor": {"ratio": 1, "lookahead_ms": 5, "channels": "side"}},
        {"match": {"reference": ["stems/a.wav"], "amount_pct": 0}},
        {"limiter": {"ceiling_dbtp": 0}},
    ]
    out = mastered(desk, noisy() * 0.5, *idle, album=idle)
    assert np.abs(out - noisy() * 0.5).max() < 1e-7
