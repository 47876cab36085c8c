"""Convolution with a long response: in parts of one length, by their spectra."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from albumbuild.dsp.fft import turns, twist
from albumbuild.dsp.kernels import library
from albumbuild.dsp.stereo import both

if TYPE_CHECKING:
    from albumbuild.model.device import Block

Array = npt.NDArray[np.float64]

SHORTEST_PART = 8_192
MOST_PARTS = 32
"""So the sums over the parts cost about what the transforms do, and stay in the cache."""

TRUE_STEREO = 4
"""Channels of a response that goes from each side to both: LL, LR, RL, RR."""


class Response(msgspec.Struct, frozen=True):
    """The spectra of the parts of a response, (parts, size, 2, 2).

    `straight` goes from each side to itself, `crossed` from each to the other, if any.
    """

    straight: Array
    crossed: Array | None = None

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return len(self.straight)

    @property
    def size(self) -> int:
        """Frames of a part."""
        return int(self.straight.shape[1])


def part_for(frames: int) -> int:
    """How long the parts of a response of that length are best, in frames."""
    return max(SHORTEST_PART, 1 << (-(-frames // MOST_PARTS) - 1).bit_length())


def response(sound: "Block", size: int) -> Response:
    """What a sound of 1, 2 or 4 channels does to a stereo signal, in parts of `size` frames.

    One channel serves both sides; four are left to left, left to right, right to left,
    right to right.
    """
    if sound.shape[1] == TRUE_STEREO:
        return Response(_parts(sound[:, [0, 3]], size), _parts(sound[:, [2, 1]], size))
    return Response(_parts(both(sound), size))


def _parts(sound: "Block", size: int) -> Array:
    count = max(-(-len(sound) // size), 1)
    padded = np.zeros((count, size, 2))
    padded.reshape(-1, 2)[: len(sound)] = sound
    spectra, spare = np.empty((count, size, 2, 2)), np.empty((size, 2, 2))
    silence = np.zeros((size, 2))
    for part, spectrum in zip(padded, spectra, strict=True):
        library.convolution_spectrum(part, silence, twist(size), turns(size), spectrum, spare, size)
    return spectra


class Past:
    """The spectra of the last blocks of a stereo signal: as many as a response has parts."""

    def __init__(self, parts: int, size: int) -> None:
        self._size = size
        self._spectra: Array = np.zeros((parts, size, 2, 2))
        self._newest = 0
        self._before: Array = np.zeros((size, 2))
        self._spare: Array = np.empty((2, size, 2, 2))

    def add(self, block: "Block") -> None:
        """Take the next block, `size` frames of two channels."""
        self._newest = (self._newest + 1) % len(self._spectra)
        library.convolution_spectrum(
            self._before, block, twist(self._size), turns(self._size),
            self._spectra[self._newest], self._spare[0], self._size,
        )  # fmt: skip
        self._before = block.copy()

    def through(self, heard: Response) -> "Block":
        """The signal through a response, the block that was taken last."""
        assert heard.straight.shape == self._spectra.shape
        out = np.empty((self._size, 2))
        library.convolution_block(
            self._spectra, self._newest, heard.straight, heard.crossed, len(self._spectra),
            twist(self._size), turns(self._size), *self._spare, out, self._size,
        )  # fmt: skip
        return out


class Convolver:
    """A signal through one response, `size` frames late; mono in and out, or stereo."""

    def __init__(self, heard: Response, channels: int) -> None:
        self._response = heard
        self._channels = channels
        self._past = Past(heard.parts, heard.size)
        self._held: Array = np.zeros((heard.size, 2))
        self._ready: Array = np.zeros((heard.size, 2))
        self._at = 0

    def process(self, block: "Block") -> "Block":
        """The next block; a mono one goes to both sides."""
        out = np.empty((len(block), self._channels))
        done = 0
        while done < len(block):
            count = min(len(block) - done, len(self._held) - self._at)
            here = slice(self._at, self._at + count)
            self._held[here] = block[done : done + count]
            out[done : done + count] = self._ready[here, : self._channels]
            self._at += count
            done += count
            if self._at == len(self._held):
                self._past.add(self._held)
                self._ready = self._past.through(self._response)
                self._at = 0
        return out
