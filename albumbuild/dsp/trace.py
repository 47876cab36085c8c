"""What a sound does over time: its waveform, loudness, peaks and width in steps of 0.1 s."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.kernels import library
from albumbuild.dsp.meter import Meter

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]

STEPS_A_SECOND = 10
_SLOTS = 100 // STEPS_A_SECOND  # of the meter, a step
_VALUES, _PEAK = 6, 2  # of a step, and where the true peak is among them, as in trace.c


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """One value a step; None where there is none.

    `low` and `high` are the outermost samples of both channels, 1 being full scale.
    `short_lufs` is the loudness of the 3 s that end with the step, `dbtp` the highest true
    peak, `correlation` that of left and right.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    short_lufs: tuple[float | None, ...]
    dbtp: tuple[float | None, ...]
    correlation: tuple[float | None, ...]


class Tracer:
    """Takes in a stereo sound, blocks of any length, and keeps what each step of it was."""

    def __init__(self, rate_hz: int) -> None:
        self.meter = Meter(rate_hz, 2)
        self._rate_hz = rate_hz
        self._frames = 0
        self._steps: list[Array] = []
        self._begun = np.zeros((0, _VALUES))

    def add(self, block: "Block") -> None:
        """Takes the next block in; the meter hears it too."""
        if not len(block):
            return
        block = np.ascontiguousarray(block, dtype=np.float64)
        self.meter.weigh(block)
        here = [*steps(self._frames, len(block), self._rate_hz)]
        found = np.zeros((len(here), _VALUES))
        found[: len(self._begun)] = self._begun
        ends = np.array([each.stop for each in here], dtype=np.int64)
        library.trace_add(block, ends, len(here), found)
        for row, each in zip(found, here, strict=True):
            row[_PEAK] = max(row[_PEAK], self.meter.peak_of(block[each]))
        self._frames += len(block)
        whole = step_of(self._frames, self._rate_hz) - len(self._steps)
        self._steps += [*found[:whole]]
        self._begun = found[whole:]

    def trace(self) -> Trace:
        """What has been heard so far; a step that has begun counts as one."""
        found = np.array([*self._steps, *self._begun]).reshape(-1, _VALUES)
        low, high, peak, left, right, product = found.T
        return Trace(
            low=_rounded(low, 4),
            high=_rounded(high, 4),
            short_lufs=self._short_lufs(len(found)),
            dbtp=tuple(_decibels(each) for each in peak),
            correlation=tuple(map(_correlation, left, right, product)),
        )

    def _short_lufs(self, count: int) -> tuple[float | None, ...]:
        """The loudness at the end of each step, once 3 s have passed."""
        reached = self.meter.short_term_lufs()[::_SLOTS]
        levels = [round(float(each), 2) if math.isfinite(each) else None for each in reached]
        before = 3 * STEPS_A_SECOND - 1
        return tuple(([None] * before + levels + [None] * count)[:count])


def step_of(frame: int, rate_hz: int) -> int:
    """The step that a frame is in."""
    return frame * STEPS_A_SECOND // rate_hz


def step_end(frame: int, rate_hz: int) -> int:
    """The first frame of the step after the one that `frame` is in."""
    return -(-(step_of(frame, rate_hz) + 1) * rate_hz // STEPS_A_SECOND)


def steps(first: int, frames: int, rate_hz: int) -> Iterator[slice]:
    """Where in a block that begins at frame `first` each step is."""
    done = 0
    while done < frames:
        until = min(step_end(first + done, rate_hz) - first, frames)
        yield slice(done, until)
        done = until


def _rounded(values: "Block", digits: int) -> tuple[float, ...]:
    return tuple(float(each) for each in np.round(values, digits))


def _decibels(peak: float) -> float | None:
    return round(float(maths.gain_to_db(float(peak))), 2) if peak > 0.0 else None


def _correlation(left: float, right: float, product: float) -> float | None:
    if left <= 0.0 or right <= 0.0:
        return None
    return round(max(-1.0, min(1.0, float(product) / math.sqrt(left) / math.sqrt(right))), 3)
