"""Automation of the settings of inserts: exact, to the frame, and without a trace of its knots."""

from typing import Any

import numpy as np
import pytest

from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.model.desk import Fader
from albumbuild.model.device import Processor
from albumbuild.processors.delay import Delay
from albumbuild.processors.eq import Band, Eq
from albumbuild.processors.gain import Gain
from albumbuild.processors.limiter import Limiter
from albumbuild.steps.inserts import Insert, fader_tail
from albumbuild.steps.moves import Moves
from tests.signals import PIECES, noise
from tests.steps.conftest import RATE_HZ, Desk
from tests.studio import Block

AT = np.arange(RATE_HZ) / RATE_HZ
ONES = np.ones((RATE_HZ, 2))


def curve(*points: tuple[Any, ...]) -> Curve:
    return Curve(tuple(CurvePoint(*point) for point in points))


def played(device: Processor, curves: dict[str, Curve], block: Block, piece: int = 4_096) -> Block:
    """A block through one insert, cut into pieces."""
    insert = Insert(device, RATE_HZ, block.shape[1], curves=curves)
    starts = range(0, len(block), piece)
    return np.concatenate([insert.process(block[at : at + piece]) for at in starts])


def test_a_ramp_of_a_level_is_straight_in_decibels():
    out = played(Gain(), {"level_db": curve((0.2, 0.0), (0.7, -40.0), (0.9, 6.0))}, ONES)
    levels = np.interp(AT, [0.2, 0.7, 0.9], [0, -40, 6])
    assert np.max(np.abs(20 * np.log10(out[:, 0]) - levels)) < 1e-5


def test_a_jump_is_on_its_frame_and_alters_no_other():
    out = played(Gain(), {"level_db": curve((0, -6.0), (0.5, -12.0, "hold"))}, ONES)
    before, after = (Gain(level_db=level) for level in (-6.0, -12.0))
    half = RATE_HZ // 2
    assert np.array_equal(out[:half], played(before, {}, ONES)[:half])
    assert np.array_equal(out[half:], played(after, {}, ONES)[half:])


