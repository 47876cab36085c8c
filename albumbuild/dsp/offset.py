"""A steady offset: direct current that a converter added."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fault import Fault
from albumbuild.dsp.pieces import Pieces

Array = npt.NDArray[np.float64]

LEAST = 0.001  # -60 dBFS
_SECONDS = 3  # before anything is said: a low tone that is cut short has a mean, too
_STEADY = 0.9  # of the seconds have an offset of the same sign, half as large at least


class Offset:
    """Finds an offset over -60 dBFS that holds all along: the median of the means of seconds."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._pieces = Pieces(rate_hz, channels)
        self._means: list[Array] = []

    def add(self, block: Array) -> None:
        """Takes the next block in; a second that is begun at the end does not count."""
        self._means += [piece.mean(axis=0) for _, piece in self._pieces.add(block)]

    def faults(self) -> Iterator[Fault]:
        """One for each channel that has an offset."""
        if len(self._means) < _SECONDS:
            return
        means = np.array(self._means)
        for channel, offset in enumerate(np.median(means, axis=0).tolist()):
            if abs(offset) < LEAST or (means[:, channel] / offset > 0.5).mean() < _STEADY:
                continue
            level_db = maths.gain_to_db(abs(offset))
            yield Fault(
                kind="dc",
                channel=channel,
                level_db=level_db,
                detail=f"an offset of {offset:+.5f}, {level_db:.1f} dBFS",
            )
