"""An impulse response made ready: cut to length, at the working rate."""

import math
from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp.levels import faded
from albumbuild.dsp.resample import Resampler, resampled_frames

if TYPE_CHECKING:
    from albumbuild.model.device import Block
    from albumbuild.model.sound import Sound

CUT_FADE_S = 0.005
RINGING_S = 0.01
"""How long a change of rate rings at least, before and after a click."""


def lead(sound: "Sound", rate_hz: int) -> int:
    """Frames of ringing that a change of rate puts before the impulse, and after it too."""
    return _lead(sound, rate_hz)[1]


def frames(sound: "Sound", rate_hz: int, length_s: float | None) -> int:
    """How many frames it sounds at the working rate, with the ringing after it."""
    used = _used(sound, length_s)
    return resampled_frames(used, sound.rate_hz, rate_hz) + lead(sound, rate_hz)


def at_rate(sound: "Sound", rate_hz: int, *, length_s: float | None) -> "Block":
    """The impulse at the working rate, after its `lead`, as (frames, channels).

    Where it is cut, it fades out. At another rate its samples are scaled by the ratio: the
    sum over them, and so the level of what passes, stays the same.

    Raises:
        ValueError: the sound has no samples.
    """
    if sound.samples is None:
        raise ValueError("an impulse without samples cannot be heard")
    count = _used(sound, length_s)
    samples: Block = np.ascontiguousarray(sound.samples[:count], dtype=np.float64)
    if count < sound.frames:
        ahead = np.arange(count, 0, -1, dtype=np.float64)
        samples = faded(samples, "s", ahead, CUT_FADE_S * sound.rate_hz)
    if sound.rate_hz == rate_hz:
        return samples
    padding = _lead(sound, rate_hz)[0]
    resampler = Resampler(sound.rate_hz, rate_hz, sound.channels)
    padded = np.pad(samples, ((padding, padding), (0, 0)))
    resampled = np.concatenate((resampler.process(padded), resampler.finish()))
    return resampled * (sound.rate_hz / rate_hz)


def _used(sound: "Sound", length_s: float | None) -> int:
    if length_s is None:
        return sound.frames
    return min(sound.frames, max(round(length_s * sound.rate_hz), 1))


def _lead(sound: "Sound", rate_hz: int) -> tuple[int, int]:
    """Frames before the impulse in its file's rate and in the working one: the same time."""
    if sound.rate_hz == rate_hz:
        return 0, 0
    common = math.gcd(sound.rate_hz, rate_hz)
    count = math.ceil(RINGING_S * common)
    return count * (sound.rate_hz // common), count * (rate_hz // common)
