"""Curves frame by frame, and the knots between which they go straight."""

import numpy as np
import pytest

from albumbuild.dsp.automation import Lane, frame_of
from albumbuild.model.curve import Curve, CurvePoint

RATE_HZ = 44_100
MIXED = Curve(
    (
        CurvePoint(0.1, -20.0),
        CurvePoint(0.30001, -6.0),
        CurvePoint(0.5, -30.0, "hold"),
        CurvePoint(0.500001, -28.0, "hold"),
        CurvePoint(0.9, -float("inf"), "smooth"),
    )
)


def exact(curve, rate_hz, frames):
    """The curve at every frame, each looked up alone."""
    return np.array([Lane(curve, rate_hz).at(frame) for frame in range(frames)])


@pytest.mark.parametrize("piece", [1, 63, 512, 44_100])
def test_a_curve_is_the_same_however_it_is_asked_for(piece):
    whole = exact(MIXED, RATE_HZ, 2_000 + 22_000)[22_000:]
    parts = [Lane(MIXED, RATE_HZ).values(22_000 + at, piece) for at in range(0, 2_000, piece)]
    each = np.concatenate([np.broadcast_to(part, piece) for part in parts])
    assert np.array_equal(each[:2_000], whole)


def test_a_point_counts_from_its_frame_on():
    """Times that are no whole frames, and times whose product with the rate is not exact."""
    for at_s in (0.1, 0.3, 1 / 3, 62.25, 0.500001, 1e-9, 3599.999):
        frame = frame_of(CurvePoint(at_s, 0.0), RATE_HZ)
        assert frame / RATE_HZ >= at_s > (frame - 1) / RATE_HZ


@pytest.mark.parametrize("field", ["gain_db", "freq_hz", "mix_pct", "q", "rotate_deg", "hold_ms"])
@pytest.mark.parametrize("shape", ["linear", "smooth"])
def test_straight_lines_between_knots_are_as_good_as_the_curve(field, shape):
    """Half of the way from knot to knot is little, by sum or by ratio."""
    curve = Curve((CurvePoint(0.1, 1.0), CurvePoint(0.60001, 30.0, shape), CurvePoint(0.8, 2.0)))
    found = sorted(set(Lane(curve, RATE_HZ).knots(field)))
    known = [Lane(curve, RATE_HZ).at(frame) for frame in found]
    frames = np.arange(found[0], found[-1])
    straight = np.interp(frames, found, known)
    off = np.abs(straight - exact(curve, RATE_HZ, found[-1])[found[0] :])
    assert off.max() < 0.02
    assert len(found) < 6_000


def test_a_jump_has_two_values_at_its_frame():
    frame = frame_of(MIXED.points[2], RATE_HZ)
    assert Lane(MIXED, RATE_HZ).before(frame) == -6.0
    assert Lane(MIXED, RATE_HZ).at(frame) == -30.0
    assert frame in set(Lane(MIXED, RATE_HZ).knots("gain_db"))


def test_a_thousand_points_cost_no_more_than_those_within_reach():
    """What is far from a block is not looked at: its values may be anything."""
    points = [CurvePoint(n / 10, float(n)) for n in range(1_000)]
    far = [
        CurvePoint(p.at_s, np.nan if abs(n - 500) > 3 else p.value) for n, p in enumerate(points)
    ]
    first = 50 * RATE_HZ
    assert np.array_equal(
        Lane(Curve(tuple(points)), RATE_HZ).values(first, 4_096),
        Lane(Curve(tuple(far)), RATE_HZ).values(first, 4_096),
    )
