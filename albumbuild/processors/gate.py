"""The gate: silence between notes, opened by what is at the threshold."""

from typing import Annotated, ClassVar

from albumbuild.model.units import Db
from albumbuild.processors.doorkeeper import Doorkeeper, Hold, Hysteresis, OutputRatio


class Gate(Doorkeeper, frozen=True, kw_only=True):
    """Opens at the threshold, closes `hysteresis_db` under it after its hold.

    Closed, it turns a level that is so many dB under the threshold down by `ratio` - 1 times
    as many, by no more than its range: with 10 to 1 the range is reached at a ninth of it
    under the threshold. Open, it gives back every bit. The hold begins with the last frame at
    which it would have stayed open; the level is the peak of the last half cycles, of the
    louder channel.
    """

    name: ClassVar[str] = "gate"

    threshold_db: Annotated[float, Db(-100, 0, "level at which it opens")] = -40.0
    ratio: OutputRatio = 10.0
    range_db: Annotated[float, Db(0, 120, "how far it turns down when closed")] = 80.0
    hold_ms: Hold = 50.0
    hysteresis_db: Hysteresis = 3.0
