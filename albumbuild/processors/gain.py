"""The gain: a level and nothing else."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.glide import Glide, resting, scaled
from albumbuild.dsp.maths import db_to_gain
from albumbuild.model.device import ToneProcessor
from albumbuild.model.level import Level

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Gain(ToneProcessor, frozen=True, kw_only=True):
    """Turns the level up or down; 0 dB gives back every bit."""

    name: ClassVar[str] = "gain"

    level_db: Annotated[float, Level(-120, 40, "change of level, or -inf for silence")] = 0.0

    def start(self, rate_hz: int, channels: int) -> Glide:  # noqa: ARG002 - every device asks
        """The factor."""
        return resting([db_to_gain(self.level_db)])

    def process(self, block: "Block", state: Glide, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The block times the factor."""
        return scaled(block, state)

    def glide(self, state: Glide, frames: int) -> None:
        """Move the factor."""
        state.aim([db_to_gain(self.level_db)], frames)
