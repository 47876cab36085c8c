"""The delay: where each echo falls, and how loud it is."""

from itertools import pairwise

import numpy as np
import pytest

from albumbuild.model.curve import Curve, CurvePoint
from albumbuild.processors.delay import Delay, DelayTime
from albumbuild.steps.inserts import Insert
from tests.signals import PIECES, impulse, noise, sine, through


def echoes(device, frames=44_100, channels=1, rate_hz=44_100):
    """Frame → what each channel has there, where there is anything."""
    out = through(device, impulse(frames, channels), rate_hz=rate_hz)
    return {int(frame): out[frame].tolist() for frame in np.flatnonzero(out.any(axis=1))}


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("time_ms", [0.1, 1.0, 33.333, 250.0, 801.7])
def test_echoes_fall_on_the_nearest_frame(time_ms, rate_hz):
    step = round(time_ms * rate_hz / 1000)
    found = echoes(Delay(time_ms=time_ms, feedback_pct=50), frames=4 * step, rate_hz=rate_hz)
    assert found == {step: [1.0], 2 * step: [0.5], 3 * step: [0.25]}


def test_without_feedback_there_is_one_echo():
    assert echoes(Delay(time_ms=100, feedback_pct=0)) == {4_410: [1.0]}


def test_full_feedback_neither_grows_nor_fades():
    found = echoes(Delay(time_ms=100, feedback_pct=100), frames=44_100 * 20)
    assert len(found) == 199
    assert all(level == [1.0] for level in found.values())


def test_full_feedback_with_cuts_never_grows():
    device = Delay(time_ms=5, feedback_pct=100, low_cut_hz=50, high_cut_hz=19_000)
    out = through(device, impulse(44_100 * 10))
    energies = [float(np.sum(np.square(part))) for part in np.split(out, 20)]
    assert all(later <= sooner for sooner, later in pairwise(energies))


def test_ping_pong_changes_sides():
    found = echoes(Delay(time_ms=100, feedback_pct=50, pingpong=True), frames=4_410 * 4)
    assert found == {4_410: [1.0, 0.0], 8_820: [0.0, 0.5], 13_230: [0.25, 0.0]}


def test_the_sides_have_times_of_their_own():
    device = Delay(
        time_ms=100, left=DelayTime(time_ms=10), right=DelayTime(time_ms=20), feedback_pct=0
    )
    assert echoes(device) == {441: [1.0, 0.0], 882: [0.0, 1.0]}
    assert echoes(Delay(time_ms=30, right=DelayTime(time_ms=20), feedback_pct=0)) == {
        882: [0.0, 1.0],
        1_323: [1.0, 0.0],
    }


@pytest.mark.parametrize(
    ("note", "time_ms"),
    [("1/4", 500), ("1/8.", 375), ("1/8t", 500 / 3), ("3/16", 375), ("1/1", 2000)],
)
def test_a_note_becomes_a_time(note, time_ms):
    placed = Delay(note=note, left=DelayTime(note=note)).with_tempo(120)
    assert placed.time_ms == pytest.approx(time_ms)
    assert placed.left is not None
    assert placed.left.time_ms == pytest.approx(time_ms)
    assert not placed.needs_tempo()


def test_a_note_without_a_tempo_does_not_start():
    assert Delay(note="1/8").needs_tempo()
    with pytest.raises(ValueError, match="tempo"):
        Delay(note="1/8").start(44_100, 2)


def test_cuts_work_on_each_next_echo():
    device = Delay(time_ms=100, feedback_pct=100, low_cut_hz=1_000)
    out = through(device, np.concatenate([np.ones((4_410, 1)), np.zeros((13_230, 1))]))
    assert np.all(out[4_410:8_820] == 1.0)
    assert abs(out[13_229, 0]) < 1e-6


def test_the_tail_ends_90_db_down():
    assert Delay(time_ms=100, feedback_pct=0).tail(44_100) == 4_410
    assert Delay(time_ms=100, feedback_pct=100).tail(44_100) == 30 * 44_100
    device = Delay(time_ms=100, feedback_pct=50)
    out = through(device, impulse(device.tail(44_100) * 2))
    assert 0 < np.max(out[device.tail(44_100) + 1 :]) < 10 ** (-90 / 20)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("pingpong", [False, True])
def test_the_cut_into_blocks_is_not_heard(channels, pingpong):
    device = Delay(time_ms=7, feedback_pct=80, pingpong=pingpong, high_cut_hz=4_000)
    whole = through(device, noise(9_000, channels), piece=1 << 30)
    assert whole.shape[1] == device.channels_out(channels)
    for piece in PIECES:
        assert np.array_equal(through(device, noise(9_000, channels), piece=piece), whole)


