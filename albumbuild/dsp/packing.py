"""Samples as the fewest bytes that hold them all."""

from typing import TYPE_CHECKING

import numpy as np

from albumbuild.dsp.kernels import library

if TYPE_CHECKING:
    from albumbuild.model.device import Block


def packed(block: "Block") -> bytes:
    """A block as whole numbers of 24 bits where each sample is one, else as it is in 64 bits.

    The same samples give the same bytes, and other samples others, for blocks as long.
    """
    sound = np.ascontiguousarray(block)
    room = np.empty(3 * sound.size, dtype=np.uint8)
    if library.packing_pack(sound, room, sound.size):
        return room.tobytes()
    return (sound + 0.0).tobytes()


def unpacked(data: bytes, channels: int) -> "Block":
    """Whole numbers of 24 bits, the lowest byte first, as a block; full scale is 1."""
    block = np.empty((len(data) // (3 * channels), channels))
    library.packing_unpack(data, block, block.size)
    return block
