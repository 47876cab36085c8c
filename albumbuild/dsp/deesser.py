"""The de-esser at work: an ear for the band above a frequency, and a band that is in phase."""

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.bilinear import bilinear
from albumbuild.dsp.dynamics import ear_memory, ear_settings, kept_after_one_frame
from albumbuild.dsp.filters import Sections
from albumbuild.dsp.glide import resting
from albumbuild.dsp.kernels import library
from albumbuild.dsp.prototypes import highpass

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]

LOWEST_HZ = 2_000
"""No band begins lower: its response is the longest, and sets the latency."""

_CYCLES = 6  # of the band's lowest frequency, on either side of its response's middle
_EAR_ORDER = 8
_ATTACK_S = 0.001
_RELEASE_S = 0.060
_CERTAIN_DB = 0.001  # far more than what rounding puts a level out by
_WINDOW = (0.35875, 0.48829, 0.14128, 0.01168)


class Sibilance(msgspec.Struct, frozen=True, kw_only=True):
    """Where sibilance begins, in Hz and in dB, and the most that it is turned down."""

    freq_hz: float
    threshold_db: float
    range_db: float
    split: bool


class Deesser:
    """A running de-esser of one or two channels, which share one gain.

    The level is the peak of the last half cycles above `freq_hz`, which is cut there by 48 dB
    an octave. What it is over the threshold it is turned down by, and by no more than
    the range: 63 % of a rise in 1 ms, of a fall in 60 ms. The sound comes `deesser_latency`
    late, so that it is turned down from its first frame on.

    Split, the band is taken out by a response that is symmetric in time, and so in phase with
    the sound: all of it from a third above `freq_hz`, half of it there, nothing from a third
    below. `reduction_db` is the most that the last block was turned down.

    Raises: ValueError for more than two channels.
    """

    def __init__(self, sibilance: Sibilance, rate_hz: int, channels: int) -> None:
        if channels > 2:
            raise ValueError(f"{channels} channels cannot be de-essed together")
        self.reduction_db = 0.0
        self._rate_hz = rate_hz
        self._freq_hz = sibilance.freq_hz
        self._band = _band(sibilance.freq_hz, rate_hz)
        self._glide = resting(self._numbers(sibilance))
        self._ear = Sections(_ear(sibilance, rate_hz), channels)
        self._memory = np.zeros(1 + ear_memory(rate_hz))
        self._reach = _reach(sibilance, rate_hz)
        self._before = np.zeros((2 * deesser_latency(rate_hz), channels))

    def process(self, block: "Block") -> "Block":
        """The next block, `deesser_latency` frames late."""
        line = np.concatenate((self._before, block))
        out = np.empty((len(block), block.shape[1]))
        self.reduction_db = library.deesser_process(
            self._glide.numbers, self._glide.count, self._glide.left, self._memory, self._reach,
            self._ear.process(block), line, out, *block.shape,
        )  # fmt: skip
        self._before = line[len(block) :].copy()
        return out

    def aim(self, sibilance: Sibilance, frames: int) -> None:
        """Become a de-esser of other numbers."""
        if sibilance.freq_hz != self._freq_hz:
            self._freq_hz = sibilance.freq_hz
            self._band = _band(sibilance.freq_hz, self._rate_hz)
            self._ear.glide.aim(_ear(sibilance, self._rate_hz), frames)
        before = self._reach if frames else 0
        self._reach = max(before, _reach(sibilance, self._rate_hz))
        self._glide.aim(self._numbers(sibilance), frames)

    def _numbers(self, sibilance: Sibilance) -> list[float]:
        return [
            sibilance.threshold_db,
            sibilance.range_db,
            maths.db_to_gain(sibilance.threshold_db - _CERTAIN_DB),
            kept_after_one_frame(_ATTACK_S, self._rate_hz),
            kept_after_one_frame(_RELEASE_S, self._rate_hz),
            deesser_latency(self._rate_hz),
            *ear_settings(self._rate_hz),
            *self._band,
        ]


def deesser_latency(rate_hz: int) -> int:
    """How many frames a de-esser's output comes late."""
    return math.ceil(_CYCLES * rate_hz / LOWEST_HZ)


def deesser_tail(freq_hz: float, rate_hz: int) -> int:
    """How far the response of a band above `freq_hz` reaches to either side, in frames."""
    return math.ceil(_CYCLES * rate_hz / freq_hz)


def _ear(sibilance: Sibilance, rate_hz: int) -> Array:
    return bilinear((highpass(sibilance.freq_hz, order=_EAR_ORDER),), rate_hz)


def _reach(sibilance: Sibilance, rate_hz: int) -> int:
    return deesser_tail(sibilance.freq_hz, rate_hz) if sibilance.split else 0


def _band(freq_hz: float, rate_hz: int) -> Array:
    """One side of a symmetric response, from its middle on: all that is above `freq_hz`.

    Source: F. J. Harris, "On the use of windows for harmonic analysis with the discrete
    Fourier transform", Proc. IEEE 66 (1), 1978: the 4-term Blackman-Harris window of -92 dB.
    """
    share = min(freq_hz / rate_hz, 0.5)
    away: Array = np.arange(1.0, deesser_latency(rate_hz) + 1)
    inside = np.minimum(away * freq_hz / (_CYCLES * rate_hz), 1.0)
    window = sum((part * maths.cos(n * math.pi * inside) for n, part in enumerate(_WINDOW)), 0.0)
    low = maths.sin(2 * math.pi * share * away) / (math.pi * away) * window
    return np.concatenate(([1.0 - 2.0 * share], np.where(inside < 1.0, -low, 0.0)))