def moved(curves, sound, **settings):
    """A sound through a delay under automation."""
    curves = {field: Curve(points) for field, points in curves.items()}
    insert = Insert(Delay(**settings), 44_100, sound.shape[1], curves=curves)
    return insert.process(sound)


def test_a_time_that_moves_bends_the_pitch():
    tone = sine(1_000, rate_hz=44_100, frames=44_100)
    points = (CurvePoint(0.2, 100.0), CurvePoint(0.7, 50.0))
    out = moved({"time_ms": points}, tone, time_ms=100.0, feedback_pct=0)[:, 0]
    moving, after = out[13_000:30_000], out[33_000:]
    for part, pitch_hz in ((moving, 1_100), (after, 1_000)):
        crossings = np.flatnonzero((part[:-1] < 0) & (part[1:] >= 0))
        found = 44_100 * (len(crossings) - 1) / (crossings[-1] - crossings[0])
        assert found == pytest.approx(pitch_hz, rel=1e-3)
    assert np.max(np.abs(np.diff(out[13_000:], 2))) < 1.3 * (2 * np.pi * 1_100 / 44_100) ** 2


def test_a_time_comes_to_rest_on_a_whole_frame():
    sound = np.concatenate([np.zeros((30_870, 1)), impulse(13_230)])
    points = (CurvePoint(0.1, 10.0), CurvePoint(0.5, 33.333))
    out = moved({"time_ms": points}, sound, time_ms=10.0, feedback_pct=0)
    assert np.flatnonzero(out).tolist() == [30_870 + 1_470]


def test_a_jump_of_a_time_is_exact():
    sound = np.concatenate([np.zeros((22_050, 2)), impulse(22_050, 2)])
    curves = {
        "left/time_ms": (CurvePoint(0.1, 10.0), CurvePoint(0.4, 20.0, "hold")),
        "right/time_ms": (CurvePoint(0.1, 5.0), CurvePoint(0.4, 4_999.0, "hold")),
    }
    sides = {"left": DelayTime(time_ms=10.0), "right": DelayTime(time_ms=5.0)}
    out = moved(curves, sound, feedback_pct=0, **sides)
    assert np.flatnonzero(out[:, 0]).tolist() == [22_050 + 882]
    assert not out[:, 1].any()


def test_feedback_and_cuts_move_without_steps():
    tone = sine(200, rate_hz=44_100, frames=44_100)
    curves = {
        "feedback_pct": (CurvePoint(0.2, 0.0), CurvePoint(0.8, 90.0)),
        "low_cut_hz": (CurvePoint(0.3, 20.0), CurvePoint(0.6, 2_000.0), CurvePoint(0.9, 50.0)),
        "high_cut_hz": (CurvePoint(0.3, 20_000.0), CurvePoint(0.6, 300.0)),
    }
    settings = {"time_ms": 7.0, "feedback_pct": 0.0, "low_cut_hz": 20.0, "high_cut_hz": 2e4}
    out = moved(curves, tone, **settings)[1_000:, 0]
    assert np.max(np.abs(np.diff(out, 2))) < 4 * (2 * np.pi * 200 / 44_100) ** 2


@pytest.mark.parametrize("pingpong", [False, True])
def test_a_curve_that_stands_changes_nothing(pingpong):
    settings = {"time_ms": 3.3, "feedback_pct": 60.0, "high_cut_hz": 4e3, "pingpong": pingpong}
    still = through(Delay(**settings), noise(6_000))
    for field in ("time_ms", "feedback_pct", "high_cut_hz"):
        points = (CurvePoint(0.01, settings[field]), CurvePoint(0.05, settings[field]))
        assert np.array_equal(moved({field: points}, noise(6_000), **settings), still)


def test_a_line_between_frames_is_its_twin():
    state = Delay(time_ms=1, feedback_pct=0).start(44_100, 1)
    Delay(time_ms=1, feedback_pct=0).glide(state, 0)
    Delay(time_ms=0.1, feedback_pct=0).glide(state, 900)
    sound = noise(1_000, 1)
    out = state.process(sound)[:, 0]
    lengths = 44 + (4.41 - 44) / 900 * np.arange(900)
    nodes = np.array([-1, 0, 1, 2])
    for frame in range(60, 900):
        whole, part = divmod(lengths[frame], 1)
        heard = sound[frame - int(whole) - nodes, 0]
        assert out[frame] == pytest.approx(cubic(nodes, heard, part), abs=1e-9)


def cubic(nodes, values, place):
    """Lagrange's polynomial through values at nodes."""
    total = 0.0
    for node, value in zip(nodes, values, strict=True):
        others = nodes[nodes != node]
        total += value * np.prod((place - others) / (node - others))
    return total
