"""The spectrum of a whole sound: its power by frequency, and in thirds of an octave."""

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fft import turns
from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]

WINDOW_S = 0.6  # a window is no shorter, so that the lowest bands have several bins
OVERLAP = 2  # windows over each frame; their squares sum to 1
BANDS_HZ = (
    25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1_000, 1_250, 1_600,
    2_000, 2_500, 3_150, 4_000, 5_000, 6_300, 8_000, 10_000, 12_500, 16_000, 20_000,
)  # fmt: skip
"""What the thirds of an octave are called: the nominal centres of IEC 61260-1."""

_FIRST = -16  # the band of 25 Hz, counted from that of 1 kHz


class Spectrum:
    """Takes in a sound, blocks of any length, and gives the mean of its power spectrum.

    Windows overlap so that every frame counts alike, the first and the last too: the power of
    all bins is the mean square of the sound, its channels summed.
    Source: P. D. Welch, The use of fast Fourier transform for the estimation of power
    spectra, 1967; the window is that of the Vorbis I specification, 1.3.2.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.rate_hz = rate_hz
        self.size = 1 << math.ceil(math.log2(WINDOW_S * rate_hz))
        self._hop = self.size // OVERLAP
        angles: Array = np.arange(self.size, dtype=np.float64) * (2 * math.pi / self.size)
        slope = 0.5 - 0.5 * maths.cos(angles)
        self._window = maths.sin(math.pi / 2 * slope)
        self._channels = channels
        self._waiting = np.zeros((self.size - self._hop, channels))
        self._squares = np.zeros(self.size)
        self._room = (np.empty((self.size, 2, 2)), np.empty((self.size, 2, 2)))
        self._frames = 0

    def add(self, block: "Block") -> None:
        """Takes the next block in."""
        self._frames += len(block)
        self._waiting = np.concatenate((self._waiting, block))
        used = self._add_windows(self._waiting, self._squares)
        if used:
            self._waiting = self._waiting[used:].copy()

    def mean_squares(self) -> Array:
        """The mean square of each bin from 0 Hz to half the rate: (size / 2 + 1,)."""
        ending = np.zeros((self.size + self._hop, self._channels))
        both = self._squares.copy()
        self._add_windows(np.concatenate((self._waiting, ending)), both)
        half = self.size // 2
        one = np.concatenate((both[:1], both[1:half] + both[:half:-1], both[half : half + 1]))
        return one / (max(self._frames, 1) * self.size)

    def _add_windows(self, sound: Array, squares: Array) -> int:
        """Adds the power of all pairs of windows in a sound; how many frames are done."""
        used: int = library.spectrum_add(
            squares,
            np.ascontiguousarray(sound),
            self._window,
            turns(self.size),
            *self._room,
            len(sound),
            self._channels,
            self.size,
            self._hop,
        )
        return used


def band_edges_hz(number: int) -> tuple[float, float]:
    """The edges of the third of an octave with that place in `BANDS_HZ`.

    Source: IEC 61260-1:2014, base ten.
    """
    tenths = maths.log2(10.0) / 10.0
    return tuple(1_000.0 * maths.exp2((_FIRST + number + side) * tenths) for side in (-0.5, 0.5))  # type: ignore[return-value]


def third_octaves_db(mean_squares: Array, rate_hz: int) -> tuple[float, ...]:
    """The level of each of `BANDS_HZ`, in dB: a square wave at full scale in one channel is 0.

    -inf where there is no power, or nothing of the band below half the rate.
    """
    width_hz = rate_hz / 2 / (len(mean_squares) - 1)
    summed = np.concatenate(([0.0], np.add.accumulate(mean_squares)))
    levels = []
    for number in range(len(BANDS_HZ)):
        low, high = (_up_to(summed, edge / width_hz + 0.5) for edge in band_edges_hz(number))
        levels.append(maths.gain_to_db(max(high - low, 0.0)) / 2)
    return tuple(levels)


def _up_to(summed: Array, place: float) -> float:
    """The power below a place among the bins; a bin is even from edge to edge."""
    place = min(place, len(summed) - 1.0)
    whole = min(int(place), len(summed) - 2)
    return float(summed[whole] + (summed[whole + 1] - summed[whole]) * (place - whole))
