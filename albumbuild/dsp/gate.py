"""Expander and gate at work: what is under a threshold is turned down, after a hold."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from albumbuild.dsp import maths
from albumbuild.dsp.dynamics import ear_memory, ear_settings, kept_after_one_frame
from albumbuild.dsp.glide import resting
from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_STANDING = 3  # numbers that the kernel remembers besides what it heard
_NOT_YET = -1.0  # of the reduction: that of silence, with the first frame
_TIED_DB = 1e-6  # a level that rounding has put that far under a threshold is at it


class Doorway(msgspec.Struct, frozen=True, kw_only=True):
    """Where a gate opens and closes, how far it turns down, and how it gets there."""

    threshold_db: float
    ratio: float
    range_db: float
    attack_ms: float
    hold_ms: float
    release_ms: float
    hysteresis_db: float


class Gate:
    """A running expander or gate of one or two channels, which share one gain.

    It opens when the level is at the threshold, and closes when the level has been
    `hysteresis_db` under it and no frame was louder for the hold. Closed, a level comes out
    `ratio` times as far under the threshold, by no more than the range less. The level is the
    peak of the last half cycles. It begins closed, as after a long silence. `reduction_db` is
    the most that the last block was turned down.

    Raises: ValueError for more than two channels.
    """

    def __init__(self, doorway: Doorway, rate_hz: int, channels: int) -> None:
        if channels > 2:
            raise ValueError(f"{channels} channels cannot be gated together")
        self.reduction_db = 0.0
        self._rate_hz = rate_hz
        self._glide = resting(_settings(doorway, rate_hz))
        self._memory = np.zeros(_STANDING + ear_memory(rate_hz))
        self._memory[0] = _NOT_YET

    def process(self, block: "Block", key: "Block | None" = None) -> "Block":
        """The next block; `key`, of one or two channels, is listened to in its place."""
        block = np.ascontiguousarray(block)
        heard = block if key is None else np.ascontiguousarray(key)
        out = np.empty_like(block)
        self.reduction_db = library.gate_process(
            self._glide.numbers, self._glide.left, self._memory, block, heard, out,
            *block.shape, heard.shape[1],
        )  # fmt: skip
        return out

    def aim(self, doorway: Doorway, frames: int) -> None:
        """Become the gate of another doorway."""
        self._glide.aim(_settings(doorway, self._rate_hz), frames)


def _settings(doorway: Doorway, rate_hz: int) -> list[float]:
    opens_db = doorway.threshold_db - _TIED_DB
    return [
        doorway.threshold_db,
        doorway.ratio - 1,
        doorway.range_db,
        maths.db_to_gain(opens_db),
        maths.db_to_gain(opens_db - doorway.hysteresis_db),
        doorway.hold_ms * rate_hz / 1000,
        kept_after_one_frame(doorway.attack_ms / 1000, rate_hz),
        kept_after_one_frame(doorway.release_ms / 1000, rate_hz),
        *ear_settings(rate_hz),
    ]
