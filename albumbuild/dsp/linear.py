"""Filters without phase: every frequency is late by the same time, and comes out in its shape.

The response is symmetric. Its length is fixed by the rate alone, so that the latency stays
what it is whatever the settings move to: REACH_S before its middle and as long after it.
That holds any curve within 0.1 dB from 20 Hz to 20 kHz, down to 40 dB under its top, whose
ringing has died away by then. A resonance that rings longer comes out broader: a bell of
+12 dB and q 40 is exact from 100 Hz on, 0.7 dB low at 50 Hz and 1.6 dB low at 30 Hz. A notch
has a floor: 54 dB under the rest at 1 kHz and q 8, 36 dB at 100 Hz and q 8, 13 dB at 50 Hz
and q 40.
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from albumbuild.dsp.convolution import Past, Response, response
from albumbuild.dsp.fft import spectra
from albumbuild.dsp.levels import fade_gains
from albumbuild.dsp.maths import db_to_gain
from albumbuild.dsp.prototypes import Prototype

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]
Curve = tuple[Prototype, ...]
"""A product of prototypes, those without effect left out."""

REACH_S = 1.25
PARTS = 16  # on either side of the middle
STEPS = 4  # a part: how often the curve may change its direction
TAPERED = 0.5  # of either side
SILENT_DB = -90.0  # against the highest tap: what rings on below it is no tail


def latency(rate_hz: int) -> int:
    """How many frames a filter comes late: half its response, and a part to be gathered."""
    return _part(rate_hz) * (PARTS + 1)


def tail(prototypes: Iterable[Prototype], rate_hz: int) -> int:
    """How many frames the response goes on after its middle, down to SILENT_DB."""
    return _tail(_curve(prototypes), rate_hz)


@lru_cache(maxsize=4096)
def _tail(curve: Curve, rate_hz: int) -> int:
    if not curve:
        return 0
    after = np.abs(taps(curve, rate_hz)[_part(rate_hz) * PARTS :])
    return int(np.flatnonzero(after > after.max() * db_to_gain(SILENT_DB))[-1])


def taps(curve: Curve, rate_hz: int) -> Array:
    """The response, symmetric about its middle tap; the first one, which has no twin, is 0.

    Source: frequency sampling, Oppenheim & Schafer, Discrete-Time Signal Processing; the
    outer half of either side is tapered by a raised cosine.
    """
    half = _part(rate_hz) * PARTS
    freqs_hz: Array = np.arange(half + 1, dtype=np.float64) * (rate_hz / (2 * half))
    magnitude = np.ones(half + 1)
    for prototype in curve:
        magnitude = magnitude * prototype.magnitude(freqs_hz)
    signals = np.zeros((2 * half, 2, 2))
    signals[: half + 1, 0, 0] = magnitude
    signals[half + 1 :, 0, 0] = magnitude[half - 1 : 0 : -1]
    side = spectra(signals)[:half, 0, 0] / (2 * half)
    ahead = np.arange(half, 0, -1) / half
    side *= fade_gains("s", np.minimum(ahead / TAPERED, 1.0))
    return np.concatenate(([0.0], side[:0:-1], side))


class LinearPhase:
    """Prototypes as one symmetric response; without any, every bit as it was, and as late.

    Where the prototypes move, the sound fades from one response to the next in straight
    lines. A new response is made at most STEPS times a part, so a fast move may be that
    much late.
    """

    def __init__(self, prototypes: Iterable[Prototype], rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._size = _part(rate_hz)
        self._past = Past(2 * PARTS, self._size)
        self._raw: Array = np.zeros((PARTS + 2, self._size, 2))
        self._block = 0
        self._at = 0
        self._goal = _curve(prototypes)
        self._from: dict[Curve, float] = {self._goal: 1.0}
        self._frames = self._done = 0
        self._next: tuple[Curve, int] | None = None
        self._responses: dict[Curve, Response] = {}
        self._outputs: dict[Curve, Block] = {}

    def aim(self, prototypes: Iterable[Prototype], frames: int) -> None:
        """Become the filter of these prototypes in `frames` frames; at once for 0."""
        goal, left = _curve(prototypes), self._frames - self._done
        if frames == 0:
            self._next, self._goal, self._from = None, goal, {goal: 1.0}
            self._frames = self._done = 0
        elif 0 < left <= self._step:
            self._next = (goal, frames - left)
        else:
            self._fade(goal, frames)

    def process(self, block: "Block") -> "Block":
        """The next block, `latency` frames late."""
        out = np.empty((len(block), self._channels))
        done = 0
        while done < len(block):
            count = min(len(block) - done, self._size - self._at)
            if self._frames:
                count = min(count, self._frames - self._done)
            here = slice(self._at, self._at + count)
            self._raw[self._block, here] = block[done : done + count]
            out[done : done + count] = self._heard(here)[:, : self._channels]
            done += count
            self._go_on(count)
        return out

    @property
    def _step(self) -> int:
        return self._size // STEPS

    def _fade(self, goal: Curve, frames: int) -> None:
        """Set out for a response, from the mixture that is heard now."""
        share = self._done / self._frames if self._frames else 0.0
        mixed = {curve: weight * (1.0 - share) for curve, weight in self._from.items()}
        mixed[self._goal] = mixed.get(self._goal, 0.0) + share
        self._from = {curve: weight for curve, weight in mixed.items() if weight}
        self._goal, self._frames, self._done = goal, max(frames, self._step), 0
        used = {*self._from, goal}
        self._responses = {curve: self._responses[curve] for curve in used & {*self._responses}}

    def _go_on(self, count: int) -> None:
        if self._frames:
            self._done += count
            if self._done == self._frames:
                self._arrive()
        self._at += count
        if self._at == self._size:
            self._past.add(self._raw[self._block])
            self._block = (self._block + 1) % len(self._raw)
            self._outputs.clear()
            self._at = 0

    def _arrive(self) -> None:
        self._from = {self._goal: 1.0}
        self._frames = self._done = 0
        if self._next is not None:
            (goal, frames), self._next = self._next, None
            self._fade(goal, frames)

    def _heard(self, here: slice) -> "Block":
        """Some frames of what comes out of this part."""
        first, *others = self._from.items()
        heard = self._output(first[0])[here]
        if others:
            heard = heard * first[1]
            for curve, weight in others:
                heard = heard + weight * self._output(curve)[here]
        if not self._frames:
            return heard
        step = np.arange(self._done, self._done + len(heard))[:, np.newaxis]
        return heard + (self._output(self._goal)[here] - heard) * (step / self._frames)

    def _output(self, curve: Curve) -> "Block":
        """This part of the sound through a curve."""
        if curve not in self._outputs:
            if curve and curve not in self._responses:
                sound = taps(curve, self._rate_hz)[:, np.newaxis]
                self._responses[curve] = response(sound, self._size)
            # The oldest part is as late as the middle of a response; the newest is being filled.
            oldest = self._raw[(self._block + 1) % len(self._raw)]
            self._outputs[curve] = (
                self._past.through(self._responses[curve]) if curve else oldest.copy()
            )
        return self._outputs[curve]


def _curve(prototypes: Iterable[Prototype]) -> Curve:
    return tuple(each for each in prototypes if not each.is_idle)


def _part(rate_hz: int) -> int:
    return 1 << (math.ceil(REACH_S * rate_hz / PARTS) - 1).bit_length()
