"""Filters that run: cascades of second-order sections, short responses, and the two together."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.glide import resting
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
        self.glide = resting(coefficients)
        self.memory: Array = np.zeros((self.glide.count // 5, 2, channels))

    def process(self, block: "Block") -> "Block":
        """The next block, filtered; the same length."""
        if not len(self.memory):
            return block
        assert block.shape[1] == self.memory.shape[2]
        block = np.ascontiguousarray(block)
        out = np.empty_like(block)
        library.sections_process(
            self.glide.numbers, len(self.memory), self.glide.left, self.memory, block, out,
            *block.shape,
        )  # fmt: skip
        return out


class Fir:
    """A short finite impulse response, the same for every channel; no taps are no filter."""

    def __init__(self, taps: npt.ArrayLike, channels: int) -> None:
        self.glide = resting(taps)
        self.before: Array = np.zeros((max(self.glide.count - 1, 0), channels))

    def process(self, block: "Block") -> "Block":
        """The next block, filtered; the same length."""
        if not self.glide.count:
            return block
        padded = np.concatenate([self.before, block])
        out = np.empty((len(block), block.shape[1]))
        library.fir_process(
            self.glide.numbers, self.glide.count, self.glide.left, padded, out, *block.shape
        )
        self.before = padded[len(block) :].copy()
        return out


class Filter:
    """Analogue prototypes made digital: the sections of all, then one correction for all."""

    def __init__(self, prototypes: Iterable[Prototype], rate_hz: int, channels: int) -> None:
        design = matched(tuple(prototypes), rate_hz)
        self._rate_hz = rate_hz
        self._channels = channels
        self._is_whole = False
        self.sections = Sections(design.sections, channels)
        self.correction = Fir(design.taps, channels)

    def process(self, block: "Block") -> "Block":
        """The next block, filtered; the same length."""
        return self.correction.process(self.sections.process(block))

    def aim(self, prototypes: Iterable[Prototype], frames: int) -> None:
        """Become the filter of as many prototypes, of the same kinds, in `frames` frames.

        The first time it is done before any sound: room is made for all that may come.
        """
        design = matched(tuple(prototypes), self._rate_hz, whole=True)
        if not self._is_whole:
            self._is_whole = True
            self.sections = Sections(design.sections, self._channels)
            self.correction = Fir(design.taps, self._channels)
        else:
            self.sections.glide.aim(design.sections, frames)
            self.correction.glide.aim(design.taps, frames)
