"""Sound as a stream of blocks between files: reading, chains run in full, aligned writing."""

from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from albumbuild.dsp.packing import unpacked
from albumbuild.engine.spans import span
from albumbuild.formats.sound import SoundReader
from albumbuild.formats.wave import create_wave
from albumbuild.steps.inserts import Chain, tail_frames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from albumbuild.engine.action import Progress
    from albumbuild.model.device import Block, Processor
    from albumbuild.steps.inserts import Insert

BLOCK = 32_768
"""Frames a block: large enough that Python's share vanishes, small enough for the cache."""

MASTER = "master"
"""The name of a chain that stands on no desk."""

AUDIO = "audio"
"""The output that holds a step's sound, 32-bit float."""


def blocks_of(path: "Path", *, first: int = 0, frames: int | None = None) -> "Iterator[Block]":
    """The sound of a file from frame `first` on, `frames` of it or all."""
    with SoundReader(path) as reader:
        left = reader.format.frames - first if frames is None else frames
        reader.seek(first)
        while left > 0 and len(block := read_block(reader, min(left, BLOCK))):
            left -= len(block)
            yield block


def read_block(reader: SoundReader, frames: int) -> "Block":
    """The next frames of a file."""
    with span("read", "sound"):
        if reader.is_packed:
            return unpacked(reader.read_packed(frames), reader.format.channels)
        return reader.read(frames)


def frames_of(path: "Path") -> int:
    """How many frames a file holds."""
    with SoundReader(path) as reader:
        return reader.format.frames


class Watcher(Protocol):
    """What keeps an eye on the inserts of a chain."""

    def watch(self, on: str, inserts: "Iterable[Insert]") -> None:
        """Watch those of a chain that is called `on`, and has not sounded yet."""


def through(
    devices: "Sequence[Processor]",
    blocks: "Iterable[Block]",
    *,
    rate_hz: int,
    channels: int = 2,
    watchers: "Sequence[Watcher]" = (),
) -> "Iterator[Block]":
    """Blocks through a chain: on time whatever its latency, and with its tail."""
    chain = Chain(devices, rate_hz, channels)
    for watcher in watchers:
        watcher.watch(MASTER, chain.inserts)
    late = chain.latency
    for block in blocks:
        out = chain.process(block)
        if late:
            skipped = min(late, len(out))
            late -= skipped
            out = out[skipped:]
        if len(out):
            yield out
    left = chain.latency + tail_frames(devices, rate_hz)
    while left > 0:
        count = min(left, BLOCK)
        out = chain.process(np.zeros((count, channels)))[min(late, count) :]
        late -= min(late, count)
        left -= count
        if len(out):
            yield out


def cut(blocks: "Iterable[tuple[int, Block]]", first: int, last: int) -> "Iterator[Block]":
    """The frames `first` … `last` of blocks, each of which comes with the frame it begins at."""
    for start, block in blocks:
        part = block[max(first - start, 0) : max(last - start, 0)]
        if len(part):
            yield part
        if start + len(block) >= last:
            return


def placed(blocks: "Iterable[Block]") -> "Iterator[tuple[int, Block]]":
    """Blocks laid end to end, each with the frame that it begins at."""
    position = 0
    for block in blocks:
        yield position, block
        position += len(block)


class Listener(Protocol):
    """What takes in a sound, block by block."""

    def add(self, block: "Block") -> None:
        """Takes the next block in."""


def metered(blocks: "Iterable[Block]", meter: Listener) -> "Iterator[Block]":
    """The same blocks, read by a meter on their way."""
    for block in blocks:
        measure(meter, block)
        yield block


def measure(meter: Listener, block: "Block") -> None:
    """Lets a meter read a block."""
    with span("measure", "meter"):
        meter.add(block)


def write_sound(
    path: "Path", blocks: "Iterable[Block]", *, rate_hz: int, progress: "Progress"
) -> None:
    """A stereo float file of `blocks`."""
    with create_wave(path, rate_hz=rate_hz, channels=2, sample="float32") as out:
        for block in blocks:
            with span("write", "sound"):
                out.write(block)
            progress.add(len(block))


def stereo(blocks: "Iterable[Block]") -> "Iterator[Block]":
    """Mono blocks in both channels; stereo ones as they are."""
    for block in blocks:
        yield np.repeat(block, 2, axis=1) if block.shape[1] == 1 else block


class FileSource:
    """A finished file on a time line that begins with it; silence after its end."""

    def __init__(self, path: "Path") -> None:
        self._reader = SoundReader(path)
        self.channels = self._reader.format.channels
        self.end = self._reader.format.frames

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        self._reader.__exit__(*exception)

    def read(self, first: int, frames: int) -> "Block":
        """The frames `first` … `first + frames`; calls follow one another."""
        block = np.zeros((frames, self.channels))
        count = max(min(frames, self.end - first), 0)
        if count:
            block[:count] = read_block(self._reader, count)
        return block
