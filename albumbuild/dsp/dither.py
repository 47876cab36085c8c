"""Sound in whole numbers: rounding, and dither done once, last."""

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Steps: TypeAlias = npt.NDArray[np.int32]
"""Quantised sound: (frames, channels), int32, C order."""


def quantise(
    block: "Block",
    *,
    bits: int,
    dither: Literal["none", "tpdf"],
    first_frame: int,
    seed: int,
) -> Steps:
    """The block in whole steps of `bits` bits, clipped at full scale.

    Without dither each sample is rounded to the nearest step, halves to even. `tpdf`
    adds triangular noise of one step either way before that: the total error then has
    mean 0 and variance 1/4, whatever the sound. The noise is a function of the seed,
    the frame (counted from `first_frame`) and the channel, so blocks do not matter.
    A frame that is digital silence stays so.

    Source: Lipshitz, Wannamaker and Vanderkooy, "Quantization and dither", JAES 40 (5), 1992.
    """
    if not 2 <= bits <= 32:
        raise ValueError(f"{bits} bits do not fit a whole number of 32")
    frames, channels = block.shape
    steps = np.empty((frames, channels), dtype=np.int32)
    library.dither_quantise(
        np.ascontiguousarray(block, dtype=np.float64),
        steps,
        frames,
        channels,
        float(1 << (bits - 1)),
        int(dither == "tpdf"),
        first_frame,
        seed,
    )
    return steps
