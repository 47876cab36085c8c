"""How far the dynamics of a chain turn down, in steps of 0.1 s: a meter at each such insert."""

from typing import TYPE_CHECKING

import msgspec

from albumbuild.dsp.trace import step_of, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from albumbuild.steps.inserts import Insert


class Reduction(msgspec.Struct, frozen=True, kw_only=True):
    """What one device has turned down at most in each step, in dB; `on` is the chain it is in."""

    device: str
    on: str
    db: tuple[float, ...]


class Gauge:
    """The gain-reduction meter of one insert."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._db: list[float] = []

    def steps(self, first: int, here: slice) -> "Iterator[slice]":
        """A part of a block that begins at frame `first`, cut where steps end."""
        begin = first + here.start
        for each in steps(begin, here.stop - here.start, self._rate_hz):
            yield slice(here.start + each.start, here.start + each.stop)

    def read(self, first: int, reduction_db: float) -> None:
        """What was turned down at most from frame `first` on, within its step."""
        step = step_of(first, self._rate_hz)
        if step >= 0:
            self._db += [0.0] * (step + 1 - len(self._db))
            self._db[step] = max(self._db[step], reduction_db)

    def between(self, first: int, frames: int) -> tuple[float, ...]:
        """What was read from frame `first` on, for so many frames; 0 where nothing was."""
        begin, count = step_of(first, self._rate_hz), step_of(frames - 1, self._rate_hz) + 1
        found = [round(each, 2) for each in self._db[begin : begin + count]]
        return tuple(found + [0.0] * (count - len(found)))


class ReductionLog:
    """Watches the inserts of a step that turn down by what they hear."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._watched: list[tuple[str, Insert, Gauge]] = []

    def watch(self, on: str, inserts: "Iterable[Insert]") -> None:
        """Put a meter at those of a chain that has not sounded yet."""
        for insert in inserts:
            if insert.device.reducing:
                insert.gauge = Gauge(self._rate_hz)
                self._watched.append((on, insert, insert.gauge))

    def reductions(self, frames: int, *, first: int = 0) -> tuple[Reduction, ...]:
        """What each has done from frame `first` of the time line on, for so many frames."""
        return tuple(
            Reduction(device=insert.device.name, on=on, db=gauge.between(first, frames))
            for on, insert, gauge in self._watched
        )
