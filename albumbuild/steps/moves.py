"""One device under automation: its settings at each knot, and straight lines between them."""

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import msgspec

from albumbuild.dsp.automation import Lane
from albumbuild.model.device import Processor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from albumbuild.model.curve import Curve

FOREVER = 1 << 62
"""More frames than any song has."""


class Moves:
    """The settings of a device along the time line.

    `curves` are by the path of the field in its record, such as `bands/0/freq_hz`. `first`
    are the settings to start from; `aim` then keeps the state on its way.
    """

    def __init__(self, device: Processor, curves: "Mapping[str, Curve]", rate_hz: int) -> None:
        self._device = device
        self._rate_hz = rate_hz
        self._lanes = {path: Lane(curve, rate_hz) for path, curve in curves.items()}
        self._ways = {path: tuple(map(_step, path.split("/"))) for path in curves}
        self._knots = sorted({at for path, lane in self._lanes.items() for at in lane.knots(path)})
        self.first = self._settings(self._knots[0], Lane.before)
        self._now = self.first

    def aim(self, state: Any, frame: int) -> int:
        """Send the state to where it must be at the next knot; how many frames there are left.

        Frames are asked for one after the other, and none that is a knot is left out.
        """
        index = bisect_right(self._knots, frame)
        ahead = self._knots[index] if index < len(self._knots) else FOREVER
        if index and self._knots[index - 1] == frame:
            self._go(state, self._settings(frame, Lane.at), 0)
            if ahead != FOREVER:
                self._go(state, self._settings(ahead, Lane.before), ahead - frame)
        return ahead - frame

    def every(self) -> "Iterator[Processor]":
        """The settings at every knot: on the way there, and from there on."""
        for frame in self._knots:
            yield self._settings(frame, Lane.before)
            yield self._settings(frame, Lane.at)

    def longest_tail(self) -> int:
        """How long the sound outlasts the input at most, in frames, wherever the curves are."""
        if type(self._device).tail is Processor.tail:
            return 0
        turns = sorted({frame for lane in self._lanes.values() for frame in lane.frames})
        found = [
            self._settings(frame, value) for frame in turns for value in (Lane.before, Lane.at)
        ]
        return max(each.tail(self._rate_hz) for each in found)

    def _go(self, state: Any, settings: Processor, frames: int) -> None:
        if settings != self._now:
            settings.glide(state, frames)
            self._now = settings

    def _settings(self, frame: int, value: "Callable[[Lane, int], float]") -> Processor:
        settings = self._device
        for path, lane in self._lanes.items():
            settings = _replaced(settings, self._ways[path], value(lane, frame))
        return settings


def _step(part: str) -> str | int:
    return int(part) if part.isdigit() else part


def _replaced(record: Any, path: tuple[str | int, ...], value: float) -> Any:
    """A record with the number that `path` leads to; a whole number stays whole."""
    if not path:
        return round(value) if type(record) is int else value
    head, *rest = path
    if isinstance(head, int):
        part = _replaced(record[head], tuple(rest), value)
        return (*record[:head], part, *record[head + 1 :])
    part = _replaced(getattr(record, head), tuple(rest), value)
    return msgspec.structs.replace(record, **{head: part})
