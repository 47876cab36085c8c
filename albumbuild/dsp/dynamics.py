"""The compressor at work: detector, static curve, attack and release, as one kernel."""

import math
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from albumbuild.dsp import maths
from albumbuild.dsp.glide import resting
from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_EARS = 2 * 10  # numbers that a kernel remembers of the peaks of two channels
_SQUARES = 2 * (15 + 2 * 16)  # of their squares
_STANDING = 4  # and of the compressor's delay, its link, and two reductions
_AVERAGED_S = 0.0025
_TAKEN_MS = {"peak": (0.0, 1.2), "rms": (0.85, 1.75)}  # by the detector of a rise and of a fall
_WINDOW_S = 0.00125
_LONGEST_WINDOW = 512  # as in ear.h
_SHORTEST_HALF_CYCLE_S = 0.001
_LONGEST_HALF_CYCLE_S = 0.030  # a little more than that of 20 Hz
_CERTAIN_DB = 0.001  # far more than what rounding puts a level out by
_LOG2_E = 1.4426950408889634


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """What a compressor does to a level at rest, and how it gets there."""

    threshold_db: float
    ratio: float
    knee_db: float
    attack_ms: float
    release_ms: float
    makeup_db: float
    detector: Literal["peak", "rms"]
    lookahead_ms: float
    link_pct: float


class Compressor:
    """A running compressor of one or two channels.

    The level is the peak of the last half cycles and of 1.25 ms, or the mean square of as many
    half cycles as fill 2.5 ms; the static curve turns it into a reduction in dB, which moves
    63 % of a change in the attack or the release time. Linked fully, every channel is turned
    down as the loudest asks. Silence before a sound is not heard, however long it is.
    `reduction_db` is the most that the last block was turned down.

    What a detector takes itself, of a change of a tone of 1 kHz, is taken off the times. With
    peaks an attack keeps to its time within a tenth from 1 ms up, a release from 5 ms; with
    mean squares an attack from 5 ms and a release from 10 ms up, for changes of 10 dB or more.

    Source: Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design",
    JAES 60 (6), 2012.

    Raises: ValueError for more than two channels.
    """

    def __init__(self, curve: Curve, rate_hz: int, channels: int) -> None:
        if channels > 2:
            raise ValueError(f"{channels} channels cannot be compressed together")
        self.reduction_db = 0.0
        self._rate_hz = rate_hz
        self._glide = resting(_settings(curve, rate_hz))
        self._memory = np.zeros(_STANDING + _SQUARES + ear_memory(rate_hz))
        lookahead = lookahead_frames(curve.lookahead_ms, rate_hz)
        self._delay = np.zeros((max(1, lookahead), channels))

    def process(self, block: "Block", key: "Block | None" = None) -> "Block":
        """The next block; `key`, of one or two channels, is listened to in its place."""
        block = np.ascontiguousarray(block)
        heard = block if key is None else np.ascontiguousarray(key)
        out = np.empty_like(block)
        self.reduction_db = library.compressor_process(
            self._glide.numbers, self._glide.left, self._memory, self._delay, block, heard, out,
            *block.shape, heard.shape[1],
        )  # fmt: skip
        return out

    def aim(self, curve: Curve, frames: int) -> None:
        """Become the compressor of another curve, of the same detector and look-ahead."""
        self._glide.aim(_settings(curve, self._rate_hz), frames)


def ear_settings(rate_hz: int) -> tuple[int, int, int]:
    """How long a peak is held, and a half cycle waited for at least and at most, in frames."""
    return (
        min(max(1, round(_WINDOW_S * rate_hz)), _LONGEST_WINDOW),
        max(2, round(_SHORTEST_HALF_CYCLE_S * rate_hz)),
        round(_LONGEST_HALF_CYCLE_S * rate_hz),
    )


def ear_memory(rate_hz: int) -> int:
    """How many numbers a kernel remembers of what it hears of two channels."""
    window, *_ = ear_settings(rate_hz)
    return _EARS + 2 * window


def _settings(curve: Curve, rate_hz: int) -> list[float]:
    return [
        *_static(curve),
        *_moving(curve, rate_hz),
        maths.db_to_gain(curve.makeup_db),
        curve.link_pct / 100,
        float(curve.detector == "rms"),
        _AVERAGED_S * rate_hz,
        lookahead_frames(curve.lookahead_ms, rate_hz),
        *ear_settings(rate_hz),
    ]


def _static(curve: Curve) -> tuple[float, ...]:
    """Threshold, slope, knee, how it bends, and a level that is certainly below."""
    slope = 1 - 1 / curve.ratio
    bend = slope / (2 * curve.knee_db) if curve.knee_db else 0.0
    below = maths.db_to_gain(curve.threshold_db - curve.knee_db / 2 - _CERTAIN_DB)
    silent = below * below if curve.detector == "rms" else below
    return curve.threshold_db, slope, curve.knee_db, bend, silent


def _moving(curve: Curve, rate_hz: int) -> tuple[float, float]:
    """What is left of a rise and of a fall after one frame; the detector has had its share."""
    rising, falling = _TAKEN_MS[curve.detector]
    rises, falls = curve.attack_ms - rising, curve.release_ms - falling
    return kept_after_one_frame(rises / 1000, rate_hz), kept_after_one_frame(falls / 1000, rate_hz)


def lookahead_frames(lookahead_ms: float, rate_hz: int) -> int:
    """A time in whole frames, to the nearest."""
    return math.floor(lookahead_ms * rate_hz / 1000 + 0.5)


def kept_after_one_frame(time_s: float, rate_hz: int) -> float:
    """What is left of a difference after one frame, when 63 % of it go in `time_s`."""
    return maths.exp2(-_LOG2_E / (time_s * rate_hz)) if time_s > 0 else 0.0
