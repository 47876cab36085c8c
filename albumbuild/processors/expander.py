"""The expander: what is under the threshold comes out further under it."""

from typing import Annotated, ClassVar

from albumbuild.model.units import Db
from albumbuild.processors.doorkeeper import Doorkeeper, Hold, Hysteresis, OutputRatio


class Expander(Doorkeeper, frozen=True, kw_only=True):
    """Turns down what is under the threshold, in proportion, by no more than its range.

    A level under the threshold T comes out at T + (level - T) · ratio. With a hysteresis it is
    left as it is until it has been that far under T, and then until it is at T again; for the
    hold after it was last that loud too. What is at the threshold or over it comes out bit for
    bit. The level is the peak of the last half cycles, of the louder channel.
    """

    name: ClassVar[str] = "expander"

    threshold_db: Annotated[float, Db(-100, 0, "level under which it works")] = -40.0
    ratio: OutputRatio = 2.0
    range_db: Annotated[float, Db(0, 100, "the most it turns down")] = 40.0
    hold_ms: Hold = 10.0
    hysteresis_db: Hysteresis = 0.0
