"""A wave between full level and less, whose speed and depth can move."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Swing:
    """Where the wave stands, and how speed and depth go on from here.

    All is reckoned from the frame at which they last changed their way, by the number of
    frames since: so it does not matter how the sound is cut into blocks. Nothing is used but
    sums and products, which give the same bits on every machine; a sine would not.
    """

    def __init__(self, rate_hz: int, *, speed_hz: float, depth: float) -> None:
        self._rate_hz = rate_hz
        self._phase = 0.0  # 0 … 1, at the frame where the present way began
        self._now = np.array([speed_hz / rate_hz, depth])  # there: waves a frame, and the depth
        self._added = np.zeros(2)  # what each frame adds to both
        self._goal = self._now
        self._done = 0  # frames since
        self._left = 0  # frames until both stand still

    def aim(self, speed_hz: float, depth: float, frames: int) -> None:
        """Go to these in straight lines over the next `frames` frames; at once for 0."""
        self._begin(self._now + self._done * self._added)
        self._goal = np.array([speed_hz / self._rate_hz, depth])
        self._left = frames
        if frames == 0:
            self._now = self._goal
        else:
            self._added = (self._goal - self._now) / frames

    def gains(self, frames: int, *, is_round: bool) -> Array:
        """The factors of the next frames: (frames, 1)."""
        parts = [np.empty(0)]
        while frames > 0:
            run = min(frames, self._left) if self._left else frames
            at = np.arange(self._done, self._done + run, dtype=np.float64)
            down = 1.0 - np.abs(2.0 * self._phases(at) - 1.0)
            if is_round:
                down = down * down * (3.0 - 2.0 * down)
            parts.append(1.0 - (self._now[1] + at * self._added[1]) * down)
            self._move_on(run)
            frames -= run
        return np.concatenate(parts)[:, np.newaxis]

    def _phases(self, at: Array) -> Array:
        """The place in the wave, 0 … 1, so many frames after the way began."""
        moved = self._phase + at * self._now[0] + at * (at - 1.0) / 2.0 * self._added[0]
        return moved - np.floor(moved)

    def _move_on(self, frames: int) -> None:
        self._done += frames
        if self._left:
            self._left -= frames
            if self._left == 0:
                self._begin(self._goal)

    def _begin(self, now: Array) -> None:
        """A new way from here, standing still as yet."""
        self._phase = float(self._phases(np.array([float(self._done)]))[0])
        self._now = now
        self._added = np.zeros(2)
        self._done = 0
