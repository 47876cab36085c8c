"""What is left of a sound when another is taken from it: the null test."""

import math
from typing import TYPE_CHECKING

import msgspec

from albumbuild.dsp import maths
from albumbuild.dsp.trace import STEPS_A_SECOND, step_end, steps

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_NEGLIGIBLE = 1e-9  # of the power of the sound: 90 dB under it


class Residual(msgspec.Struct, frozen=True, kw_only=True):
    """The RMS level in dBFS of what is left, both channels together, in steps of 0.1 s.

    None where nothing is: the two are the same there, bit for bit. `gain_db` says that the
    second sound is the first at another level, and nothing else.
    """

    db: tuple[float | None, ...] = ()
    gain_db: float | None = None

    @property
    def most_db(self) -> float | None:
        """The level of the loudest step."""
        return max((each for each in self.db if each is not None), default=None)

    @property
    def at_s(self) -> float | None:
        """Where that begins."""
        most_db = self.most_db
        return None if most_db is None else self.db.index(most_db) / STEPS_A_SECOND


class NullTest:
    """Takes in two sounds that begin together, in blocks that are as long as each other."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frames = 0
        self._squares: list[float] = []
        self._counts: list[int] = []
        self._open = False
        self._first = self._both = self._second = 0.0

    def add(self, first: "Block", second: "Block") -> None:
        """Takes the next blocks in."""
        self._first += float((first * first).sum())
        self._second += float((second * second).sum())
        self._both += float((first * second).sum())
        left = second - first
        for here in steps(self._frames, len(left), self._rate_hz):
            if not self._open:
                self._squares.append(0.0)
                self._counts.append(0)
            part = left[here]
            self._squares[-1] += float((part * part).sum())
            self._counts[-1] += part.size
            begun = self._frames + here.start
            self._open = self._frames + here.stop < step_end(begun, self._rate_hz)
        self._frames += len(left)

    def residual(self) -> Residual:
        """What is left of all that was taken in."""
        levels = map(_level_db, self._squares, self._counts)
        return Residual(db=tuple(levels), gain_db=self._gain_db())

    def _gain_db(self) -> float | None:
        """The gain that makes the second of the first, where one does.

        Source: least squares; what it leaves is |b|² - (a·b)²/|a|².
        """
        if self._first <= 0.0 or self._both <= 0.0:
            return None
        left = self._second - self._both * self._both / self._first
        if left > _NEGLIGIBLE * self._second:
            return None
        return round(float(maths.gain_to_db(self._both / self._first)), 3)


def _level_db(squares: float, count: int) -> float | None:
    if squares <= 0.0:
        return None
    return round(float(maths.gain_to_db(math.sqrt(squares / count))), 2)
