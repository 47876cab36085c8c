"""The analogue filters that an equaliser's bands promise, written once more from their papers."""

import math
from typing import Any

import numpy as np
from scipy.signal import butter

from tests.measured.studio import Block


def response(band: dict[str, Any], freqs_hz: Block) -> Block:
    """|H| of a band as the manifest spells it.

    Source: R. Bristow-Johnson, Audio EQ Cookbook, the prototypes in s; Butterworth from scipy.
    """
    s = 1j * freqs_hz / band["freq_hz"]
    q = band.get("q", math.sqrt(0.5))
    a = 10 ** (band.get("gain_db", 0.0) / 40)
    match band["type"]:
        case "bell":
            found = (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1)
        case "lowshelf":
            slant = math.sqrt(a) / q
            found = a * (s * s + s * slant + a) / (a * s * s + s * slant + 1)
        case "highshelf":
            slant = math.sqrt(a) / q
            found = a * (a * s * s + s * slant + 1) / (s * s + s * slant + a)
        case "notch":
            found = (s * s + 1) / (s * s + s / q + 1)
        case "bandpass":
            found = (s / q) / (s * s + s / q + 1)
        case "tilt":
            found = (1 + a * a * s) / (a * a + s)
        case "highpass" | "lowpass":
            found = _pass(band, s, q)
    return np.abs(found)


def _pass(band: dict[str, Any], s: Block, q: float) -> Block:
    order = band.get("slope_db", 12) // 6
    below = s * s + s / q + 1
    if order != 2:
        _, poles, _ = butter(order, 1, analog=True, output="zpk")
        below = np.prod([s - pole for pole in poles], axis=0)
    return np.asarray((s**order if band["type"] == "highpass" else 1) / below)
