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


class Lane:
    """A curve at one rate: its value at any frame, and the knots between which it is straight."""

    def __init__(self, curve: "Curve", rate_hz: int) -> None:
        self._points = curve.points
        self._rate_hz = rate_hz
        self._times = [point.at_s for point in curve.points]
        self.frames = [frame_of(point, rate_hz) for point in curve.points]
        """Where each point counts from."""

    def values(self, first: int, frames: int) -> "float | Values":
        """The curve at frames `first` … `first + frames`; one number where it stands still."""
        start, end = first / self._rate_hz, (first + frames) / self._rate_hz
        if end <= self._times[0]:
            return float(self._points[0].value)
        if start >= self._times[-1]:
            return float(self._points[-1].value)
        times = np.arange(first, first + frames) / self._rate_hz
        begin = max(bisect_right(self._times, start) - 1, 0)
        here = self._points[begin : bisect_left(self._times, end) + 1]
        values = np.full(frames, here[0].value)
        for before, point in itertools.pairwise(here):
            begins, ends = np.searchsorted(times, (before.at_s, point.at_s))
            values[begins:ends] = _between(before, point, times[begins:ends])
            values[ends:] = point.value
        return values

    def at(self, frame: int) -> float:
        """The curve at one frame."""
        values = self.values(frame, 1)
        return float(values[0]) if isinstance(values, np.ndarray) else values

    def before(self, frame: int) -> float:
        """What the curve comes to on its way to `frame`: another value where it jumps there."""
        index = bisect_left(self.frames, frame)
        if not 0 < index < len(self.frames) or self.frames[index] != frame:
            return self.at(frame)
        point = self._points[index]
        return self._points[index - 1].value if point.shape == "hold" else point.value

    def knots(self, field: str) -> "Iterator[int]":
        """Frames between which the curve of `field` goes as good as straight."""
        yield self.frames[0]
        ways = zip(itertools.pairwise(self._points), itertools.pairwise(self.frames), strict=True)
        for (before, point), (first, last) in ways:
            if point.shape != "hold" and point.value != before.value:
                count = max(1, min(last - first, _steps(before.value, point.value, field)))
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
