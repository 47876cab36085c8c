"""A stream in pieces of one length, each with what stands around it."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Pieces:
    """Cuts blocks of any length into pieces of `size` frames, with `around` more on either side.

    Before the start and after the end of the sound there are zeros.
    """

    def __init__(self, size: int, channels: int, *, around: int = 0) -> None:
        self.size = size
        self.around = around
        self._waiting = np.zeros((around, channels))
        self._first = 0
        self._frames = 0

    def add(self, block: Array) -> Iterator[tuple[int, Array]]:
        """Takes a block in: what pieces are whole now, each with the frame it begins at."""
        self._frames += len(block)
        self._waiting = np.concatenate((self._waiting, block))
        whole = self.size + 2 * self.around
        while len(self._waiting) >= whole:
            yield self._first, self._waiting[:whole]
            self._waiting = self._waiting[self.size :]
            self._first += self.size

    def finish(self) -> Iterator[tuple[int, Array]]:
        """The rest, the last piece filled up with zeros."""
        while self._first < self._frames:
            missing = self.size + 2 * self.around - len(self._waiting)
            ending = np.zeros((max(0, missing), self._waiting.shape[1]))
            piece = np.concatenate((self._waiting, ending))
            yield self._first, piece[: self.size + 2 * self.around]
            self._waiting = self._waiting[self.size :]
            self._first += self.size
