"""Removal of DC: a constant offset is taken out."""

from typing import TYPE_CHECKING, ClassVar

from albumbuild.dsp.dc import Levelled
from albumbuild.dsp.maths import gain_to_db
from albumbuild.model.device import Processor
from albumbuild.model.repair import Repair

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Dc(Processor, frozen=True, kw_only=True):
    """Takes out a constant offset.

    A high-pass of first order at 2.5 Hz: an offset is 60 dB down within half a second, and
    20 Hz loses 0.07 dB.
    """

    name: ClassVar[str] = "dc"
    repairing: ClassVar[bool] = True

    def start(self, rate_hz: int, channels: int) -> Levelled:
        """The high-pass, at rest."""
        return Levelled(rate_hz, channels)

    def process(self, block: "Block", state: Levelled, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, without its offset."""
        return state.process(block)

    def repairs(self, state: Levelled) -> tuple[Repair, ...]:
        """The mean of what was taken out of each channel."""
        return tuple(
            Repair(
                kind="offset",
                frame=0,
                frames=state.frames,
                channel=channel,
                level_db=gain_to_db(abs(float(offset))),
            )
            for channel, offset in enumerate(state.offset)
            if offset != 0.0
        )
