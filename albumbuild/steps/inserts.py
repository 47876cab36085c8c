"""A chain of inserts at work: aimed at a channel, mixed with the dry sound, kept aligned."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from albumbuild.dsp.align import Lag
from albumbuild.model.device import Processor, ToneProcessor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from albumbuild.model.device import Block


class Insert:
    """One device in its slot: what the settings say, and the state between two blocks.

    Its input comes `late` frames late: those are before the time line, and the device
    starts after them. So what moves by its own clock, as a reverb's modulation does,
    keeps its place in the song whatever look-ahead stands before it.
    """

    def __init__(self, device: Processor, rate_hz: int, channels: int, *, late: int = 0) -> None:
        self.device = device
        self.latency = device.latency(rate_hz)
        self.channels = device.channels_out(channels)
        self._aim = _aim(device, channels)
        self._wet = device.mix_pct / 100.0 if isinstance(device, ToneProcessor) else 1.0
        self._state: Any = device.start(rate_hz, 1 if self._aim else channels)
        self._dry = Lag(self.latency, channels)
        self._late = late

    def process(self, block: "Block", key: "Block | None" = None) -> "Block":
        """The next block, `latency` frames late, dry and wet summed."""
        if not self._late:
            return self._heard(block, key)
        waits = min(self._late, len(block))
        self._late -= waits
        silence = np.zeros((waits, self.channels))
        if waits == len(block):
            return silence
        heard = self._heard(block[waits:], None if key is None else key[waits:])
        return np.concatenate((silence, heard))

    def _heard(self, block: "Block", key: "Block | None") -> "Block":
        part = partial(self._part, key=key)
        if self._aim is None and self._wet == 1.0:
            return part(block)
        dry = self._dry.process(block)
        wet = self._aim(block, dry, part) if self._aim else part(block)
        return wet if self._wet == 1.0 else (1.0 - self._wet) * dry + self._wet * wet

    def _part(self, block: "Block", key: "Block | None") -> "Block":
        out = self.device.process(np.ascontiguousarray(block), self._state, key)
        return 0.5 * (out[:, :1] + out[:, 1:]) if self._aim and out.shape[1] == 2 else out


class Chain:
    """Inserts in series, without side chains."""

    def __init__(self, devices: "Sequence[Processor]", rate_hz: int, channels: int) -> None:
        self._inserts: list[Insert] = []
        self.latency = 0
        for device in devices:
            insert = Insert(device, rate_hz, channels, late=self.latency)
            self._inserts.append(insert)
            channels = insert.channels
            self.latency += insert.latency
        self.channels = channels

    def process(self, block: "Block") -> "Block":
        """The next block, `latency` frames late."""
        for insert in self._inserts:
            block = insert.process(block)
        return block


def tail_frames(devices: "Sequence[Processor]", rate_hz: int) -> int:
    """How long the sound of a chain outlasts its input, in frames."""
    return sum(device.tail(rate_hz) for device in devices)


def _aim(
    device: Processor, channels: int
) -> "Callable[[Block, Block, Callable[[Block], Block]], Block] | None":
    """How the device hears a part of a stereo signal; None when it hears all of it."""
    if not isinstance(device, ToneProcessor) or channels != 2:
        return None
    return {"stereo": None, "mid": _mid, "side": _side, "left": _left, "right": _right}[
        device.channels
    ]


def _mid(block: "Block", dry: "Block", part: "Callable[[Block], Block]") -> "Block":
    mid = part(0.5 * (block[:, :1] + block[:, 1:]))
    side = 0.5 * (dry[:, :1] - dry[:, 1:])
    return np.concatenate((mid + side, mid - side), axis=1)


def _side(block: "Block", dry: "Block", part: "Callable[[Block], Block]") -> "Block":
    mid = 0.5 * (dry[:, :1] + dry[:, 1:])
    side = part(0.5 * (block[:, :1] - block[:, 1:]))
    return np.concatenate((mid + side, mid - side), axis=1)


def _left(block: "Block", dry: "Block", part: "Callable[[Block], Block]") -> "Block":
    return np.concatenate((part(block[:, :1]), dry[:, 1:]), axis=1)


def _right(block: "Block", dry: "Block", part: "Callable[[Block], Block]") -> "Block":
    return np.concatenate((dry[:, :1], part(block[:, 1:])), axis=1)
