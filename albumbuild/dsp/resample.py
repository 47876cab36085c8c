"""Another sample rate, by soxr at its best quality, as a stream without delay."""

from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from albumbuild.model.device import Block

_CHUNK = 4096  # what soxr is fed at a time, whatever comes in


def resampled_frames(frames: int, rate_in: int, rate_out: int) -> int:
    """How many frames `frames` become: the nearest whole number, halves up."""
    return (2 * frames * rate_out + rate_in) // (2 * rate_in)


class Resampler:
    """Turns blocks at one rate into blocks at another.

    The first frame out is at the moment of the first frame in. Blocks come out when
    they are ready, not as long as they came in; `finish` gives the rest.
    """

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        self._rates = (rate_in, rate_out)
        self._channels = channels
        self._stream = soxr.ResampleStream(
            rate_in, rate_out, channels, dtype="float64", quality="VHQ"
        )
        self._waiting: Block = self._empty()
        self._frames_in = 0
        self._frames_out = 0

    def process(self, block: "Block") -> "Block":
        """What is ready when this block has come in; may be empty."""
        self._frames_in += len(block)
        if self._rates[0] == self._rates[1]:
            return block
        waiting = np.concatenate((self._waiting, block))
        whole = len(waiting) - len(waiting) % _CHUNK
        self._waiting = waiting[whole:]
        ready = [self._fed(waiting[at : at + _CHUNK]) for at in range(0, whole, _CHUNK)]
        out = np.concatenate((self._empty(), *ready))
        self._frames_out += len(out)
        return out

    def finish(self) -> "Block":
        """The rest: with it as many frames have come out as `resampled_frames` says."""
        if self._rates[0] == self._rates[1]:
            return self._empty()
        rest = self._fed(self._waiting, last=True)
        self._waiting = self._empty()
        missing = resampled_frames(self._frames_in, *self._rates) - self._frames_out
        padding = np.zeros((max(0, missing - len(rest)), self._channels))
        self._frames_out += missing
        return np.concatenate((rest[:missing], padding))

    def _fed(self, chunk: "Block", *, last: bool = False) -> "Block":
        fed: Block = self._stream.resample_chunk(np.ascontiguousarray(chunk), last=last)
        return fed.reshape(-1, self._channels)

    def _empty(self) -> "Block":
        return np.zeros((0, self._channels))
