"""The declipper: peaks that were cut off are rebuilt, over full scale if need be."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.declip import Declipper, declip_latency
from albumbuild.dsp.maths import gain_to_db
from albumbuild.model.device import Processor
from albumbuild.model.repair import Repair
from albumbuild.model.units import Db

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Declip(Processor, frozen=True, kw_only=True):
    """Rebuilds peaks that were cut off; the rest stays untouched, bit for bit.

    Cut off is what stays at one level for three frames or more, at the threshold or over it,
    and comes to it and leaves it steeply; shorter runs too at a level where there was one. What
    is rebuilt is never under the cut, and may be over 0 dBFS: turn it down after it.
    """

    name: ClassVar[str] = "declip"
    repairing: ClassVar[bool] = True
    example: ClassVar[str] = "{threshold_db: -0.5}"

    threshold_db: Annotated[float, Db(-40, 0, "level at which peaks were cut")] = -0.1

    def effort(self) -> float:
        """Work against that of reading one strip."""
        return 4.0

    def start(self, rate_hz: int, channels: int) -> Declipper:
        """The declipper, before any sound."""
        return Declipper(self.threshold_db, rate_hz, channels)

    def process(self, block: "Block", state: Declipper, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The next block, with its peaks."""
        return state.process(block)

    def glide(self, state: Declipper, frames: int) -> None:
        """Move the threshold; it is read every 20 ms."""
        state.aim(self.threshold_db, frames)

    def latency(self, rate_hz: int) -> int:
        """What it must have heard after a peak."""
        return declip_latency(rate_hz)

    def repairs(self, state: Declipper) -> tuple[Repair, ...]:
        """Every peak that was rebuilt."""
        return tuple(
            Repair(
                kind="clip",
                frame=each.frame,
                frames=each.frames,
                channel=each.channel,
                level_db=gain_to_db(each.peak),
            )
            for each in state.peaks
        )
