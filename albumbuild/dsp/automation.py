"""Automation along a time line: the value at each frame, and knots with straight lines between."""

import itertools
import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp import maths
from albumbuild.dsp.levels import SILENT_DB, fade_gains

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from albumbuild.model.curve import Curve, CurvePoint

    Values = npt.NDArray[np.float64]

FINENESS = {"_db": 0.02, "_dbtp": 0.02, "_pct": 0.1, "_deg": 0.1}
"""How far a setting goes from knot to knot, by the ending of its name."""

STEPS_AN_OCTAVE = 128
STEPS_FROM_ZERO = 512
"""The same for all other settings: frequencies and times go by ratio."""


def curve_values(curve: "Curve", first: int, frames: int, rate_hz: int) -> "float | Values":
    """The curve at frames `first` … `first + frames`; one number where it stands still."""
    points = curve.points
    start, end = first / rate_hz, (first + frames) / rate_hz
    if end <= points[0].at_s:
        return points[0].value
    if start >= points[-1].at_s:
        return points[-1].value
    times = np.arange(first, first + frames) / rate_hz
    at = [point.at_s for point in points]
    here = points[max(bisect_right(at, start) - 1, 0) : bisect_left(at, end) + 1]
    values = np.full(frames, here[0].value)
    for before, point in itertools.pairwise(here):
        begins, ends = np.searchsorted(times, (before.at_s, point.at_s))
        values[begins:ends] = _between(before, point, times[begins:ends])
        values[ends:] = point.value
    return values


def value_at(curve: "Curve", frame: int, rate_hz: int) -> float:
    """The curve at one frame."""
    values = curve_values(curve, frame, 1, rate_hz)
    return values if isinstance(values, float) else float(values[0])


def value_before(curve: "Curve", frame: int, rate_hz: int) -> float:
    """What the curve comes to on its way to `frame`: another value where it jumps there."""
    for before, point in itertools.pairwise(curve.points):
        if frame_of(point, rate_hz) == frame:
            return before.value if point.shape == "hold" else point.value
    return value_at(curve, frame, rate_hz)


def knots(curve: "Curve", rate_hz: int, *, field: str) -> "Iterator[int]":
    """Frames between which the curve of `field` goes as good as straight."""
    yield frame_of(curve.points[0], rate_hz)
    for before, point in itertools.pairwise(curve.points):
        first, last = frame_of(before, rate_hz), frame_of(point, rate_hz)
        if point.shape != "hold" and point.value != before.value:
            wanted = _steps(before.value, point.value, field)
            count = max(1, min(last - first, wanted))
            yield from (first + (last - first) * n // count for n in range(1, count))
            yield max(first, last - 1)  # a point may stand between two frames
        yield last


def frame_of(point: "CurvePoint", rate_hz: int) -> int:
    """The first frame at or after a point."""
    frame = round(point.at_s * rate_hz)
    return frame if frame / rate_hz >= point.at_s else frame + 1


def _steps(low: float, high: float, field: str) -> int:
    low, high = sorted((_audible(low), _audible(high)))
    fineness = next((FINENESS[end] for end in FINENESS if field.endswith(end)), None)
    if fineness is not None:
        return math.ceil((high - low) / fineness)
    if low <= 0:
        return STEPS_FROM_ZERO
    return math.ceil(STEPS_AN_OCTAVE * maths.log2(high / low))


def _between(before: "CurvePoint", point: "CurvePoint", times: "Values") -> "Values":
    if point.shape == "hold" or before.value == point.value:
        return np.full(len(times), before.value)
    share = (times - before.at_s) / (point.at_s - before.at_s)
    if point.shape == "smooth":
        share = fade_gains("s", share)
    low, high = _audible(before.value), _audible(point.value)
    return low + (high - low) * share


def _audible(value: float) -> float:
    """A value that a ramp can begin at: off is the lowest level."""
    return SILENT_DB if value == -math.inf else value
