"""Clicks: what a declicker would mend."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from albumbuild.dsp.declick import ClickFinder
from albumbuild.dsp.fault import Fault

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Clicks:
    """Tells the clicks that `declick` would mend at its default settings."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._finder = ClickFinder(rate_hz, channels)

    def add(self, block: "Block") -> None:
        """Takes the next block in."""
        self._finder.add(block)

    def faults(self) -> Iterator[Fault]:
        """One for each click, as they come in the sound."""
        for frame, frames, channel in self._finder.finish():
            yield Fault(
                kind="click",
                at_s=frame / self._rate_hz,
                length_s=frames / self._rate_hz,
                channel=channel,
                detail="1 sample" if frames == 1 else f"{frames} samples",
            )
