"""Filters that run: cascades of second-order sections, short responses, and the two together."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.kernels import library
from albumbuild.dsp.matching import matched
from albumbuild.dsp.prototypes import Prototype

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]


class Sections:
    """A cascade of second-order sections, the same for every channel.

    `coefficients` is (sections, 5): b0 b1 b2 a1 a2 with a0 = 1. No section at all
    gives back the block as it is.
    """

    def __init__(self, coefficients: npt.ArrayLike, channels: int) -> None:
        self.coefficients: Array = np.array(coefficients, dtype=np.float64, order="C").reshape(
            -1, 5
        )
        self.memory: Array = np.zeros((len(self.coefficients), 2, channels))

    def process(self, block: "Block") -> "Block":
        """The next block, filtered; the same length."""
        if not len(self.coefficients):
            return block
        assert block.shape[1] == self.memory.shape[2]
        block = np.ascontiguousarray(block)
        out = np.empty_like(block)
        library.sections_process(
            self.coefficients, len(self.coefficients), self.memory, block, out, *block.shape
        )
        return out


class Fir:
    """A short finite impulse response, the same for every channel; no taps are no filter."""

    def __init__(self, taps: npt.ArrayLike, channels: int) -> None:
        self.taps: Array = np.array(taps, dtype=np.float64)
        self.before: Array = np.zeros((max(len(self.taps) - 1, 0), channels))

    def process(self, block: "Block") -> "Block":
        """The next block, filtered; the same length."""
        if not len(self.taps):
            return block
        padded = np.concatenate([self.before, block])
        out = np.empty((len(block), block.shape[1]))
        library.fir_process(self.taps, len(self.taps), padded, out, *block.shape)
        self.before = padded[len(block) :].copy()
        return out


class Filter:
    """Analogue prototypes made digital: the sections of all, then one correction for all."""

    def __init__(self, prototypes: Iterable[Prototype], rate_hz: int, channels: int) -> None:
        design = matched(tuple(prototypes), rate_hz)
        self.sections = Sections(design.sections, channels)
        self.correction = Fir(design.taps, channels)

    def process(self, block: "Block") -> "Block":
        """The next block, filtered; the same length."""
        return self.correction.process(self.sections.process(block))
