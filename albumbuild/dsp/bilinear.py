"""Analogue prototypes made digital by the bilinear transform, warped so that the corner is exact.

A gain that never exceeds 1 in the prototype never does here: filters inside a loop need that.
"""

import math

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.maths import tan
from albumbuild.dsp.prototypes import Prototype, Quadratic

HIGHEST = 0.49  # of the rate; a corner above stands there


def bilinear(prototypes: tuple[Prototype, ...], rate_hz: int) -> npt.NDArray[np.float64]:
    """Coefficients (sections, 5) of all prototypes in a row.

    Source: R. Bristow-Johnson, Audio EQ Cookbook, "bilinear transform".
    """
    made = []
    for prototype in prototypes:
        stretch = 1.0 / tan(math.pi * min(prototype.freq_hz / rate_hz, HIGHEST))
        for above, below in prototype.sections:
            b0, b1, b2 = _in_z(above, stretch)
            a0, a1, a2 = _in_z(below, stretch)
            made.append([b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0])
    return np.array(made, dtype=np.float64).reshape(-1, 5)


def _in_z(quadratic: Quadratic, stretch: float) -> Quadratic:
    c2, c1, c0 = quadratic[0] * stretch * stretch, quadratic[1] * stretch, quadratic[2]
    return c2 + c1 + c0, 2.0 * (c0 - c2), c2 - c1 + c0
