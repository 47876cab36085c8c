"""The desk at work: strips → buses and returns → one output, block by block, all aligned.

Every channel comes `latency` frames late; where paths meet, the early ones wait.
"""

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from albumbuild.dsp import levels
from albumbuild.dsp.align import Lag
from albumbuild.model.desk import MIX, Desk, Fader
from albumbuild.steps.channel import Channel, as_stored
from albumbuild.steps.ends import desk_order, key_of, members, node_ends, nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from albumbuild.dsp.levels import Values
    from albumbuild.model.device import Block
    from albumbuild.steps.repairs import RepairLog

    Sent: TypeAlias = tuple[Block, float | Values]
    SideBySide: TypeAlias = Callable[[Callable[[str], None], Sequence[str]], object]


class Source(Protocol):
    """Sound on the song's time line; `end` is its last frame's neighbour."""

    channels: int
    end: int

    def read(self, first: int, frames: int) -> "Block":
        """The frames `first` … `first + frames`, silence outside; calls follow one another."""


class Tap(Protocol):
    """A place on the desk where sound is taken, `latency` frames late, silent after `end`."""

    latency: int
    end: int

    def read(self, first: int, frames: int) -> "Sent":
        """The block that now stands there, and the gain that is still to be put on it."""


class Junction:
    """Sums taps in the order given; the early ones wait for the latest."""

    def __init__(self, taps: "Sequence[Tap]") -> None:
        self._taps = taps
        self.latency = max((tap.latency for tap in taps), default=0)
        self.end = max((tap.end for tap in taps), default=0)
        self._lags = [Lag(self.latency - tap.latency, 2) for tap in taps]

    def read(self, first: int, frames: int) -> "Block":
        """The stereo sum of what stands at the taps."""
        total = np.zeros((frames, 2))
        for lag, tap in zip(self._lags, self._taps, strict=True):
            block, gains = tap.read(first, frames)
            if lag.frames:
                block, gains = lag.process(levels.scaled(block, gains)), 1.0
            levels.add(total, block, gains)
        return total


class DeskRun:
    """One pass over a desk up to the strip, bus or return `root`.

    `sources` give the sound of each strip by its name, of what is kept as `NAME` and of what
    it sends as `NAME>RETURN`. `outputs` are `audio` and, when `root` is not the mix, the
    feed of each return that is not on the desk itself, by its name.
    """

    def __init__(
        self, desk: Desk, sources: "Mapping[str, Source]", *, root: str, rate_hz: int
    ) -> None:
        self._desk = desk
        self._sources = sources
        self._rate_hz = rate_hz
        self._nodes = nodes_of(desk)
        heads = {name: source.end for name, source in sources.items()}
        self._ends = node_ends(desk, heads, rate_hz)
        self.channels: dict[str, Channel] = {}
        self._inputs: dict[str, Junction | Source] = {}
        for name in desk_order(desk):
            self._add(name)
        self._alone = [name for name in desk.strips if not self._hears_a_key(name)]
        self._after = [name for name in self.channels if name not in set(self._alone)]
        self.outputs = self._outputs(root)

    def blocks(
        self, frames: int, *, until: int, side_by_side: "SideBySide"
    ) -> "Iterator[tuple[int, dict[str, Block]]]":
        """Every output in blocks from frame 0 to `until`, each with its first frame.

        `side_by_side(function, names)` may run the function of all names at once.
        """
        for first in range(0, until, frames):
            side_by_side(partial(self._run, first=first, frames=frames), self._alone)
            for name in self._after:
                self._run(name, first=first, frames=frames)
            yield first, {name: out.read(first, frames) for name, out in self.outputs.items()}

    def watched_by(self, repairs: "RepairLog") -> None:
        """Show the inserts of all channels to a log."""
        for name, channel in self.channels.items():
            repairs.watch(name, channel.inserts)

    def _run(self, name: str, *, first: int, frames: int) -> None:
        block = self._inputs[name].read(first, frames)
        self.channels[name].process(block, first, self.channels)

    def _hears_a_key(self, name: str) -> bool:
        return any(key_of(device) for device in self._nodes[name].inserts)

    def _add(self, name: str) -> None:
        """Make the channel of one node; those that it hears are there already."""
        node = self._nodes[name]
        if name in self._desk.strips or name in self._desk.kept:
            source = self._inputs[name] = self._sources[name]
            channels, latency = source.channels, 0
        else:
            junction = self._inputs[name] = self._junction(name)
            channels, latency = 2, junction.latency
        self.channels[name] = Channel(
            Fader() if name in self._desk.kept else node,
            channels=channels,
            latency=latency,
            keys=self.channels,
            rate_hz=self._rate_hz,
            end=self._ends[name] if self._is_stored(name) else None,
        )

    def _is_stored(self, name: str) -> bool:
        return name in self._desk.buses or name in self._desk.stored

    def _junction(self, name: str) -> Junction:
        heard: list[Tap] = [self._tap(member) for member in members(self._desk, name)]
        return Junction([*heard, *(self._feeds(name) if name in self._desk.returns else ())])

    def _tap(self, name: str, target: str | None = None) -> "_ChannelTap":
        return _ChannelTap(self.channels[name], end=self._ends[name], target=target)

    def _feeds(self, target: str) -> "list[Tap]":
        """What is sent to a return: all of a bus in one sum, as the bus would have stored it."""
        tops = (name for name, node in self._nodes.items() if node.bus not in self._desk.buses)
        return [feed for name in tops if (feed := self._feed(name, target)) is not None]

    def _feed(self, name: str, target: str) -> "Tap | None":
        """What a node, and all that leads to it, sends to a return."""
        sends = target in self._nodes[name].sends
        if name in self._desk.kept:
            return _KeptTap(self._sources[f"{name}>{target}"]) if sends else None
        own: list[Tap] = [self._tap(name, target)] if sends else []
        if not self._is_stored(name):
            return own[0] if own else None
        below = (self._feed(member, target) for member in members(self._desk, name))
        taps = [*own, *(tap for tap in below if tap is not None)]
        return _StoredTap(Junction(taps)) if taps else None

    def _outputs(self, root: str) -> dict[str, Junction]:
        if root == MIX:
            return {"audio": self._junction(MIX)}
        targets = dict.fromkeys(target for node in self._nodes.values() for target in node.sends)
        leaving = (target for target in targets if target not in self._desk.returns)
        feeds = {target: Junction(self._feeds(target)) for target in leaving}
        return {"audio": Junction([self._tap(root)])} | feeds


class _ChannelTap:
    """The output of a channel, or what it sends to `target`."""

    def __init__(self, channel: Channel, *, end: int, target: str | None) -> None:
        self._channel, self._target = channel, target
        self.latency, self.end = channel.latency, end

    def read(self, _first: int, _frames: int) -> "Sent":
        if self._target is None:
            return self._channel.out, 1.0
        return self._channel.sent[self._target]


class _StoredTap:
    """A sum as it would be stored and read back."""

    def __init__(self, junction: Junction) -> None:
        self._junction = junction
        self.latency, self.end = junction.latency, junction.end

    def read(self, first: int, frames: int) -> "Sent":
        block = self._junction.read(first, frames)
        return as_stored(block, self.end + self.latency - first), 1.0


class _KeptTap:
    """What a kept strip or bus sends to a return, read from its step."""

    latency = 0

    def __init__(self, source: Source) -> None:
        self._source, self.end = source, source.end

    def read(self, first: int, frames: int) -> "Sent":
        return self._source.read(first, frames), 1.0
