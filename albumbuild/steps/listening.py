"""A sound file heard once, by several listeners beside each other."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from albumbuild.formats.sound import SoundError, SoundFormat, SoundReader

if TYPE_CHECKING:
    from albumbuild.model.device import Block

BLOCK = 65_536
"""Frames a block."""

_AHEAD = 4  # blocks that wait for a slow listener, at most
_LOUDEST = 1e30  # +600 dBFS: whatever is over it is no sound


Listener = Callable[["Block"], None]
"""What takes the next block in; it is not to be written to."""


def listen(reader: SoundReader, listeners: Sequence[Listener]) -> None:
    """Reads all that is left, and lets each listener hear it in a thread of its own.

    Surround comes as L R C (LFE) Ls Rs.

    Raises: SoundError for a file that is damaged, or holds what is no sound.
    """
    threads = [_Thread(each) for each in listeners]
    try:
        for block in _blocks(reader):
            for thread in threads:
                thread.give(block)
    finally:
        for thread in threads:
            thread.end()
    for thread in threads:
        if thread.error is not None:
            raise thread.error


def check_layout(shape: SoundFormat) -> None:
    """Refuse what has channels of which nobody knows how they count.

    Raises: SoundError.
    """
    if shape.channels in (1, 2) or shape.surround:
        return
    if shape.channels in (5, 6):
        raise SoundError(
            f"has {shape.channels} channels and does not say which is which",
            "loudness counts the surrounds 1.5 dB more than the front, and the LFE not at all",
            fix="write it as FLAC, or as a WAV with a mask of speakers: 5.0 or 5.1",
        )
    raise SoundError(
        f"has {shape.channels} channels", "mono, stereo, 5.0 and 5.1 are measured, no others"
    )


def _blocks(reader: SoundReader) -> "Iterator[Block]":
    order = reader.format.surround
    sorted_ = order == tuple(range(len(order)))
    for block in reader.blocks(BLOCK):
        if not (block.min() > -_LOUDEST and block.max() < _LOUDEST):  # nor a NaN
            wrong = "is no level" if np.isfinite(block).all() else "is not a number"
            raise SoundError(f"holds a sample that {wrong}", "nothing is measured")
        yield block if sorted_ else np.ascontiguousarray(block[:, order])


class _Thread:
    """A thread that one listener hears in."""

    def __init__(self, listener: Listener) -> None:
        self.error: Exception | None = None
        self._listener = listener
        self._waiting: queue.Queue[Block | None] = queue.Queue(_AHEAD)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def give(self, block: "Block") -> None:
        """Hand the next block over."""
        self._waiting.put(block)

    def end(self) -> None:
        """Wait until all is heard."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (block := self._waiting.get()) is not None:
            if self.error is None:
                try:
                    self._listener(block)
                except Exception as error:  # it is told in the thread that reads
                    self.error = error
