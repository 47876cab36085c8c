"""The gain: a level and nothing else."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from albumbuild.dsp.maths import db_to_gain
from albumbuild.model.device import ToneProcessor
from albumbuild.model.level import Level

if TYPE_CHECKING:
    from albumbuild.model.device import Block


class Gain(ToneProcessor, frozen=True, kw_only=True):
    """Turns the level up or down; 0 dB gives back every bit."""

    name: ClassVar[str] = "gain"

    level_db: Annotated[float, Level(-120, 40, "change of level, or -inf for silence")] = 0.0

    def start(self, rate_hz: int, channels: int) -> float:  # noqa: ARG002 - every device asks
        """The factor."""
        return db_to_gain(self.level_db)

    def process(self, block: "Block", state: float, key: "Block | None" = None) -> "Block":  # noqa: ARG002
        """The block times the factor."""
        return block if state == 1.0 else block * state
