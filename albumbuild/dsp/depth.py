"""How many bits the samples of a file really use."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fault import Fault

Array = npt.NDArray[np.float64]

_FINE = 24  # bits of the grid that samples are put on
_FEWEST = 1_000  # samples that are not zero, before anything is said
_STEPS = 16  # different samples, at least: a square wave has two
_NEAR = 2_048  # steps of 24 bit around zero in which levels are counted
_ENOUGH = 8 * 2 * _NEAR  # samples there
_GRID = 8  # steps of 24 bit between levels that are used, at least


class Depth:
    """Finds a word length that is only pretended.

    A file of over 16 bits whose samples all are those of 16 bits or fewer, or of 16 bits with
    those of 8. And samples that were turned up or down without dither after they had been
    rounded: around zero they use every eighth level of 24 bits, or fewer. `bits` is the
    file's word length, None for lossy codings, of which nothing is said.
    """

    def __init__(self, bits: int | None) -> None:
        self._bits = bits
        self._used = 0
        self._is_finer = False
        self._samples = 0
        self._values: set[int] = set()
        self._near = np.zeros(2 * _NEAR + 1, dtype=np.bool_)
        self._near_samples = 0

    def add(self, block: Array) -> None:
        """Takes the next block in."""
        if self._bits is None or self._bits <= 8:
            return
        steps = block.reshape(-1) * float(1 << (_FINE - 1))
        steps = steps[(steps != 0) & (np.abs(steps) < 1 << 40)]
        whole = np.rint(steps)
        self._is_finer = self._is_finer or bool((whole != steps).any())
        numbers = whole.astype(np.int64)
        self._samples += len(numbers)
        self._used |= int(np.bitwise_or.reduce(numbers)) if len(numbers) else 0
        if len(self._values) < _STEPS:
            self._values |= set(numbers[: 16 * _STEPS].tolist())
        near = numbers[np.abs(numbers) <= _NEAR]
        self._near_samples += len(near)
        self._near[near + _NEAR] = True

    def faults(self) -> Iterator[Fault]:
        """At most one."""
        if self._bits is None or self._samples < _FEWEST or len(self._values) < _STEPS:
            return
        claimed, real = min(self._bits, 32), self._real_bits()
        if real <= (16 if claimed > 16 else 8) < claimed:
            yield Fault(kind="bit-depth", detail=f"{real} bits of {self._bits} are used")
        elif claimed > 16 and (spacing := self._spacing()) >= _GRID:
            bits = _FINE - maths.log2(spacing)
            yield Fault(
                kind="bit-depth",
                detail=f"levels as of {bits:.1f} bits in {self._bits}: "
                "turned up or down without dither after rounding",
            )

    def _real_bits(self) -> int:
        """The word length that would hold every sample."""
        if self._is_finer or self._used == 0:
            return _FINE + 8
        return _FINE - ((self._used & -self._used).bit_length() - 1)

    def _spacing(self) -> float:
        """Steps of 24 bit between levels around zero; 0 where too few are known."""
        levels = np.flatnonzero(self._near)
        if self._near_samples < _ENOUGH or len(levels) < 16:
            return 0.0
        return float(np.median(np.diff(levels)))
