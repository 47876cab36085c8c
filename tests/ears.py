"""How loud a device of dynamics hears a channel, as plainly as it can be said."""

import numpy as np


class Ear:
    """The peaks of the last half cycles."""

    def __init__(self, rate_hz: int) -> None:
        self.window = [0.0] * round(0.00125 * rate_hz)
        self.shortest, self.longest = round(0.001 * rate_hz), round(0.030 * rate_hz)
        self.forget()

    def forget(self) -> None:
        """Begin again."""
        self.sign, self.age = 0.0, 0
        self.peaks: list[float] = [0.0] * 3
        self.lengths: list[float] = [0, 0, 0]

    def hear(self, x: float) -> float:
        """The level with the next sample."""
        if x == 0 and not any(self.peaks + self.window):
            self.forget()
            return 0.0
        limit = min(max(1.5 * max(self.lengths[1:]), self.shortest), self.longest)
        turned = np.sign(x) != self.sign
        if turned or self.age >= limit:
            now, before, earlier = self.lengths
            self.lengths = [0, now, before] if turned else [now, before / 2, earlier / 2]
            self.peaks = [0.0, *self.peaks[:2]]
            self.sign, self.age = float(np.sign(x)), 0
        self.lengths[0] += 1
        self.age += 1
        self.peaks[0] = max(self.peaks[0], abs(x))
        self.window = [*self.window[1:], abs(x)]
        return max(self.peaks + self.window)
