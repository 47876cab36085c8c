"""The compressor at work: detector, static curve, attack and release, as one kernel."""

import math
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from albumbuild.dsp import maths
from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_FOLLOWER = 17  # numbers that the kernel remembers of a channel
_GAIN = 16  # where among them its gain is
_AVERAGING_S = 0.010
_BUCKET_S = 0.0005
_LONGEST_HALF_CYCLE_S = 0.030  # a little more than that of 20 Hz
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

    The level is the peak of the last half cycles, or the mean square over 10 ms; the static
    curve turns it into a reduction in dB, which moves 63 % of a change in the attack or
    the release time. Linked fully, every channel is turned down as the loudest asks.
    `reduction_db` is the most that the last block was turned down.

    Source: Giannoulis, Massberg and Reiss, "Digital dynamic range compressor design",
    JAES 60 (6), 2012.

    Raises: ValueError for more than two channels.
    """

    def __init__(self, curve: Curve, rate_hz: int, channels: int) -> None:
        if channels > 2:
            raise ValueError(f"{channels} channels cannot be compressed together")
        self.reduction_db = 0.0
        makeup = maths.db_to_gain(curve.makeup_db)
        lookahead = lookahead_frames(curve.lookahead_ms, rate_hz)
        self._settings = np.array(
            [
                curve.threshold_db,
                1 - 1 / curve.ratio,
                curve.knee_db,
                kept_after_one_frame(curve.attack_ms / 1000, rate_hz),
                kept_after_one_frame(curve.release_ms / 1000, rate_hz),
                makeup,
                curve.link_pct / 100,
                float(curve.detector == "rms"),
                kept_after_one_frame(_AVERAGING_S, rate_hz),
                max(1, round(_BUCKET_S * rate_hz)),
                round(_LONGEST_HALF_CYCLE_S * rate_hz),
                lookahead,
            ]
        )
        self._memory = np.zeros(1 + _FOLLOWER * channels)
        self._memory[1 + _GAIN :: _FOLLOWER] = makeup
        self._delay = np.zeros((max(1, lookahead), channels))

    def process(self, block: "Block", key: "Block | None" = None) -> "Block":
        """The next block; `key`, of one or two channels, is listened to in its place."""
        block = np.ascontiguousarray(block)
        heard = block if key is None else np.ascontiguousarray(key)
        out = np.empty_like(block)
        self.reduction_db = library.compressor_process(
            self._settings,
            self._memory,
            self._delay,
            block,
            heard,
            out,
            *block.shape,
            heard.shape[1],
        )
        return out


def lookahead_frames(lookahead_ms: float, rate_hz: int) -> int:
    """A time in whole frames, to the nearest."""
    return math.floor(lookahead_ms * rate_hz / 1000 + 0.5)


def kept_after_one_frame(time_s: float, rate_hz: int) -> float:
    """What is left of a difference after one frame, when 63 % of it go in `time_s`."""
    return maths.exp2(-_LOG2_E / (time_s * rate_hz)) if time_s > 0 else 0.0
