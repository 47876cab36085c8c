"""A chain of inserts at work: aimed at a channel, mixed with the dry sound, kept aligned."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from albumbuild.dsp.align import Lag
from albumbuild.dsp.automation import Lane
from albumbuild.engine.spans import span
from albumbuild.model.device import Processor, ToneProcessor
from albumbuild.steps.moves import Moves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from albumbuild.model.curve import Curve
    from albumbuild.model.desk import Fader
    from albumbuild.model.device import Block
    from albumbuild.model.repair import Repair
    from albumbuild.steps.reductions import Gauge

    Values = npt.NDArray[np.float64]


class Insert:
    """One device in its slot: what the settings say, and the state between two blocks.

    Its input comes `late` frames late: those are before the time line, and the device
    starts after them. So what moves by its own clock, as a reverb's modulation does,
    keeps its place in the song whatever look-ahead stands before it. `curves` move its
    settings, by the path of the field; they are read at the frame that comes out, or before
    it where the device says so. A `gauge` reads how far the device turns down.
    """

    def __init__(
        self,
        device: Processor,
        rate_hz: int,
        channels: int,
        *,
        curves: "Mapping[str, Curve] | None" = None,
        late: int = 0,
    ) -> None:
        self.device = device
        self.latency = device.latency(rate_hz)
        self.channels = device.channels_out(channels)
        self._rate_hz = rate_hz
        self._aim = _aim(device, channels)
        heard = 1 if self._aim else channels
        self._wet = device.mix_pct / 100.0 if isinstance(device, ToneProcessor) else 1.0
        self._wet_lane, self._moves = moves_of(device, curves or {}, rate_hz)
        self._is_wet = self._wet == 1.0 and self._wet_lane is None
        first = self._moves.first if self._moves else device
        self._state: Any = first.start(rate_hz, heard)
        if self._moves:
            first.glide(self._state, 0)
        self._dry = Lag(self.latency, heard)
        self._rest = Lag(self.latency, channels)
        self._late = late
        self._sounding = -self.latency
        self._lead = device.lead(rate_hz)
        self.gauge: Gauge | None = None

    def process(self, block: "Block", key: "Block | None" = None) -> "Block":
        """The next block, `latency` frames late, dry and wet summed."""
        with span("device", self.device.name):
            return self._on_time(block, key)

    def repairs(self) -> "tuple[Repair, ...]":
        """What the device has repaired, in frames of the time line."""
        return self.device.repairs(self._state)

    def _on_time(self, block: "Block", key: "Block | None") -> "Block":
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
        heard = self._aim(block, self._rest.process(block), part) if self._aim else part(block)
        self._sounding += len(block)
        return heard

    def _part(self, block: "Block", key: "Block | None") -> "Block":
        """What the device hears of a block, mixed with what becomes of it."""
        block = np.ascontiguousarray(block)
        dry = None if self._is_wet else self._dry.process(block)
        parts = [self._played(here, block, dry, key) for here in self._pieces(len(block))]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _pieces(self, frames: int) -> "Iterator[slice]":
        """Where in a block the device works at once: as long as it stands, and can be read."""
        for here in self._stretches(frames):
            if self.gauge is None:
                yield here
            else:
                yield from self.gauge.steps(self._sounding, here)

    def _stretches(self, frames: int) -> "Iterator[slice]":
        """Where in a block settings stand or go straight; the state is aimed for each in turn."""
        if self._moves is None or not frames:
            yield slice(0, frames)
            return
        done = 0
        while done < frames:
            at = self._sounding + self._lead + done
            until = min(done + self._moves.aim(self._state, at), frames)
            yield slice(done, until)
            done = until

    def _played(
        self, here: slice, block: "Block", dry: "Block | None", key: "Block | None"
    ) -> "Block":
        heard = None if key is None else key[here]
        wet = self.device.process(block[here], self._state, heard)
        if self.gauge is not None:
            self.gauge.read(self._sounding + here.start, self.device.reduction_db(self._state))
        if self._aim and wet.shape[1] == 2:
            wet = 0.5 * (wet[:, :1] + wet[:, 1:])
        if dry is None:
            return wet
        share = self._share(here)
        return (1.0 - share) * self.device.dry(dry[here], self._state) + share * wet

    def _share(self, here: slice) -> "float | Values":
        """How much of the wet sound is heard, one for all frames or one for each."""
        if self._wet_lane is None:
            return self._wet
        first, frames = self._sounding + here.start, here.stop - here.start
        values = self._wet_lane.values(first, frames)
        return values / 100.0 if isinstance(values, float) else values[:, np.newaxis] / 100.0


def moves_of(
    device: Processor, curves: "Mapping[str, Curve]", rate_hz: int
) -> tuple[Lane | None, Moves | None]:
    """The lane of a device's dry and wet, and the moves of all its other settings."""
    own = {path: curve for path, curve in curves.items() if path != "mix_pct"}
    wet = Lane(curves["mix_pct"], rate_hz) if "mix_pct" in curves else None
    return wet, Moves(device, own, rate_hz) if own else None


class Chain:
    """Inserts in series, without side chains."""

    def __init__(self, devices: "Sequence[Processor]", rate_hz: int, channels: int) -> None:
        self.inserts: list[Insert] = []
        self.latency = 0
        for device in devices:
            insert = Insert(device, rate_hz, channels, late=self.latency)
            self.inserts.append(insert)
            channels = insert.channels
            self.latency += insert.latency
        self.channels = channels

    def process(self, block: "Block") -> "Block":
        """The next block, `latency` frames late."""
        for insert in self.inserts:
            block = insert.process(block)
        return block


def fader_tail(fader: "Fader", rate_hz: int) -> int:
    """How long the sound of a fader's inserts outlasts its input at most, in frames."""
    total = 0
    for index, device in enumerate(fader.inserts):
        _, moves = moves_of(device, fader.curves_of(index), rate_hz)
        total += moves.longest_tail() if moves else device.tail(rate_hz)
    return total


def tail_frames(devices: "Sequence[Processor]", rate_hz: int) -> int:
    """How long the sound of a chain outlasts its input, in frames."""
    return sum(device.tail(rate_hz) for device in devices)


def heard_by(device: Processor, block: "Block") -> "Block":
    """What of a block a device works on: all of it, or the one channel that it is aimed at."""
    aim = _aim(device, block.shape[1])
    if aim is None:
        return block
    heard: list[Block] = []

    def part(block: "Block") -> "Block":
        heard.append(block)
        return block

    aim(block, block, part)
    return heard[0]


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
