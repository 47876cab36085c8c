"""One channel of the desk: inserts, fader, pan and sends.

A channel comes `latency` frames late. Its fader and its automation are read at the frame
that is sounding, so a late path is automated on time.
"""

from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp import levels
from albumbuild.dsp.align import Lag
from albumbuild.dsp.automation import Lane
from albumbuild.model.desk import Fader, Strip
from albumbuild.steps.ends import key_of
from albumbuild.steps.inserts import Insert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albumbuild.dsp.levels import Values
    from albumbuild.model.curve import Curve
    from albumbuild.model.device import Block, Processor


class Channel:
    """Inserts, fader and sends of a strip, bus or return, fed with one block at a time.

    `process` leaves `out`, what is `sent` to each return, and the `key` that side chains
    hear: a bus as it leaves, a strip before its pan, so that a mono stem keeps its level.
    What is sent is a block, and the gain that is still to be put on it, one or one a frame.
    With an `end`, frame of the time line, it leaves as it would be stored and read back.
    """

    def __init__(
        self,
        fader: Fader,
        *,
        channels: int,
        latency: int,
        keys: "Mapping[str, Channel]",
        rate_hz: int,
        end: int | None = None,
    ) -> None:
        self._end = end
        self._fader = fader
        self._still = levels.gain(fader.gain_db)
        self._sends = {name: levels.gain(feed.level_db) for name, feed in fader.sends.items()}
        self._gain = _lane(fader.gain_curve, rate_hz)
        self._pan = _lane(fader.pan_curve, rate_hz)
        self._feeds = {name: _lane(feed.curve, rate_hz) for name, feed in fader.sends.items()}
        self._slots: list[_Slot] = []
        for index, device in enumerate(fader.inserts):
            slot = _Slot(
                device,
                curves=fader.curves_of(index),
                channels=channels,
                latency=latency,
                keys=keys,
                rate_hz=rate_hz,
            )
            self._slots.append(slot)
            channels, latency = slot.insert.channels, slot.latency
        self.latency: int = latency
        self._faded: tuple[Block, float | Values]
        self.out: Block
        self.sent: dict[str, tuple[Block, float | Values]] = {}

    def process(self, block: "Block", first: int, keys: "Mapping[str, Channel]") -> None:
        """Take the block that began at frame `first` of the time line."""
        for slot in self._slots:
            block = slot.process(block, keys)
        position, frames = first - self.latency, len(block)
        gains: float | Values = self._still
        if self._gain is not None:
            gains = levels.gain(self._gain.values(position, frames) + self._fader.gain_db)
        pan = self._fader.pan if self._pan is None else self._pan.values(position, frames)
        self._faded = block, gains
        self.out = levels.mixed(block, gains, pan)
        if self._end is not None:
            self.out = as_stored(self.out, self._end - position)
        before = levels.placed(block, 0.0) if self._has_pre_send() else self.out
        self.sent = {
            name: (before if feed.pre else self.out, self._send_gain(name, position, frames))
            for name, feed in self._fader.sends.items()
        }

    @property
    def key(self) -> "Block":
        """What side chains hear of the last block."""
        return levels.scaled(*self._faded) if isinstance(self._fader, Strip) else self.out

    @property
    def inserts(self) -> "list[Insert]":
        """Its inserts, in order."""
        return [slot.insert for slot in self._slots]

    def _send_gain(self, name: str, first: int, frames: int) -> "float | Values":
        lane = self._feeds[name]
        return levels.gain(lane.values(first, frames)) if lane else self._sends[name]

    def _has_pre_send(self) -> bool:
        return any(feed.pre for feed in self._fader.sends.values())


def _lane(curve: "Curve | None", rate_hz: int) -> Lane | None:
    return None if curve is None else Lane(curve, rate_hz)


def as_stored(block: "Block", left: int) -> "Block":
    """A block as a file of 32-bit float gives it back that ends after `left` more frames."""
    stored = block.astype(np.float32).astype(np.float64)
    stored[max(left, 0) :] = 0.0
    return stored


class _Slot:
    """An insert and, when it listens to a side chain, the lags that bring the two together."""

    def __init__(
        self,
        device: "Processor",
        *,
        curves: "Mapping[str, Curve]",
        channels: int,
        latency: int,
        keys: "Mapping[str, Channel]",
        rate_hz: int,
    ) -> None:
        self._key = key_of(device)
        key_latency = keys[self._key].latency if self._key else latency
        meeting = max(latency, key_latency)
        self._wait = Lag(meeting - latency, channels)
        self._key_lag = meeting - key_latency
        self._key_wait: Lag | None = None
        self.insert = Insert(device, rate_hz, channels, curves=curves, late=meeting)
        self.latency = meeting + self.insert.latency

    def process(self, block: "Block", keys: "Mapping[str, Channel]") -> "Block":
        block = self._wait.process(block)
        if self._key is None:
            return self.insert.process(block)
        key = keys[self._key].key
        if self._key_wait is None:
            self._key_wait = Lag(self._key_lag, key.shape[1])
        return self.insert.process(block, self._key_wait.process(key))
