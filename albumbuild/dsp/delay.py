"""Echoes as they run: delay lines with a filter and a gain on the way back."""

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.glide import Glide, resting
from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import gain_to_db

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
QUIET_DB = -90.0
LONGEST_TAIL_S = 30.0
BEYOND = 3  # frames of a line that lie behind its end: a read between frames wants two of them


class Echoes(msgspec.Struct):
    """A line a channel and where it is written; feedback and lengths; the filter of the loop."""

    rate_hz: int
    lines: Array
    place: npt.NDArray[np.int64]
    numbers: Glide
    sections: Glide
    filters: Array
    crossed: bool

    def process(self, block: "Block") -> "Block":
        """The echoes alone, (frames, channels)."""
        assert block.shape[1] == len(self.lines)
        block = np.ascontiguousarray(block)
        out = np.empty_like(block)
        library.delay_process(
            self.numbers.numbers, self.numbers.left,
            self.sections.numbers, self.filters.shape[1], self.sections.left,
            self.lines, self.lines.shape[1], self.place, self.filters, int(self.crossed),
            block, out, *block.shape,
        )  # fmt: skip
        return out

    def make_room(self, longest: int) -> None:
        """Let lines be as long as `longest` frames; before any sound."""
        if self.lines.shape[1] < longest + BEYOND:
            self.lines = np.zeros((len(self.lines), longest + BEYOND))

    def aim(self, lengths: list[float], *, feedback: float, sections: Array, frames: int) -> None:
        """Reach these in `frames` frames; a jump of a length goes to a whole frame."""
        if frames == 0:
            now = self.numbers.numbers[0, 1:]
            lengths = [
                goal if at != _whole(at) and abs(goal - at) < 1.0 else _whole(goal)
                for goal, at in zip(lengths, now, strict=True)
            ]
        self.numbers.aim([feedback, *lengths], frames)
        self.sections.aim(sections, frames)


def echoes(
    lengths: list[float], *, feedback: float, crossed: bool, sections: Array, rate_hz: int
) -> Echoes:
    """Lines of the nearest whole lengths, silent; `sections` filter what goes back."""
    whole = [_whole(length) for length in lengths]
    return Echoes(
        rate_hz=rate_hz,
        lines=np.zeros((len(whole), int(max(whole)) + BEYOND)),
        place=np.zeros(1, dtype=np.int64),
        numbers=resting([feedback, *whole]),
        sections=resting(sections),
        filters=np.zeros((len(whole), len(sections), 2)),
        crossed=crossed,
    )


def tail_frames(lengths: list[float], *, feedback: float, rate_hz: int) -> int:
    """Until the echoes are 90 dB down, but no more than half a minute."""
    frames = [int(_whole(length)) for length in lengths]
    if feedback <= 0.0:
        return max(frames)
    longest = int(LONGEST_TAIL_S * rate_hz)
    fall_db = -gain_to_db(feedback)
    if fall_db <= 0.0:
        return max(longest, *frames)
    count = 1 + math.ceil(-QUIET_DB / fall_db)
    return max(min(count * max(frames), longest), *frames)


def _whole(length: float) -> float:
    return float(max(1, int(length + 0.5)))
