"""Left against right: one that comes late, or upside down."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from albumbuild.dsp import maths
from albumbuild.dsp.fault import Fault
from albumbuild.dsp.fft import spectra
from albumbuild.dsp.pieces import Pieces

Array = npt.NDArray[np.float64]

SIZE = 8_192
FARTHEST = 64  # frames
INVERTED = -0.7
_BAND_HZ = (100.0, 10_000.0)
_SHARP = 0.4  # how much of all frequencies agrees on one delay
_ELSEWHERE = 0.5  # of that may agree on none


class Sides:
    """Finds a side that is late by a few frames, up to 64, and a side of opposite polarity.

    Late: the coherence of the sides from 100 Hz to 10 kHz, as a function of delay, reaches 0.4
    away from zero, and twice what it is at zero. Polarity: the correlation is under -0.7.
    Nothing is said of less than a second.
    Source: C. H. Knapp and G. C. Carter, The generalized correlation method for estimation
    of time delay, 1976: the smoothed coherence transform.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        angles: Array = np.arange(SIZE, dtype=np.float64) * (2 * math.pi / SIZE)
        self._window = (0.5 - 0.5 * maths.cos(angles))[:, np.newaxis]
        self._pieces = Pieces(SIZE // 2, 2, around=SIZE // 4)
        self._cross = np.zeros((SIZE, 2))
        self._powers = np.zeros((SIZE, 2))
        self._frames = 0
        self._product = 0.0
        self._squares = np.zeros(2)

    def add(self, block: Array) -> None:
        """Takes the next block of two channels in."""
        self._frames += len(block)
        self._product += float(np.sum(block[:, 0] * block[:, 1]))
        self._squares += np.sum(np.square(block), axis=0)
        for _, piece in self._pieces.add(block):
            signals = np.zeros((SIZE, 2, 2))
            signals[:, 0, :] = piece * self._window
            found = spectra(signals)
            real, imaginary = found[:, 0], found[:, 1]
            self._powers += np.square(real) + np.square(imaginary)
            self._cross[:, 0] += real[:, 0] * real[:, 1] + imaginary[:, 0] * imaginary[:, 1]
            self._cross[:, 1] += imaginary[:, 0] * real[:, 1] - real[:, 0] * imaginary[:, 1]

    def faults(self) -> Iterator[Fault]:
        """One at most of each kind."""
        both = math.sqrt(float(self._squares[0])) * math.sqrt(float(self._squares[1]))
        if both == 0.0 or self._frames < self._rate_hz:
            return
        correlation = self._product / both
        if correlation < INVERTED:
            yield Fault(
                kind="inverted",
                detail=f"one side is upside down: the correlation is {correlation:.2f}",
            )
        agreement = self._agreement()
        delay = int(np.argmax(np.abs(agreement))) - FARTHEST
        most, none = (abs(float(agreement[at + FARTHEST])) for at in (delay, 0))
        if delay != 0 and most >= _SHARP and none <= _ELSEWHERE * most:
            side, late = ("right", delay) if delay > 0 else ("left", -delay)
            frames = "1 frame" if late == 1 else f"{late} frames"
            yield Fault(
                kind="misaligned",
                length_s=late / self._rate_hz,
                channel=1 if delay > 0 else 0,
                detail=f"the {side} side is {frames} late",
            )

    def _agreement(self) -> Array:
        """How much of the band agrees on each delay of the right side, -64 to 64 frames."""
        scale = np.sqrt(self._powers[:, 0]) * np.sqrt(self._powers[:, 1])
        freqs_hz = np.arange(SIZE) * (self._rate_hz / SIZE)
        counts = (freqs_hz >= _BAND_HZ[0]) & (freqs_hz <= min(_BAND_HZ[1], 0.45 * self._rate_hz))
        known = counts & (scale > 0)
        signals = np.zeros((SIZE, 2, 2))
        signals[known, :, 0] = self._cross[known] / scale[known, np.newaxis]
        agreement = spectra(signals)[:, 0, 0] / max(1, int(counts.sum()))
        return np.concatenate((agreement[-FARTHEST:], agreement[: FARTHEST + 1]))