SWEEP = {
    "bands/0/freq_hz": curve((0.1, 200.0), (0.5, 6_000.0), (0.8, 300.0, "smooth")),
    "bands/0/gain_db": curve((0.2, 0.0), (0.4, 12.0), (0.6, -9.0, "hold")),
    "bands/1/q": curve((0.3, 0.5), (0.7, 4.0)),
}
BANDS = Eq(
    bands=(
        Band(type="bell", freq_hz=1_000, gain_db=6),
        Band(type="highpass", freq_hz=80, slope_db=12),
        Band(type="highshelf", freq_hz=9_000, gain_db=-4),
    )
)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_cut_into_blocks_is_not_heard_while_settings_move(channels):
    block = noise(RATE_HZ // 4, channels)
    whole = played(BANDS, SWEEP, block, len(block))
    for piece in PIECES:
        if piece > 1:
            assert np.array_equal(played(BANDS, SWEEP, block, piece), whole)
    few = block[:3_000]
    assert np.array_equal(played(BANDS, SWEEP, few, 1), whole[:3_000])


def test_a_filter_that_has_arrived_is_the_filter_of_its_settings():
    """A curve that has come to rest leaves the same sound as settings that never moved."""
    curves = {"bands/0/freq_hz": curve((0.0, 200.0), (0.1, 3_000.0))}
    moved = played(BANDS, curves, noise(RATE_HZ, 1))
    band = Band(type="bell", freq_hz=3_000, gain_db=6)
    still = played(Eq(bands=(band, *BANDS.bands[1:])), {}, noise(RATE_HZ, 1))
    assert np.max(np.abs(moved - still)[RATE_HZ // 2 :]) < 1e-12


def test_a_band_that_moves_from_nothing_and_back_leaves_every_bit_at_rest():
    curves = {"bands/0/gain_db": curve((0.2, 0.0), (0.4, 8.0), (0.6, 0.0))}
    band = Eq(bands=(Band(type="bell", freq_hz=2_000),))
    block = noise(RATE_HZ, 1)
    out = played(band, curves, block)
    first = round(0.2 * RATE_HZ)
    assert np.array_equal(out[:first], block[:first])
    assert np.max(np.abs(out - block)[round(0.7 * RATE_HZ) :]) < 1e-9


def test_a_moving_filter_makes_no_zipper_noise():
    """A tone under a band that sweeps far above it has no lines that are not its own."""
    tone = 0.5 * np.sin(2 * np.pi * 200 * AT)[:, np.newaxis]
    curves = {"bands/0/freq_hz": curve((0.0, 6_000.0), (1.0, 14_000.0))}
    out = played(Eq(bands=(Band(type="bell", freq_hz=6_000, gain_db=9, q=2),)), curves, tone)
    middle = out[RATE_HZ // 4 : 3 * RATE_HZ // 4, 0] * np.blackman(RATE_HZ // 2)
    lines = 20 * np.log10(np.abs(np.fft.rfft(middle)) / np.abs(np.fft.rfft(middle)).max() + 1e-15)
    far = np.arange(len(lines)) * 2 > 600
    assert lines[far].max() < -120


def test_dry_and_wet_move_frame_by_frame():
    device = Gain(level_db=-float("inf"), mix_pct=0)
    out = played(device, {"mix_pct": curve((0.25, 0.0), (0.75, 100.0))}, ONES)
    assert np.allclose(out[:, 0], np.interp(AT, [0.25, 0.75], [1, 0]), atol=1e-12)


def test_a_late_device_is_moved_on_time(desk: Desk) -> None:
    """After look-ahead, and in a device that looks ahead itself, a curve counts where it sounds."""
    inserts: list[Any] = [
        {"limiter": {"ceiling_dbtp": 0, "lookahead_ms": 7}},
        {"gain": {"id": "g"}},
    ]
    points = [[0, -20], [0.5, -6, "hold"]]
    settings = {"inserts": inserts, "automation": {"g.level_db": points}}
    mix = desk({"a": (0.25 * ONES, settings)}).result("mix:s")
    wanted = 0.25 * 10 ** (np.where(AT < 0.5, -20, -6) / 20)
    assert np.allclose(mix[:, 0], wanted, rtol=1e-6)


def test_dry_sound_of_a_late_device_is_moved_on_time():
    limiter = Limiter(ceiling_dbtp=-20.0, drive_db=0.0)
    late = limiter.latency(RATE_HZ)
    out = played(limiter, {"mix_pct": curve((0, 100.0), (0.5, 0.0, "hold"))}, ONES)[late:]
    half = RATE_HZ // 2
    assert np.abs(out[half - 10 : half]).max() < 0.11
    assert np.array_equal(out[half:], ONES[half : len(out)])


@pytest.mark.parametrize("where", ["strip", "bus", "return", "mix"])
def test_inserts_move_everywhere(desk: Desk, where: str) -> None:
    """On strips, buses, returns and the mix; points in bars and in minutes."""
    moved: dict[str, Any] = {
        "inserts": [{"gain": {"level_db": -3, "bypass": True, "id": "out"}}, {"gain": {"id": "g"}}],
        "automation": {
            "g.level_db": [["0:00.25", 0], [{"bar": 1, "beat": 1.5}, -12], [0.75, -6, "smooth"]],
            "out.level_db": [[0, -40]],
        },
    }
    settings: dict[str, Any] = {
        "strip": moved,
        "bus": {"bus": "b"},
        "return": {"sends": {"r": {"level_db": 0, "pre": True}}, "gain_db": "-inf"},
    }.get(where, {})
    song = {
        "bus": {"buses": {"b": moved}},
        "return": {"returns": {"r": moved}},
        "mix": {"mix": moved},
    }
    studio = desk({"a": (ONES, settings)}, tempo=60, **song.get(where, {}))
    mix = studio.result("mix:s")
    share = np.clip((AT - 0.5) / 0.25, 0, 1)
    levels = np.interp(AT, [0.25, 0.5], [0, -12]) + 6 * (0.5 - 0.5 * np.cos(np.pi * share))
    assert np.max(np.abs(20 * np.log10(mix[:, 0]) - levels)) < 1e-4


def test_a_tail_is_as_long_as_its_settings_ever_ask():
    """Feedback that rises is heard out to its end, though at its start it would end early."""
    curves = {"feedback_pct": curve((0.0, 0.0), (1.0, 50.0), (2.0, 0.0, "hold"))}
    device = Delay(time_ms=100, feedback_pct=0)
    fader = Fader(inserts=(device,), insert_curves={"0/feedback_pct": curves["feedback_pct"]})
    longest = Delay(time_ms=100, feedback_pct=50).tail(RATE_HZ)
    assert Moves(device, curves, RATE_HZ).longest_tail() == longest
    assert fader_tail(fader, RATE_HZ) == longest > device.tail(RATE_HZ)


@pytest.mark.parametrize("aim", ["stereo", "mid"])
def test_dry_sound_is_kept_ready_while_only_wet_is_heard(aim: Any) -> None:
    """However blocks fall, a curve that leaves 100 % finds the dry sound at its place."""
    device = Limiter(ceiling_dbtp=-1, lookahead_ms=10, channels=aim)
    curves = {"mix_pct": curve((0, 100.0), (0.25, 0.0, "hold"))}
    block = noise(RATE_HZ // 2, 2) * 0.3
    whole = played(device, curves, block, len(block))
    for piece in (63, 480, 512, 4_096):
        assert np.array_equal(played(device, curves, block, piece), whole)
    late = device.latency(RATE_HZ)
    assert np.allclose(whole[late:], block[: len(block) - late], atol=1e-15)
