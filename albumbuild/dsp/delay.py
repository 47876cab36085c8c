"""Echoes as they run: delay lines with a filter and a gain on the way back."""

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.kernels import library
from albumbuild.dsp.maths import gain_to_db

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
QUIET_DB = -90.0
LONGEST_TAIL_S = 30.0


class Echoes(msgspec.Struct):
    """One line a channel: its sound, its length in frames, and where it is being written."""

    lines: Array
    lengths: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    sections: Array
    filters: Array
    feedback: float
    crossed: bool

    def process(self, block: "Block") -> "Block":
        """The echoes alone, (frames, channels)."""
        assert block.shape[1] == len(self.lengths)
        block = np.ascontiguousarray(block)
        out = np.empty_like(block)
        library.delay_process(
            self.lines, self.lines.shape[1], self.lengths, self.places,
            self.sections, len(self.sections), self.filters, self.feedback, int(self.crossed),
            block, out, *block.shape,
        )  # fmt: skip
        return out


def echoes(frames: list[int], *, feedback: float, crossed: bool, sections: Array) -> Echoes:
    """Lines of these lengths, silent; `sections` filter what goes back."""
    return Echoes(
        lines=np.zeros((len(frames), max(frames))),
        lengths=np.array(frames, dtype=np.int64),
        places=np.zeros(len(frames), dtype=np.int64),
        sections=sections,
        filters=np.zeros((len(frames), len(sections), 2)),
        feedback=feedback,
        crossed=crossed,
    )


def tail_frames(frames: list[int], *, feedback: float, rate_hz: int) -> int:
    """Until the echoes are 90 dB down, but no more than half a minute."""
    if feedback <= 0.0:
        return max(frames)
    longest = int(LONGEST_TAIL_S * rate_hz)
    fall_db = -gain_to_db(feedback)
    if fall_db <= 0.0:
        return max(longest, *frames)
    count = 1 + math.ceil(-QUIET_DB / fall_db)
    return max(min(count * max(frames), longest), *frames)
