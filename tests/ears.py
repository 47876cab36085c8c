"""How loud a device of dynamics hears a channel, as plainly as it can be said."""

import numpy as np


class HalfCycles:
    """Where a signal changes its sign, and where it should have done so by now."""

    def __init__(self, rate_hz: int) -> None:
        self.shortest, self.longest = round(0.001 * rate_hz), round(0.030 * rate_hz)
        self.sign, self.age = 0.0, 0
        self.lengths: list[float] = [0, 0, 0]

    def ends(self, x: float) -> str:
        """What the next sample is the first after: `turn`, `wait`, or nothing."""
        limit = min(max(1.5 * max(self.lengths[1:]), self.shortest), self.longest)
        turned, waited = np.sign(x) != self.sign, self.age >= limit
        now, before, earlier = self.lengths
        if turned or waited:
            self.lengths = [0, now, before] if turned else [now, before / 2, earlier / 2]
            self.sign, self.age = float(np.sign(x)), 0
        self.lengths[0] += 1
        self.age += 1
        return "turn" if turned else "wait" if waited else ""


class Ear:
    """The peaks of the last half cycles."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.window = [0.0] * round(0.00125 * rate_hz)
        self.forget()

    def forget(self) -> None:
        """Begin again."""
        self.halves = HalfCycles(self.rate_hz)
        self.peaks: list[float] = [0.0] * 3

    def hear(self, x: float) -> float:
        """The level with the next sample."""
        if x == 0 and not any(self.peaks + self.window):
            self.forget()
            return 0.0
        if self.halves.ends(x):
            self.peaks = [0.0, *self.peaks[:2]]
        self.peaks[0] = max(self.peaks[0], abs(x))
        self.window = [*self.window[1:], abs(x)]
        return max(self.peaks + self.window)


class SquareEar:
    """The root of the mean square of as many pieces of whole half cycles as fill a window."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.window = 0.0025 * rate_hz
        self.forget()

    def forget(self) -> None:
        """Begin again."""
        self.halves = HalfCycles(self.rate_hz)
        self.before, self.sum, self.length, self.level = 0.0, 0.0, 0.0, 0.0
        self.pieces = [(0.0, 0.0)] * 16  # sums and lengths, the newest first

    def hear(self, x: float) -> float:
        """The level with the next sample."""
        if x == 0 and self.level == 0:
            self.forget()
            return 0.0
        ended = self.halves.ends(x)
        part = abs(self.before) / (abs(self.before) + abs(x)) if ended == "turn" else 0.5
        piece = self.sum, self.length + part
        if ended == "wait" or (ended == "turn" and piece[1] >= self.window / 8):
            self.pieces, self.sum, self.length = [piece, *self.pieces[:15]], 0.0, -part
        self.sum, self.length, self.before = self.sum + x * x, self.length + 1, x
        self.level = self.loudest()
        return float(np.sqrt(self.level))

    def loudest(self) -> float:
        """The mean square of the window, or with what is new in place of its oldest piece."""
        count = 2
        while count < 16 and self.total(count, 1) < self.window:
            count += 1
        whole = max(self.total(count, 1), self.window)
        newer = self.total(count - 1, 1) + self.length
        rest = self.total(count - 1, 0) + self.sum
        return max(self.total(count, 0) / whole, rest / max(whole, newer))

    def total(self, count: int, which: int) -> float:
        """The sums or the lengths of the newest pieces, added up."""
        return sum(piece[which] for piece in self.pieces[:count])
